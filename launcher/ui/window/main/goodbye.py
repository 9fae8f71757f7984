"""Closes the window the way the settings say, after telling or asking what the user should know."""

import tkinter as tk
from collections.abc import Callable
from typing import TYPE_CHECKING

from launcher.keeper.messages import ChangeSettings, Quit
from launcher.ui.window.main.closing import CloseQuestion, Closing, meaning_of_close, question, told
from launcher.ui.window.widgets.dialog import Choice, ask
from launcher.ui.window.widgets.theme import Theme

if TYPE_CHECKING:
    from launcher.keeper.messages import Request
    from launcher.keeper.view import View


class Goodbye:
    """`end` closes the window and leaves the keeper alone."""

    def __init__(self, root: tk.Tk, theme: Theme, send: "Callable[[Request], None]", end: Callable[[], None]) -> None:
        self._root, self._theme, self._send, self._end = root, theme, send, end
        self._question: tk.Toplevel | None = None

    def say(self, view: "View | None") -> None:
        """The user wants to close it. `view` None: there is no keeper."""
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
