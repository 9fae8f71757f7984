"""What the access windows say about an entry, an address, the login and the three modes. PURE."""

from collections.abc import Sequence
from dataclasses import dataclass

from launcher.access import EntryProblem, Severity, meaning, problem
from launcher.access.address import AddressError, parse_address
from launcher.access.exposure import THIS_PC, Level, Mode
from launcher.access.list_edit import covered_by
from launcher.access.list_verdict import WhitelistAnswer, verdict
from launcher.access.login import PasswordLevel, login_problem, strength
from launcher.keeper.view import Login, View, WhitelistLine
from launcher.network.addresses import LocalAddress, network_entry
from launcher.problem import Problem
from launcher.ui.window.main.sentences import network_of
from launcher.ui.window.widgets.palette import SIGNS, Tone

PASSWORD_BARS = {
    PasswordLevel.WEAK: (1, Tone.BAD),
    PasswordLevel.FAIR: (2, Tone.CAREFUL),
    PasswordLevel.STRONG: (3, Tone.GOOD),
}
STORED = (
    "A password is set and stays hidden. To change it or the user name, type or generate a new password. "
    "Devices then have to log in again."
)
MOST_NAMED = 3
LEVELS = {
    Level.GOOD: (1, Tone.GOOD, "closed to others"),
    Level.CAREFUL: (2, Tone.CAREFUL, "be careful"),
    Level.BAD: (3, Tone.BAD, "open to everyone"),
    Level.UNKNOWN: (0, Tone.CAREFUL, "not known"),
}
WARNING = "SillyTavern is made for one person: everyone who logs in can see every chat and change every setting."
PLAIN = "Over plain http others on the network can read the password while it is sent."


@dataclass(frozen=True)
class Remark:
    """A sentence and its tone. About an entry, also what may be added: `entry` as typed, or `instead`, what was meant.

    `covered`: adding the entry would change nothing.
    """

    words: str
    tone: Tone = Tone.QUIET
    entry: str = ""
    instead: tuple[str, ...] = ()
    covered: bool = False

    @property
    def text(self) -> str:
        """With a sign, because colour alone must not carry the tone."""
        return f"{SIGNS[self.tone]} {self.words}".strip()


# --- entries and addresses -------------------------------------------------------------------------------------------


def line_of(entry: str, version: str) -> WhitelistLine:
    """Return `entry` with its meaning and its problem."""
    found, meant = problem(entry, version), meaning(entry)
    told = Problem(found.title, found.advice) if found else None
    return WhitelistLine(entry, meant.text, meant.addresses, told, found.severity if found else "")


def check_entry(typed: str, entries: Sequence[str], version: str, protected: bool) -> Remark:
    """Say what adding `typed` to `entries` would do. `protected`: a login is asked for, so wide entries are fine."""
    entry = typed.strip()
    if not entry:
        return Remark("")
    found = problem(entry, version)
    if found:
        return _entry_problem(entry, found, protected)
    if entry in entries:
        return Remark(f"{entry} is in the list already.", Tone.CAREFUL)
    words = meaning(entry).text
    by = covered_by(entries, entry)
    covered = f" Already covered by {' and '.join(by[:2])}{' and others' if len(by) > 2 else ''}." if by else ""
    return Remark(f"{words[0].upper()}{words[1:]}.{covered}", Tone.GOOD, entry, covered=bool(by))


def _entry_problem(entry: str, found: EntryProblem, protected: bool) -> Remark:
    wide = found.severity is Severity.DANGEROUS and found.replacement is None
    tone = Tone.BAD if found.severity is Severity.DANGEROUS and not (wide and protected) else Tone.CAREFUL
    words = f"{found.title} {found.advice}".strip()
    return Remark(words, tone, entry if wide and protected else "", found.replacement or ())


def check_address(typed: str, entries: Sequence[str], left_out: int, version: str) -> Remark:
    """Say whether a device at `typed` gets in by these entries. `left_out`: how many more are only in the file."""
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


# --- the login -------------------------------------------------------------------------------------------------------


