"""A setting that is on or off."""

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

from launcher.problem import Problem
from launcher.system.settings import Value
from launcher.ui.window.settings.setting_note import Answered, Note, appear, reset_button
from launcher.ui.window.settings.settings_words import Switching
from launcher.ui.window.widgets.buttons import split_key
from launcher.ui.window.widgets.field import key_to
from launcher.ui.window.widgets.theme import Theme

INDENT = 26


class SwitchSetting(ttk.Frame):
    """`choose` is called with the value, None for the default, and with whom to tell what became of it."""

    def __init__(
        self, parent: ttk.Frame, theme: Theme, words: Switching, choose: Callable[[Value, Answered], None]
    ) -> None:
        super().__init__(parent, style="Card.TFrame")
        self._words, self._choose = words, choose
        self._counts = words.default
        self._on = tk.BooleanVar(self, words.default)
        self.columnconfigure(0, weight=1)
        text, underline = split_key(words.title)
        self._tick = ttk.Checkbutton(
            self,
            text=text,
            underline=underline,
            variable=self._on,
            command=lambda: self._ask(self._on.get()),
            style="Card.TCheckbutton",
        )
        self._tick.grid(row=0, column=0, sticky="w")
        self._reset = reset_button(self, theme, lambda: self._ask(None))
        self._reset.grid(row=0, column=1, sticky="e")
        self._note = Note(self, theme, 1, INDENT)
        key_to(self, words.title, self._press)

    def show(self, value: bool, more: str = "") -> None:
        """What counts now; `more` is said besides what it does."""
        self._counts = value
        self._on.set(value)
        self._note.hint(f"{self._words.hint} {more}".strip())
        appear(self._reset, value != self._words.default)

    def enable(self, wanted: bool) -> None:
        for widget in (self._tick, self._reset):
            widget.state(["!disabled" if wanted else "disabled"])

    def _press(self) -> None:
        self._tick.focus_set()
        self._tick.invoke()

    def _ask(self, value: bool | None) -> None:
        self._note.answered(None)
        self._choose(value, self._answered)

    def _answered(self, problem: Problem | None) -> None:
        self._on.set(self._counts)
        self._note.answered(problem)
