"""The doctor at work for the window “Check connection”: in a thread of its own, heard in the Tk thread."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import launcher
from launcher.doctor.check_run import examine
from launcher.doctor.finding import Finding
from launcher.doctor.fixes import cure
from launcher.doctor.readings import patient_of
from launcher.doctor.report import report
from launcher.keeper.messages import Reply, Request
from launcher.keeper.view import View
from launcher.problem import Problem, TavernkeepError
from launcher.system.folders import our_folders
from launcher.ui.keeper_connection import ask, reach
from launcher.ui.window.background import Background, Put, nothing


class Doctor:
    """Tavernkeep's own doctor. All but `report` block, and are called in a worker thread."""

    def examine(
        self, view: View, phone: str | None, tell: Callable[[Finding], None], cancelled: threading.Event
    ) -> Sequence[Finding]:
        """Do every check; `tell` is called in the calling thread, with each finding as it comes."""
        return examine(patient_of(our_folders(), view, phone), tell, cancelled)

    def cure(self, view: View, phone: str | None, finding: Finding) -> Problem | None:
        """Do what `finding.fix` offers. Return why it was not done, also when the user said no."""
        if finding.fix is None:
            return None
        try:
            cure(finding.fix.id, patient_of(our_folders(), view, phone), _ask)
        except TavernkeepError as error:
            return error.problem
        return None

    def report(self, view: View, findings: Sequence[Finding]) -> str:
        """Return all of it as a text without secrets, for asking for help."""
        installed = view.installation
        about = [
            f"Tavernkeep {launcher.__version__}",
            f"SillyTavern {installed.version}" if installed else "No SillyTavern",
        ]
        return report(findings, about, str(Path.home()))


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


def _ask(request: Request) -> Reply:
    link, _ = reach(our_folders())
    try:
        return ask(link, request)
    finally:
        link.close()
