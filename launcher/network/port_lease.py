"""The test page may use SillyTavern's port only while its file in our folder `run` exists and names it."""

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
    """Take the lease, also from another holder, and return its name for `is_held`. Raises OSError."""
    name = f"{os.getpid()} {secrets.token_hex(8)}"
    file.write_text(name, "ascii")
    return name


def is_held(file: Path, name: str) -> bool:
    """Return whether the lease `name` is still valid; False when the file cannot be read."""
    try:
        return file.read_text("ascii") == name
    except OSError:
        return False


def holder(file: Path) -> int | None:
    """Return the id of the process that has the lease, or had it last; None when there is none."""
    try:
        return int(file.read_text("ascii").split()[0])
    except (OSError, ValueError, IndexError):
        return None


def give_back(file: Path, name: str) -> None:
    """End the lease `name`. Another's stays."""
    if is_held(file, name):
        with suppress(OSError):
            file.unlink()


def revoke(file: Path, port: int) -> None:
    """Make a test page give up `port`. Blocks until the port is free, for PATIENCE_S at most."""
    ends_at = time.monotonic() + PATIENCE_S
    pause = threading.Event()
    while file.exists() and time.monotonic() < ends_at:
        with suppress(OSError):  # Windows, while the page reads it.
            file.unlink(missing_ok=True)
        while ports.is_free(port) is ports.PortState.TAKEN and time.monotonic() < ends_at:
            pause.wait(LOOK_INTERVAL_S)
