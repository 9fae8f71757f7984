"""The question whether a device may come in, on a screen: found, and answered by one click."""

import subprocess
import time
from pathlib import Path

from tests.support.displays import Display
from tests.support.waiting import wait_until
from tests.ui.window.x11 import picture, window_id

TITLE = "Someone asks to come in"
ACCENT = (0xA6, 0x4B, 0x12)
# What is pressed in its first half second is taken for a mistake.
MEANT_AFTER_S = 0.6


def asked(display: Display) -> str:
    """The id of the question's window; waits until it has been there long enough for a click to be meant."""
    window = window_id(display, TITLE)
    shown_at = time.monotonic()
    wait_until(lambda: time.monotonic() - shown_at > MEANT_AFTER_S)
    return window


def click_allow(display: Display, window: str, folder: Path) -> float:
    """One click on “Allow this device”, the coloured button in the light theme; when that was, by time.monotonic()."""
    from PIL import Image

    with Image.open(picture(display, window, folder / "question.png")) as seen:
        image = seen.convert("RGB")
    data = image.load()
    assert data
    points = [(x, y) for x in range(image.width) for y in range(image.height) if data[x, y] == ACCENT]
    # The ring of the focus has the same colour and the same middle.
    x, y = ((min(p[i] for p in points) + max(p[i] for p in points)) // 2 for i in (0, 1))
    subprocess.run(["xdotool", "mousemove", "--window", window, str(x), str(y)], env=display.environment, check=True)
    at = time.monotonic()
    subprocess.run(["xdotool", "click", "1"], env=display.environment, check=True)
    return at
