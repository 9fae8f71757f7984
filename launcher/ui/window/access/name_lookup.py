"""Look up the address of a device by its name, in a thread of its own: the network may take its time."""

import socket
import tkinter as tk
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from launcher.problem import Problem
from launcher.ui.window.background import in_background

T = TypeVar("T")

PATIENCE_MS = 5000


def address_of(name: str) -> str | None:
    """Its first IPv4 address, or None when the network knows no such name. Blocks for as long as the system waits."""
    try:
        found = socket.getaddrinfo(name, None, socket.AF_INET, socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return None
    return str(found[0][4][0]) if found else None


def look_up(widget: tk.Misc, name: str, then: Callable[[str | None], None], failed: Callable[[Problem], None]) -> None:
    """Call `then` in the Tk thread with the address, or with None after five seconds; never once `widget` is gone.

    `failed` gets the sentence about a bug instead.
    """
    told = False

    def answer(tell: Callable[[T], None], what: T) -> None:
        nonlocal told
        if not told and widget.winfo_exists():
            told = True
            tell(what)

    in_background(widget, lambda: address_of(name), partial(answer, then), partial(answer, failed))
    widget.nametowidget(".").after(PATIENCE_MS, partial(answer, then, None))
