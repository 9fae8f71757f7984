"""The test page has SillyTavern's port only for as long as its file in our folder `run` is there and names it."""

import os
import secrets
import threading
import time
from contextlib import suppress
from pathlib import Path

from launcher.network import ports

PATIENCE_S = 2.0
LOOK_INTERVAL_S = 0.02


def take(file: Path) -> str:
    """Take the lease away from its holder. Return the name to give to `is_held`. Raises OSError."""
    name = f"{os.getpid()} {secrets.token_hex(8)}"
    file.write_text(name, "ascii")
    return name


def is_held(file: Path, name: str) -> bool:
    """Whether the lease `name` still counts. What cannot be read does not."""
    try:
        return file.read_text("ascii") == name
    except OSError:
        return False


def holder(file: Path) -> int | None:
    """The process that has, or last had, the lease; None: none has."""
    try:
        return int(file.read_text("ascii").split()[0])
    except (OSError, ValueError, IndexError):
        return None


def give_back(file: Path, name: str) -> None:
    """End the lease `name`; another one stays."""
    if is_held(file, name):
        with suppress(OSError):
            file.unlink()


def revoke(file: Path, port: int) -> None:
    """Have a test page, when there is one, give `port` up. Blocks until it is free, for PATIENCE_S at most."""
    ends_at = time.monotonic() + PATIENCE_S
    pause = threading.Event()
    while file.exists() and time.monotonic() < ends_at:
        with suppress(OSError):  # Windows, while the page reads it.
            file.unlink(missing_ok=True)
        while ports.is_free(port) is ports.PortState.TAKEN and time.monotonic() < ends_at:
            pause.wait(LOOK_INTERVAL_S)
