"""What the access windows say: about an entry, an address, the login, and how open SillyTavern is. PURE."""

from collections.abc import Sequence
from dataclasses import dataclass

from launcher.access import EntryProblem, Severity, meaning, problem
from launcher.access.address import AddressError, parse_address
from launcher.access.exposure import THIS_PC, Level, Mode
from launcher.access.list_edit import covered_by
from launcher.access.list_verdict import WhitelistAnswer, verdict
from launcher.access.login import PasswordLevel, login_problem, strength
from launcher.keeper.view import Login, View, WhitelistLine
from launcher.network.addresses import network_entry
from launcher.problem import Problem
from launcher.ui.window.main.sentences import Tone, network_of

SIGNS = {Tone.GOOD: "✓", Tone.CAREFUL: "!", Tone.BAD: "✕", Tone.QUIET: ""}


@dataclass(frozen=True)
class Remark:
    """One answer. `entry`: what may be added as it is. `covered`: it changes nothing. `instead`: what was meant."""

    words: str
    tone: Tone = Tone.QUIET
    entry: str = ""
    instead: tuple[str, ...] = ()
    covered: bool = False

    @property
    def text(self) -> str:
        """With its sign, so that it is not told by colour alone."""
        return f"{SIGNS[self.tone]} {self.words}".strip()


def line_of(entry: str, version: str) -> WhitelistLine:
    """An entry that may be added, in words."""
    found, meant = problem(entry, version), meaning(entry)
    told = Problem(found.title, found.advice) if found else None
    return WhitelistLine(entry, meant.text, meant.addresses, told, found.severity if found else "")


def check_entry(typed: str, entries: Sequence[str], version: str, protected: bool) -> Remark:
    """What adding `typed` to `entries` would mean. `protected`: a login is asked for, so that wide entries are fine."""
    entry = typed.strip()
    if not entry:
        return Remark("")
    found = problem(entry, version)
    if found:
        return _problem(entry, found, protected)
    if entry in entries:
        return Remark(f"{entry} is in the list already.", Tone.CAREFUL)
    words = meaning(entry).text
    by = covered_by(entries, entry)
    covered = f" Already covered by {' and '.join(by[:2])}{' and others' if len(by) > 2 else ''}." if by else ""
    return Remark(f"{words[0].upper()}{words[1:]}.{covered}", Tone.GOOD, entry, covered=bool(by))


def check_address(typed: str, entries: Sequence[str], left_out: int, version: str) -> Remark:
    """Whether a device at the address `typed` gets in by this list. `left_out`: so many entries are not known here."""
    address = typed.strip()
    if not address:
        return Remark("")
    try:
        parse_address(address)
    except (AddressError, ValueError):
        return Remark("Type a whole address, such as 192.168.0.20.")
    found = verdict(tuple(entries), address, version)
    if found.answer is WhitelistAnswer.ALLOW:
        return Remark(f"Yes, by {found.entry}.", Tone.GOOD)
    if left_out:
        return Remark(f"Not by the entries shown here. {left_out:,} more are only in the file.", Tone.QUIET)
    if found.answer is WhitelistAnswer.REFUSE:
        return Remark("No. No entry lets it in.", Tone.BAD)
    return Remark(f"No, it gets an error page. {found.reason}", Tone.BAD)


def _problem(entry: str, found: EntryProblem, protected: bool) -> Remark:
    wide = found.severity is Severity.DANGEROUS and found.replacement is None
    tone = Tone.BAD if found.severity is Severity.DANGEROUS and not (wide and protected) else Tone.CAREFUL
    words = f"{found.title} {found.advice}".strip()
    return Remark(words, tone, entry if wide and protected else "", found.replacement or ())


BARS = {PasswordLevel.WEAK: (1, Tone.BAD), PasswordLevel.FAIR: (2, Tone.CAREFUL), PasswordLevel.STRONG: (3, Tone.GOOD)}
STORED = (
    "A password is set. It is not shown here: to change it, or the user name, type or generate a password anew. "
    "Devices then have to log in again."
)


def login_state(login: Login | None) -> Remark:
    """Whether SillyTavern asks for them now."""
    if login is None or login.on is None:
        return Remark("It could not be found out whether SillyTavern asks for a user name and password.", Tone.CAREFUL)
    if login.on and login.problem:
        return Remark(f"It is on, but: {login.problem.title} {login.problem.advice}".strip(), Tone.BAD)
    if login.on and login.asked is False:
        return Remark("It is on, and asked for as soon as SillyTavern answers on the network.", Tone.GOOD)
    if login.on:
        return Remark("SillyTavern asks every device for them, this PC too.", Tone.GOOD)
    return Remark("SillyTavern asks nobody for a user name and password.")


def has_password(login: Login | None) -> bool:
    """A password of the user's own is stored; nobody sees it."""
    return login is not None and login.fit == "fit"


def password_quality(password: str) -> tuple[int, Tone, str]:
    """How many bars of a meter, their tone, and the words."""
    if not password:
        return 0, Tone.QUIET, ""
    found = strength(password)
    return *BARS[found.level], found.text


def typed_problem(username: str, password: str, version: str) -> Problem | None:
    """What is wrong with what was typed so far; nothing as long as a field is empty."""
    if not username or not password:
        # The one that is there may already be wrong.
        found = login_problem(username or "x", password or "x", version)
        return found if username or password else None
    return login_problem(username, password, version)


def may_save(username: str, password: str, version: str) -> bool:
    return bool(version) and login_problem(username, password, version) is None


def about_off(view: View) -> str:
    """What turning it off means."""
    mode = view.access.mode if view.access else None
    if mode == "whitelist":
        return "Devices in the whitelist then get in without a password. Everyone else stays refused."
    if mode == "this-pc":
        return "SillyTavern then opens on this PC without a password. Other devices cannot reach it."
    return "SillyTavern then asks nobody for a password."


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
class ModeChoice:
    """One mode: `words` say who, `effect` what that means here."""

    mode: Mode
    words: str
    effect: str


def mode_choices(view: View) -> tuple[ModeChoice, ...]:
    """The three modes, the most closed first. `&` stands before the access key."""
    here = _here(view)
    only_here = "SillyTavern does not answer on the network: no phone reaches it, and nobody else either."
    listed = f"They are: {_named(view)}. Every other device{here} is refused."
    asked = f"Any device{here} gets the page, and nobody past the question without the password."
    return (
        ModeChoice(Mode.THIS_PC, "&Only this PC", only_here),
        ModeChoice(Mode.WHITELIST, "This PC and the &devices in the whitelist", listed),
        ModeChoice(Mode.EVERYONE, "&Everyone who knows user name and password", asked),
    )


def exposure_meter(view: View) -> tuple[int, Tone, str]:
    """How many bars, their tone, and the words beside them."""
    return LEVELS[Level(view.access.level)] if view.access else LEVELS[Level.UNKNOWN]


def exposure_reasons(view: View) -> list[Remark]:
    """Why the meter says so: first what to change, then which settings decide."""
    if view.access is None:
        return [Remark("Tavernkeep does not know the settings of a SillyTavern yet.")]
    tone = Tone.BAD if view.access.level == Level.BAD else Tone.CAREFUL
    return [*(Remark(words, tone) for words in view.access.warnings), *(Remark(words) for words in view.access.reasons)]


def everyone_warning(view: View) -> str:
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
