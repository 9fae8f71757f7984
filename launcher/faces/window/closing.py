"""What closing the window means at this moment. PURE."""

from enum import Enum, auto

from launcher.keeper.view import Phase, Tray, View


class Closing(Enum):
    """CLOSE: just close. TELL: close after telling, once, that the tray goes on. ASK: nothing would be left to see."""

    CLOSE = auto()
    TELL = auto()
    ASK = auto()


def meaning_of_close(view: View | None, told_before: bool) -> Closing:
    """`view` None: no keeper is known. A tray nobody has heard of is no tray one can rely on."""
    if view is None or view.phase in (Phase.STOPPED, Phase.CRASHED):
        return Closing.CLOSE
    if view.tray is not Tray.SHOWN:
        return Closing.ASK
    return Closing.CLOSE if told_before else Closing.TELL
