"""Texts to read and fields to type in, in the style of the surface that they are on."""

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

# Before the first layout tells the real width.
FIRST_WRAP_PX, LEAST_WRAP_PX = 320, 80


def on_card(parent: tk.Misc) -> str:
    """`Card.` when `parent` lies on a card: the prefix of every style there."""
    style = str(parent.cget("style")) if isinstance(parent, ttk.Frame) else ""
    return "Card." if style.startswith("Card") else ""


def label(parent: tk.Misc, style: str = "", text: str = "") -> ttk.Label:
    """One line, in a style such as `Title` or `Quiet`."""
    return ttk.Label(
        parent, text=text, style=f"{on_card(parent)}{style}.TLabel" if style else f"{on_card(parent)}TLabel"
    )


def paragraph(parent: tk.Misc, style: str = "", text: str = "", centred: bool = False) -> ttk.Label:
    """A text that wraps. Give it its width with `sticky="ew"` or `fill="x"`."""
    made = label(parent, style, text)
    made.configure(wraplength=FIRST_WRAP_PX)
    if centred:
        made.configure(justify="center", anchor="center")
    made.bind("<Configure>", lambda event: made.configure(wraplength=max(event.width, LEAST_WRAP_PX)))
    return made


def tell(widget: ttk.Label, text: str) -> None:
    """Show `text`, or take no room when there is none. For widgets in a grid."""
    if text:
        widget.configure(text=text)
        widget.grid()
    else:
        widget.grid_remove()


def split_key(words: str) -> tuple[str, int]:
    """The text without `&`, and where its key is; -1: it has none. `&&` is an ampersand."""
    marked = words.replace("&&", "\0")
    return marked.replace("&", "", 1).replace("\0", "&"), marked.find("&")


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
