"""A field to type in, and the words beside it with the key that leads there."""

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

from launcher.ui.window.widgets.buttons import split_key
from launcher.ui.window.widgets.texts import on_card


class Field(ttk.Entry):
    """An empty field; `typed` is called after every change of its text. `width` in letters is the least it takes."""

    def __init__(self, parent: tk.Misc, typed: Callable[[], object], width: int = 12) -> None:
        # The variable lives as long as this widget: Tcl forgets it with its Python object.
        self._text = tk.StringVar(parent)
        super().__init__(
            parent, textvariable=self._text, width=width, font="TavernText", style=f"{on_card(parent)}TEntry"
        )
        self._text.trace_add("write", lambda *_: typed())
        for key in ("<Control-a>", "<Control-A>"):
            self.bind(key, lambda _event: self._select_all())

    @property
    def text(self) -> str:
        return self._text.get()

    def put(self, text: str) -> None:
        """Have `text` in the field, with the cursor behind it."""
        self._text.set(text)
        self.icursor("end")

    def _select_all(self) -> str:
        self.select_range(0, "end")
        self.icursor("end")
        return "break"


def field_label(parent: tk.Misc, words: str, field: tk.Widget, style: str = "") -> ttk.Label:
    """What the field is for. Alt with the letter behind `&` leads to it."""
    text, underline = split_key(words)
    name = f"{on_card(parent)}{style}.TLabel" if style else f"{on_card(parent)}TLabel"
    made = ttk.Label(parent, text=text, underline=underline, style=name)
    key_to(parent, words, field.focus_set)
    return made


def key_to(parent: tk.Misc, words: str, act: Callable[[], object]) -> None:
    """Alt with the letter behind `&` does `act` in this window."""
    text, at = split_key(words)
    if at >= 0:
        parent.winfo_toplevel().bind(f"<Alt-Key-{text[at].lower()}>", lambda _event: act())
