"""Prints the table: `.venv/bin/python -m tests.bench [NAME ...]`; without names all of it. `BENCHMARKS` has them."""

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.bench import allow, burst, idle, matching, program, start, window
from tests.bench.measuring import Row

BENCHMARKS: dict[str, Callable[[Path], list[Row]]] = {
    "window": window.rows,
    "start": start.rows,
    "idle": idle.rows,
    "burst": burst.rows,
    "matching": matching.rows,
    "allow": allow.rows,
    "program": program.rows,
}


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        _say(f"There is no benchmark {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}.")
        return 2
    _say(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; medians (least-most) and the median ratio of pairs")
    _say("| what | ours | beside | ratio | aim |\n|---|---|---|---|---|")
    for name in names or BENCHMARKS:
        with tempfile.TemporaryDirectory(prefix=f"bench-{name}-", ignore_cleanup_errors=True) as folder:
            for row in BENCHMARKS[name](Path(folder)):
                ratio = f"{row.ratio:.2f}" if row.ratio is not None else row.note
                _say(f"| {row.what} | {row.ours} | {row.theirs} | {ratio} | {row.aim} |")
    return 0


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
