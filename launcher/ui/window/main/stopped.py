"""SillyTavern is stopped: one big Start."""

import tkinter as tk
from tkinter import ttk

from launcher.keeper.messages import Start
from launcher.keeper.view import View
from launcher.ui.window.actions import Actions
from launcher.ui.window.other_windows import REACH
from launcher.ui.window.widgets.buttons import button, make_main
from launcher.ui.window.widgets.layout import CARD_PADDING
from launcher.ui.window.widgets.pictures import Mug
from launcher.ui.window.widgets.texts import paragraph, tell
from launcher.ui.window.widgets.theme import Theme

TEXT = "Start it, and the code for your phone appears here."


class Stopped(ttk.Frame):
    """Start, and which SillyTavern that would start."""

    def __init__(self, parent: tk.Misc, theme: Theme, actions: Actions) -> None:
        super().__init__(parent, style="CardBorder.TFrame", padding=theme.px(CARD_PADDING))
        self.columnconfigure(0, weight=1)
        self.rowconfigure(0, weight=1)
        self.rowconfigure(6, weight=1)
        Mug(self, theme).grid(row=1, column=0, pady=theme.pair(0, 12))
        self._start = button(self, "&Start SillyTavern", lambda: actions.ask(Start()), main=True)
        self._start.grid(row=2, column=0)
        self._start.configure(padding=theme.pair(28, 14))
        paragraph(self, "Quiet", TEXT, centred=True).grid(row=3, column=0, sticky="ew", pady=theme.pair(12, 0))
        self._folder = paragraph(self, "Small", "", centred=True)
        self._folder.grid(row=4, column=0, sticky="ew", pady=(theme.px(8), 0))
        reach = button(self, "Can my &phone reach this PC?", lambda: actions.show_window(REACH))
        reach.grid(row=5, column=0, pady=theme.pair(16, 0))

    def show(self, view: View) -> None:
        # One main button: a repair comes first.
        repair = view.problem is not None and view.problem.fix is not None
        make_main(self._start, not repair)
        theirs = view.installation is not None and not view.installation.ours
        tell(self._folder, f"Yours, in {view.installation.folder}" if view.installation and theirs else "")
