"""What lies below the heading: the page of the state, a problem, who can get in, notices, and the last row."""

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
    """Shows and hides its cards."""

    def __init__(self, parent: tk.Misc, theme: Theme, actions: Actions) -> None:
        super().__init__(parent)
        self.columnconfigure(0, weight=1)
        self.rowconfigure(1, weight=1)
        below, edge = theme.pair(0, GAP), theme.px(RING)
        self._problem = ProblemCard(self, theme, actions)
        self._problem.grid(row=0, column=0, sticky="ew", padx=edge, pady=below)
        self._code = CodeCard(self, theme, actions)
        self._first_run = FirstRun(self, theme, actions)
        self._installing = Installing(self, theme, actions)
        self._stopped = Stopped(self, theme, actions)
        self._crashed = Crashed(self, theme, actions)
        self._waiting = Waiting(self, theme)
        self._lost = Lost(self, theme, actions)
        self._pages = (
            self._code,
            self._first_run,
            self._installing,
            self._stopped,
            self._crashed,
            self._waiting,
            self._lost,
        )
        for page in self._pages:
            page.grid(row=1, column=0, sticky="nsew", padx=edge, pady=below)
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
        # While the card above, or the menu with the devices, is not shown.
        self._who = button(self._row, "&Who can get in", lambda: actions.show_window(ACCESS))
        self._devices = button(self._row, "All dev&ices…", lambda: actions.show_window(DEVICES))
        tooltip(self._devices, theme, lambda: "Who was here: name them, let them in, or no longer")
        button(bottom, "Se&ttings", lambda: actions.show_window(SETTINGS)).grid(row=0, column=1, sticky="ne")

    def show(self, view: View, answer: Problem | None) -> None:
        page = self._page(view)
        page.show(view)
        self._only(page)
        self._problem.show(view, answer)
        _appear(self._problem, bool(answer or view.problem))
        self._access.show(view)
        card_shown = view.access is not None and view.phase in (Phase.STARTING, Phase.RUNNING)
        _appear(self._access, card_shown)
        self._arrange_bottom(view, card_shown, bool(answer or view.problem))
        tell(self._notices, "\n".join(sentences.notices(view)))
        _appear(self._bottom, view.phase is not Phase.INSTALLING and not sentences.first_run(view))

    def _arrange_bottom(self, view: View, card_shown: bool, problem: bool) -> None:
        """After a crash, and beside a problem of one that is stopped, the log has its button there."""
        told_above = view.phase is Phase.CRASHED or (view.phase is Phase.STOPPED and problem)
        log = [] if told_above else [self._log]
        who = [] if card_shown else [self._who]
        devices = [self._devices] if view.devices and view.phase is not Phase.RUNNING else []
        self._row.arrange(self._check, *log, *who, *devices)

    def show_lost(self, problem: Problem, again: str) -> None:
        """There is no keeper to show anything of."""
        self._lost.tell(problem, again)
        self._only(self._lost)
        for other in (self._problem, self._access, self._notices):
            other.grid_remove()

    def show_waiting(self) -> None:
        """Nothing is known yet."""
        self._waiting.show(View())
        self._only(self._waiting)
        for other in (self._problem, self._access, self._notices, self._bottom):
            other.grid_remove()

    def _page(self, view: View) -> CodeCard | FirstRun | Installing | Stopped | Crashed | Waiting:
        if sentences.first_run(view):
            return self._first_run
        match view.phase:
            case Phase.RUNNING:
                return self._code
            case Phase.INSTALLING:
                return self._installing
            case Phase.STOPPED:
                return self._stopped
            case Phase.STARTING | Phase.STOPPING:
                return self._waiting
            case Phase.CRASHED:
                return self._crashed

    def _only(self, shown: ttk.Frame) -> None:
        for page in self._pages:
            _appear(page, page is shown)


def _appear(widget: ttk.Frame, wanted: bool) -> None:
    if wanted:
        widget.grid()
    else:
        widget.grid_remove()
