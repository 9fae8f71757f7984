"""A word more when the mouse rests on something. tkinter-tooltip is imported when that first happens."""

import tkinter as tk
from collections.abc import Callable
from typing import TYPE_CHECKING

from launcher.faces.window.theme import Theme

if TYPE_CHECKING:
    from tktooltip import ToolTip

DELAY_S = 0.6
WIDTH_PX = 320


def tooltip(widget: tk.Misc, theme: Theme, text: Callable[[], str]) -> None:
    """Show what `text` says then; nothing when that is empty."""
    made: list[ToolTip] = []

    def enter(event: "tk.Event[tk.Misc]") -> None:
        if made or not text():
            return
        made.append(_make(widget, theme, text))
        made[0].on_enter(event)

    def forget(_event: object) -> None:
        while made:
            gone = made.pop()
            gone.on_leave()  # Or its timer would show it once more.
            gone.destroy()

    widget.bind("<Enter>", enter, add=True)
    widget.bind("<Unmap>", forget, add=True)
    # Its colours are given once: make it anew in the other theme.
    widget.bind("<<ThemeChanged>>", forget, add=True)


def _make(widget: tk.Misc, theme: Theme, text: Callable[[], str]) -> "ToolTip":
    from tktooltip import ToolTip

    colours = theme.palette
    return ToolTip(
        widget,
        msg=text,
        delay=DELAY_S,
        follow=False,
        y_offset=theme.px(16),
        parent_kwargs={"bg": colours.border, "padx": theme.px(1), "pady": theme.px(1)},
        bg=colours.card,
        fg=colours.text,
        font="TavernSmall",
        padx=theme.px(8),
        pady=theme.px(6),
        width=theme.px(WIDTH_PX),
    )
