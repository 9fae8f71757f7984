"""Turn an old list into a new one with as few changed items as possible. PURE."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from launcher.server_files.splice import Splice, line_end, line_start, literal, newline, next_line
from launcher.server_files.value import JSValue


@dataclass(frozen=True)
class ItemEdit:
    """One item of the new list. `index`: which old item it was; None for an added one.

    `new`: its new text as the file will hold it; None for an old item that stays as it is.
    """

    index: int | None
    new: str | None = None


def steps(old: Sequence[JSValue], new: Sequence[JSValue]) -> list[ItemEdit]:
    """Return the items of the new list in order; an old item that is not among them goes.

    An item that only changes stays where it is, so the comment beside it still fits.
    """
    found: list[ItemEdit] = []
    matcher = SequenceMatcher(None, _names(old), _names(new), autojunk=False)
    for tag, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if tag == "equal":
            found += [ItemEdit(index) for index in range(old_from, old_to)]
        elif tag == "replace" and old_to - old_from == new_to - new_from:
            found += [
                ItemEdit(index, literal(_text(new[new_from + index - old_from]))) for index in range(old_from, old_to)
            ]
        else:
            found += [ItemEdit(None, literal(_text(item))) for item in new[new_from:new_to]]
    return found


def _names(items: Sequence[JSValue]) -> list[str]:
    return [f"s{item}" if isinstance(item, str) else f"?{item!r}" for item in items]


def _text(item: JSValue) -> str:
    """Return `item`. Raises ValueError when it is no text: such entries may stay in a list, but are never written."""
    if not isinstance(item, str):
        raise ValueError(f"{item!r} is no text")
    return item


@dataclass(frozen=True)
class BracketedItem:
    """Where an item between brackets starts and ends, and where the comma after it ends, if there is one."""

    start: int
    end: int
    comma_end: int | None

    @property
    def after(self) -> int:
        return self.comma_end or self.end


def bracketed(text: str, inside: int, items: Sequence[BracketedItem], todo: Sequence[ItemEdit]) -> list[Splice]:
    """Return the splices for the `[...]` or `{...}` of YAML or JavaScript whose content begins at `inside`.

    One item a line stays one item a line. A comma after the last item is allowed in both languages.
    """
    if not items:
        return [Splice(inside, inside, ", ".join(step.new or "" for step in todo))]
    if all(_has_own_lines(text, item) for item in items):
        return _by_lines(text, items, todo)
    if all(_is_bare(text[one.end : two.start]) for one, two in zip(items, items[1:], strict=False)):
        return [_in_line(text, items, todo)]
    return _among_comments(text, inside, items, todo)


def _has_own_lines(text: str, item: BracketedItem) -> bool:
    before = text[line_start(text, item.start) : item.start]
    after = text[item.after : line_end(text, item.after)].strip()
    return not before.strip(" \t") and (not after or after.startswith(("#", "//")))


def _is_bare(gap: str) -> bool:
    return not gap.strip(" \t,\r\n")


def _by_lines(text: str, items: Sequence[BracketedItem], todo: Sequence[ItemEdit]) -> list[Splice]:
    kept = {step.index for step in todo}
    splices = [
        Splice(line_start(text, item.start), next_line(text, item.after), "")
        for index, item in enumerate(items)
        if index not in kept
    ]
    place = line_start(text, items[0].start)
    indent = text[place : items[0].start]
    for number, step in enumerate(todo, 1):
        ends_bare = number == len(todo) and items[-1].comma_end is None
        if step.index is None:
            splices.append(Splice(place, place, f"{indent}{step.new}{'' if ends_bare else ','}{newline(text)}"))
            continue
        item = items[step.index]
        if step.new is not None:
            splices.append(Splice(item.start, item.end, step.new))
        if item.comma_end is None and not ends_bare:
            splices.append(Splice(item.end, item.end, ","))
        place = next_line(text, item.after)
    return splices


def _in_line(text: str, items: Sequence[BracketedItem], todo: Sequence[ItemEdit]) -> Splice:
    if not todo:
        return Splice(items[0].start, items[-1].after, "")
    written = ""
    before: ItemEdit | None = None
    for step in todo:
        old = None if step.index is None else items[step.index]
        if before is not None:
            neighbours = step.index is not None and before.index is not None and before.index == step.index - 1
            written += text[items[step.index - 1].end : items[step.index].start] if neighbours and step.index else ", "
        written += step.new if step.new is not None else text[old.start : old.end] if old else ""
        before = step
    return Splice(items[0].start, items[-1].end, written)


def _among_comments(text: str, inside: int, items: Sequence[BracketedItem], todo: Sequence[ItemEdit]) -> list[Splice]:
    kept = {step.index for step in todo}
    splices = [Splice(item.start, item.after, "") for index, item in enumerate(items) if index not in kept]
    last: BracketedItem | None = None
    for step in todo:
        if step.index is not None:
            last = items[step.index]
            if step.new is not None:
                splices.append(Splice(last.start, last.end, step.new))
        elif last is None:
            splices.append(Splice(inside, inside, f"{step.new}, "))
        elif last.comma_end is None:
            splices.append(Splice(last.end, last.end, f", {step.new}"))
        else:
            splices.append(Splice(last.comma_end, last.comma_end, f" {step.new},"))
    return splices
