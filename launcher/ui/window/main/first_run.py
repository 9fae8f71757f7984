"""The first thing anyone sees: there is no SillyTavern yet. Install it, or point at the one that is there."""

import tkinter as tk
from tkinter import ttk

from launcher.keeper.messages import Install
from launcher.keeper.view import View
from launcher.ui.window.actions import Actions
from launcher.ui.window.other_windows import REACH
from launcher.ui.window.widgets.buttons import button
from launcher.ui.window.widgets.layout import CARD_PADDING
from launcher.ui.window.widgets.pictures import Mug
from launcher.ui.window.widgets.texts import paragraph
from launcher.ui.window.widgets.theme import Theme

TEXT = (
    "Tavernkeep downloads SillyTavern (about 430 MB on disk), starts it and shows a code. Scan the code with your "
    "phone, and chat."
)
SAFETY = "Only this PC gets in at first. You decide about every other device."


class FirstRun(ttk.Frame):
    """One question: install, or use what is there?"""

    def __init__(self, parent: tk.Misc, theme: Theme, actions: Actions) -> None:
        super().__init__(parent, style="CardBorder.TFrame", padding=theme.px(CARD_PADDING))
        self.columnconfigure(0, weight=1)
        self.rowconfigure(0, weight=1)
        self.rowconfigure(8, weight=2)
        Mug(self, theme).grid(row=1, column=0, pady=theme.pair(0, 12))
        paragraph(self, "Big", "Put SillyTavern on this PC?", centred=True).grid(row=2, column=0, sticky="ew")
        paragraph(self, "", TEXT, centred=True).grid(row=3, column=0, sticky="ew", pady=(theme.px(8), 0))
        paragraph(self, "Quiet", SAFETY, centred=True).grid(row=4, column=0, sticky="ew", pady=theme.pair(8, 20))
        self.install = button(self, "&Install SillyTavern", lambda: actions.ask(Install(start=True)), main=True)
        self.install.grid(row=5, column=0)
        button(self, "I already &have it…", actions.choose_folder).grid(row=6, column=0, pady=(theme.px(4), 0))
        reach = button(self, "Can my &phone reach this PC?", lambda: actions.show_window(REACH))
        reach.grid(row=7, column=0, pady=(theme.px(4), 0))

    def show(self, view: View) -> None:
        """Nothing of it depends on the view."""
