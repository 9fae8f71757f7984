"""~/.config/autostart/tavernkeep.desktop, as the Desktop Application Autostart Specification 0.5 says."""

import os
from collections.abc import Sequence
from pathlib import Path

from launcher.system import atomic_file
from launcher.system.autostart.desktop_entry import desktop_entry, read_entry
from launcher.system.autostart.entry import AutostartEntry


def file() -> Path:
    """Where the entry is or would be."""
    chosen = Path(os.environ.get("XDG_CONFIG_HOME", ""))
    # The specification says to ignore one that is not absolute.
    config = chosen if chosen.is_absolute() else Path.home() / ".config"
    return config / "autostart" / "tavernkeep.desktop"


def where() -> str:
    return str(file())


def read() -> AutostartEntry | None:
    """The entry; None when there is none. Raises OSError."""
    try:
        return read_entry(file().read_text("utf-8", "surrogateescape"))
    except FileNotFoundError:
        return None


def write(command: Sequence[str]) -> None:
    """Raises OSError."""
    file().parent.mkdir(parents=True, exist_ok=True)
    atomic_file.write(file(), desktop_entry(command).encode("utf-8", "surrogateescape"))


def remove() -> None:
    """Raises OSError."""
    file().unlink(missing_ok=True)
