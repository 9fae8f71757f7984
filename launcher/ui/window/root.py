"""The root window of a process: it finds the display, and is light or dark and as large as its screen wants it."""

import sys
import tkinter as tk

from launcher.system import bundle
from launcher.ui.window.widgets.appearance import Appearance
from launcher.ui.window.widgets.theme import Theme


class NoDisplayError(Exception):
    """There is no display to open a window on."""


def open_root() -> tuple[tk.Tk, Theme, Appearance]:
    """Return the root window, its theme, and what keeps that light or dark. Call it once, in the main thread.

    Raises NoDisplayError where there is no display, TavernkeepError where there are no fonts.
    """
    if sys.platform == "win32":
        import ctypes

        # We scale ourselves; Tk asks when it starts. Refused if the program's manifest has said so already.
        ctypes.WinDLL("shcore").SetProcessDpiAwareness(1)
    appearance = Appearance()
    try:
        root = tk.Tk(className="Tavernkeep")
    except tk.TclError as error:
        raise NoDisplayError(str(error)) from error
    bundle.forget_tk()
    try:
        theme = Theme(root, appearance.dark)
    except tk.TclError as error:
        from launcher.problem import TavernkeepError

        root.destroy()
        raise TavernkeepError("This computer has no fonts for a window.", f"Install one. ({error})") from error
    appearance.follow(root, theme)
    return root, theme, appearance
