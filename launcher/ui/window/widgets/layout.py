"""What most windows show: texts and cards that scroll, and below them a foot with buttons that stays in sight."""

import tkinter as tk
from tkinter import ttk

from launcher.ui.window.widgets.dialog import fit_height
from launcher.ui.window.widgets.scrolling import Scrolling
from launcher.ui.window.widgets.texts import label
from launcher.ui.window.widgets.theme import RING, Theme

MARGIN, CARD_GAP = 20, 12
NARROWEST, LOWEST = 400, 300
CARD_PADDING = 16


class Card(ttk.Frame):
    """A surface with round corners for content that belongs together. Its first column takes all the width."""

    def __init__(self, parent: tk.Misc, theme: Theme) -> None:
        super().__init__(parent, style="CardBorder.TFrame", padding=theme.px(CARD_PADDING))
        self.columnconfigure(0, weight=1)


class Layout:
    """Fills `window`, which becomes as high as `body` and `foot` need together, as far as the screen goes.

    The one column of each takes all the width. `width` at first, at 96 dpi. `button_first`: the foot begins with a
    button, whose ring stands in the margin, and not with a text.
    """

    def __init__(self, window: tk.Tk | tk.Toplevel, theme: Theme, width: int, button_first: bool = False) -> None:
        self._theme = theme
        window.columnconfigure(0, weight=1)
        window.rowconfigure(0, weight=1)
        window.minsize(theme.px(NARROWEST), theme.px(LOWEST))
        scrolling = Scrolling(window, theme)
        scrolling.grid(row=0, column=0, sticky="nsew")
        self.body = ttk.Frame(scrolling.inside, padding=theme.edges(MARGIN, MARGIN, MARGIN, 8))
        self.body.grid(row=0, column=0, sticky="new")
        left = MARGIN - RING if button_first else MARGIN
        self.foot = ttk.Frame(window, padding=theme.edges(left, 8, MARGIN - RING, MARGIN - RING))
        self.foot.grid(row=1, column=0, sticky="ew")
        for part in (self.body, self.foot):
            part.columnconfigure(0, weight=1)
        self.body.bind("<Configure>", lambda _event: fit_height(window, theme, width, self.body, self.foot))

    def card(self, row: int, title: str = "") -> ttk.Frame:
        """A new card in this row of the body, below its title."""
        part, inside = titled_card(self.body, self._theme, title)
        part.grid(row=row, column=0, sticky="ew", pady=self._theme.pair(CARD_GAP, 0))
        return inside


def titled_card(parent: tk.Misc, theme: Theme, title: str) -> tuple[ttk.Frame, ttk.Frame]:
    """A part with `title` and a card, not yet in its place, and the card in it."""
    part = ttk.Frame(parent)
    part.columnconfigure(0, weight=1)
    if title:
        label(part, "Big", title).grid(row=0, column=0, sticky="w", pady=theme.pair(0, 6))
    inside = Card(part, theme)
    inside.grid(row=1, column=0, sticky="ew")
    return part, inside
