"""The entry of the built program in the menu of a Linux desktop, as `add-to-menu` in its folder makes it."""

import os
import sys
from pathlib import Path

from launcher.system.autostart.desktop_entry import read_entry
from launcher.system.bundle import is_bundled


def files() -> tuple[Path, ...]:
    """The files of the entry when it starts this program; none when there is none, or it is another's."""
    if sys.platform != "linux" or not is_bundled():
        return ()
    chosen = Path(os.environ.get("XDG_DATA_HOME", ""))
    data = chosen if chosen.is_absolute() else Path.home() / ".local" / "share"
    entry = data / "applications" / "tavernkeep.desktop"
    try:
        command = read_entry(entry.read_text("utf-8", "surrogateescape")).command
    except OSError:
        return ()
    if not command or Path(command[0]).parent != Path(sys.executable).parent:
        return ()
    icon = data / "icons" / "hicolor" / "256x256" / "apps" / "tavernkeep.png"
    return (entry, icon) if icon.exists() else (entry,)
