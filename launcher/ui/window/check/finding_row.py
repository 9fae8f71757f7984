"""One finding: its sign, what was seen, what to do, and the button that does it."""

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

from launcher.doctor.check import Finding, Status
from launcher.ui.window.check.check_words import LOOKS
from launcher.ui.window.widgets.buttons import button, make_main
from launcher.ui.window.widgets.palette import Tone
from launcher.ui.window.widgets.texts import label, paragraph, tell
from launcher.ui.window.widgets.theme import Theme
from launcher.ui.window.widgets.tooltips import tooltip

FIX = "&Fix it"
GAP, SIGN_WIDTH = 10, 20


class FindingRow(ttk.Frame):
    """Takes no room until `show`. `fix` gets the finding."""

    def __init__(self, parent: tk.Misc, theme: Theme, fix: Callable[[Finding], None]) -> None:
        super().__init__(parent, style="Card.TFrame")
        self._finding: Finding | None = None
        self._line = ttk.Frame(self, style="Line.TFrame", height=max(1, theme.px(1)))
        self._line.grid(row=0, column=0, columnspan=3, sticky="ew", pady=theme.pair(0, GAP))
        self.columnconfigure(0, minsize=theme.px(SIGN_WIDTH))
        self.columnconfigure(1, weight=1)
        self._sign = label(self, "Good")
        self._sign.grid(row=1, column=0, sticky="nw", padx=theme.pair(0, 8))
        self._title = paragraph(self, "Strong")
        self._title.grid(row=1, column=1, sticky="ew")
        self._advice = paragraph(self, "Quiet")
        self._advice.grid(row=2, column=1, sticky="ew", pady=theme.pair(2, 0))
        self._word = label(self, "GoodSaid")
        self._word.grid(row=1, column=2, sticky="ne", padx=theme.pair(GAP, 0))
        self._fix = button(self, FIX, lambda: fix(self._finding) if self._finding else None)
        self._fix.grid(row=1, column=2, rowspan=2, sticky="e", padx=theme.pair(GAP, 0))
        tooltip(self._fix, theme, lambda: self._finding.fix.label if self._finding and self._finding.fix else "")
        ttk.Frame(self, style="Card.TFrame", height=theme.px(GAP)).grid(row=3, column=0)
        self.grid_remove()

    def show(self, finding: Finding, main: bool, free: bool) -> None:
        """`main`: its button is the main one of the window. `free`: its button can be pressed."""
        self._finding = finding
        sign, tone, word = LOOKS[finding.status]
        skipped = finding.status is Status.SKIPPED
        self._sign.configure(text=sign, style=f"Card.{tone}.TLabel")
        self._title.configure(text=finding.title, style="Card.Quiet.TLabel" if skipped else "Card.Strong.TLabel")
        tell(self._advice, finding.advice)
        self._word.configure(text=word, style=f"Card.{Tone.QUIET if skipped else tone}Said.TLabel")
        offers = finding.fix is not None and not skipped
        self._fix.state(["!disabled" if free else "disabled"])
        make_main(self._fix, main)
        if offers:
            self._word.grid_remove()
            self._fix.grid()
        else:
            self._fix.grid_remove()
            self._word.grid()
        self.grid()

    def lead(self, first: bool) -> None:
        """Draw no line above the first row."""
        if first:
            self._line.grid_remove()
        else:
            self._line.grid()
