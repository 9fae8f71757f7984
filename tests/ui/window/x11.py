"""What a person does with a window: look at it, type, click, close."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from tests.support.displays import Display
from tests.support.waiting import wait_until

T = TypeVar("T")


def run(display: Display, *command: str) -> str:
    """What `command` prints there."""
    return subprocess.run(command, env=display.environment, capture_output=True, text=True, check=False).stdout


def windows(display: Display, title: str) -> list[str]:
    """The ids of the visible windows with exactly this title."""
    return run(display, "xdotool", "search", "--onlyvisible", "--name", f"^{re.escape(title)}$").split()


def window_id(display: Display, title: str = "Tavernkeep") -> str:
    """The id of the window with this title; waits until it is shown."""
    return wait_until(lambda: windows(display, title), what=f"a window “{title}”")[-1]


def picture(display: Display, window: str, file: Path) -> Path:
    """A screenshot of one window."""
    subprocess.run(["import", "-window", window, str(file)], env=display.environment, check=True)
    return file


def still_picture(display: Display, window: str, file: Path, patience_s: float = 1.5) -> Path:
    """A screenshot once the window no longer changes; a bar that moves is taken as it is after `patience_s`."""
    before = [b""]

    def still() -> bool:
        picture(display, window, file)
        data = file.read_bytes()
        same, before[0] = data == before[0], data
        return same

    try:
        wait_until(still, patience_s)
    except AssertionError:
        return file
    return file


def press_until(display: Display, condition: Callable[[], T], *names: str, what: str = "") -> T:
    """Press keys again and again until `condition` is true: a new window takes its focus when it likes."""

    def tried() -> T:
        keys(display, *names)
        return condition()

    return wait_until(tried, what=what)


def keys(display: Display, *names: str) -> None:
    """Press keys, as xdotool names them, in the focused window."""
    subprocess.run(["xdotool", "key", "--clearmodifiers", *names], env=display.environment, check=True)
