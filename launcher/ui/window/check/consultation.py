"""The doctor at work for a window: in a thread of its own, what it says comes into the Tk thread."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from launcher.doctor.finding import Finding
from launcher.keeper.view import View
from launcher.problem import Problem
from launcher.ui.window.background import Background, Put, nothing


class Doctor(Protocol):
    """All of these but `report` block, and are called in a worker thread."""

    def examine(
        self, view: View, phone: str | None, tell: Callable[[Finding], None], cancelled: threading.Event
    ) -> Sequence[Finding]:
        """Do every check; `tell` is called in the calling thread, with each finding as it comes."""

    def cure(self, view: View, phone: str | None, finding: Finding) -> Problem | None:
        """Do what `finding.fix` offers. Return why it was not done, also when the user said no."""

    def report(self, view: View, findings: Sequence[Finding]) -> str:
        """All of it as a text without secrets, for asking for help."""


@dataclass(frozen=True)
class Listener:
    """Who hears what comes of it. Called in the Tk thread; `done` gets the seconds it took, `failed` a bug instead."""

    found: Callable[[Finding], None]
    done: Callable[[Sequence[Finding], float], None]
    cured: Callable[[Finding, Problem | None], None]
    failed: Callable[[Problem], None]


class Consultation:
    """One examination or cure at a time. After `close` nothing is told any more."""

    def __init__(self, doctor: Doctor, put: Put, listener: Listener) -> None:
        self._doctor, self._listener = doctor, listener
        self._background = Background(put)
        self._cancelled = threading.Event()

    def examine(self, view: View, phone: str | None) -> None:
        """Begin; an examination that is under way is given up."""
        self._cancelled.set()
        self._cancelled = cancelled = threading.Event()
        self._background.start(
            lambda: self._examine(view, phone, cancelled), "examination", partial(self._failed, cancelled)
        )

    def cure(self, view: View, phone: str | None, finding: Finding) -> None:
        """Do what a finding offers."""
        self._background.start(lambda: self._cure(view, phone, finding), "cure", partial(self._cured, finding))

    def close(self) -> None:
        self._cancelled.set()
        self._listener = Listener(nothing, nothing, nothing, nothing)
        self._background.close()

    def _examine(self, view: View, phone: str | None, cancelled: threading.Event) -> None:
        began = time.monotonic()

        def tell(finding: Finding) -> None:
            if not cancelled.is_set():
                self._background.tell(partial(self._told, cancelled, finding))

        findings = self._doctor.examine(view, phone, tell, cancelled)
        self._background.tell(partial(self._done, cancelled, findings, time.monotonic() - began))

    def _told(self, cancelled: threading.Event, finding: Finding) -> None:
        if not cancelled.is_set():
            self._listener.found(finding)

    def _done(self, cancelled: threading.Event, findings: Sequence[Finding], seconds: float) -> None:
        if not cancelled.is_set():
            self._listener.done(findings, seconds)

    def _failed(self, cancelled: threading.Event, problem: Problem) -> None:
        if not cancelled.is_set():
            self._listener.failed(problem)

    def _cure(self, view: View, phone: str | None, finding: Finding) -> None:
        problem = self._doctor.cure(view, phone, finding)
        self._background.tell(partial(self._cured, finding, problem))

    def _cured(self, finding: Finding, problem: Problem | None) -> None:
        self._listener.cured(finding, problem)
