"""What becomes of a change: it is under way, it is done, or why it is not."""

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk
from typing import Protocol

from launcher.keeper.messages import ApplyFix, Reply, Request
from launcher.keeper.view import Phase, View
from launcher.problem import Fix, Problem
from launcher.ui.window.widgets.bars import ProgressBar
from launcher.ui.window.widgets.buttons import button, rename
from launcher.ui.window.widgets.palette import SIGNS, Tone
from launcher.ui.window.widgets.texts import label, on_card, paragraph, tell
from launcher.ui.window.widgets.theme import Theme

LOST = Problem("Tavernkeep has ended, so nothing can be changed now.", "Start it again in its main window.")


class Send(Protocol):
    """Sends a request to the keeper; `answered` is called in the Tk thread, never when the keeper is gone."""

    def __call__(self, request: Request, answered: Callable[[Reply], None], /) -> None: ...


class OutcomeBar(ttk.Frame):
    """Sends one change at a time; `changed` is called whenever `busy` has changed. Takes no room while it is silent."""

    def __init__(self, parent: tk.Misc, theme: Theme, send: Send, changed: Callable[[], None]) -> None:
        super().__init__(parent, style=f"{on_card(parent)}TFrame")
        self.busy = False
        self._send, self._changed = send, changed
        self._fix: Fix | None = None
        self.columnconfigure(1, weight=1)
        self._sign = label(self, "Strong")
        self._sign.grid(row=0, column=0, sticky="n", padx=theme.pair(0, 8))
        self._title = paragraph(self, "Strong")
        self._title.grid(row=0, column=1, sticky="ew")
        self._advice = paragraph(self, "Quiet")
        self._advice.grid(row=1, column=1, sticky="ew", pady=theme.pair(2, 0))
        self._bar = ProgressBar(self)
        self._bar.grid(row=2, column=1, sticky="ew", pady=theme.pair(6, 0))
        self._repair = button(self, "", self._do_repair)
        self._repair.grid(row=2, column=1, sticky="w", pady=theme.pair(4, 0))
        self._show("")

    def ask(self, request: Request, doing: str, then: Callable[[], str]) -> None:
        """Send `request`, tell what it is `doing`, and when it was done what `then` returns."""
        if self.busy:
            return
        self.busy = True
        self._show(doing, tone=Tone.QUIET)
        self._bar.grid()
        self._changed()

        def answered(reply: Reply) -> None:
            if not self.winfo_exists():
                return
            self.busy = False
            if reply.problem:
                self.refuse(reply.problem)
            else:
                self._show(then(), tone=Tone.GOOD)
            self._changed()

        self._send(request, answered)

    def refuse(self, problem: Problem) -> None:
        """Tell why something is not done."""
        self._show(problem.title, problem.advice, Tone.BAD)
        self._fix = problem.fix
        if problem.fix:
            rename(self._repair, f"&{problem.fix.label}")
            self._repair.grid()

    def tell(self, words: str) -> None:
        """Tell what goes on."""
        self._show(words)

    def warn(self, words: str) -> None:
        """Tell what the user has to do first."""
        self._show(words, tone=Tone.CAREFUL)

    def clear(self) -> None:
        """What was told is no longer what matters."""
        if not self.busy:
            self._show("")

    def lost(self) -> None:
        """The keeper is gone, and no answer will come."""
        self.busy = False
        self.refuse(LOST)
        self._changed()

    def _do_repair(self) -> None:
        if self._fix:
            self.ask(ApplyFix(self._fix.id), "Repairing…", lambda: "Done. Now try it again.")

    def _show(self, title: str, advice: str = "", tone: Tone = Tone.QUIET) -> None:
        self._bar.grid_remove()
        self._repair.grid_remove()
        tell(self._sign, SIGNS[tone] if title else "")
        self._sign.configure(style=f"{tone}.TLabel")
        tell(self._title, title)
        tell(self._advice, advice)
        if title:
            self.grid()
        else:
            self.grid_remove()


def restarts(view: View) -> bool:
    """A change makes SillyTavern restart."""
    return view.phase in (Phase.STARTING, Phase.RUNNING)


def effect(view: View) -> str:
    """What saving does besides."""
    return "SillyTavern restarts, about 3 seconds." if restarts(view) else "It takes effect at the next start."


def save_words(view: View) -> str:
    return "&Save and restart" if restarts(view) else "&Save"


def saving_words(view: View) -> str:
    return "Saving, then restarting SillyTavern…" if restarts(view) else "Saving…"


def saved_words(view: View) -> str:
    return "Saved, and SillyTavern answers again." if view.phase is Phase.RUNNING else "Saved."
