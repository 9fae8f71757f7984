"""Run the checks: all readings at the same time, and each check as soon as its readings are there."""

import queue
import threading
import time
from collections.abc import Callable, Container, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

from launcher.doctor.check import Check, Finding, Findings, Status
from launcher.doctor.check_input import CheckInput, Patient
from launcher.doctor.checks import ALL, CHECKS
from launcher.doctor.readings import READINGS, Reading
from launcher.system import safety_net

POLL_INTERVAL_S = 0.05


def examine(
    patient: Patient,
    tell: Callable[[Finding], None] = lambda finding: None,
    cancelled: threading.Event | None = None,
    readings: Mapping[str, Reading] = READINGS,
) -> tuple[Finding, ...]:
    """Run every check and return the findings in the order of CHECKS. `tell` gets each as it comes, in this thread.

    Takes less than three seconds: a reading that takes longer counts as unknown. A bug in a check makes that check
    unknown. When `cancelled` is set, return at once with the findings so far.
    """
    cancelled = cancelled or threading.Event()
    came: queue.SimpleQueue[tuple[str, object]] = queue.SimpleQueue()
    for name, reading in readings.items():
        safety_net.start_thread(
            partial(_read, name, reading, patient, came),
            f"the doctor's reading of {name}",
            partial(came.put, (name, RuntimeError(name))),
        )
    began = time.monotonic()
    # An exception stands for a reading that is late or has a bug.
    read: dict[str, object] = {}
    found: dict[str, Finding] = {}
    while not cancelled.is_set():
        while (ready := _next_ready(read, found)) and not cancelled.is_set():
            found[ready.id] = _finding(ready, patient, read, found)
            tell(found[ready.id])
        if len(read) == len(readings):
            break
        with suppress(queue.Empty):
            name, value = came.get(timeout=POLL_INTERVAL_S)
            read.setdefault(name, value)
        passed_s = time.monotonic() - began
        for name, reading in readings.items():
            if passed_s >= reading.limit_s:
                read.setdefault(name, TimeoutError(name))
    return tuple(found[each] for each in CHECKS if each in found)


def _read(name: str, reading: Reading, patient: Patient, came: queue.SimpleQueue[tuple[str, object]]) -> None:
    came.put((name, reading.read(patient)))


def _next_ready(read: Container[str], found: Container[str]) -> Check | None:
    """Return a check that was not judged yet, and whose readings and earlier findings are there."""
    return next(
        (
            check
            for check in ALL
            if check.id not in found
            and all(name in read for name in check.reads)
            and all(one in found for one in check.after)
        ),
        None,
    )


def _finding(check: Check, patient: Patient, read: Mapping[str, object], found: Findings) -> Finding:
    for name in check.reads:
        if isinstance(read[name], TimeoutError):
            return Finding(check.id, Status.UNKNOWN, "This took too long to find out.", "Try again in a moment.")
        if isinstance(read[name], Exception):
            return _bug(check)
    values: dict[str, Any] = {name: value for name, value in read.items() if not isinstance(value, Exception)}
    return judged(check, CheckInput(patient, **values), found)


def judged(check: Check, facts: CheckInput, found: Findings) -> Finding:
    """Return the finding of `check`; a bug in it is logged, and the finding is then UNKNOWN."""
    finding = safety_net.attempt(lambda: check.judge(facts, found), f"the doctor's check {check.id}")
    return replace(finding, id=check.id) if finding else _bug(check)


def _bug(check: Check) -> Finding:
    advice = "Please report it. Its log has the details."
    return Finding(check.id, Status.UNKNOWN, "Tavernkeep has made a mistake here.", advice)
