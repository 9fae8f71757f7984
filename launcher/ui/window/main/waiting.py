"""Something is under way and needs a moment: starting, stopping, or looking for the keeper."""

import tkinter as tk
from tkinter import ttk

from launcher.ui.window.widgets.bars import ProgressBar
from launcher.ui.window.widgets.layout import CARD_PADDING
from launcher.ui.window.widgets.texts import paragraph
from launcher.ui.window.widgets.theme import Theme

BAR_WIDTH_PX = 200


class Waiting(ttk.Frame):
    """A bar that moves, and what it waits for."""

    def __init__(self, parent: tk.Misc, theme: Theme) -> None:
        super().__init__(parent, style="CardBorder.TFrame", padding=theme.px(CARD_PADDING))
        self.columnconfigure(0, weight=1)
        self.rowconfigure(0, weight=1)
        self.rowconfigure(3, weight=1)
        ProgressBar(self, theme.px(BAR_WIDTH_PX)).grid(row=1, column=0)
        self._what = paragraph(self, "Quiet", "", centred=True)
        self._what.grid(row=2, column=0, sticky="ew", pady=(theme.px(12), 0))

    def tell(self, what: str) -> None:
        """Say what is waited for."""
        self._what.configure(text=what)
