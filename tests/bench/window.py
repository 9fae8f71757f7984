"""From the command to the first window that is mapped, beside a bare tkinter window."""

import os
import select
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from Xlib import X
from Xlib.display import Display as XDisplay
from Xlib.error import BadDrawable
from Xlib.protocol.rq import Event

from tests.bench.launcher import VERSION, begin, give_port, new_home, quit_all
from tests.bench.measuring import Row, in_turn, ratio_of, seconds
from tests.support.displays import new_display
from tests.support.sillytavern import warm_copy

BARE_TK = [sys.executable, "-c", "import tkinter; tkinter.Tk().mainloop()"]
ROUNDS = 9
PATIENCE_S = 30
LEAST_WIDTH = 100


def rows(folder: Path) -> list[Row]:
    """Without a SillyTavern, as at the very first start, and with one whose server starts meanwhile."""
    with new_display() as display, warm_copy(VERSION) as sillytavern:
        give_port(sillytavern)
        os.environ["DISPLAY"] = display.name  # for `XDisplay`, which opens its connection once

        def bare() -> float:
            process, taken_s = shown_s(lambda: subprocess.Popen(BARE_TK, env=display.environment))
            process.kill()
            process.wait()
            return taken_s

        def ours(name: str, use: Path | None) -> Callable[[], float]:
            def measure() -> float:
                home = folder / f"{name}-{time.monotonic_ns()}"
                environment = {"DISPLAY": display.name, "HOME": str(folder)}
                return _ours_s(home, environment, use)

            return measure

        found = []
        for what, use in [("no SillyTavern yet", None), ("server starts too", sillytavern)]:
            measured, bare_measured = in_turn(ours(what.replace(" ", "-"), use), bare, ROUNDS)
            found.append(
                Row(
                    f"command to first mapped window ({what})",
                    seconds(measured),
                    f"tkinter.Tk() {seconds(bare_measured)}",
                    ratio_of(measured, bare_measured),
                    "<= 2",
                )
            )
        return found


def _ours_s(home: Path, environment: Mapping[str, str], use: Path | None) -> float:
    with new_home(home, environment) as tavernkeep:
        if use:
            tavernkeep.do("use", str(use))
            quit_all(tavernkeep)
        window, taken_s = shown_s(lambda: begin(tavernkeep))
        window.kill()  # it may not have met its keeper yet
        window.wait(PATIENCE_S)
        quit_all(tavernkeep)
        return taken_s


def shown_s(start: Callable[[], "subprocess.Popen[bytes]"]) -> "tuple[subprocess.Popen[bytes], float]":
    """Starts a process; that, and the seconds until the window manager has put a window on the screen."""
    screen = XDisplay()
    screen.screen().root.change_attributes(event_mask=X.SubstructureNotifyMask)
    screen.sync()
    began = time.perf_counter()
    process = start()
    while select.select([screen], [], [], PATIENCE_S)[0]:
        taken_s = time.perf_counter() - began
        if any(_is_window(event) for event in _pending(screen)):
            screen.close()
            return process, taken_s
    raise TimeoutError("no window was shown")


def _pending(screen: XDisplay) -> list[Event]:
    return [screen.next_event() for _ in range(screen.pending_events())]


def _is_window(event: Event) -> bool:
    """Whether a frame was mapped, and not one of the little windows that nobody sees."""
    if event.type != X.MapNotify:
        return False
    try:
        return bool(event.window.get_geometry().width >= LEAST_WIDTH)
    except BadDrawable:  # it is gone again
        return False
