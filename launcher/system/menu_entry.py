"""The entry of the built program in the menu of a Linux desktop, as `add-to-menu` in its folder makes it."""

import sys
from pathlib import Path

from launcher.system.autostart.desktop_entry import decode, xdg_folder
from launcher.system.bundle import is_bundled


def files() -> tuple[Path, ...]:
    """Return the files of the entry when it starts this program; none when there is no entry, or it is another's."""
    if sys.platform != "linux" or not is_bundled():
        return ()
    data = xdg_folder("XDG_DATA_HOME", ".local/share")
    entry = data / "applications" / "tavernkeep.desktop"
    try:
        command = decode(entry.read_bytes()).command
    except OSError:
        return ()
    if not command or Path(command[0]).parent != Path(sys.executable).parent:
        return ()
    icon = data / "icons" / "hicolor" / "256x256" / "apps" / "tavernkeep.png"
    return (entry, icon) if icon.exists() else (entry,)
