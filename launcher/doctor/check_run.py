"""Run the checks: all readings at the same time, and each check as soon as its readings are there."""

import queue
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

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
    return _Examination(patient, tell, cancelled or threading.Event(), readings).run()


class _Examination:
    def __init__(
        self,
        patient: Patient,
        tell: Callable[[Finding], None],
        cancelled: threading.Event,
        readings: Mapping[str, Reading],
    ) -> None:
        self._facts = CheckInput(patient)
        self._tell = tell
        self._cancelled = cancelled
        self._readings = readings
        self._came: queue.SimpleQueue[tuple[str, object]] = queue.SimpleQueue()
        # The readings; an exception when one was late or has a bug.
        self._read: dict[str, object] = {}
        self._found: dict[str, Finding] = {}

    def run(self) -> tuple[Finding, ...]:
        began = time.monotonic()
        for name, reading in self._readings.items():
            safety_net.start_thread(
                partial(self._do, name, reading),
                f"the doctor's reading of {name}",
                partial(self._came.put, (name, RuntimeError(name))),
            )
        while not self._cancelled.is_set():
            self._judge_what_can_be()
            waiting = [name for name in self._readings if name not in self._read]
            if not waiting:
                break
            self._wait(waiting, began)
        return tuple(self._found[each] for each in CHECKS if each in self._found)

    def _do(self, name: str, reading: Reading) -> None:
        self._came.put((name, reading.read(self._facts.patient)))

    def _wait(self, waiting: list[str], began: float) -> None:
        """Wait for the next reading, or until one is late."""
        first_limit_s = min(self._readings[name].limit_s for name in waiting)
        left_s = began + first_limit_s - time.monotonic()
        try:
            name, value = self._came.get(timeout=max(0.0, min(left_s, POLL_INTERVAL_S)))
        except queue.Empty:
            for name in waiting:
                if time.monotonic() - began >= self._readings[name].limit_s:
                    self._take(name, TimeoutError(name))
        else:
            self._take(name, value)

    def _take(self, name: str, value: object) -> None:
        if name in self._read:
            return
        self._read[name] = value
        if not isinstance(value, Exception):
            self._facts = replace(self._facts, **{name: value})  # type: ignore[arg-type]

    def _judge_what_can_be(self) -> None:
        """Judge each check whose readings and earlier findings are there."""
        again = True
        while again:
            again = False
            for check in ALL:
                if check.id in self._found or self._cancelled.is_set():
                    continue
                if all(name in self._read for name in check.reads) and all(one in self._found for one in check.after):
                    finding = self._finding(check)
                    self._found[check.id] = finding
                    self._tell(finding)
                    again = True

    def _finding(self, check: Check) -> Finding:
        for name in check.reads:
            trouble = self._read[name]
            if isinstance(trouble, TimeoutError):
                return Finding(check.id, Status.UNKNOWN, "This took too long to find out.", "Try again in a moment.")
            if isinstance(trouble, Exception):
                return _bug(check)
        return judged(check, self._facts, self._found)


def judged(check: Check, facts: CheckInput, found: Findings) -> Finding:
    """Return the finding of `check`; a bug in it is logged, and the finding is then UNKNOWN."""
    finding = safety_net.attempt(lambda: check.judge(facts, found), f"the doctor's check {check.id}")
    return replace(finding, id=check.id) if finding else _bug(check)


def _bug(check: Check) -> Finding:
    advice = "Please report it. Its log has the details."
    return Finding(check.id, Status.UNKNOWN, "Tavernkeep has made a mistake here.", advice)
