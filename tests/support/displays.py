"""Screens of our own: Xvfb with a window manager, at 96 or 192 dpi."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.support.machine import need
from tests.support.waiting import wait_until


@dataclass(frozen=True)
class Display:
    """An X screen. `name` is what DISPLAY says, `environment` is this process's with it."""

    name: str
    dpi: int

    @property
    def environment(self) -> dict[str, str]:
        return {k: v for k, v in os.environ.items() if k != "WAYLAND_DISPLAY"} | {"DISPLAY": self.name}


@contextmanager
def new_display(dpi: int = 96, width: int = 1600, height: int = 1200, manager: str = "openbox") -> Iterator[Display]:
    """A new screen, gone at the end. `manager` is the window manager's program, empty for none."""
    need("Xvfb", "xrdb", "xprop", *[manager] if manager else [])
    reader, writer = os.pipe()
    command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", f"{width}x{height}x24", "-dpi", str(dpi)]
    # No auto-repeat (-r): on a busy machine a key that is pressed once is held for long.
    command += ["-r", "-nolisten", "tcp", "-noreset"]
    started = [subprocess.Popen(command, pass_fds=[writer], stderr=subprocess.DEVNULL)]
    os.close(writer)
    try:
        with os.fdopen(reader) as numbers:
            display = Display(f":{numbers.readline().strip()}", dpi)
        assert display.name != ":", "Xvfb did not start"
        xrdb = ["xrdb", "-merge"]
        subprocess.run(xrdb, input=f"Xft.dpi: {dpi}\n", text=True, env=display.environment, check=True)
        if manager:
            started.append(
                subprocess.Popen(
                    [manager], env=display.environment, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL
                )
            )
            wait_until(lambda: _is_managed(display), what=f"{manager} manages the screen")
        yield display
    finally:
        for process in reversed(started):
            process.terminate()
            process.wait(10)


def _is_managed(display: Display) -> bool:
    command = ["xprop", "-root", "_NET_SUPPORTING_WM_CHECK"]
    answer = subprocess.run(command, env=display.environment, capture_output=True, text=True, check=False).stdout
    return "window id" in answer
