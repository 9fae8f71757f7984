"""The doctor at work for the window “Check connection”."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import launcher
from launcher.doctor.check import Finding
from launcher.doctor.check_run import examine
from launcher.doctor.fixes import apply_fix
from launcher.doctor.readings import patient_of
from launcher.doctor.report import report
from launcher.keeper.messages import Reply, Request
from launcher.keeper.view import View
from launcher.problem import Problem, TavernkeepError
from launcher.system.folders import our_folders
from launcher.ui.keeper_connection import ask, reach
from launcher.ui.window.background import Put
from launcher.ui.window.check.run import Run


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
            apply_fix(finding.fix.id, patient_of(our_folders(), view, phone), _ask)
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


def _ask(request: Request) -> Reply:
    link, _ = reach(our_folders())
    try:
        return ask(link, request)
    finally:
        link.close()


@dataclass(frozen=True)
class Examined:
    """The end of an examination, and how long it took."""

    findings: Sequence[Finding]
    seconds: float


@dataclass(frozen=True)
class Cured:
    """The end of a cure; `problem` is why it was not done."""

    finding: Finding
    problem: Problem | None


# Problem: the examination has a bug.
DoctorSays = Finding | Examined | Cured | Problem


class DoctorRun(Run[DoctorSays]):
    """One examination or one cure."""

    def __init__(self, put: Put, told: Callable[[DoctorSays], None], doctor: Doctor) -> None:
        super().__init__(put, told)
        self._doctor = doctor
        self._cancelled = threading.Event()

    def examine(self, view: View, phone: str | None) -> None:
        """Tell each finding as it comes, then all of them."""
        self.start(partial(self._examine, view, phone), "examination", lambda problem: problem)

    def cure(self, view: View, phone: str | None, finding: Finding) -> None:
        """Do what a finding offers, and tell what became of it."""
        self.start(partial(self._cure, view, phone, finding), "cure", partial(Cured, finding))

    def close(self) -> None:
        self._cancelled.set()
        super().close()

    def _examine(self, view: View, phone: str | None) -> None:
        began = time.monotonic()
        findings = self._doctor.examine(view, phone, self.tell, self._cancelled)
        self.tell(Examined(findings, time.monotonic() - began))

    def _cure(self, view: View, phone: str | None, finding: Finding) -> None:
        self.tell(Cured(finding, self._doctor.cure(view, phone, finding)))
