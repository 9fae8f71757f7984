"""A setting with a few values, one of which counts."""

import tkinter as tk
from collections.abc import Callable
from functools import partial
from tkinter import ttk

from launcher.problem import Problem
from launcher.system.settings import Value
from launcher.ui.window.settings.setting_note import Answered, Note, appear, reset_button
from launcher.ui.window.settings.settings_words import Choosing
from launcher.ui.window.widgets.buttons import split_key
from launcher.ui.window.widgets.field import key_to
from launcher.ui.window.widgets.texts import paragraph
from launcher.ui.window.widgets.theme import Theme

INDENT = 30


class ChoiceSetting(ttk.Frame):
    """`choose` is called with the value, None for the default, and with whom to tell what became of it."""

    def __init__(
        self, parent: ttk.Frame, theme: Theme, words: Choosing, choose: Callable[[Value, Answered], None]
    ) -> None:
        super().__init__(parent, style="Card.TFrame")
        self._words, self._choose = words, choose
        self._counts = words.default
        self._chosen = tk.StringVar(self, words.default)
        self.columnconfigure(0, weight=1)
        text, underline = split_key(words.title)
        title = ttk.Label(self, text=text, underline=underline, style="Card.Strong.TLabel")
        title.grid(row=0, column=0, sticky="w")
        self._reset = reset_button(self, theme, lambda: self._ask(None))
        self._reset.grid(row=0, column=1, sticky="e")
        self.rowconfigure(0, minsize=self._reset.winfo_reqheight())
        self._radios: list[ttk.Radiobutton] = []
        for at, option in enumerate(words.options):
            radio = ttk.Radiobutton(
                self,
                text=option.text,
                value=option.value,
                variable=self._chosen,
                command=lambda: self._ask(self._chosen.get()),
                style="Card.Plain.TRadiobutton",
            )
            radio.grid(row=2 * at + 1, column=0, columnspan=2, sticky="w")
            self._radios.append(radio)
            if option.hint:
                hint = paragraph(self, "Quiet", option.hint)
                hint.grid(
                    row=2 * at + 2,
                    column=0,
                    columnspan=2,
                    sticky="ew",
                    padx=theme.pair(INDENT, 0),
                    pady=theme.pair(0, 4),
                )
        self._note = Note(self, theme, 2 * len(words.options) + 1, INDENT)
        self._bind_arrows()
        key_to(self, words.title, self.take_focus)

    def show(self, value: str, hint: str = "") -> None:
        """What counts now."""
        self._counts = value
        self._chosen.set(value)
        self._note.hint(hint)
        appear(self._reset, value != self._words.default)

    def enable(self, wanted: bool) -> None:
        for widget in (*self._radios, self._reset):
            widget.state(["!disabled" if wanted else "disabled"])

    def take_focus(self) -> None:
        """To the value that counts."""
        next((radio for radio in self._radios if radio.instate(["selected"])), self._radios[0]).focus_set()

    def _ask(self, value: str | None) -> None:
        self._note.answered(None)
        self._choose(value, self._answered)

    def _answered(self, problem: Problem | None) -> None:
        self._chosen.set(self._counts)
        self._note.answered(problem)

    def _bind_arrows(self) -> None:
        """Up and Down go through the values; Tab goes to the next setting."""
        for at, radio in enumerate(self._radios):
            for key, step in (("<Up>", -1), ("<Down>", 1)):
                radio.bind(key, partial(_go, self._radios[(at + step) % len(self._radios)]))


def _go(radio: ttk.Radiobutton, _event: "tk.Event[tk.Misc]") -> str:
    if not radio.instate(["disabled"]):
        radio.focus_set()
        radio.invoke()
    return "break"
