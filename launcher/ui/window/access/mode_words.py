"""The three answers to "who can get in?", and what each means on this network. PURE."""

from dataclasses import dataclass

from launcher.access.exposure import THIS_PC, Level, Mode
from launcher.keeper.view import View
from launcher.network.addresses import network_entry
from launcher.ui.window.access.entry_check import Said
from launcher.ui.window.main.sentences import Tone, network_of

NAMED = 3
LEVELS = {
    Level.GOOD: (1, Tone.GOOD, "closed to others"),
    Level.CAREFUL: (2, Tone.CAREFUL, "be careful"),
    Level.BAD: (3, Tone.BAD, "open to everyone"),
    Level.UNKNOWN: (0, Tone.CAREFUL, "not known"),
}
WARNING = "SillyTavern is made for one person: everyone who logs in can see every chat and change every setting."
PLAIN = "Over plain http others on the network can read the password while it is sent."


@dataclass(frozen=True)
class Choice:
    """One mode: `words` say who, `effect` what that means here."""

    mode: Mode
    words: str
    effect: str


def choices(view: View) -> tuple[Choice, ...]:
    """The three modes, the most closed first. `&` stands before the access key."""
    here = _here(view)
    only_here = "SillyTavern does not answer on the network: no phone reaches it, and nobody else either."
    listed = f"They are: {_named(view)}. Every other device{here} is refused."
    asked = f"Any device{here} gets the page, and nobody past the question without the password."
    return (
        Choice(Mode.THIS_PC, "&Only this PC", only_here),
        Choice(Mode.WHITELIST, "This PC and the &devices in the whitelist", listed),
        Choice(Mode.EVERYONE, "&Everyone who knows user name and password", asked),
    )


def meter(view: View) -> tuple[int, Tone, str]:
    """How many bars, their tone, and the words beside them."""
    return LEVELS[Level(view.access.level)] if view.access else LEVELS[Level.UNKNOWN]


def reasons(view: View) -> list[Said]:
    """Why the meter says so: first what to change, then which settings decide."""
    if view.access is None:
        return [Said("Tavernkeep does not know the settings of a SillyTavern yet.")]
    tone = Tone.BAD if view.access.level == Level.BAD else Tone.CAREFUL
    return [*(Said(words, tone) for words in view.access.warnings), *(Said(words) for words in view.access.reasons)]


def warning(view: View) -> str:
    """What has to be read before everyone is let in."""
    return WARNING if view.scheme == "https" else f"{WARNING} {PLAIN}"


def login_ready(view: View) -> bool:
    """There is a login that protects, and it is switched on."""
    return view.login is not None and bool(view.login.on) and view.login.fit == "fit"


def _here(view: View) -> str:
    best = next((address for address in view.addresses or () if address.local), None)
    if best is None:
        return ""
    entry = network_entry(best.address, best.netmask)
    where = entry if entry != best.address else best.address
    return f" on {network_of(best)}, {where},"


def _named(view: View) -> str:
    lines = view.whitelist.lines if view.whitelist else ()
    others = [line.entry for line in lines if line.addresses and line.entry not in THIS_PC]
    more = len(others) - NAMED + (view.whitelist.left_out if view.whitelist else 0)
    if not others:
        return "no other device yet"
    if more <= 0:
        return ", ".join(others)
    return f"{', '.join(others[:NAMED])} and {more:,} more"
