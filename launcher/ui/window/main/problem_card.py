"""What went wrong, what it means, and the button that puts it right."""

import tkinter as tk
from tkinter import ttk

from launcher.keeper.messages import ApplyFix, Start
from launcher.keeper.view import Phase, View
from launcher.problem import Problem
from launcher.ui.window.actions import Actions
from launcher.ui.window.widgets.buttons import ButtonRow, button, rename
from launcher.ui.window.widgets.layout import CARD_PADDING
from launcher.ui.window.widgets.texts import label, paragraph, tell
from launcher.ui.window.widgets.theme import RING, Theme


class ProblemCard(ttk.Frame):
    """Shows the problem of the view, or the answer to what the user last asked for."""

    def __init__(self, parent: tk.Misc, theme: Theme, actions: Actions) -> None:
        super().__init__(parent, style="CardBorder.TFrame", padding=theme.px(CARD_PADDING))
        self._actions = actions
        self._fix_id = ""
        self.columnconfigure(1, weight=1)
        label(self, "Bad", "✕").grid(row=0, column=0, sticky="n", padx=theme.pair(0, 8 - RING))
        self._title = paragraph(self, "Strong")
        self._title.grid(row=0, column=1, sticky="ew", padx=theme.pair(RING, 0))
        self._advice = paragraph(self, "Quiet")
        self._advice.grid(row=1, column=1, sticky="ew", padx=theme.pair(RING, 0), pady=theme.pair(4, 0))
        self._buttons = ButtonRow(self, theme)
        self._buttons.grid(row=2, column=1, sticky="ew", pady=(theme.px(8), 0))
        self._fix = button(self._buttons, "", lambda: actions.ask(ApplyFix(self._fix_id)), main=True)
        self._again = button(self._buttons, "Start a&gain", lambda: actions.ask(Start()))
        self._log = button(self._buttons, "Show &log", actions.show_log)
        self._dismiss = button(self._buttons, "O&K", actions.dismiss)

    def show(self, view: View, answer: Problem | None) -> None:
        """`answer`: why the last request was not done; it is shown before the view's problem."""
        problem = answer or view.problem
        if problem is None:
            return
        self._title.configure(text=problem.title)
        tell(self._advice, problem.advice)
        wanted: list[ttk.Widget] = []
        if problem.fix:
            self._fix_id = problem.fix.id
            rename(self._fix, f"&{problem.fix.label}")
            wanted.append(self._fix)
        crashed = view.phase is Phase.CRASHED and answer is None
        if crashed and not (problem.fix and problem.fix.id == "start"):
            wanted.append(self._again)
        if crashed or (view.phase is Phase.STOPPED and view.installation):
            wanted.append(self._log)
        if answer is not None and not problem.fix:
            wanted.append(self._dismiss)
        self._buttons.arrange(*wanted)
