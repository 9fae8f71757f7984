"""Puts the UIs of a desktop together: the window, the tray, and how each opens the other.

Imports nothing at its top that a window does not need before it is seen.
"""

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from launcher.keeper.channel import Link
    from launcher.system.folders import Folders

NO_DISPLAY = "There is no display here, so SillyTavern is served in this terminal."


def has_display() -> bool:
    """Whether it is worth trying to open a window."""
    return sys.platform in ("win32", "darwin") or bool(os.environ.get("DISPLAY"))


def open_window(what: str, of_tray: bool = False) -> int:
    """Be the window; `what` is `window` or `qr`. Starts the keeper when there is none, and the tray.

    `of_tray`: the tray opens it. Who then quits before it is there wants no keeper started by it.
    """
    if not has_display():
        return _serve_instead()
    from launcher.ui.window.app import run_window
    from launcher.ui.window.root import NoDisplayError

    try:
        return run_window(_join, what, join=_join_running if of_tray else None)
    except NoDisplayError:
        return _serve_instead()


def open_question() -> int:
    """Be the window that asks whether a device may come in, and nothing else; it ends with the question."""
    if not has_display():
        return 0
    from launcher.ui.window.questions import run_question

    return run_question(_join_running)


def _join_running() -> "Link":
    """The keeper that is there. Raises TavernkeepError when there is none."""
    from launcher.keeper.channel import connect
    from launcher.ui.keeper_connection import keeper_gone

    link = connect(_folders())
    if link is None:
        raise keeper_gone()
    return link


def _join() -> "Link":
    """The keeper for a window. Who starts Tavernkeep by double-click wants SillyTavern to run, unless they said no."""
    from launcher.system.ourselves import start_detached
    from launcher.ui.keeper_connection import reach

    folders = _folders()
    link, _ = reach(folders, start=_starts_server(folders))
    start_detached("tray", log=folders.own_log)
    _renew_start_at_login()
    return link


def _renew_start_at_login() -> None:
    """After Tavernkeep was moved. What is in the way is told where start at login is shown."""
    from contextlib import suppress

    from launcher.problem import TavernkeepError
    from launcher.system import autostart

    with suppress(TavernkeepError):
        autostart.renew()


def _serve_instead() -> int:
    from launcher.ui.terminal import console
    from launcher.ui.terminal.serve_command import serve
    from launcher.ui.terminal.server_commands import Command

    console.say(NO_DISPLAY)
    return serve(Command(_folders(), None, as_json=False))


def _folders() -> "Folders":
    from launcher.system.folders import our_folders

    return our_folders()


def run_tray_face() -> int:
    """Be the tray icon. A second one, and one that no desktop shows, ends by itself."""
    from launcher.keeper.channel import connect

    folders = _folders()
    link = connect(folders)
    return _tray(link, folders) if link else 0


def start_at_login(home: str = "") -> int:
    """Be the tray icon, after starting the keeper and, when the settings say so, SillyTavern. Opens no window.

    `home` becomes TAVERNKEEP_HOME. Stays where no desktop shows the icon: it still tells and asks what matters.
    """
    if home:
        os.environ["TAVERNKEEP_HOME"] = home
    from launcher.ui.keeper_connection import reach

    folders = _folders()
    link, _ = reach(folders, start=_starts_server(folders))
    return _tray(link, folders, at_login=True)


def _tray(link: "Link", folders: "Folders", at_login: bool = False) -> int:
    from launcher.system.ourselves import start_detached
    from launcher.ui.tray import run_tray
    from launcher.ui.tray.last_address import LastAddress

    def open_another(what: str) -> None:
        start_detached("window", what, "of-tray", log=folders.own_log)

    address = LastAddress(folders.data / "phone-address")
    return run_tray(link, open_another, last_address=address, at_login=at_login)


def _starts_server(folders: "Folders") -> bool:
    from launcher.problem import TavernkeepError
    from launcher.system import settings

    try:
        return settings.load(folders.settings_file).start_server
    except TavernkeepError:
        return True  # What is wrong in the file is told by the start.
