"""A run: work in the background that tells its window one thing after the other, until it ends or is given up."""

import time
import tkinter as tk
from collections.abc import Callable
from functools import partial
from typing import Any, Generic, TypeVar

from launcher.problem import Problem
from launcher.ui.window.background import Background, Put, nothing
from launcher.ui.window.child_window import ChildWindow
from launcher.ui.window.widgets.theme import Theme

T = TypeVar("T")
R = TypeVar("R", bound="Run[Any]")

SECOND_MS = 1000
# What is over within this time shows no clock.
CLOCK_FROM_S = 2


class Run(Generic[T]):
    """`told` is called in the Tk thread with all that is told, until `close`."""

    def __init__(self, put: Put, told: Callable[[T], None]) -> None:
        """`put` brings calls into the Tk thread."""
        self._told = told
        self._background = Background(put)

    def start(self, work: Callable[[], None], name: str, bug: Callable[[Problem], T]) -> None:
        """Begin `work` in a thread of this `name`. `bug` makes of the sentence about a bug what the window is told."""
        self._background.start(work, name, lambda problem: self._hear(bug(problem)))

    def tell(self, what: T) -> None:
        """Tell the window. From any thread."""
        self._background.tell(partial(self._hear, what))

    def close(self) -> None:
        """Give up. Nothing is told after this."""
        # The thread may outlive the window, and must not be the last to hold it: Tk would end in the wrong thread.
        self._told = nothing
        self._background.close()

    def _hear(self, what: T) -> None:
        self._told(what)


class RunWindow(ChildWindow):
    """A window that shows one run at a time, which ends with it. While it is busy, the clock goes on."""

    def __init__(self, parent: tk.Tk, theme: Theme, title: str, put: Put) -> None:
        """`put` brings calls into the Tk thread."""
        super().__init__(parent, theme, title)
        self._put = put
        self._run: Run[Any] | None = None
        self._busy = False
        self._began = 0.0
        self._clock = ""
        self.window.bind("<Destroy>", self._destroyed)

    def _begin(self, start: Callable[[], R]) -> R:
        """Give up the last run, and be busy with the one that `start` returns."""
        self._give_up()
        self._busy, self._began = True, time.monotonic()
        self._clock = self.window.after(SECOND_MS, self._tick)
        self._run = run = start()
        return run

    def _rest(self) -> None:
        """Be busy no longer; the run may go on telling."""
        self._busy = False
        if self._clock:
            self.window.after_cancel(self._clock)
            self._clock = ""

    def _give_up(self) -> None:
        self._rest()
        if self._run:
            self._run.close()
            self._run = None

    def _elapsed(self) -> str:
        """Return how long it is busy, such as `3 s`; nothing when it has just begun."""
        seconds = int(time.monotonic() - self._began)
        return f"{seconds} s" if seconds >= CLOCK_FROM_S else ""

    def _show_progress(self) -> None:
        """Show how far the run is."""

    def _tick(self) -> None:
        self._clock = self.window.after(SECOND_MS, self._tick)
        self._show_progress()

    def _destroyed(self, event: "tk.Event[tk.Misc]") -> None:
        if event.widget is self.window:
            self._give_up()
