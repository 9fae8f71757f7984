"""A bar that shows how far something is, or only that it is under way."""

import tkinter as tk
from tkinter import ttk

STEPS = 1000
MOVE_MS = 40


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
