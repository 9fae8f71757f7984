"""Brings what other threads and signals have to say into the Tk thread, which alone may touch windows.

Linux and macOS: a pipe that Tk watches (0.2 ms, no processor time while idle). Windows: Tk can watch no pipe there and
looks every 50 ms. (PLATFORMS.md, Tk)
"""

import os
import queue
import signal
import sys
import tkinter as tk
from collections.abc import Callable

POLL_MS = 50
MOST_CALLS_AT_ONCE = 100
WAKE_BYTES = 4096


class Inbox:
    """`put` from any thread; the calls are made in the Tk thread, in order."""

    def __init__(self, root: tk.Tk, on_signal: Callable[[], None]) -> None:
        """`on_signal`: called in the Tk thread when the process was asked to end (SIGTERM, SIGINT)."""
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
        """Have `call` made in the Tk thread."""
        self._calls.put(call)
        if sys.platform != "win32":
            try:
                os.write(self._write_end, b"\0")
            except BlockingIOError:
                return  # Tk has not yet looked at the last thousands of wake-ups: it will.

    def close(self) -> None:
        """Before the windows go: let go of the signals and the pipe. Threads may still `put`; nothing comes of it."""
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
            return  # There it polls.
        os.read(self._read_end, WAKE_BYTES)
        # Through `after`, so that an error of a call goes the way of all errors of Tk calls.
        self._root.after_idle(self._make_calls)

    def _poll(self) -> None:
        self._root.after(POLL_MS, self._poll)
        self._make_calls()

    def _make_calls(self) -> None:
        # A call that lays out the window runs idle callbacks: a later call must not end the window under its hands.
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
