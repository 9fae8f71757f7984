"""What closing the window means at this moment, and the words about it. PURE."""

from dataclasses import dataclass
from enum import Enum, auto

from launcher.keeper.view import Phase, Tray, View


class Closing(Enum):
    """CLOSE: just close. TELL: close after telling, once, that the tray goes on. ASK: go on without it, or quit?

    QUIT: stop all.
    """

    CLOSE = auto()
    TELL = auto()
    ASK = auto()
    QUIT = auto()


@dataclass(frozen=True)
class CloseQuestion:
    """What is asked. `keep` is the button that goes on."""

    title: str
    text: str
    keep: str = "&Keep it running"


IN_THE_TRAY = "Tavernkeep stays in the tray. Its icon there opens this window again, and Quit there stops all."
NO_TRAY = "There is no tray icon here. To see this window again, start Tavernkeep once more."


def meaning_of_close(view: View | None) -> Closing:
    """`view` None: no keeper is known. A tray nobody has heard of is no tray one can rely on."""
    if view is None:
        return Closing.CLOSE
    chosen = view.settings.closing
    if chosen == "quit" and view.phase is not Phase.INSTALLING:
        return Closing.QUIT
    if view.phase in (Phase.STOPPED, Phase.CRASHED):
        return Closing.CLOSE
    if chosen != "keep" or view.tray is not Tray.SHOWN:
        return Closing.ASK
    # Better never told than told at every close because the settings cannot be read.
    told_before = view.settings.told_about_tray or view.settings_problem is not None
    return Closing.CLOSE if told_before else Closing.TELL


def told(view: View) -> CloseQuestion:
    """For TELL."""
    goes_on = "The installation goes on" if view.phase is Phase.INSTALLING else "SillyTavern keeps running"
    return CloseQuestion(goes_on, IN_THE_TRAY, "Close &window")


def question(view: View) -> CloseQuestion:
    """For ASK."""
    text = IN_THE_TRAY if view.tray is Tray.SHOWN else NO_TRAY
    if view.phase is Phase.INSTALLING:
        return CloseQuestion("Go on installing SillyTavern?", text, "&Go on")
    return CloseQuestion("Keep SillyTavern running?", text)
