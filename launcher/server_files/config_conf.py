"""config.conf (up to 1.11.8): its values as Node gets them, and text with one value changed. PURE."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from launcher.server_files import script
from launcher.server_files.change import edited
from launcher.server_files.list_items import Item, ItemEdit, bracketed, steps
from launcher.server_files.script import Cell
from launcher.server_files.splice import Splice, apply, literal
from launcher.server_files.value import (
    UNKNOWN,
    EditRefused,
    JSValue,
    UnreadableFile,
    Value,
    lookup,
    same,
)

if TYPE_CHECKING:
    from tree_sitter import Node

# What SillyTavern asks this file for. Each is UNKNOWN when the file does things that cannot be followed.
KEYS = ("autorun", "basicAuthMode", "basicAuthUser", "listen", "port", "securityOverride", "whitelist", "whitelistMode")


def read(text: str, file_name: str = "config.conf") -> dict[str, JSValue]:
    """The exported values; a value that only running the file would tell is UNKNOWN.

    Raises UnreadableFile where Node would stop.
    """
    try:
        return _values(script.run(script.parse(text), file_name))
    except RecursionError:
        raise UnreadableFile(file_name, "its values are nested too deeply") from None


def edit(text: str, changes: Mapping[str, Value], file_name: str = "config.conf") -> str:
    """The text with the values at these dotted paths changed, and no other byte.

    Raises UnreadableFile when the text cannot be read, EditRefused when not exactly these keys would change.
    """
    return edited(text, changes, file_name, read, _with_value)


def _with_value(text: str, path: str, value: Value, file_name: str) -> str:
    return _Edit(text, file_name, path).to(value)


def _values(exports: Cell) -> dict[str, JSValue]:
    values = script.to_value(exports)
    if values is UNKNOWN:
        return dict.fromkeys(KEYS, UNKNOWN)
    return values if isinstance(values, dict) else {}


class _Edit:
    """One value of one text."""

    def __init__(self, text: str, file_name: str, path: str) -> None:
        self.text = text
        self.data = text.encode("utf-8", "surrogatepass")
        self.file_name = file_name
        self.path = path
        self.exports = script.run(script.parse(text), file_name)

    def to(self, value: Value) -> str:
        current = lookup(_values(self.exports), self.path)
        if current is not None and same(current, [*value] if isinstance(value, list) else value):
            return self.text
        return apply(self.text, self.splices(value))

    def refused(self, reason: str, node: "Node | None" = None) -> EditRefused:
        return EditRefused(self.file_name, self.path, reason, node.start_point[0] + 1 if node else None)

    def span(self, node: "Node") -> tuple[int, int]:
        """Where a node stands in the text; the tree counts bytes."""
        start = len(self.data[: node.start_byte].decode("utf-8", "surrogatepass"))
        return start, start + len(script.source(node))

    def splices(self, value: Value) -> list[Splice]:
        parts = self.path.split(".")
        cell = self.exports
        for depth, part in enumerate(parts):
            if cell.content is UNKNOWN:
                raise self.refused("the file computes it, and Tavernkeep changes only plain values", cell.node)
            if not isinstance(cell.content, dict):
                if cell.content is None and cell.node:
                    return [Splice(*self.span(cell.node), f"{{ {_inline(parts[depth:], value)} }}")]
                raise self.refused(f"{'.'.join(parts[:depth])} holds no settings of its own", cell.node)
            if part not in cell.content:
                return self.new_property(cell, parts[depth:], value)
            cell = cell.content[part]
        return self.replaced(cell, value)

    def replaced(self, cell: Cell, value: Value) -> list[Splice]:
        if cell.content is UNKNOWN:
            raise self.refused("the file computes it, and Tavernkeep changes only plain values", cell.node)
        if cell.node is None:
            raise self.refused("its value stands in no single place")
        if isinstance(cell.content, list) and isinstance(value, list):
            old = script.to_value(cell)
            return self.between(cell.node, steps(old if isinstance(old, list) else [], value))
        return [Splice(*self.span(cell.node), literal(value))]

    def new_property(self, owner: Cell, parts: list[str], value: Value) -> list[Splice]:
        if owner.node is None or owner.node.type != "object":
            raise self.refused("the file has no module.exports = { ... } to add it to", owner.node)
        kept = [ItemEdit(index) for index, _ in enumerate(_elements(owner.node))]
        return self.between(owner.node, [*kept, ItemEdit(None, _inline(parts, value))])

    def between(self, node: "Node", todo: list[ItemEdit]) -> list[Splice]:
        items = []
        for element in _elements(node):
            following = element.next_sibling
            while following is not None and following.type == "comment":
                following = following.next_sibling
            comma = following if following is not None and following.type == "," else None
            start, end = self.span(element)
            items.append(Item(start, end, self.span(comma)[1] if comma else None))
        return bracketed(self.text, self.span(node)[0] + 1, items, todo)


def _elements(node: "Node") -> list["Node"]:
    return [child for child in node.named_children if child.type != "comment"]


def _inline(parts: list[str], value: Value) -> str:
    written = literal(value)
    for part in reversed(parts[1:]):
        written = f"{{ {_key(part)}: {written} }}"
    return f"{_key(parts[0])}: {written}"


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z_]\w*", name, re.ASCII) else literal(name)
