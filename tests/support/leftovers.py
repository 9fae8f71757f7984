"""Processes of Tavernkeep that outlive a test, found by the TAVERNKEEP_HOME in their environment."""

import contextlib
import os
from pathlib import Path

import psutil

from tests.support.waiting import wait_until

TIME_TO_END_S = 5


def end_leftovers(home: Path) -> list[str]:
    """Kills the processes of `home` that do not end by themselves in a moment; the command lines of those."""
    with contextlib.suppress(AssertionError):
        wait_until(lambda: not processes_of(home), TIME_TO_END_S)
    left = {process: _describe(process) for process in processes_of(home)}
    for process in left:
        process.kill()
    psutil.wait_procs(list(left), 10)
    return list(left.values())


def processes_of(home: Path) -> list[psutil.Process]:
    """What runs with `home` as its TAVERNKEEP_HOME, this process aside."""
    return [p for p in psutil.process_iter() if p.pid != os.getpid() and _home_of(p) == str(home)]


def _home_of(process: psutil.Process) -> str | None:
    try:
        return process.environ().get("TAVERNKEEP_HOME")
    except (psutil.Error, OSError):  # ended meanwhile, or not ours to read
        return None


def _describe(process: psutil.Process) -> str:
    try:
        return f"{process.pid} {' '.join(process.cmdline())}"
    except psutil.Error:
        return str(process.pid)
