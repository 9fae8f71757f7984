"""PURE. What things mean: one entry and what it matches, the list, the login, the exposure and its reason."""

from launcher.access.entry import Entry, EntryError, matches, parse
from launcher.access.entry_meaning import Meaning, meaning
from launcher.access.entry_problems.entry_problem import EntryProblem, Severity
from launcher.access.entry_problems.find import problem

__all__ = ["Entry", "EntryError", "EntryProblem", "Meaning", "Severity", "matches", "meaning", "parse", "problem"]
