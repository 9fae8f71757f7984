"""After a crash: what SillyTavern said last. What it means and what to do stands above, in the problem card."""

import tkinter as tk
from tkinter import ttk

from launcher.keeper.view import View
from launcher.ui.window.actions import Actions
from launcher.ui.window.other_windows import REACH
from launcher.ui.window.widgets.buttons import button
from launcher.ui.window.widgets.layout import CARD_PADDING
from launcher.ui.window.widgets.texts import label, paragraph
from launcher.ui.window.widgets.theme import Theme

MOST_LINES = 14
MOST_CHARACTERS = 300
SILENCE = "It printed nothing."


class Crashed(ttk.Frame):
    """The end of the log."""

    def __init__(self, parent: tk.Misc, theme: Theme, actions: Actions) -> None:
        super().__init__(parent, style="CardBorder.TFrame", padding=theme.px(CARD_PADDING))
        self._actions = actions
        self.columnconfigure(0, weight=1)
        label(self, "Strong", "What SillyTavern said last").grid(row=0, column=0, sticky="w", pady=theme.pair(0, 8))
        self._lines = paragraph(self, "Fixed")
        self._lines.grid(row=1, column=0, sticky="ew")
        reach = button(self, "Can my &phone reach this PC?", lambda: actions.show_window(REACH))
        reach.grid(row=2, column=0, sticky="w", pady=theme.pair(12, 0))

    def show(self, view: View) -> None:
        """The view only tells when to look."""
        lines = [line[:MOST_CHARACTERS] for line in self._actions.last_lines(MOST_LINES)]
        self._lines.configure(text="\n".join(lines).strip() or SILENCE)
