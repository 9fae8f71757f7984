"""What the tray says about a view: the menu, the tooltip, which icon. PURE."""

from dataclasses import dataclass
from enum import StrEnum

from launcher.keeper.messages import Quit, Request, Restart, Start, Stop
from launcher.keeper.view import Phase, View
from launcher.ui.device_words import a_device, this_device

TOOLTIP_CHARACTERS = 120


class IconState(StrEnum):
    """Which mug: empty, half with dots, steaming, with a red mark, with an amber mark (someone waits to be let in)."""

    STOPPED = "stopped"
    STARTING = "starting"
    RUNNING = "running"
    PROBLEM = "problem"
    WAITING = "waiting"


class Local(StrEnum):
    """What the tray does itself, without the keeper."""

    BROWSER = "browser"
    QR = "qr"
    WINDOW = "window"
    QUESTION = "question"


@dataclass(frozen=True)
class Item:
    """One line of the menu. `action` None: a separating line. `default`: what a left click on the icon does."""

    label: str
    action: Request | Local | None
    enabled: bool = True
    default: bool = False


LINE = Item("", None, enabled=False)


def menu(view: View) -> tuple[Item, ...]:
    """Always the same lines in the same places, below the question while there is one."""
    running = view.phase is Phase.RUNNING
    can_start = view.phase in (Phase.STOPPED, Phase.CRASHED) and view.installation is not None
    question = view.question
    asked = (Item(f"Allow {this_device(question)}…?", Local.QUESTION), LINE) if question else ()
    return (
        *asked,
        Item("Open SillyTavern", Local.BROWSER, running and view.local_url is not None),
        Item("Show QR code", Local.QR, running),
        LINE,
        Item("Start", Start(), can_start),
        Item("Stop", Stop(), view.phase in (Phase.STARTING, Phase.RUNNING)),
        Item("Restart", Restart(), running),
        LINE,
        Item("Open Tavernkeep", Local.WINDOW, default=True),
        Item("Quit", Quit()),
    )


def default_item(items: tuple[Item, ...]) -> Item:
    """What a left click on the icon does."""
    return next(item for item in items if item.default)


def icon_state(view: View) -> IconState:
    """Someone who waits can be helped now, so that comes before a problem beside a running server."""
    if view.question is not None and view.phase is not Phase.CRASHED:
        return IconState.WAITING
    if view.phase is Phase.CRASHED or view.problem is not None:
        return IconState.PROBLEM
    if view.phase in (Phase.INSTALLING, Phase.STARTING, Phase.STOPPING):
        return IconState.STARTING
    return IconState.RUNNING if view.phase is Phase.RUNNING else IconState.STOPPED


def tooltip(view: View) -> str:
    """State and address, or who waits, in one line of at most 120 characters (Windows cuts at 127)."""
    if view.question is not None:
        asks = f"{a_device(view.question)} asks to come in, from {view.question.address}"
        return shortened(asks, TOOLTIP_CHARACTERS)
    return shortened(_state_in_words(view).rstrip("."), TOOLTIP_CHARACTERS)


def shortened(text: str, characters: int) -> str:
    """`text` in one line of at most `characters`; what was cut ends in an ellipsis."""
    line = " ".join(text.split())
    return line if len(line) <= characters else line[: characters - 1].rstrip() + "…"


def _state_in_words(view: View) -> str:
    if view.problem is not None:
        stopped = view.phase is Phase.STOPPED
        return f"SillyTavern is stopped: {view.problem.title}" if stopped else view.problem.title
    match view.phase:
        case Phase.STOPPED:
            return "SillyTavern is stopped" if view.installation else "SillyTavern is not installed yet"
        case Phase.INSTALLING:
            return f"Installing SillyTavern: {view.progress.step}" if view.progress else "Installing SillyTavern"
        case Phase.STARTING:
            return view.waiting_for or "SillyTavern is starting"
        case Phase.STOPPING:
            return "SillyTavern is stopping"
        case Phase.CRASHED:
            return "SillyTavern stopped by itself"
        case Phase.RUNNING:
            return "SillyTavern is running" + _where(view)


def _where(view: View) -> str:
    if view.url is not None:
        return f" at {view.url}"
    return "; no local network" if view.addresses is not None else ""
