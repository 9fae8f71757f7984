"""Three bars that say how much of something there is, in the colour of how good that is."""

import tkinter as tk
from tkinter import ttk

from launcher.ui.window.main.sentences import Tone
from launcher.ui.window.widgets.texts import on_card
from launcher.ui.window.widgets.theme import Theme

BARS = 3


class Meter(ttk.Frame):
    """Beside it stands a word: it is never told by colour alone."""

    def __init__(self, parent: tk.Misc, theme: Theme, bar_width: int = 44) -> None:
        super().__init__(parent, style=f"{on_card(parent)}TFrame")
        px = theme.px
        self._bars = [ttk.Frame(self, width=px(bar_width), height=px(6)) for _ in range(BARS)]
        for at, bar in enumerate(self._bars):
            bar.grid(row=0, column=at, padx=(0, px(3)))
        self.show(0, Tone.QUIET)

    def show(self, filled: int, tone: Tone) -> None:
        """So many bars in this tone, the others empty."""
        for at, bar in enumerate(self._bars):
            bar.configure(style=f"{tone}Meter.TFrame" if at < filled and tone is not Tone.QUIET else "OffMeter.TFrame")
