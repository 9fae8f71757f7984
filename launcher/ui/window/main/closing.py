"""Closing the window: what it means at this moment, what the user is told or asked first, and doing it."""

import tkinter as tk
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from launcher.keeper.messages import ChangeSettings, Quit, Request
from launcher.keeper.view import Phase, Tray, View
from launcher.ui.window.widgets.dialog import Choice, ask
from launcher.ui.window.widgets.theme import Theme


class Closing(Enum):
    """CLOSE: close only. TELL: first say, once, that the tray stays. ASK: keep running or quit? QUIT: stop all."""

    CLOSE = auto()
    TELL = auto()
    ASK = auto()
    QUIT = auto()


@dataclass(frozen=True)
class CloseQuestion:
    """A question before closing. `keep` is the button that leaves everything running."""

    title: str
    text: str
    keep: str = "&Keep it running"


IN_THE_TRAY = "Tavernkeep stays in the tray. Its icon opens this window again; Quit in its menu stops everything."
NO_TRAY = "There is no tray icon here. Start Tavernkeep again to bring this window back."


def meaning_of_close(view: View | None) -> Closing:
    """Return what closing means for `view`; None: there is no keeper. An unknown tray counts as none."""
    if view is None:
        return Closing.CLOSE
    chosen = view.settings.closing
    if chosen == "quit" and view.phase is not Phase.INSTALLING:
        return Closing.QUIT
    if view.phase in (Phase.STOPPED, Phase.CRASHED):
        return Closing.CLOSE
    if chosen != "keep" or view.tray is not Tray.SHOWN:
        return Closing.ASK
    # Without readable settings it would be told at every close: then better never.
    told_before = view.settings.told_about_tray or view.settings_problem is not None
    return Closing.CLOSE if told_before else Closing.TELL


def told(view: View) -> CloseQuestion:
    """Return what to say for TELL."""
    goes_on = "The installation goes on" if view.phase is Phase.INSTALLING else "SillyTavern keeps running"
    return CloseQuestion(goes_on, IN_THE_TRAY, "Close &window")


def question(view: View) -> CloseQuestion:
    """Return what to ask for ASK."""
    text = IN_THE_TRAY if view.tray is Tray.SHOWN else NO_TRAY
    if view.phase is Phase.INSTALLING:
        return CloseQuestion("Go on installing SillyTavern?", text, "&Go on")
    return CloseQuestion("Keep SillyTavern running?", text)


class Goodbye:
    """Closes the window the way the settings say. `end` closes it and leaves the keeper running."""

    def __init__(self, root: tk.Tk, theme: Theme, send: Callable[[Request], None], end: Callable[[], None]) -> None:
        self._root, self._theme, self._send, self._end = root, theme, send, end
        self._question: tk.Toplevel | None = None

    def say(self, view: View | None) -> None:
        """The user wants to close the window. `view` None: there is no keeper."""
        match meaning_of_close(view):
            case Closing.CLOSE:
                self._end()
            case Closing.QUIT:
                self._stop_and_quit()
            case Closing.TELL if view is not None:
                self._ask(told(view), self._told)
            case Closing.ASK if view is not None:
                self._ask(question(view), self._end, ("&Cancel", lambda: None))

    def _ask(self, asked: CloseQuestion, keep: Callable[[], None], *more: Choice) -> None:
        if self._question and self._question.winfo_exists():
            self._question.lift()
            self._question.focus_force()
            return
        choices = ((asked.keep, keep), ("Stop and &quit", self._stop_and_quit), *more)
        self._question = ask(self._root, self._theme, asked.title, asked.text, choices)

    def _told(self) -> None:
        self._send(ChangeSettings({"told_about_tray": True}))
        self._end()

    def _stop_and_quit(self) -> None:
        self._send(Quit())
        self._end()
