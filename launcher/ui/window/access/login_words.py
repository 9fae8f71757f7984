"""What is said about user name and password. PURE."""

from launcher.access.login import PasswordLevel, login_problem, strength
from launcher.keeper.view import Login, View
from launcher.problem import Problem
from launcher.ui.window.access.entry_check import Said
from launcher.ui.window.main.sentences import Tone

BARS = {PasswordLevel.WEAK: (1, Tone.BAD), PasswordLevel.FAIR: (2, Tone.CAREFUL), PasswordLevel.STRONG: (3, Tone.GOOD)}
STORED = (
    "A password is set. It is not shown here: to change it, or the user name, type or generate a password anew. "
    "Devices then have to log in again."
)


def state(login: Login | None) -> Said:
    """Whether SillyTavern asks for them now."""
    if login is None or login.on is None:
        return Said("It could not be found out whether SillyTavern asks for a user name and password.", Tone.CAREFUL)
    if login.on and login.problem:
        return Said(f"It is on, but: {login.problem.title} {login.problem.advice}".strip(), Tone.BAD)
    if login.on and login.asked is False:
        return Said("It is on, and asked for as soon as SillyTavern answers on the network.", Tone.GOOD)
    if login.on:
        return Said("SillyTavern asks every device for them, this PC too.", Tone.GOOD)
    return Said("SillyTavern asks nobody for a user name and password.")


def has_password(login: Login | None) -> bool:
    """A password of the user's own is stored; nobody sees it."""
    return login is not None and login.fit == "fit"


def quality(password: str) -> tuple[int, Tone, str]:
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
