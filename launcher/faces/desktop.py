"""Puts the faces of a desktop together: the window, the tray, and how each opens the other."""

import os
import sys

from launcher.faces import terminal
from launcher.faces.keeper_link import reach
from launcher.keeper.channel import Link
from launcher.keeper.messages import Start
from launcher.problem import TavernkeepError
from launcher.system.folders import Folders, our_folders
from launcher.system.ourselves import start_detached

NO_DISPLAY = "There is no display here, so SillyTavern is served in this terminal."


def has_display() -> bool:
    """Whether it is worth trying to open a window."""
    return sys.platform in ("win32", "darwin") or bool(os.environ.get("DISPLAY"))


def open_window(what: str) -> int:
    """Be the window; `what` is `window` or `qr`. Starts the keeper when there is none, and the tray."""
    folders = our_folders()
    if not has_display():
        terminal.say(NO_DISPLAY)
        return _serve_instead(folders)
    from launcher.faces.window.app import NoDisplayError, run_window

    try:
        return run_window(lambda: _join(folders), what, FirstClose(folders), lambda: folders.server_log)
    except NoDisplayError:
        terminal.say(NO_DISPLAY)
        return _serve_instead(folders)


def _join(folders: Folders) -> Link:
    """The keeper for a window. Who starts Tavernkeep by double-click wants SillyTavern to run."""
    link, started = reach(folders)
    if started:
        link.send(Start())
    start_detached("tray", log=folders.own_log)
    return link


def _serve_instead(folders: Folders) -> int:
    from launcher.faces.commands import Command
    from launcher.faces.serve import serve

    return serve(Command(folders, None, as_json=False))


class FirstClose:
    """Remembers in our settings that the user was told what closing the window leaves running."""

    def __init__(self, folders: Folders) -> None:
        self._file = folders.settings_file

    def seen(self) -> bool:
        from launcher.system import settings

        try:
            return settings.load(self._file).told_about_tray
        except TavernkeepError:
            return True  # Better never told than told at every close because of a broken file.

    def remember(self) -> None:
        from launcher.system import settings

        settings.save(self._file, told_about_tray=True)


def run_tray_face() -> int:
    """Be the tray icon. A second one, and one that no desktop shows, ends by itself."""
    from launcher.faces.tray import run_tray
    from launcher.keeper.channel import connect

    folders = our_folders()
    link = connect(folders)
    if link is None:
        return 0

    def open_another(what: str) -> None:
        start_detached("window", what, log=folders.own_log)

    return run_tray(link, open_another)
