"""PURE. What things mean: one entry and what it matches, the list, the login, the exposure and its reason."""

from launcher.access.entry import Entry, EntryError, matches, parse

__all__ = ["Entry", "EntryError", "matches", "parse"]
