"""What the main window shows below its heading: a problem, the page of the state, who can get in, notices, buttons."""

import tkinter as tk
from tkinter import ttk

from launcher.keeper.view import Phase, View
from launcher.problem import Problem
from launcher.ui.window.actions import Actions
from launcher.ui.window.main import sentences
from launcher.ui.window.main.access_card import AccessCard
from launcher.ui.window.main.code_card import CodeCard
from launcher.ui.window.main.pages import Crashed, FirstRun, Installing, Lost, ProblemCard, Stopped, Waiting
from launcher.ui.window.other_windows import ACCESS, CHECK, DEVICES, LOG, SETTINGS
from launcher.ui.window.widgets.buttons import ButtonRow, button
from launcher.ui.window.widgets.texts import paragraph, tell
from launcher.ui.window.widgets.theme import RING, Theme
from launcher.ui.window.widgets.tooltips import tooltip

GAP = 12


class Body(ttk.Frame):
    """Shows the cards that belong to the state, and hides the others."""

    def __init__(self, parent: tk.Misc, theme: Theme, actions: Actions) -> None:
        super().__init__(parent)
        self.columnconfigure(0, weight=1)
        self.rowconfigure(1, weight=1)
        below, edge = theme.pair(0, GAP), theme.px(RING)
        self._problem = ProblemCard(self, theme, actions)
        self._problem.grid(row=0, column=0, sticky="ew", padx=edge, pady=below)
        self._waiting = Waiting(self, theme)
        self._pages: dict[Phase, CodeCard | Installing | Stopped | Crashed | Waiting] = {
            Phase.RUNNING: CodeCard(self, theme, actions),
            Phase.INSTALLING: Installing(self, theme, actions),
            Phase.STOPPED: Stopped(self, theme, actions),
            Phase.CRASHED: Crashed(self, theme, actions),
            Phase.STARTING: self._waiting,
            Phase.STOPPING: self._waiting,
        }
        self._first_run = FirstRun(self, theme, actions)
        self._lost = Lost(self, theme, actions)
        self._shown: ttk.Frame = self._waiting
        for page in (*self._pages.values(), self._first_run, self._lost):
            page.grid(row=1, column=0, sticky="nsew", padx=edge, pady=below)
            page.grid_remove()
        self._access = AccessCard(self, theme, actions)
        self._access.grid(row=2, column=0, sticky="ew", padx=edge, pady=below)
        self._notices = paragraph(self, "Quiet")
        self._notices.grid(row=3, column=0, sticky="ew", padx=edge, pady=below)
        self._make_bottom(theme, actions)
        self.show_waiting()

    def _make_bottom(self, theme: Theme, actions: Actions) -> None:
        self._bottom = bottom = ttk.Frame(self)
        bottom.grid(row=4, column=0, sticky="ew", pady=theme.pair(0, GAP - RING))
        bottom.columnconfigure(0, weight=1)
        self._row = ButtonRow(bottom, theme)
        self._row.grid(row=0, column=0, sticky="new")
        self._check = button(self._row, "Check co&nnection", lambda: actions.show_window(CHECK))
        tooltip(self._check, theme, lambda: "What keeps a phone out, and what helps")
        self._log = button(self._row, "&Log", lambda: actions.show_window(LOG))
        tooltip(self._log, theme, lambda: "What SillyTavern has printed")
        # These two are for when the access card, or the menu of the code card, is hidden.
        self._who = button(self._row, "&Who can get in", lambda: actions.show_window(ACCESS))
        self._devices = button(self._row, "All dev&ices…", lambda: actions.show_window(DEVICES))
        tooltip(self._devices, theme, lambda: "Every device that was here: name it, let it in or keep it out")
        button(bottom, "Se&ttings", lambda: actions.show_window(SETTINGS)).grid(row=0, column=1, sticky="ne")

    def show(self, view: View, refusal: Problem | None) -> None:
        """Show `view`. `refusal`: why the last request was not done."""
        first_run = sentences.first_run(view)
        page = self._first_run if first_run else self._pages[view.phase]
        page.show(view)
        self._show_page(page)
        problem_shown = bool(refusal or view.problem)
        self._problem.show(view, refusal)
        _appear(self._problem, problem_shown)
        self._access.show(view)
        access_shown = view.access is not None and view.phase in (Phase.STARTING, Phase.RUNNING)
        _appear(self._access, access_shown)
        # The page of a crash, and the problem card of a stopped server, have a button for the log.
        log_above = view.phase is Phase.CRASHED or (view.phase is Phase.STOPPED and problem_shown)
        log = [] if log_above else [self._log]
        who = [] if access_shown else [self._who]
        devices = [self._devices] if view.devices and view.phase is not Phase.RUNNING else []
        self._row.arrange(self._check, *log, *who, *devices)
        tell(self._notices, "\n".join(sentences.notices(view)))
        _appear(self._bottom, view.phase is not Phase.INSTALLING and not first_run)

    def show_lost(self, problem: Problem, again: str) -> None:
        """Say that there is no keeper. `again`: the words on the button that starts one."""
        self._lost.tell(problem, again)
        self._show_page(self._lost)
        for other in (self._problem, self._access, self._notices):
            other.grid_remove()

    def show_waiting(self) -> None:
        """Show that nothing is known yet."""
        self._waiting.show(View())
        self._show_page(self._waiting)
        for other in (self._problem, self._access, self._notices, self._bottom):
            other.grid_remove()

    def _show_page(self, page: ttk.Frame) -> None:
        self._shown.grid_remove()
        self._shown = page
        page.grid()


def _appear(widget: ttk.Frame, wanted: bool) -> None:
    if wanted:
        widget.grid()
    else:
        widget.grid_remove()
