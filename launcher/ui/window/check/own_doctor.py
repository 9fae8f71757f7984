"""Tavernkeep's own doctor, for the window “Check connection”. What a fix changes, the keeper changes."""

import threading
from collections.abc import Callable, Sequence
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


class OwnDoctor:
    """Is a `consultation.Doctor`."""

    def examine(
        self, view: View, phone: str | None, tell: Callable[[Finding], None], cancelled: threading.Event
    ) -> Sequence[Finding]:
        return examine(patient_of(our_folders(), view, phone), tell, cancelled)

    def cure(self, view: View, phone: str | None, finding: Finding) -> Problem | None:
        if finding.fix is None:
            return None
        try:
            cure(finding.fix.id, patient_of(our_folders(), view, phone), _ask)
        except TavernkeepError as error:
            return error.problem
        return None

    def report(self, view: View, findings: Sequence[Finding]) -> str:
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
