"""How many dots an inch has on this screen. Tk does not look where desktops say it (PLATFORMS.md, Tk)."""

import os
import sys
import tkinter as tk

USUAL_DPI = 96
LEAST_DPI, MOST_DPI = 72, 480


def dots_per_inch(root: tk.Tk) -> float:
    """Return TAVERNKEEP_DPI, else what the desktop says (X: Xft.dpi), else what the screen says. macOS: 96."""
    told = _number(os.environ.get("TAVERNKEEP_DPI", ""))
    if told is None and sys.platform == "darwin":
        told = USUAL_DPI
    if told is None and sys.platform == "linux":
        told = _xft_dpi()
    if told is None:
        told = root.winfo_fpixels("1i")
    return min(max(told, LEAST_DPI), MOST_DPI)


def _xft_dpi() -> float | None:
    """Return Xft.dpi from the X server's RESOURCE_MANAGER. None: it is not there, or there is no libX11 to ask with."""
    import ctypes

    try:
        x11 = ctypes.CDLL("libX11.so.6")
    except OSError:
        return None
    x11.XOpenDisplay.restype = ctypes.c_void_p
    x11.XResourceManagerString.restype = ctypes.c_char_p
    x11.XResourceManagerString.argtypes = [ctypes.c_void_p]
    x11.XCloseDisplay.argtypes = [ctypes.c_void_p]
    display = x11.XOpenDisplay(None)
    if not display:
        return None
    resources: bytes = x11.XResourceManagerString(display) or b""
    x11.XCloseDisplay(display)
    for line in resources.decode("utf-8", "replace").splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "Xft.dpi":
            return _number(value)
    return None


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
