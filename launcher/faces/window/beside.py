"""Work that may take its time, done beside the Tk thread."""

import threading
import tkinter as tk
from collections.abc import Callable
from functools import partial
from typing import TypeVar

T = TypeVar("T")

# Brings a call into the Tk thread.
Put = Callable[[Callable[[], None]], None]


def beside(widget: tk.Misc, put: Put, work: Callable[[], T], then: Callable[[T], None]) -> None:
    """Do `work` in a thread of its own and give its result to `then` in the Tk thread, unless `widget` is gone."""

    def done(result: T) -> None:
        if widget.winfo_exists():
            then(result)

    threading.Thread(target=lambda: put(partial(done, work())), name="beside", daemon=True).start()
