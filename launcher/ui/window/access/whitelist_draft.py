"""What the user has changed about the whitelist and not saved yet, and the rows that this makes. PURE."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from launcher.access.address import parse_address
from launcher.access.entry_problems.entry_problem import Severity
from launcher.access.entry_problems.suggestion import host_name
from launcher.access.exposure import THIS_PC
from launcher.access.interlock import RefusedError
from launcher.access.internet_coverage import readable
from launcher.access.list_edit import change
from launcher.keeper.view import WhitelistLine
from launcher.problem import Problem
from launcher.ui.window.widgets.entry_list import EntryRow
from launcher.ui.window.widgets.palette import Tone

REMOVE, PUT_BACK, LOOK_UP = "Remove", "Put back", "Use its address"


@dataclass(frozen=True)
class Draft:
    """`added` come, `removed` go, `fixed` go with what comes in their place."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    fixed: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def coming(self) -> tuple[str, ...]:
        """All that is added."""
        return tuple(dict.fromkeys((*(entry for _, instead in self.fixed for entry in instead), *self.added)))

    @property
    def going(self) -> tuple[str, ...]:
        """All that is removed."""
        return (*self.removed, *(entry for entry, _ in self.fixed))


def rows(lines: Sequence[WhitelistLine], draft: Draft, added: Iterable[WhitelistLine]) -> list[EntryRow]:
    """The list with the changes marked in it. `added`: what `draft.added` means."""
    # What is about to be repaired lets nobody in for long.
    sound = [line.entry for line in lines if line.problem is None and line.entry not in draft.going]
    kept = keeping_this_pc([*sound, *draft.coming])
    shown = [_row(line, draft, kept) for line in lines]
    return shown + [
        replace(_marked(line, EntryRow(line.entry, line.meaning, note="new", act=REMOVE)), fix="") for line in added
    ]


def entries_after(lines: Iterable[WhitelistLine], draft: Draft) -> list[str]:
    """The entries as they would be when this was saved."""
    going = set(draft.going)
    kept = [line.entry for line in lines if line.entry not in going]
    return [*kept, *(entry for entry in draft.coming if entry not in kept)]


def keeping_this_pc(entries: Iterable[str]) -> set[str]:
    """The entries without which this PC could not open its own SillyTavern."""
    read = readable(entries)
    found = set()
    for address in map(parse_address, THIS_PC):
        roads = {entry.text.strip() for entry in read if entry.admits(address)}
        if len(roads) == 1:
            found |= roads
    return found


def refusal(lines: Sequence[WhitelistLine], draft: Draft, version: str) -> Problem | None:
    """Why the list cannot become this; None: nothing is known to speak against it."""
    try:
        change([line.entry for line in lines], draft.coming, draft.going, version, ())
    except RefusedError as error:
        return error.problem
    return None


def with_added(draft: Draft, entry: str) -> Draft:
    return replace(draft, added=(*draft.added, entry))


def with_fixed(draft: Draft, line: WhitelistLine) -> Draft:
    return replace(draft, fixed=(*draft.fixed, (line.entry, line.instead)))


def toggled(draft: Draft, entry: str) -> Draft:
    """Remove `entry`, or take back what was done with it."""
    if entry in draft.added:
        return replace(draft, added=tuple(each for each in draft.added if each != entry))
    if entry in draft.going:
        return replace(
            draft,
            removed=tuple(each for each in draft.removed if each != entry),
            fixed=tuple(each for each in draft.fixed if each[0] != entry),
        )
    return replace(draft, removed=(*draft.removed, entry))


def followed(draft: Draft, lines: Iterable[WhitelistLine]) -> Draft:
    """What is still to do when the list has become `lines` meanwhile."""
    there = {line.entry for line in lines}
    return Draft(
        tuple(entry for entry in draft.added if entry not in there),
        tuple(entry for entry in draft.removed if entry in there),
        tuple(each for each in draft.fixed if each[0] in there),
    )


def _row(line: WhitelistLine, draft: Draft, kept: set[str]) -> EntryRow:
    if line.entry in draft.removed:
        return EntryRow(line.entry, line.meaning, note="goes when you save", act=PUT_BACK, leaving=True)
    for entry, instead in draft.fixed:
        if entry == line.entry:
            return EntryRow(entry, f"becomes {' and '.join(instead)} when you save", act=PUT_BACK, leaving=True)
    if line.entry in kept:
        return _marked(line, EntryRow(line.entry, f"{line.meaning} (always allowed)", act=""))
    return _marked(line, EntryRow(line.entry, line.meaning, act=REMOVE))


def _marked(line: WhitelistLine, row: EntryRow) -> EntryRow:
    if line.problem is None:
        return row
    tone = Tone.BAD if line.severity == Severity.DANGEROUS else Tone.CAREFUL
    fix = f"Fix: {' and '.join(line.instead)}" if line.instead else LOOK_UP if host_name(line.entry) else ""
    return replace(row, meaning=line.problem.title, detail=line.problem.advice, tone=tone, fix=fix)