def login_state(login: Login | None) -> Remark:
    """Say whether SillyTavern asks for user name and password now."""
    if login is None or login.on is None:
        return Remark("Could not find out whether SillyTavern asks for a user name and password.", Tone.CAREFUL)
    if login.on and login.problem:
        return Remark(f"It is on, but: {login.problem.title} {login.problem.advice}".strip(), Tone.BAD)
    if login.on and login.asked is False:
        return Remark("It is on, and asked for as soon as SillyTavern answers on the network.", Tone.GOOD)
    if login.on:
        return Remark("SillyTavern asks every device for them, this PC too.", Tone.GOOD)
    return Remark("SillyTavern asks nobody for a user name and password.")


def has_password(login: Login | None) -> bool:
    """Return whether a password of the user's own is stored."""
    return login is not None and login.fit == "fit"


def login_ready(view: View) -> bool:
    """Return whether a login that protects is switched on."""
    return has_password(view.login) and bool(view.login and view.login.on)


def password_quality(password: str) -> tuple[int, Tone, str]:
    """Return the bars of the meter, their tone, and the words beside it."""
    if not password:
        return 0, Tone.QUIET, ""
    found = strength(password)
    return *PASSWORD_BARS[found.level], found.text


def typed_problem(username: str, password: str, version: str) -> Problem | None:
    """Return what is wrong with the login typed so far. An empty field alone is not wrong yet."""
    if not username and not password:
        return None
    return login_problem(username or "x", password or "x", version)


def may_save(username: str, password: str, version: str) -> bool:
    """Return whether this login can be saved for this SillyTavern."""
    return bool(version) and login_problem(username, password, version) is None


def about_off(view: View) -> str:
    """Say what turning the login off means."""
    mode = view.access.mode if view.access else None
    if mode == "whitelist":
        return "Devices in the whitelist then get in without a password. Everyone else stays refused."
    if mode == "this-pc":
        return "SillyTavern then opens on this PC without a password. Other devices cannot reach it."
    return "SillyTavern then asks nobody for a password."


# --- the modes -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ModeChoice:
    """One access mode: `words` say who gets in, `effect` what that means on this network."""

    mode: Mode
    words: str
    effect: str


def mode_choices(view: View) -> tuple[ModeChoice, ...]:
    """Return the three modes, the most closed first. `&` stands before the access key."""
    here = _here(view)
    only_here = "SillyTavern does not answer on the network: no phone reaches it, and nobody else either."
    listed = f"They are: {_named(view)}. Every other device{here} is refused."
    asked = f"Any device{here} gets the page, and nobody gets past the question without the password."
    return (
        ModeChoice(Mode.THIS_PC, "&Only this PC", only_here),
        ModeChoice(Mode.WHITELIST, "This PC and the &devices in the whitelist", listed),
        ModeChoice(Mode.EVERYONE, "&Everyone who knows user name and password", asked),
    )


def exposure_meter(view: View) -> tuple[int, Tone, str]:
    """Return the bars of the meter, their tone, and the words beside it."""
    return LEVELS[Level(view.access.level)] if view.access else LEVELS[Level.UNKNOWN]


def exposure_reasons(view: View) -> list[Remark]:
    """Say why the meter stands there: first what to change, then which settings decide."""
    if view.access is None:
        return [Remark("Tavernkeep does not know the settings of a SillyTavern yet.")]
    tone = Tone.BAD if view.access.level == Level.BAD else Tone.CAREFUL
    return [*(Remark(words, tone) for words in view.access.warnings), *(Remark(words) for words in view.access.reasons)]


def everyone_warning(view: View) -> str:
    """Say what to know before everyone is let in."""
    return WARNING if view.scheme == "https" else f"{WARNING} {PLAIN}"


def this_network(view: View) -> tuple[LocalAddress, str] | None:
    """Return the best address of this PC on a local network, and the entry for that whole network."""
    best = next((address for address in view.addresses or () if address.local), None)
    return (best, network_entry(best.address, best.netmask)) if best else None


def _here(view: View) -> str:
    found = this_network(view)
    return f" on {network_of(found[0])}, {found[1]}," if found else ""


def _named(view: View) -> str:
    lines = view.whitelist.lines if view.whitelist else ()
    others = [line.entry for line in lines if line.addresses and line.entry not in THIS_PC]
    more = len(others) - MOST_NAMED + (view.whitelist.left_out if view.whitelist else 0)
    if not others:
        return "no other device yet"
    if more <= 0:
        return ", ".join(others)
    return f"{', '.join(others[:MOST_NAMED])} and {more:,} more"
