"""The versions and folders of this Tavernkeep, for the window and the report."""

import os
import platform
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import launcher
from launcher.keeper.view import View
from launcher.problem import TavernkeepError
from launcher.system.bundle import is_bundled
from launcher.system.folders import Folders


@dataclass(frozen=True)
class About:
    """Pairs of what and which, in words. `places` are folders, which may not exist yet."""

    versions: tuple[tuple[str, str], ...]
    places: tuple[tuple[str, Path], ...]


def about(folders: Folders, view: View) -> About:
    """Blocks for milliseconds, or for seconds when a Node.js has to be asked for its version."""
    return About(tuple(_versions(folders, view)), tuple(_places(folders, view)))


def _versions(folders: Folders, view: View) -> Iterator[tuple[str, str]]:
    yield "Tavernkeep", f"{launcher.__version__}, {_made()}"
    installed = view.installation
    whose = "installed by Tavernkeep" if installed and installed.ours else "your own"
    yield "SillyTavern", f"{installed.version}, {whose}" if installed else "not there yet"
    yield "Node.js", _node(folders, view)
    yield "Python", platform.python_version()
    yield "System", _system()


def _made() -> str:
    if is_bundled():
        return "the built program"
    folder = Path(launcher.__file__).parents[1]
    return "an installed package" if folder.name in ("site-packages", "dist-packages") else "run from its folder"


def _node(folders: Folders, view: View) -> str:
    from launcher.server.node import find_node
    from launcher.versions.table import facts

    minimum = (facts(view.installation.version).node_minimum,) if view.installation else ()
    try:
        found = find_node(minimum, folders)
    except TavernkeepError as error:
        return error.problem.title
    return f"{found.version_text}, {'comes with Tavernkeep' if found.source == 'wheel' else found.path}"


def _system() -> str:
    parts = [_system_name(), platform.machine()]
    if sys.platform == "linux":
        parts += filter(None, (os.environ.get("XDG_CURRENT_DESKTOP"), os.environ.get("XDG_SESSION_TYPE")))
    return ", ".join(parts)


def _system_name() -> str:
    if sys.platform == "win32":
        return f"Windows {platform.release()} ({platform.version()})"
    if sys.platform == "darwin":
        return f"macOS {platform.mac_ver()[0]}"
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return f"{platform.system()} {platform.release()}"


def _places(folders: Folders, view: View) -> Iterator[tuple[str, Path]]:
    if view.installation:
        from launcher.server.installation import inspect
        from launcher.server.read_settings import data_root

        program = Path(view.installation.folder)
        yield "SillyTavern", program
        try:
            installation = inspect(program)
            yield "Chats and characters", data_root(installation)
            yield "Settings of SillyTavern", installation.config_file.parent
        except (TavernkeepError, OSError):
            pass
    yield "Settings of Tavernkeep", folders.settings
    if folders.data != folders.settings:
        yield "Data of Tavernkeep", folders.data
    yield "Logs", folders.logs
