"""The bridge from threads to Tk: work in a thread of its own, and what it has to say in the Tk thread.

Only the Tk thread may touch windows, and no other thread may be the last to hold one: Tk would then end in the wrong
thread and abort the process. So `work` must not hold a window, and `close` releases what a thread still holds.
"""

import os
import queue
import signal
import sys
import threading
import tkinter as tk
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from launcher.problem import Problem
from launcher.system import safety_net

T = TypeVar("T")
# Makes a call in the Tk thread. `Inbox.put` is one.
Put = Callable[[Callable[[], None]], None]

INBOX_POLL_MS = 50
MOST_CALLS_AT_ONCE = 100
WAKE_BYTES = 4096
RESULT_POLL_MS = 30
LAST_WORDS_S = 0.2


def in_background(
    widget: tk.Misc, work: Callable[[], T], then: Callable[[T], None], failed: Callable[[Problem], None] | None = None
) -> None:
    """Do `work` in a thread, and call `then` with its result in the Tk thread unless `widget` is gone by then.

    A bug in `work` goes to `failed` as a sentence; without `failed` it is raised in the Tk thread.
    """
    results: queue.SimpleQueue[T] = queue.SimpleQueue()
    bugs: queue.SimpleQueue[Problem] = queue.SimpleQueue()
    # Queues instead of calls: `then` and `failed` hold the window, and the thread must not.
    safety_net.start_thread(lambda: results.put(work()), "work for a window", lambda: bugs.put(_mistake()))
    # The root's `after`: Tk complains about a widget's when that is gone.
    root = widget.nametowidget(".")

    def poll() -> None:
        if not widget.winfo_exists():
            return
        if not results.empty():
            then(results.get())
        elif not bugs.empty():
            (failed or _raise)(bugs.get())
        else:
            root.after(RESULT_POLL_MS, poll)

    root.after(1, poll)


class Background:
    """The thread of a window that has more than one thing to say."""

    def __init__(self, put: Put) -> None:
        self._put = put
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def start(self, work: Callable[[], None], name: str, failed: Callable[[Problem], None]) -> None:
        """Do `work` in a new thread. A bug in it goes to `failed` as a sentence, in the Tk thread."""
        self._thread = safety_net.start_thread(work, name, lambda: self.tell(partial(failed, _mistake())))

    def tell(self, call: Callable[[], None]) -> None:
        """Make `call` in the Tk thread; does nothing after `close`. Call it from any thread."""
        with self._lock:
            self._put(call)

    def close(self) -> None:
        """Release the window, and give the last thread a moment to end."""
        with self._lock:
            self._put = nothing
        if self._thread and self._thread.is_alive():
            self._thread.join(LAST_WORDS_S)


class Inbox:
    """Takes calls from any thread and from signals, and makes them in the Tk thread, in order.

    Linux and macOS: a pipe that Tk watches (0.2 ms, no processor time while idle). Windows: Tk can watch no pipe there
    and looks every 50 ms. (PLATFORMS.md, Tk)
    """

    def __init__(self, root: tk.Tk, on_signal: Callable[[], None]) -> None:
        """`on_signal` is called in the Tk thread when the process is asked to end (SIGTERM, SIGINT)."""
        self._root = root
        self._closed = self._calling = False
        self._calls: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        if sys.platform == "win32":
            self._poll()
        else:
            self._read_end, self._write_end = os.pipe()
            os.set_blocking(self._read_end, False)
            os.set_blocking(self._write_end, False)
            # Without this an idle main loop notices a signal only at its next event.
            signal.set_wakeup_fd(self._write_end, warn_on_full_buffer=False)
            root.createfilehandler(self._read_end, tk.READABLE, self._woken)
        self._before = {
            number: signal.signal(number, lambda _number, _frame: self.put(on_signal))
            for number in (signal.SIGTERM, signal.SIGINT)
        }

    def put(self, call: Callable[[], None]) -> None:
        """Make `call` in the Tk thread, unless the inbox is closed by then."""
        self._calls.put(call)
        if sys.platform != "win32":
            try:
                os.write(self._write_end, b"\0")
            except BlockingIOError:
                return  # The pipe is full of wake-ups, so Tk will look.

    def close(self) -> None:
        """Release the signals and the pipe. Call it before the root is destroyed; a later `put` does nothing."""
        if self._closed:
            return
        self._closed = True
        if sys.platform != "win32":
            signal.set_wakeup_fd(-1)
            self._root.deletefilehandler(self._read_end)
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _woken(self, _fd: int, _mask: int) -> None:
        if sys.platform == "win32":
            return  # It polls there.
        os.read(self._read_end, WAKE_BYTES)
        # Through `after_idle`, so that Tk reports an error in a call like any other.
        self._root.after_idle(self._make_calls)

    def _poll(self) -> None:
        self._root.after(INBOX_POLL_MS, self._poll)
        self._make_calls()

    def _make_calls(self) -> None:
        # A call that lays out the window runs idle callbacks, and a later call could destroy the window under it.
        if self._calling:
            return
        self._calling = True
        try:
            for _ in range(MOST_CALLS_AT_ONCE):
                if self._closed or self._calls.empty():
                    return
                self._calls.get()()
        finally:
            self._calling = False
            if not self._closed and not self._calls.empty():
                self._root.after(1, self._make_calls)


def nothing(*_: object) -> None:
    """Stands in for a callback of a closed window, and does nothing."""


def _mistake() -> Problem:
    from launcher.system.folders import our_folders

    return safety_net.mistake(our_folders().own_log)


def _raise(problem: Problem) -> None:
    raise RuntimeError(problem.title)
