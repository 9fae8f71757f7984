"""A question in a small window of its own."""

import tkinter as tk
from collections.abc import Callable, Sequence
from tkinter import ttk

from launcher.faces.window.buttons import bind_keys, button
from launcher.faces.window.card import ButtonRow
from launcher.faces.window.texts import paragraph
from launcher.faces.window.theme import RING, Theme

Choice = tuple[str, Callable[[], None]]

WIDTH = 400
MARGIN = 20


def child_window(parent: tk.Tk, theme: Theme, title: str) -> tk.Toplevel:
    """An empty window that belongs to `parent`; Escape closes it."""
    window = tk.Toplevel(parent, class_="Tavernkeep", background=theme.palette.background)
    window.title(title)
    window.transient(parent)
    window.bind("<Escape>", lambda _event: window.destroy())
    window.bind("<<ThemeChanged>>", lambda _event: window.configure(background=theme.palette.background))
    bind_keys(window)
    return window


def ask(parent: tk.Tk, theme: Theme, title: str, text: str, choices: Sequence[Choice]) -> tk.Toplevel:
    """Ask; the first of `choices` (words, what then) is the main one. Escape and closing choose nothing."""
    window = child_window(parent, theme, title)
    frame = ttk.Frame(window, padding=theme.px(MARGIN))
    frame.pack(fill="both", expand=True)
    inner = theme.px(WIDTH - 2 * MARGIN)
    for style, words, below in (("Big", title, 8), ("", text, 16)):
        shown = paragraph(frame, style, words)
        shown.configure(wraplength=inner)
        shown.pack(fill="x", padx=theme.px(RING), pady=theme.pair(0, below))
    row = ButtonRow(frame, theme)
    row.configure(width=inner)
    row.pack(fill="x")
    made = [button(row, words, _then(window, then), main=not at) for at, (words, then) in enumerate(choices)]
    row.arrange(*made)
    made[0].focus_set()
    window.resizable(False, False)
    window.wait_visibility()
    window.grab_set()
    return window


def _then(window: tk.Toplevel, then: Callable[[], None]) -> Callable[[], None]:
    def chosen() -> None:
        window.destroy()
        then()

    return chosen
