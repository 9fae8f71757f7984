"""A LaunchAgent of this user: ~/Library/LaunchAgents/io.github.tavernkeep.plist, which macOS reads at login.

Written from Apple's launchd.plist(5), never tried on a Mac. When the user switches it off in the system settings, the
file stays as it is, and nothing that a program may read says so.
"""

import plistlib
from collections.abc import Sequence
from pathlib import Path

from launcher.system.autostart.entry_file import AutostartEntry, EntryFile

# As build.spec names the program.
LABEL = "io.github.tavernkeep"


def path() -> Path:
    return Path.home() / "Library" / "LaunchAgents" / f"{LABEL}.plist"


def encode(command: Sequence[str]) -> bytes:
    return plistlib.dumps(
        {
            "Label": LABEL,
            "ProgramArguments": list(command),
            "RunAtLoad": True,
            "LimitLoadToSessionType": "Aqua",
            "ProcessType": "Interactive",
        }
    )


def decode(data: bytes) -> AutostartEntry:
    try:
        agent = plistlib.loads(data)
    except (plistlib.InvalidFileException, ValueError):
        return AutostartEntry((), switched_off=False)
    command = agent.get("ProgramArguments", [])
    return AutostartEntry(tuple(map(str, command)), agent.get("Disabled") is True or agent.get("RunAtLoad") is not True)


ENTRY_FILE = EntryFile(path, encode, decode)
