"""Shows a window without taking the keyboard from whoever types elsewhere.

X11: a window whose _NET_WM_USER_TIME is 0 asks not to be focused when it appears (EWMH); openbox, Mutter and KWin obey.
Windows gives no focus to a window of a program in the background, and macOS none to a program that is not active.
"""

import sys
import tkinter as tk
from tkinter import ttk

USER_TIME = b"_NET_WM_USER_TIME"
CARDINAL, FORMAT, REPLACE = 6, 32, 0


def is_ours_to_take(root: tk.Misc) -> bool:
    """Whether a window of this process has the focus, and nobody types in it."""
    try:
        focused = root.focus_get()
    except KeyError:  # A menu that Tk made for itself.
        return False
    return focused is not None and not isinstance(focused, tk.Entry | ttk.Entry | tk.Text)


def ask_for_none(window: tk.Toplevel) -> None:
    """Have `window`, which is withdrawn, appear without the focus."""
    if sys.platform != "linux":
        return
    import ctypes

    window.update_idletasks()
    try:
        x11 = ctypes.CDLL("libX11.so.6")
    except OSError:
        return
    x11.XOpenDisplay.restype = ctypes.c_void_p
    display = x11.XOpenDisplay(None)
    if not display:
        return
    long, pointer = ctypes.c_ulong, ctypes.c_void_p
    x11.XQueryTree.argtypes = [pointer, long, *[pointer] * 4]
    x11.XInternAtom.argtypes = [pointer, ctypes.c_char_p, ctypes.c_int]
    x11.XInternAtom.restype = long
    x11.XChangeProperty.argtypes = [pointer, long, long, long, ctypes.c_int, ctypes.c_int, pointer, ctypes.c_int]
    x11.XFree.argtypes = [pointer]
    x11.XCloseDisplay.argtypes = [pointer]
    root, parent, children, number = long(), long(), pointer(), ctypes.c_uint()
    # What the window manager sees is Tk's frame around the window.
    x11.XQueryTree(display, window.winfo_id(), *map(ctypes.byref, (root, parent, children, number)))
    if children:
        x11.XFree(children)
    if parent.value and parent.value != root.value:
        never = long(0)
        atom = x11.XInternAtom(display, USER_TIME, 0)
        x11.XChangeProperty(display, parent.value, atom, CARDINAL, FORMAT, REPLACE, ctypes.byref(never), 1)
    x11.XCloseDisplay(display)
