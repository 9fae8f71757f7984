"""A LaunchAgent of this user: ~/Library/LaunchAgents/io.github.tavernkeep.plist, read by macOS at the next login.

That macOS obeys it is known from Apple's launchd.plist(5) and was not tried. Switched off in the system settings it
stays as it is, and nothing that a program may read says so.
"""

import plistlib
from collections.abc import Sequence
from pathlib import Path

from launcher.system import atomic_file
from launcher.system.autostart.entry import AutostartEntry

# As build.spec names the program.
LABEL = "io.github.tavernkeep"


def file() -> Path:
    """Where the entry is or would be."""
    return Path.home() / "Library" / "LaunchAgents" / f"{LABEL}.plist"


def where() -> str:
    return str(file())


def read() -> AutostartEntry | None:
    """The entry; None when there is none. Raises OSError."""
    try:
        said = plistlib.loads(file().read_bytes())
    except FileNotFoundError:
        return None
    except (plistlib.InvalidFileException, ValueError):
        return AutostartEntry((), switched_off=False)
    command = said.get("ProgramArguments", [])
    return AutostartEntry(tuple(map(str, command)), said.get("Disabled") is True or said.get("RunAtLoad") is not True)


def write(command: Sequence[str]) -> None:
    """Raises OSError."""
    agent = {
        "Label": LABEL,
        "ProgramArguments": list(command),
        "RunAtLoad": True,
        "LimitLoadToSessionType": "Aqua",
        "ProcessType": "Interactive",
    }
    file().parent.mkdir(parents=True, exist_ok=True)
    atomic_file.write(file(), plistlib.dumps(agent))


def remove() -> None:
    """Raises OSError."""
    file().unlink(missing_ok=True)
