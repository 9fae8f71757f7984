"""Tries everything and writes the table: `.venv/bin/python -m tests.e2e.faults [[VERSION:]WORDS]`. Half an hour.

With WORDS only what has them in its name is tried and told, and the table stays as it is.
"""

import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.e2e.faults.fault import Fault, Result, alarms, tried
from tests.e2e.faults.healthy import HEALTHY, Healthy
from tests.e2e.faults.place import Place, a_place
from tests.e2e.faults.table import FAULTS, FILE, VERSIONS, written

Results = dict[tuple[str, str], Result]
Alarms = dict[tuple[str, str], list[str]]


def main(words: str) -> int:
    version, _, name = words.partition(":") if words.startswith("1.") else ("", "", words)
    faults: Results = {}
    healthy: Alarms = {}
    with ThreadPoolExecutor() as side_by_side:
        under_way = [
            side_by_side.submit(try_version, each, name, faults, healthy) for each in VERSIONS if version in ("", each)
        ]
    for each_version in under_way:
        each_version.result()
    if not words:
        FILE.write_text(written(faults, healthy), "utf-8")
    wrong = [result.wrong for result in faults.values()] + list(healthy.values())
    return 1 if any(wrong) else 0


def try_version(version: str, words: str, faults: Results, healthy: Alarms) -> None:
    with tempfile.TemporaryDirectory(prefix="faults-") as folder, a_place(version, Path(folder)) as place:
        try_all(place, words, faults, healthy)


def try_all(place: Place, words: str, faults: Results, healthy: Alarms) -> None:
    for well in HEALTHY:
        if place.version in well.versions and words in well.name:
            began = time.monotonic()
            found = healthy[well.name, place.version] = looked_at(place, well)
            _say(well.name, place.version, "", found, began)
    for fault in FAULTS:
        if place.version in fault.versions and words in fault.name:
            began = time.monotonic()
            result = faults[fault.name, place.version] = tried_once(place, fault)
            _say(fault.name, place.version, f"{fault.check} {result.said}", result.wrong, began)


def looked_at(place: Place, well: Healthy) -> list[str]:
    """What is wrong with a place where nothing is."""
    with well.inject(place):
        found = [] if well.proof(place) else ["the phone does not get in"]
        return found + alarms(place, well.phone)


def tried_once(place: Place, fault: Fault) -> Result:
    """`tried`; what could not even be tried is told like what went wrong, and the others go on."""
    try:
        return tried(place, fault)
    except (AssertionError, OSError, subprocess.SubprocessError) as error:
        place.dirty = True
        return Result(fault, place.version, wrong=[f"could not be tried: {error}"])


def _say(name: str, version: str, said: str, wrong: list[str], began: float) -> None:
    what = "".join(f"\n        {each}" for each in wrong) or " ok"
    sys.stdout.write(f"{version} {name} ({time.monotonic() - began:.0f} s): {said}{what}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(" ".join(sys.argv[1:])))
