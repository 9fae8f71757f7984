"""Show a window without taking the keyboard from another program.

X11: a window whose _NET_WM_USER_TIME is 0 asks not to be focused when it appears (EWMH); openbox, Mutter and KWin obey.
Windows gives no focus to a window of a program in the background, and macOS none to a program that is not active.
"""

import sys
import tkinter as tk
from collections.abc import Iterator
from contextlib import contextmanager
from tkinter import ttk
from typing import Any


def is_ours_to_take(root: tk.Misc) -> bool:
    """Whether a window of this process has the focus, and nobody types in it."""
    try:
        focused = root.focus_get()
    except KeyError:  # A menu that Tk made for itself.
        return False
    if focused is None or isinstance(focused, tk.Entry | ttk.Entry | tk.Text):
        return False
    return not _went_elsewhere(root)


def ask_for_none(window: tk.Toplevel) -> None:
    """Have `window`, which is withdrawn, appear without the focus."""
    window.update_idletasks()
    with _screen() as screen:
        if screen is None:
            return
        from Xlib import Xatom

        # What the window manager sees is Tk's frame around the window.
        frame = screen.create_resource_object("window", window.winfo_id()).query_tree().parent
        if frame != screen.screen().root:
            frame.change_property(screen.intern_atom("_NET_WM_USER_TIME"), Xatom.CARDINAL, 32, [0])
            screen.sync()


def _went_elsewhere(root: tk.Misc) -> bool:
    """Whether another program has the keyboard: on a busy PC Tk hears of it late."""
    with _screen() as screen:
        if screen is None:
            return False
        focused = screen.get_input_focus().focus
        # The ids of all windows of one program differ in these bits only. A number alone: no window has the focus.
        own = screen.display.info.resource_id_mask
        return isinstance(focused, int) or bool((focused.id ^ root.winfo_id()) & ~own)


@contextmanager
def _screen() -> Iterator[Any]:
    """The X display, None where there is none."""
    if sys.platform != "linux":
        yield None
        return
    from Xlib import display, error

    try:
        screen = display.Display()
    except (error.DisplayError, error.ConnectionClosedError, OSError):
        yield None
        return
    try:
        yield screen
    finally:
        screen.close()
