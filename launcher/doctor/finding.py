"""What one check found. PURE."""

from dataclasses import dataclass
from enum import StrEnum

from launcher.problem import Fix


class Status(StrEnum):
    """UNKNOWN: it could not be found out; `advice` says how to. SKIPPED: it means nothing here; `title` says why."""

    OK = "ok"
    PROBLEM = "problem"
    UNKNOWN = "unknown"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Finding:
    """`title`: what was seen, as one sentence. `advice`: what to do. `fix`: what Tavernkeep can do about it."""

    id: str
    status: Status
    title: str
    advice: str = ""
    fix: Fix | None = None


def ok(check: str, title: str, advice: str = "") -> Finding:
    """Nothing is in the way here. `advice`: what is worth knowing all the same."""
    return Finding(check, Status.OK, title, advice)


def problem(check: str, title: str, advice: str, fix: Fix | None = None) -> Finding:
    """This is in the way."""
    return Finding(check, Status.PROBLEM, title, advice, fix)


def unknown(check: str, title: str, advice: str, fix: Fix | None = None) -> Finding:
    """It could not be found out. `fix`: what makes it certain."""
    return Finding(check, Status.UNKNOWN, title, advice, fix)


def skipped(check: str, title: str, advice: str = "") -> Finding:
    """It means nothing here, or another check tells of it."""
    return Finding(check, Status.SKIPPED, title, advice)
