"""Work that may take its time, done beside the Tk thread."""

import queue
import threading
import tkinter as tk
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

LOOK_EVERY_MS = 30


def beside(widget: tk.Misc, work: Callable[[], T], then: Callable[[T], None]) -> None:
    """Do `work` in a thread of its own and give its result to `then` in the Tk thread, unless `widget` is gone.

    `work` may know nothing of Tk: were its thread the last to know a widget, Tk would end in the wrong thread.
    """
    results: queue.SimpleQueue[T] = queue.SimpleQueue()
    threading.Thread(target=lambda: results.put(work()), name="beside", daemon=True).start()

    # What a widget was to do later ends with it, and Tk complains.
    root = widget.nametowidget(".")

    def look() -> None:
        if not widget.winfo_exists():
            return
        if results.empty():
            root.after(LOOK_EVERY_MS, look)
        else:
            then(results.get())

    root.after(1, look)
