"""Which lines an edit of the whitelist adds and removes, or why it is refused. PURE."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from launcher.access.address import parse_address
from launcher.access.entry import EntryError, shown
from launcher.access.entry_problems.entry_problem import EntryProblem, Severity
from launcher.access.entry_problems.find import problem
from launcher.access.exposure import THIS_PC, Mode
from launcher.access.interlock import RefusedError
from launcher.access.internet_coverage import covers, is_everyone, readable
from launcher.access.javascript import Value, text_of, trim
from launcher.access.list_verdict import bad_line_fails, ignored

# The bare booleans that every version reads alike.
SETTINGS: dict[Mode, dict[str, bool]] = {
    Mode.THIS_PC: {"listen": False},
    Mode.WHITELIST: {"listen": True, "whitelistMode": True},
    Mode.EVERYONE: {"listen": True, "whitelistMode": False, "basicAuthMode": True},
}


@dataclass(frozen=True)
class ListChange:
    """`entries`: the whole list afterwards. `above`: the line over which the added ones must stand; None: at the end.

    `removed` are the texts of lines that go, every time they occur.
    """

    entries: tuple[Value, ...]
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    above: str | None = None


def accept(entries: Iterable[str], version: str, protected: bool) -> None:
    """Raise RefusedError for an entry that this version cannot read, or that is dangerous or useless.

    `protected`: a login protects, so that an entry which is merely wide is fine. Whether an entry that lets in everyone
    may stand in the list is for the interlock to say.
    """
    for entry in entries:
        found = problem(entry, version)
        if not found:
            continue
        merely_wide = found.severity is Severity.DANGEROUS and found.replacement is None
        if not (merely_wide and (protected or is_everyone([entry]))):
            raise _not_added(entry, found)


def change(
    entries: Sequence[Value], add: Sequence[str], remove: Sequence[str], version: str, own: Sequence[str]
) -> ListChange:
    """The list with `remove` (exactly as written) taken out and `add` put in, unless it is there already.

    `own`: the entries of this PC, which are put in when it would be locked out; () where the list is not used.
    Raises RefusedError for an entry that is not there, or that keeps this PC in.
    """
    unwanted = {trim(entry) for entry in remove}
    written = {trim(text_of(value)) for value in entries}
    for entry in sorted(unwanted - written):
        raise _not_there(entry, entries)
    kept = [value for value in entries if trim(text_of(value)) not in unwanted]
    there = {trim(text_of(value)) for value in kept}
    added = [entry for entry in dict.fromkeys(map(trim, add)) if entry not in there]
    for address in THIS_PC:
        if lets_in(entries, address) and not lets_in([*kept, *added], address):
            raise _keeps_this_pc(sorted(unwanted), address)
    if own and not lets_in([*kept, *added], THIS_PC[0]):
        added = [*(entry for entry in own if entry not in there | set(added)), *added]
    place = _place(kept, version) if added else len(kept)
    above = text_of(kept[place]) if place < len(kept) else None
    return ListChange(
        (*kept[:place], *added, *kept[place:]), tuple(added), tuple(sorted(unwanted)), above if added else None
    )


def lets_in(entries: Iterable[Value], address: str) -> bool:
    """Whether one of the entries that can be read lets in `address`."""
    asked = parse_address(address)
    return any(entry.admits(asked) for entry in readable(entries))


def covered_by(entries: Iterable[Value], entry: str) -> tuple[str, ...]:
    """The other entries that already let in all of `entry`; empty when they do not, or nobody can tell."""
    others = [value for value in entries if trim(text_of(value)) != trim(entry)]
    try:
        found = covers(others, entry)
    except (EntryError, ValueError):
        return ()
    return found.by if found.whole else ()


def _place(entries: Sequence[Value], version: str) -> int:
    """Where a new entry has to stand: above a line that is an error for everyone not let in before it."""
    if not bad_line_fails(version):
        return len(entries)
    return next((place for place, value in enumerate(entries) if ignored([value])), len(entries))


def _not_added(entry: str, found: EntryProblem) -> RefusedError:
    advice = found.advice
    if found.replacement:
        advice = f"Did you mean {' and '.join(map(shown, found.replacement))}?"
    return RefusedError(f"“{shown(entry)}” was not added: {found.title}", advice)


def _not_there(entry: str, entries: Sequence[Value]) -> RefusedError:
    by = covered_by(entries, entry)
    advice = f"It gets in by “{shown(by[0])}”." if by else "Write it exactly as the list shows it."
    return RefusedError(f"“{shown(entry)}” is not in the whitelist.", advice)


def _keeps_this_pc(unwanted: Sequence[str], address: str) -> RefusedError:
    entry = next((text for text in unwanted if lets_in([text], address)), address)
    return RefusedError(
        f"“{shown(entry)}” stays in the whitelist: it is what lets this PC open its own SillyTavern.",
        "Without it you would lock yourself out.",
    )
