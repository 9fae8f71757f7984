"""What is said about an entry while it is typed, and about an address: would it get in? PURE."""

from collections.abc import Sequence
from dataclasses import dataclass

from launcher.access import EntryProblem, Severity, meaning, problem
from launcher.access.address import AddressError, parse_address
from launcher.access.list_edit import covered_by
from launcher.access.list_verdict import WhitelistAnswer, verdict
from launcher.keeper.view import WhitelistLine
from launcher.problem import Problem
from launcher.ui.window.main.sentences import Tone

SIGNS = {Tone.GOOD: "✓", Tone.CAREFUL: "!", Tone.BAD: "✕", Tone.QUIET: ""}


@dataclass(frozen=True)
class Said:
    """One answer. `entry`: what may be added as it is. `covered`: it changes nothing. `instead`: what was meant."""

    words: str
    tone: Tone = Tone.QUIET
    entry: str = ""
    instead: tuple[str, ...] = ()
    covered: bool = False

    @property
    def text(self) -> str:
        """With its sign, so that it is not told by colour alone."""
        return f"{SIGNS[self.tone]} {self.words}".strip()


def line_of(entry: str, version: str) -> WhitelistLine:
    """An entry that may be added, in words."""
    found, meant = problem(entry, version), meaning(entry)
    told = Problem(found.title, found.advice) if found else None
    return WhitelistLine(entry, meant.text, meant.addresses, told, found.severity if found else "")


def check_entry(typed: str, entries: Sequence[str], version: str, protected: bool) -> Said:
    """What adding `typed` to `entries` would mean. `protected`: a login is asked for, so that wide entries are fine."""
    entry = typed.strip()
    if not entry:
        return Said("")
    found = problem(entry, version)
    if found:
        return _problem(entry, found, protected)
    if entry in entries:
        return Said(f"{entry} is in the list already.", Tone.CAREFUL)
    words = meaning(entry).text
    by = covered_by(entries, entry)
    covered = f" Already covered by {' and '.join(by[:2])}{' and others' if len(by) > 2 else ''}." if by else ""
    return Said(f"{words[0].upper()}{words[1:]}.{covered}", Tone.GOOD, entry, covered=bool(by))


def check_address(typed: str, entries: Sequence[str], left_out: int, version: str) -> Said:
    """Whether a device at the address `typed` gets in by this list. `left_out`: so many entries are not known here."""
    address = typed.strip()
    if not address:
        return Said("")
    try:
        parse_address(address)
    except (AddressError, ValueError):
        return Said("Type a whole address, such as 192.168.0.20.")
    found = verdict(tuple(entries), address, version)
    if found.answer is WhitelistAnswer.ALLOW:
        return Said(f"Yes, by {found.entry}.", Tone.GOOD)
    if left_out:
        return Said(f"Not by the entries shown here. {left_out:,} more are only in the file.", Tone.QUIET)
    if found.answer is WhitelistAnswer.REFUSE:
        return Said("No. No entry lets it in.", Tone.BAD)
    return Said(f"No, it gets an error page. {found.reason}", Tone.BAD)


def _problem(entry: str, found: EntryProblem, protected: bool) -> Said:
    wide = found.severity is Severity.DANGEROUS and found.replacement is None
    tone = Tone.BAD if found.severity is Severity.DANGEROUS and not (wide and protected) else Tone.CAREFUL
    words = f"{found.title} {found.advice}".strip()
    return Said(words, tone, entry if wide and protected else "", found.replacement or ())
