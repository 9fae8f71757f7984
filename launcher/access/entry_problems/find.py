"""Finds what is wrong with one entry of the whitelist. PURE."""

from launcher.access.entry import EntryError, parse
from launcher.access.entry_problems.entry_problem import EntryProblem
from launcher.access.entry_problems.matched_entry import matched_problem
from launcher.access.entry_problems.refused_entry import refused_problem


def problem(entry: str, version: str) -> EntryProblem | None:
    """Return what is wrong with `entry` for this version of SillyTavern; None when it is fine."""
    try:
        parsed = parse(entry)
    except EntryError as error:
        return refused_problem(entry, version, error)
    return matched_problem(parsed)
