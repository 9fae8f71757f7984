"""How far the installation is: step, bar, packages, megabytes, time left, and Cancel."""

import tkinter as tk
from tkinter import ttk

from launcher.keeper.messages import Cancel
from launcher.keeper.view import View
from launcher.ui.window.actions import Actions
from launcher.ui.window.main.sentences import packages, time_left
from launcher.ui.window.widgets.bars import ProgressBar
from launcher.ui.window.widgets.buttons import button
from launcher.ui.window.widgets.layout import CARD_PADDING
from launcher.ui.window.widgets.texts import paragraph
from launcher.ui.window.widgets.theme import Theme

KEPT = "You can close this window meanwhile. Cancel leaves nothing behind."


class Installing(ttk.Frame):
    """Shows `view.progress`."""

    def __init__(self, parent: tk.Misc, theme: Theme, actions: Actions) -> None:
        super().__init__(parent, style="CardBorder.TFrame", padding=theme.px(CARD_PADDING))
        self.columnconfigure(0, weight=1)
        self.rowconfigure(0, weight=1)
        self.rowconfigure(7, weight=2)
        self._step = paragraph(self, "Big")
        self._step.grid(row=1, column=0, sticky="ew")
        self._bar = ProgressBar(self)
        self._bar.grid(row=2, column=0, sticky="ew", pady=theme.pair(12, 8))
        self._packages = paragraph(self, "Quiet")
        self._packages.grid(row=3, column=0, sticky="ew")
        self._left = paragraph(self, "Quiet")
        self._left.grid(row=4, column=0, sticky="ew")
        button(self, "&Cancel", lambda: actions.ask(Cancel())).grid(row=6, column=0, sticky="w", pady=theme.pair(20, 0))
        paragraph(self, "Small", KEPT).grid(row=5, column=0, sticky="ew", pady=theme.pair(12, 0))

    def show(self, view: View) -> None:
        progress = view.progress
        self._step.configure(text=progress.step if progress else "Getting ready")
        known = progress is not None and progress.expected > 0
        self._bar.show(progress.done / progress.expected if progress and known else None)
        self._packages.configure(text=packages(progress) if progress else "")
        self._left.configure(text=time_left(progress.seconds_left) if progress else "")
