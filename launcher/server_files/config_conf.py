"""Read config.conf (up to 1.11.8) as Node does, and change its values. PURE."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from launcher.server_files import script
from launcher.server_files.change import CannotEdit, edited
from launcher.server_files.list_items import BracketedItem, ItemEdit, bracketed, steps
from launcher.server_files.script import Cell
from launcher.server_files.splice import Splice, literal, pair_literal
from launcher.server_files.value import UNKNOWN, JSValue, UnreadableFile, Value

if TYPE_CHECKING:
    from tree_sitter import Node

# What SillyTavern reads from this file. All are UNKNOWN when the file does what `script` cannot follow.
KEYS = ("autorun", "basicAuthMode", "basicAuthUser", "listen", "port", "securityOverride", "whitelist", "whitelistMode")


def read(text: str, file_name: str = "config.conf") -> dict[str, JSValue]:
    """Return the exported values; UNKNOWN for one that only running the file would tell.

    Raises UnreadableFile where Node would stop.
    """
    return _ConfText(text, file_name).values


def edit(text: str, changes: Mapping[str, Value], file_name: str = "config.conf") -> str:
    """Return the text with the values at these dotted paths changed, and no other byte.

    Raises UnreadableFile when the text cannot be read, EditRefused when not exactly these keys would change.
    """
    return edited(text, file_name, changes, _ConfText)


class _ConfText:
    """A script and what it exports. Raises UnreadableFile where Node would stop."""

    def __init__(self, text: str, file_name: str) -> None:
        self.text = text
        self.data = text.encode("utf-8", "surrogatepass")
        try:
            self.exports = script.run(script.parse(text), file_name)
            values = script.to_value(self.exports)
        except RecursionError:
            raise UnreadableFile(file_name, "its values are nested too deeply") from None
        self.values: dict[str, JSValue] = values if isinstance(values, dict) else {}
        if values is UNKNOWN:
            self.values = dict.fromkeys(KEYS, UNKNOWN)

    def refused(self, reason: str, node: "Node | None" = None) -> CannotEdit:
        return CannotEdit(reason, node.start_point[0] + 1 if node else None)

    def span(self, node: "Node") -> tuple[int, int]:
        """Return where a node is in the text; the tree counts bytes."""
        start = len(self.data[: node.start_byte].decode("utf-8", "surrogatepass"))
        return start, start + len(script.source(node))

    def splices(self, path: str, value: Value) -> list[Splice]:
        """Return what gives `path` this value. Raises CannotEdit when other text would change with it."""
        parts = path.split(".")
        cell = self.exports
        for depth, part in enumerate(parts):
            if cell.content is UNKNOWN:
                raise self.refused("the file computes it, and Tavernkeep changes only plain values", cell.node)
            if not isinstance(cell.content, dict):
                if cell.content is None and cell.node:
                    return [Splice(*self.span(cell.node), f"{{ {pair_literal(parts[depth:], value)} }}")]
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
        return self.between(owner.node, [*kept, ItemEdit(None, pair_literal(parts, value))])

    def between(self, node: "Node", todo: list[ItemEdit]) -> list[Splice]:
        items = []
        for element in _elements(node):
            following = element.next_sibling
            while following is not None and following.type == "comment":
                following = following.next_sibling
            comma = following if following is not None and following.type == "," else None
            start, end = self.span(element)
            items.append(BracketedItem(start, end, self.span(comma)[1] if comma else None))
        return bracketed(self.text, self.span(node)[0] + 1, items, todo)


def _elements(node: "Node") -> list["Node"]:
    return [child for child in node.named_children if child.type != "comment"]
