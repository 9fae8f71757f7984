"""Asks the system's own programs about the firewall; never in the user's language, never with a question to anybody."""

import os
import subprocess
from dataclasses import dataclass

from launcher.system.elevation import find_program

PATIENCE_S = 2.0


@dataclass(frozen=True)
class Said:
    """What a program said and how it ended."""

    status: int
    output: str
    complaint: str = ""


def ask(name: str, *arguments: str, timeout_s: float = PATIENCE_S) -> Said | None:
    """None when there is no such program, or it does not answer in time."""
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
    return Said(done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace"))


def output_of(name: str, *arguments: str, timeout_s: float = PATIENCE_S) -> str | None:
    """What it printed; None as for `ask`, and when it ended with an error."""
    said = ask(name, *arguments, timeout_s=timeout_s)
    return said.output if said and said.status == 0 else None
