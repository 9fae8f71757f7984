"""A word more when the mouse rests on something. tkinter-tooltip is imported when that first happens."""

import tkinter as tk
from collections.abc import Callable
from typing import TYPE_CHECKING

from launcher.ui.window.widgets.theme import Theme

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

    def hide(_event: object) -> None:
        for tip in made:
            tip.on_leave()

    def colour(_event: object) -> None:
        for tip in made:
            _colour(tip, theme)

    widget.bind("<Enter>", enter, add=True)
    widget.bind("<Unmap>", hide, add=True)
    widget.bind("<<ThemeChanged>>", colour, add=True)


def _make(widget: tk.Misc, theme: Theme, text: Callable[[], str]) -> "ToolTip":
    from tktooltip import ToolTip

    tip = ToolTip(
        widget,
        msg=text,
        delay=DELAY_S,
        follow=False,
        y_offset=theme.px(16),
        parent_kwargs={"padx": theme.px(1), "pady": theme.px(1)},
        font="TavernSmall",
        padx=theme.px(8),
        pady=theme.px(6),
        width=theme.px(WIDTH_PX),
    )
    _colour(tip, theme)
    return tip


def _colour(tip: "ToolTip", theme: Theme) -> None:
    colours = theme.palette
    tip.configure(background=colours.border)
    tip.message_widget.configure(background=colours.card, foreground=colours.text)
