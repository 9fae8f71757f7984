"""The whitelist as a whole: how whitelist.txt is read, and whom the list lets in, in each version. PURE.

Facts: npm releases 1.9.0 to 1.19.0, each asked with the same lists.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from launcher.access.address import parse_address
from launcher.access.entry import EntryError, parse_value, shown
from launcher.access.javascript import Value, text_of, trim

_VERSION = re.compile(r"(\d+)\.(\d+)(?:\.(\d+))?", re.ASCII)


class Era(StrEnum):
    """How a version takes an entry that it cannot read.

    OLD (to 1.13.5): an error for everyone who is not let in above it. MID (1.14 to 1.17): leaves it out; does not start
    when there is no list. NEW (from 1.18): leaves it out; anything that is no list is an empty one.
    """

    OLD = "old"
    MID = "mid"
    NEW = "new"


class Answer(StrEnum):
    """What a device gets from the whitelist. NO_START: nobody gets anything, the server ends at its start."""

    ALLOW = "allow"
    REFUSE = "refuse"
    ERROR = "http500"
    NO_START = "crash-at-start"


@dataclass(frozen=True)
class Verdict:
    """The answer, and the entry that decided it with its position (from 0); None: no single entry did."""

    answer: Answer
    entry: str | None = None
    position: int | None = None
    reason: str = ""


def version_key(version: str) -> tuple[int, int, int]:
    """`1.12.0-preview` → (1, 12, 0). What cannot be read counts as older than all, which is the cautious side."""
    found = _VERSION.match(version)
    return (int(found[1]), int(found[2]), int(found[3] or 0)) if found else (0, 0, 0)


def era_of(version: str) -> Era:
    """How this version of SillyTavern takes entries that it cannot read."""
    key = version_key(version)
    if key < (1, 14, 0):
        return Era.OLD
    return Era.MID if key < (1, 18, 0) else Era.NEW


def parse_text(text: str) -> tuple[str, ...]:
    """The entries of a whitelist.txt (decoded as UTF-8, BOM kept). An empty line with CRLF is an entry: ""."""
    return tuple(trim(line) for line in text.split("\n") if line)


def ignored(entries: Iterable[Value]) -> tuple[Value, ...]:
    """The entries that the matcher refuses."""
    return tuple(value for value in entries if _refused(value))


def verdict(entries: Value, address: str, version: str) -> Verdict:
    """What a device at `address` gets from this list: the lines of whitelist.txt or the value in the configuration.

    `address` as the server sees it: `::ffff:a.b.c.d` arrives there as a.b.c.d.
    """
    era = era_of(version)
    if not isinstance(entries, list | tuple):
        return _no_list(entries, era)
    try:
        asked = parse_address(address)
    except ValueError:
        asked = None
    for position, value in enumerate(entries):
        try:
            entry = parse_value(value)
        except EntryError:
            if era is Era.OLD:
                reason = (
                    f"“{shown(text_of(value))}” cannot be read, and that is an error for everyone not let in above it."
                )
                return Verdict(Answer.ERROR, text_of(value), position, reason)
            continue
        if asked is None:
            return Verdict(Answer.ERROR, reason=f"SillyTavern cannot read “{shown(address)}” as an address.")
        if entry.admits(asked):
            return Verdict(Answer.ALLOW, entry.text, position, f"Let in by “{shown(entry.text)}”.")
    return Verdict(Answer.REFUSE, reason="No entry lets this address in.")


def _refused(value: Value) -> bool:
    try:
        parse_value(value)
    except EntryError:
        return True
    return False


def _no_list(value: Value, era: Era) -> Verdict:
    if era is Era.OLD:
        return Verdict(Answer.ERROR, reason="The whitelist is not a list, and that is an error for everyone.")
    if era is Era.MID and not isinstance(value, str):
        return Verdict(Answer.NO_START, reason="The whitelist is not a list: this version does not start.")
    return Verdict(Answer.REFUSE, reason="The whitelist is not a list, so nobody gets in.")
