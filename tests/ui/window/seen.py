"""What can be seen in a window of this process."""

import tkinter as tk
from collections.abc import Callable, Iterator
from tkinter import ttk
from typing import TypeVar

from tests.support.waiting import wait_until

R = TypeVar("R")


def visible(widget: tk.Misc) -> Iterator[tk.Misc]:
    """All widgets inside `widget` that are shown, from the top down."""
    for child in widget.winfo_children():
        if child.winfo_viewable():
            yield child
            yield from visible(child)


def texts(widget: tk.Misc) -> list[str]:
    """Every text shown in labels and buttons."""
    kinds = ttk.Label | ttk.Button | ttk.Menubutton | ttk.Radiobutton
    return [str(w.cget("text")) for w in visible(widget) if isinstance(w, kinds) and str(w.cget("text")).strip()]


def buttons(widget: tk.Misc) -> dict[str, ttk.Button | ttk.Menubutton]:
    """The buttons shown, by their text."""
    return {str(w.cget("text")): w for w in visible(widget) if isinstance(w, ttk.Button | ttk.Menubutton)}


def main_buttons(widget: tk.Misc) -> list[str]:
    """The texts of the main buttons shown."""
    return [text for text, button in buttons(widget).items() if "Main." in str(button.cget("style"))]


def cut_off(widget: tk.Misc) -> list[str]:
    """The texts that have less room than they need."""
    kinds = ttk.Label | ttk.Button | ttk.Menubutton | ttk.Radiobutton | ttk.Checkbutton
    return [
        f"{w.cget('text')}: {w.winfo_width()}×{w.winfo_height()} of {w.winfo_reqwidth()}×{w.winfo_reqheight()}"
        for w in visible(widget)
        if isinstance(w, kinds) and (w.winfo_width() < w.winfo_reqwidth() or w.winfo_height() < w.winfo_reqheight())
    ]


def until(root: tk.Misc, condition: Callable[[], R], what: str = "") -> R:
    """Let Tk work until `condition` is true."""

    def looked() -> R:
        root.update()
        return condition()

    return wait_until(looked, what=what)


def settled(root: tk.Misc) -> None:
    """Let Tk work until nothing changes its place any more."""
    before: list[list[tuple[int, ...]]] = []

    def places() -> list[tuple[int, ...]]:
        return [(w.winfo_rootx(), w.winfo_rooty(), w.winfo_width(), w.winfo_height()) for w in visible(root)]

    def still() -> bool:
        before.append(places())
        return len(before) > 3 and before[-1] == before[-2] == before[-3]

    until(root, still, "the window comes to rest")
