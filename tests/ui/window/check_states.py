"""What the window “Check connection” is shown, and a doctor who says what the test has them say."""

import threading
from collections.abc import Callable, Sequence

from launcher.doctor.finding import Finding, Status
from launcher.keeper.view import View
from launcher.problem import Fix, Problem

NODE = Finding("node", Status.OK, "Node.js 20.20.1 is new enough.")
INSTALLED = Finding("installation", Status.OK, "SillyTavern 1.19.0 is complete.")
FILE = Finding("config-file", Status.OK, "config.yaml can be read.")
ANSWERS = Finding("server", Status.OK, "SillyTavern answers", "on port 8000, for other devices too")
LISTENS = Finding("listening", Status.OK, "It listens on your network.")
PORT = Finding("port", Status.OK, "Port 8000 is SillyTavern's own.")
ADDRESS = Finding("address", Status.OK, "This PC is 192.168.0.5", "Wi-Fi, Home, private network")
SAME = Finding("address-changed", Status.SKIPPED, "No phone has an older code.")
ENTRIES = Finding("whitelist-entries", Status.OK, "Every line of the whitelist is good.")
COVERED = Finding("whitelist-covers", Status.OK, "192.168.0.20 may get in", "by 192.168.0.* in whitelist.txt")
LOGIN = Finding("login", Status.SKIPPED, "No user name and password is asked for.")
EXPOSED = Finding("exposure", Status.OK, "Only the devices in the whitelist get in.")
FIREWALL = Finding(
    "firewall",
    Status.UNKNOWN,
    "Whether the firewall lets others in cannot be seen without administrator rights.",
    "To see it yourself, type: sudo ufw status",
)
BLOCKED = Finding(
    "firewall-block",
    Status.PROBLEM,
    "Windows blocks node.exe",
    "A rule made when its question was dismissed. A permission alone does not help while it is there.",
    Fix("firewall-unblock", "Remove the rule that blocks node.exe"),
)
FREE = Finding("firewall-block", Status.OK, "Nothing blocks node.exe.")
PROFILE = Finding("network-profile", Status.OK, "Windows treats “Home” as a private network.")
NEAR = Finding("same-network", Status.SKIPPED, "No phone was named.")
NOT_REACHED = Finding(
    "reached",
    Status.UNKNOWN,
    "No device has reached this PC yet",
    "Scan the code after the fix; this turns green when the phone arrives.",
)
REACHED = Finding("reached", Status.OK, "Kitchen iPad has reached SillyTavern.")

IN_THE_WAY = (
    *(NODE, INSTALLED, FILE, ANSWERS, LISTENS, PORT, ADDRESS, SAME, ENTRIES, COVERED, LOGIN, EXPOSED),
    *(FIREWALL, BLOCKED, PROFILE, NEAR, NOT_REACHED),
)
HEALTHY = tuple(
    FREE if each is BLOCKED else REACHED if each is NOT_REACHED else each for each in IN_THE_WAY if each is not FIREWALL
)
STOPPED_SERVER = (
    *(NODE, INSTALLED, FILE),
    Finding("server", Status.PROBLEM, "SillyTavern does not run.", "Start it.", Fix("start", "Start SillyTavern")),
    *(ADDRESS, ENTRIES, COVERED, LOGIN, EXPOSED, PROFILE),
)


class StubDoctor:
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
