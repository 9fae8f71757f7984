"""A problem of one entry of the whitelist. PURE."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """DANGEROUS: lets in far more than it looks. BROKEN: SillyTavern refuses it. USELESS: it never lets anyone in."""

    DANGEROUS = "dangerous"
    BROKEN = "broken"
    USELESS = "useless"


@dataclass(frozen=True)
class EntryProblem:
    """What is wrong with an entry.

    `replacement`: the entries to put in its place; empty: take it out; None: only the person knows what was meant.
    """

    severity: Severity
    title: str
    advice: str = ""
    replacement: tuple[str, ...] | None = None
