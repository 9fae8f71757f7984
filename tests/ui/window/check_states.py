"""What the window “Check connection” is shown, and a doctor who says what the test has them say."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from ipaddress import IPv4Network

from launcher.doctor.check import Finding
from launcher.doctor.checks import CHECKS
from launcher.keeper.view import View
from launcher.network.firewall.linux import told
from launcher.network.firewall.verdict import FirewallKind
from launcher.problem import Problem
from launcher.ui.window.check.doctor_run import Doctor
from tests.doctor.patients import device, examined, healthy, stopped, with_patient

# Said by the doctor itself, of a Linux PC whose firewall keeps phones out, and of one where a phone has come.
_HOME = (IPv4Network("192.168.0.0/24"),)
_ILL = examined(replace(healthy(), firewall=told(FirewallKind.FIREWALLD, False, 8000, _HOME)))
_CAME = with_patient(healthy(), devices=(device(name="Kitchen iPad"),))
_WELL = examined(replace(_CAME, firewall=told(FirewallKind.FIREWALLD, True, 8000, _HOME)))
_STOPPED = examined(stopped())
BLOCKED, NOT_REACHED, REACHED = _ILL["firewall"], _ILL["reached"], _WELL["reached"]
IN_THE_WAY = tuple(_ILL[check] for check in CHECKS)
HEALTHY = tuple(_WELL[check] for check in CHECKS)
STOPPED_SERVER = tuple(_STOPPED[check] for check in CHECKS)


class StubDoctor(Doctor):
    """Says `findings`, each as soon as the test lets it. `refusal`: why a cure is not done."""

    def __init__(self, findings: Sequence[Finding] = IN_THE_WAY) -> None:
        self.findings = findings
        self.refusal: Problem | None = None
        self.examined: list[tuple[View, str | None]] = []
        self.cured: list[Finding] = []
        self.cancelled = threading.Event()
        self.go_on = threading.Event()
        self.go_on.set()
        self.before_pause = 0

    def examine(
        self, view: View, phone: str | None, tell: Callable[[Finding], None], cancelled: threading.Event
    ) -> Sequence[Finding]:
        self.examined.append((view, phone))
        for at, finding in enumerate(self.findings):
            if at == self.before_pause:
                while not self.go_on.wait(0.01) and not cancelled.is_set():
                    pass
            if cancelled.is_set():
                self.cancelled.set()
                return self.findings[:at]
            tell(finding)
        return self.findings

    def cure(self, view: View, phone: str | None, finding: Finding) -> Problem | None:
        self.cured.append(finding)
        return self.refusal

    def report(self, view: View, findings: Sequence[Finding]) -> str:
        return "\n".join(finding.title for finding in findings)
