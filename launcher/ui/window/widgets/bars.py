"""Bars that show an amount: how good something is, and how far something has come."""

import tkinter as tk
from tkinter import ttk

from launcher.ui.window.widgets.palette import Tone
from launcher.ui.window.widgets.texts import on_card
from launcher.ui.window.widgets.theme import Theme

METER_BARS = 3
STEPS = 1000
MOVE_MS = 40


class Meter(ttk.Frame):
    """Beside it stands a word: it is never told by colour alone."""

    def __init__(self, parent: tk.Misc, theme: Theme, bar_width: int = 44) -> None:
        super().__init__(parent, style=f"{on_card(parent)}TFrame")
        px = theme.px
        self._bars = [ttk.Frame(self, width=px(bar_width), height=px(6)) for _ in range(METER_BARS)]
        for at, bar in enumerate(self._bars):
            bar.grid(row=0, column=at, padx=(0, px(3)))
        self.show(0, Tone.QUIET)

    def show(self, filled: int, tone: Tone) -> None:
        """So many bars in this tone, the others empty."""
        for at, bar in enumerate(self._bars):
            bar.configure(style=f"{tone}Meter.TFrame" if at < filled and tone is not Tone.QUIET else "OffMeter.TFrame")


class ProgressBar(ttk.Progressbar):
    """It moves by itself only while it is seen."""

    def __init__(self, parent: tk.Misc, length: int = 100) -> None:
        super().__init__(parent, maximum=STEPS, length=length, mode="indeterminate")
        self.bind("<Map>", lambda _event: self._move())
        self.bind("<Unmap>", lambda _event: self.stop())

    def show(self, share: float | None) -> None:
        """`share` done, 0 to 1; None: not known."""
        if share is None:
            if str(self.cget("mode")) == "determinate":
                self.configure(mode="indeterminate")
                self._move()
            return
        self.stop()
        self.configure(mode="determinate", value=min(share, 1) * STEPS)

    def _move(self) -> None:
        if str(self.cget("mode")) == "indeterminate" and self.winfo_ismapped():
            self.stop()
            self.start(MOVE_MS)
