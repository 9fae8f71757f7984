"""Puts the faces of a desktop together: the window, the tray, and what each needs from the others."""

import os
import sys

from launcher.faces import terminal
from launcher.system.folders import Folders, our_folders

DONE, COULD_NOT = 0, 3
NO_DISPLAY = "There is no display here, so SillyTavern is served in this terminal."


def has_display() -> bool:
    """Whether a window could open here."""
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY"))


def open_window(what: str) -> int:
    """Be the window; `what` is `window` or `qr`. Starts the keeper when there is none, and the tray."""
    folders = our_folders()
    if not has_display():
        return _serve_instead(folders)
    folders.make()
    from launcher.faces.window.app import NoDisplayError, run_window

    try:
        return run_window(lambda: _join(folders), what, _FirstClose(folders))
    except NoDisplayError:
        return _serve_instead(folders)


def _serve_instead(folders: Folders) -> int:
    from launcher.faces.commands import Command
    from launcher.faces.serve import serve

    terminal.say(NO_DISPLAY)
    return serve(Command(folders, None, as_json=False))
