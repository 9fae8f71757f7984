"""Read config.yaml (1.10.10 and later) as SillyTavern does, and change its values. PURE."""

import re
from collections.abc import Mapping

from launcher.server_files import yaml_lines
from launcher.server_files import yaml_tree as tree
from launcher.server_files.change import CannotEdit, edited
from launcher.server_files.list_items import BracketedItem, ItemEdit, bracketed, steps
from launcher.server_files.splice import (
    Splice,
    key_literal,
    line_number,
    line_start,
    literal,
    newline,
    next_line,
    pair_literal,
)
from launcher.server_files.value import JSValue, UnreadableFile, Value


def read(text: str, file_name: str = "config.yaml") -> dict[str, JSValue]:
    """Return the values; empty when the text holds no keys. Raises UnreadableFile where Node would fail."""
    return _YamlText(text, file_name).values


def edit(text: str, changes: Mapping[str, Value], file_name: str = "config.yaml") -> str:
    """Return the text with the values at these dotted paths changed, and no other byte.

    Raises UnreadableFile when the text cannot be read, EditRefused when not exactly these keys would change.
    """
    return edited(text, file_name, changes, _YamlText)


class _YamlText:
    """A text as a tree with positions. Raises UnreadableFile when npm `yaml` would refuse it."""

    def __init__(self, text: str, file_name: str) -> None:
        self.text = text
        try:
            self.document = yaml_lines.parse(text) or _whole_yaml(text, file_name)
            self.values = _values(self.document, file_name)
        except RecursionError:
            raise UnreadableFile(file_name, "its values are nested too deeply") from None

    def refused(self, reason: str, node: tree.Node) -> CannotEdit:
        return CannotEdit(reason, line_number(self.text, node.start))

    def splices(self, path: str, value: Value) -> list[Splice]:
        """Return what gives `path` this value. Raises CannotEdit when other text would change with it."""
        parts = path.split(".")
        root = self.document.root
        if root is None or (isinstance(root, tree.Scalar) and root.value is None):
            return [self.first_pair(root, parts, value)]
        if not isinstance(root, tree.Mapping):
            raise self.refused("the file holds no settings with names", root)
        place: tree.Mapping = root
        for depth, part in enumerate(parts, 1):
            pair = next((pair for pair in place.pairs if pair.name == part), None)
            if pair is None:
                return [self.new_pair(place, parts[depth - 1 :], value)]
            self.refuse_shared(pair.value)
            rest = parts[depth:]
            if not rest:
                return self.replaced(pair, value)
            if isinstance(pair.value, tree.Mapping):
                place = pair.value
            elif isinstance(pair.value, tree.Scalar) and pair.value.value is None:
                return [self.in_place(pair, f"{{ {pair_literal(rest, value)} }}")]
            else:
                raise self.refused(f"{'.'.join(parts[:depth])} holds no settings of its own", pair.value)
        raise AssertionError("a path has at least one part")

    def refuse_shared(self, node: tree.Node) -> None:
        if isinstance(node, tree.Alias):
            raise self.refused(f"its value is *{node.name}, which stands elsewhere in the file", node)
        if node.anchor and re.search(rf"\*{re.escape(node.anchor)}(?![^\s,\[\]{{}}])", self.text):
            raise self.refused(f"its value is used elsewhere as *{node.anchor}", node)

    def replaced(self, pair: tree.Pair, value: Value) -> list[Splice]:
        node = pair.value
        if isinstance(node, tree.Sequence) and isinstance(value, list):
            todo = steps([tree.to_value(item) for item in node.items], value)
            if node.is_flow:
                return bracketed(self.text, node.start + 1, self.flow_items(node), todo)
            return self.block_list(pair, node, todo)
        if isinstance(node, tree.Sequence | tree.Mapping) and not node.is_flow:
            lines = Splice(line_start(self.text, node.start), next_line(self.text, node.end), "")
            return [self.after_colon(pair, f" {literal(value)}"), lines]
        return [self.in_place(pair, literal(value))]

    def in_place(self, pair: tree.Pair, written: str) -> Splice:
        node = pair.value
        if node.start < node.end:
            end = node.start + len(self.text[node.start : node.end].rstrip("\r\n"))
            return Splice(node.start, end, written)
        if node.anchor or self.text[node.start - 1] == ":":
            return Splice(node.start, node.start, f" {written}")
        return Splice(node.start, node.start, f": {written}")

    def after_colon(self, pair: tree.Pair, written: str) -> Splice:
        colon = re.compile(r"[ \t]*:").match(self.text, pair.key.end)
        if not colon:
            raise self.refused("it is written in an unusual way", pair.key)
        return Splice(colon.end(), colon.end(), written)

    def flow_items(self, node: tree.Sequence) -> list[BracketedItem]:
        items = node.items
        ends = [*(following.start for following in items[1:]), node.end - 1][: len(items)]
        return [
            BracketedItem(item.start, item.end, self.comma_end(item.end, end))
            for item, end in zip(items, ends, strict=True)
        ]

    def comma_end(self, start: int, end: int) -> int | None:
        comma = re.compile(r"(?:[ \t\r\n]|(?<=[ \t\r\n])#[^\n]*)*,").match(self.text, start, end)
        return comma.end() if comma else None

    def block_list(self, pair: tree.Pair, node: tree.Sequence, todo: list[ItemEdit]) -> list[Splice]:
        dashes = [self.dash(item) for item in node.items]
        kept = {step.index for step in todo}
        splices = [
            Splice(line_start(self.text, dash), next_line(self.text, max(dash, item.end - 1)), "")
            for index, (dash, item) in enumerate(zip(dashes, node.items, strict=True))
            if index not in kept
        ]
        if not todo:
            return [self.after_colon(pair, " []"), *splices]
        place = line_start(self.text, dashes[0])
        lead = self.text[place : dashes[0]] + "- "
        for step in todo:
            if step.index is None:
                splices.append(self.new_line(place, f"{lead}{step.new}"))
                continue
            item = node.items[step.index]
            if step.new is not None:
                self.refuse_shared(item)
                splices.append(self.in_place(tree.Pair("", item, item), step.new))
            place = next_line(self.text, max(dashes[step.index], item.end - 1))
        return splices

    def dash(self, item: tree.Node) -> int:
        before = self.text[: item.start].rstrip()
        before = re.sub(r"(?:[&!]\S*\s*)+$", "", before).rstrip() if not before.endswith("-") else before
        if not before.endswith("-") or self.text[line_start(self.text, len(before)) : len(before) - 1].strip(" \ufeff"):
            raise self.refused("one of its lines is written in an unusual way", item)
        return len(before) - 1

    def new_line(self, place: int, line: str) -> Splice:
        """Return the splice that puts `line` at `place`: where a line begins, or the end of the text."""
        line_break = newline(self.text)
        if place > 0 and self.text[place - 1] != "\n":
            return Splice(place, place, f"{line_break}{line}")
        return Splice(place, place, f"{line}{line_break}")

    def new_pair(self, place: tree.Mapping, parts: list[str], value: Value) -> Splice:
        if place.is_flow:
            if not place.pairs:
                return Splice(place.start + 1, place.start + 1, pair_literal(parts, value))
            last, quoted = place.pairs[-1], self.text[place.pairs[0].key.start] == '"'
            return Splice(last.value.end, last.value.end, f", {pair_literal(parts, value, quoted)}")
        first, last = place.pairs[0], place.pairs[-1]
        indent = self.text[line_start(self.text, first.key.start) : first.key.start].lstrip("\ufeff")
        if indent.strip(" "):
            raise self.refused("its neighbours are written in an unusual way", first.key)
        lines = _block_lines(parts, value, indent, newline(self.text))
        after = max(last.value.end, last.key.end)
        return self.new_line(next_line(self.text, max(0, after - 1)), lines)

    def first_pair(self, root: tree.Scalar | None, parts: list[str], value: Value) -> Splice:
        lines = _block_lines(parts, value, "", newline(self.text))
        if root is not None and root.start < root.end:
            return Splice(root.start, root.end, lines)
        return self.new_line(self.document.end, lines)


def _values(document: tree.Document, file_name: str) -> dict[str, JSValue]:
    try:
        values = tree.to_value(document.root)
    except ValueError as error:
        raise UnreadableFile(file_name, str(error)) from error
    return values if isinstance(values, dict) else {}


def _whole_yaml(text: str, file_name: str) -> tree.Document:
    from launcher.server_files import yaml_parser  # Only here: ruamel.yaml takes a while to import.

    return yaml_parser.parse(text, file_name)


def _block_lines(parts: list[str], value: Value, indent: str, line_break: str) -> str:
    *parents, last = [f"{indent}{'  ' * depth}{key_literal(part)}:" for depth, part in enumerate(parts)]
    if not isinstance(value, list) or not value:
        return line_break.join([*parents, f"{last} {literal(value)}"])
    items = [f"{indent}{'  ' * len(parts)}- {literal(item)}" for item in value]
    return line_break.join([*parents, last, *items])
