"""Ask the system's own programs about the firewall: always in English, and never in a way that asks the person."""

import os
import subprocess
from dataclasses import dataclass

from launcher.system.elevation import find_program

PATIENCE_S = 2.0


@dataclass(frozen=True)
class ProgramOutput:
    """What a program printed, and its exit status. `complaint`: its stderr."""

    status: int
    output: str
    complaint: str = ""


def ask(name: str, *arguments: str, timeout_s: float = PATIENCE_S) -> ProgramOutput | None:
    """Run a program; None when there is no such program, or it does not answer in time."""
    program = find_program(name)
    if not program:
        return None
    try:
        done = subprocess.run(
            [program, *arguments],
            env=os.environ | {"LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=timeout_s,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return ProgramOutput(
        done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")
    )
