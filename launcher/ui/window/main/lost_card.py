"""There is no keeper to talk to: why, and the button that starts one."""

import tkinter as tk
from tkinter import ttk

from launcher.problem import Problem
from launcher.ui.window.actions import Actions
from launcher.ui.window.widgets.buttons import button, rename
from launcher.ui.window.widgets.layout import CARD_PADDING
from launcher.ui.window.widgets.texts import paragraph
from launcher.ui.window.widgets.theme import Theme


class LostCard(ttk.Frame):
    """What happened, and Start again."""

    def __init__(self, parent: tk.Misc, theme: Theme, actions: Actions) -> None:
        super().__init__(parent, style="CardBorder.TFrame", padding=theme.px(CARD_PADDING))
        self.columnconfigure(0, weight=1)
        self.rowconfigure(0, weight=1)
        self.rowconfigure(4, weight=1)
        self._title = paragraph(self, "Big", "", centred=True)
        self._title.grid(row=1, column=0, sticky="ew")
        self._advice = paragraph(self, "Quiet", "", centred=True)
        self._advice.grid(row=2, column=0, sticky="ew", pady=theme.pair(8, 16))
        self._again = button(self, "", actions.reconnect, main=True)
        self._again.grid(row=3, column=0)

    def show(self, problem: Problem, again: str) -> None:
        self._title.configure(text=problem.title)
        self._advice.configure(text=problem.advice)
        rename(self._again, again)
