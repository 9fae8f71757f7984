"""Look up the address of a device by its name, in a thread of its own: the network may take its time."""

import queue
import socket
import threading
import tkinter as tk
from collections.abc import Callable

LOOK_EVERY_MS = 50
PATIENCE_MS = 5000


def address_of(name: str) -> str | None:
    """Its first IPv4 address, or None when the network knows no such name. Blocks for as long as the system waits."""
    try:
        found = socket.getaddrinfo(name, None, socket.AF_INET, socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return None
    return str(found[0][4][0]) if found else None


def look_up(widget: tk.Misc, name: str, then: Callable[[str | None], None]) -> None:
    """Call `then` in the Tk thread with the address, or with None after five seconds; never once `widget` is gone."""
    answers: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    threading.Thread(target=lambda: answers.put(address_of(name)), name="name", daemon=True).start()

    def look(waited_ms: int) -> None:
        if not widget.winfo_exists():
            return
        if not answers.empty():
            then(answers.get())
        elif waited_ms >= PATIENCE_MS:
            then(None)
        else:
            widget.after(LOOK_EVERY_MS, look, waited_ms + LOOK_EVERY_MS)

    widget.after(1, look, 0)
