"""The words of the window “Check connection”. PURE."""

from collections.abc import Sequence
from ipaddress import ip_address

from launcher.doctor.check import Finding, Status
from launcher.doctor.checks import CHECKS
from launcher.keeper.view import Device
from launcher.ui.device_words import called
from launcher.ui.window.widgets.palette import Tone

CHECKING = "Checking everything between this PC and your phone…"
AGAIN = "Checking again…"
CURING = "Fixing it…"
DONE = "Done, and checked again."
NO_ADDRESS = "Type a whole address, such as 192.168.0.20, or choose a device."

LOOKS = {
    Status.OK: ("✓", Tone.GOOD, "fine"),
    Status.PROBLEM: ("✕", Tone.BAD, "problem"),
    Status.UNKNOWN: ("?", Tone.CAREFUL, "not known"),
    Status.SKIPPED: ("–", Tone.QUIET, "not needed"),  # noqa: RUF001
}


def summary(findings: Sequence[Finding]) -> str:
    """Return how many checks and problems, and the first problem: `16 checks, 1 problem. Windows blocks node.exe.`"""
    done = [finding for finding in findings if finding.status is not Status.SKIPPED]
    wrong = [finding for finding in done if finding.status is Status.PROBLEM]
    unknown = sum(finding.status is Status.UNKNOWN for finding in done)
    parts = [counted(len(done), "check"), counted(len(wrong), "problem") if wrong else "no problem"]
    if wrong:
        return f"{', '.join(parts)}. {wrong[0].title}"
    if unknown:
        parts.append(f"{unknown} not known")
    reached = next((finding for finding in findings if finding.id == "reached"), None)
    then = reached.title if reached and reached.status is Status.OK else "Now scan the code with your phone."
    return f"{', '.join(parts)}. {then}"


def counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def progress(findings: Sequence[Finding]) -> str:
    """Return how many checks are done: `7 of 17 checks`."""
    return f"{len(findings)} of {len(CHECKS)} checks"


def took(seconds: float) -> str:
    """Return how long it took: `Checked in 1.4 s`."""
    return f"Checked in {seconds:.1f} s"


def phone_of(typed: str) -> str | None:
    """Return the typed address, None for an empty text. Raises ValueError when it is no address."""
    text = typed.strip()
    return str(ip_address(text)) if text else None


def device_line(device: Device) -> str:
    """Return one device for the menu: `Kitchen iPad · 192.168.0.20`."""
    return f"{called(device)} · {device.address}"


def in_order(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return the findings in the order of the list, from this PC outwards to the phone."""
    return tuple(sorted(findings, key=lambda finding: CHECKS.index(finding.id)))
