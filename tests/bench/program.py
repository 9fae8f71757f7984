"""The built program: how large it is, and how soon its window is there beside the same from Python and a bare one."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.bench.launcher import quit_all
from tests.bench.measuring import Row, in_turn, ratio_of, seconds
from tests.bench.window import BARE_TK, PATIENCE_S, shown_s
from tests.built.program import BuiltTavernkeep, build
from tests.support.commands import COMMAND, Tavernkeep
from tests.support.displays import new_display

ROUNDS = 9


def rows(folder: Path) -> list[Row]:
    built = os.environ.get("TAVERNKEEP_PROGRAM")
    program = Path(built) if built else build(folder)
    size_mb = sum(file.lstat().st_size for file in program.parent.rglob("*")) / 1e6
    files = sum(1 for file in program.parent.rglob("*") if file.is_file())
    found = [Row("size of the built folder", f"{size_mb:.0f} MB in {files} files", "", None, "<= 73 MB", "-")]
    with new_display() as display:
        os.environ["DISPLAY"] = display.name  # for the connection that watches it

        def window(command: Sequence[str]) -> Callable[[], float]:
            return lambda: _window_s(folder / f"home-{time.monotonic_ns()}", program, command, display.name)

        for name, beside in [("python -m launcher", COMMAND), ("tkinter.Tk()", BARE_TK)]:
            ours, theirs = in_turn(window([str(program)]), window(beside), ROUNDS)
            what = "built program to first mapped window"
            aim = "<= 1.5" if beside is COMMAND else "<= 2"
            found.append(Row(what, seconds(ours), f"{name} {seconds(theirs)}", ratio_of(ours, theirs), aim))
    return found


def _window_s(home: Path, program: Path, command: Sequence[str], display: str) -> float:
    """With a home of its own, so that there is no keeper yet."""
    home.mkdir()
    environment = dict(os.environ) | {"TAVERNKEEP_HOME": str(home), "HOME": str(home), "DISPLAY": display}
    quiet = subprocess.DEVNULL
    process, taken_s = shown_s(lambda: subprocess.Popen(command, env=environment, stdout=quiet, stderr=quiet))
    process.kill()
    process.wait(PATIENCE_S)
    if command[0] == str(program):
        quit_all(BuiltTavernkeep(home, more={"TAVERNKEEP_HOME": str(home)}, program=program))
    elif command[0] == sys.executable:
        quit_all(Tavernkeep(home))
    return taken_s
