"""The whitelist as a whole: how whitelist.txt is read, and whom the list lets in, in each version. PURE.

Facts: npm releases 1.9.0 to 1.19.0, each asked with the same lists.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from launcher.access.address import parse_address
from launcher.access.entry import EntryError, parse_value, shown
from launcher.access.javascript import Value, text_of, trim
from launcher.versions.facts import BadLine, NoList
from launcher.versions.table import facts


class WhitelistAnswer(StrEnum):
    """What a device gets from the whitelist. NO_START: nobody gets anything, the server ends at its start."""

    ALLOW = "allow"
    REFUSE = "refuse"
    ERROR = "http500"
    NO_START = "crash-at-start"


@dataclass(frozen=True)
class Verdict:
    """The answer, and the entry that decided it with its position (from 0); None: no single entry did."""

    answer: WhitelistAnswer
    entry: str | None = None
    position: int | None = None
    reason: str = ""


def bad_line_fails(version: str) -> bool:
    """Whether an entry that cannot be read is an error for every device that no entry above it lets in."""
    return facts(version).bad_line is BadLine.HTTP_500


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
    if not isinstance(entries, list | tuple):
        return _no_list(entries, facts(version).no_list)
    fails = bad_line_fails(version)
    try:
        asked = parse_address(address)
    except ValueError:
        asked = None
    for position, value in enumerate(entries):
        try:
            entry = parse_value(value)
        except EntryError:
            if fails:
                reason = (
                    f"“{shown(text_of(value))}” cannot be read, and that is an error for everyone not let in above it."
                )
                return Verdict(WhitelistAnswer.ERROR, text_of(value), position, reason)
            continue
        if asked is None:
            return Verdict(WhitelistAnswer.ERROR, reason=f"SillyTavern cannot read “{shown(address)}” as an address.")
        if entry.admits(asked):
            return Verdict(WhitelistAnswer.ALLOW, entry.text, position, f"Let in by “{shown(entry.text)}”.")
    return Verdict(WhitelistAnswer.REFUSE, reason="No entry lets this address in.")


def _refused(value: Value) -> bool:
    try:
        parse_value(value)
    except EntryError:
        return True
    return False


def _no_list(value: Value, does: NoList) -> Verdict:
    if does is NoList.HTTP_500:
        return Verdict(WhitelistAnswer.ERROR, reason="The whitelist is not a list, and that is an error for everyone.")
    if does is NoList.NULL_FAILS and not isinstance(value, str):
        return Verdict(WhitelistAnswer.NO_START, reason="The whitelist is not a list: this version does not start.")
    return Verdict(WhitelistAnswer.REFUSE, reason="The whitelist is not a list, so nobody gets in.")
