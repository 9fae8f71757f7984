"""The words of the settings. PURE. `&` stands before the letter that leads there together with Alt."""

from dataclasses import dataclass

from launcher.keeper.view import Installed, Phase, Tray, View
from launcher.problem import Problem
from launcher.system.autostart import Autostart, AutostartState
from launcher.ui.window.main.sentences import packages, time_left


@dataclass(frozen=True)
class Option:
    """One of several: `value` as in settings.toml."""

    value: str
    text: str
    hint: str = ""


@dataclass(frozen=True)
class Choosing:
    """A setting with a few values; `default` is how it comes."""

    title: str
    default: str
    options: tuple[Option, ...]


@dataclass(frozen=True)
class Switching:
    """A setting that is on or off."""

    title: str
    default: bool
    hint: str


PROGRAM, PHONES, STARTING, WINDOW, INTERNET = "SillyTavern", "New phones", "Starting", "This window", "Public address"

ASKING = Choosing(
    "When a new &device wants in",
    "armed",
    (
        Option("armed", "Ask while the code is shown", "And for ten minutes after."),
        Option("always", "Always ask"),
        Option("never", "Never ask", "It stays out until you allow it under All devices."),
    ),
)
WAITING_PAGE = Switching(
    "Show it a &waiting page", True, "A phone that is not allowed yet reads that you are asked, and goes on by itself."
)
START_SERVER = Switching(
    "Start SillyTavern at &once", True, "As soon as Tavernkeep opens; otherwise it waits until you press Start."
)
AT_LOGIN = Switching("Start Tavernkeep when I &log in", False, "In the tray, without a window.")
THEME = Choosing(
    "&Colours",
    "system",
    (Option("system", "Like this computer"), Option("light", "Light"), Option("dark", "Dark")),
)
CLOSING = Choosing(
    "When I close the &main window",
    "keep",
    (
        Option("keep", "Keep SillyTavern running"),
        Option("quit", "Stop SillyTavern and quit"),
        Option("ask", "Ask each time"),
    ),
)
SERVICES = "&Addresses of the services that tell it"
SERVICES_HINT = "Web addresses with spaces between them. Empty: the usual ones."
# Our own settings that are set here.
RESET = ("asking", "waiting_page", "start_server", "theme", "closing", "public_ip_services")

BROKEN = "Tavernkeep cannot read its settings, so none can be changed."
ASIDE = "Correct the file yourself, or put it aside: it is kept under another name, and the usual settings count."
PUT_ASIDE = "Put it aside and use the &usual settings"
RESET_ALL_TEXT = (
    "Every setting on this page goes back to how it came, and Tavernkeep no longer starts when you log in. Which "
    "SillyTavern is used, its port and who can get in stay as they are."
)
CLOSE_TEXT = "What you typed here is not saved yet."
NEXT_START = "It changes when SillyTavern starts the next time."
NO_TRAY = "This desktop shows no tray icon, so Tavernkeep asks in any case before it goes on without a window."


def failure(problem: Problem | None) -> str:
    """What became of a choice; nothing when it is as wished."""
    return f"✕ {problem.title} {problem.advice}".strip() if problem else ""


def about_page(view: View) -> str:
    """A running server shows what it read when it started."""
    return NEXT_START if view.phase in (Phase.STARTING, Phase.RUNNING) else ""


def about_login(found: Autostart) -> str:
    """What is not plain from on and off."""
    match found.state:
        case AutostartState.SWITCHED_OFF:
            return "It was switched off in the settings of this computer; tick it to switch it on again."
        case AutostartState.STALE:
            return "It is off because Tavernkeep is no longer where it was; tick it to correct that."
        case AutostartState.ELSEWHERE:
            return f"Another Tavernkeep starts now: {found.program}"
        case AutostartState.UNKNOWN:
            return f"Whether it does could not be found out: {found.where} cannot be read."
        case _:
            return ""


def about_closing(view: View) -> str:
    return NO_TRAY if view.tray is Tray.NONE and view.settings.closing == "keep" else ""


def installed(found: Installed | None) -> str:
    if found is None:
        return "There is no SillyTavern on this computer yet."
    return version_words(found.version, found.ours)


def version_words(version: str, ours: bool) -> str:
    return f"SillyTavern {version}, {'installed by Tavernkeep' if ours else 'your own'}"


def restart_words(view: View) -> str:
    """What changing to another SillyTavern does besides."""
    return "SillyTavern restarts." if view.phase in (Phase.STARTING, Phase.RUNNING) else ""


def progress(view: View) -> str:
    """How far an installation is."""
    if view.progress is None:
        return ""
    parts = (view.progress.step, packages(view.progress), time_left(view.progress.seconds_left))
    return " · ".join(part for part in parts if part)
