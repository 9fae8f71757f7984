"""Work that takes its time, done in a thread of its own; what comes of it is told in the Tk thread.

Such work may know nothing of Tk: were its thread the last to know a window, Tk would end in the wrong thread.
"""

import queue
import threading
import tkinter as tk
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from launcher.problem import Problem
from launcher.system import safety_net

T = TypeVar("T")
Put = Callable[[Callable[[], None]], None]

POLL_INTERVAL_MS = 30
LAST_WORDS_S = 0.2


def in_background(
    widget: tk.Misc, work: Callable[[], T], then: Callable[[T], None], failed: Callable[[Problem], None] | None = None
) -> None:
    """Give the result of `work` to `then`, unless `widget` is gone by then.

    `failed` gets the sentence about a bug in `work`; without it that bug is raised in the Tk thread.
    """
    results: queue.SimpleQueue[T] = queue.SimpleQueue()
    bugs: queue.SimpleQueue[Problem] = queue.SimpleQueue()
    # The thread knows neither `then` nor `failed`: they know the window.
    safety_net.start_thread(lambda: results.put(work()), "work for a window", lambda: bugs.put(_mistake()))
    # `after` of a widget ends with it, and Tk complains.
    root = widget.nametowidget(".")

    def poll() -> None:
        if not widget.winfo_exists():
            return
        if not results.empty():
            then(results.get())
        elif not bugs.empty():
            (failed or _raise)(bugs.get())
        else:
            root.after(POLL_INTERVAL_MS, poll)

    root.after(1, poll)


class Background:
    """The threads of one window, which tell more than one thing. After `close` nothing is told."""

    def __init__(self, put: Put) -> None:
        """`put` has a call made in the Tk thread."""
        self._put = put
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def start(self, work: Callable[[], None], name: str, failed: Callable[[Problem], None]) -> None:
        """Do `work` in a thread of its own. `failed` is called in the Tk thread with the sentence about a bug in it."""
        self._thread = safety_net.start_thread(work, name, lambda: self.tell(partial(failed, _mistake())))

    def tell(self, call: Callable[[], None]) -> None:
        """Have `call` made in the Tk thread. From any thread."""
        with self._lock:
            self._put(call)

    def close(self) -> None:
        """Let go of the window, and give the last thread a moment to end."""
        with self._lock:
            self._put = nothing
        if self._thread and self._thread.is_alive():
            self._thread.join(LAST_WORDS_S)


def nothing(*_: object) -> None:
    """Takes the place of what a closed window would have been told."""


def _mistake() -> Problem:
    from launcher.system.folders import our_folders

    return safety_net.mistake(our_folders().own_log)


def _raise(problem: Problem) -> None:
    raise RuntimeError(problem.title)
