"""One check and what it found. PURE."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from typing import TYPE_CHECKING

from launcher.problem import Fix

if TYPE_CHECKING:
    from launcher.doctor.check_input import CheckInput
    from launcher.server.resolve_settings import EffectiveSettings

NO_INSTALLATION = "There is no SillyTavern to check."
UNREADABLE_SETTINGS = "This can be checked once the problem with the settings file is fixed."


class Status(StrEnum):
    """UNKNOWN: it could not be found out, and `advice` says how to. SKIPPED: it does not apply; `title` says why."""

    OK = "ok"
    PROBLEM = "problem"
    UNKNOWN = "unknown"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Finding:
    """What a check found. `id` is the check's; `check_run` adds it to what a judge returns.

    `title`: what is, in one sentence. `advice`: what to do. `fix`: what Tavernkeep can do about it.
    """

    id: str
    status: Status
    title: str
    advice: str = ""
    fix: Fix | None = None


Findings = Mapping[str, Finding]
Judge = Callable[["CheckInput", Findings], Finding]


@dataclass(frozen=True)
class Check:
    """`judge` gets the readings and the earlier findings. `reads`: the readings it needs. `after`: the checks whose
    findings it uses."""

    id: str
    judge: Judge
    reads: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


def ok(title: str, advice: str = "") -> Finding:
    """Nothing is in the way here. `advice`: what is worth knowing all the same."""
    return Finding("", Status.OK, title, advice)


def problem(title: str, advice: str, fix: Fix | None = None) -> Finding:
    """This is in the way."""
    return Finding("", Status.PROBLEM, title, advice, fix)


def unknown(title: str, advice: str, fix: Fix | None = None) -> Finding:
    """It could not be found out. `fix`: what makes it certain."""
    return Finding("", Status.UNKNOWN, title, advice, fix)


def skipped(title: str, advice: str = "") -> Finding:
    """It does not apply here, or another check covers it."""
    return Finding("", Status.SKIPPED, title, advice)


def first_problem(found: Findings, *checks: str) -> str | None:
    """Return the first of `checks` that found a problem; None when none did."""
    return next((each for each in checks if found[each].status is Status.PROBLEM), None)


def of_settings(judge: "Callable[[CheckInput, Findings, EffectiveSettings], Finding]") -> Judge:
    """Return a judge that skips while there are no settings, or while config-file has a problem."""

    @wraps(judge)
    def judge_when_read(facts: "CheckInput", found: Findings) -> Finding:
        effect = facts.patient.effect
        if not effect:
            return skipped(NO_INSTALLATION)
        if first_problem(found, "config-file"):
            return skipped(UNREADABLE_SETTINGS)
        return judge(facts, found, effect)

    return judge_when_read
