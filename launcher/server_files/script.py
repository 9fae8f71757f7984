"""Find out what a script such as config.conf exports, without running it. PURE.

Declarations, literals, names and assignments are followed. Everything else makes UNKNOWN of what it could change, so
that no value is ever guessed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from launcher.server_files.script_literals import number, string
from launcher.server_files.value import UNDEFINED, UNKNOWN, JSValue, Undefined, Unknown, UnreadableFile

if TYPE_CHECKING:
    from tree_sitter import Node


Content = bool | int | float | str | None | Unknown | Undefined | list["Cell"] | dict[str, "Cell"]


@dataclass(eq=False)
class Cell:
    """A value and the node that wrote it, if any. Two names of one object share one cell."""

    content: Content
    node: "Node | None"


# What Node declares itself; any other undeclared name ends the script with a ReferenceError.
GLOBALS = {"Array", "Boolean", "Buffer", "Date", "JSON", "Map", "Math", "Number", "Object", "Promise", "RegExp", "Set"}
GLOBALS |= {"String", "URL", "clearTimeout", "console", "isNaN", "parseFloat", "parseInt", "process", "require"}
GLOBALS |= {"setTimeout", "structuredClone", "__dirname", "__filename"}
# Through these a script can change its own exports in ways that are not followed here.
ROADS_TO_EXPORTS = {"module", "exports", "eval", "this", "Function", "globalThis", "global"}
GLOBALS |= ROADS_TO_EXPORTS


def parse(text: str) -> "Node":
    """Return the root of the syntax tree; positions count bytes of the text in UTF-8."""
    import tree_sitter
    import tree_sitter_javascript

    language = tree_sitter.Language(tree_sitter_javascript.language())
    return tree_sitter.Parser(language).parse(text.encode("utf-8", "surrogatepass")).root_node


def run(root: "Node", file_name: str) -> Cell:
    """Return what the script exports, usually a dict. Raises UnreadableFile where Node would stop."""
    return _Script(root, file_name).run()


def to_value(cell: Cell, within: tuple[Cell, ...] = ()) -> JSValue:
    """Return the content as plain values. Undefined ones are left out of objects; a cell within itself is UNKNOWN."""
    content = cell.content
    if cell in within:
        return UNKNOWN
    if isinstance(content, Undefined):
        return None
    inner = (*within, cell)
    if isinstance(content, list):
        return [to_value(item, inner) for item in content]
    if isinstance(content, dict):
        return {key: to_value(item, inner) for key, item in content.items() if item.content is not UNDEFINED}
    return content


def source(node: "Node") -> str:
    return (node.text or b"").decode("utf-8", "surrogatepass")


def walk(node: "Node") -> Iterator["Node"]:
    yield node
    for child in node.children:
        yield from walk(child)


class _Script:
    def __init__(self, root: "Node", file_name: str) -> None:
        self.root = root
        self.file_name = file_name
        self.exports = Cell({}, None)
        self.names: dict[str, Cell] = {"exports": self.exports}
        self.constants: set[str] = set()
        self.declared: set[str] = set()
        self.touched: set[str] = set()

    def run(self) -> Cell:
        self.refuse_broken_syntax()
        if any(child.type in ("import_statement", "export_statement") for child in self.root.children):
            return self.module()
        self.declare_ahead()
        for statement in self.root.named_children:
            if statement.type == "return_statement":
                break
            self.statement(statement)
        for name in self.touched:
            self.taint(name)
        if self.touched & ROADS_TO_EXPORTS:
            _forget(self.exports)
            self.exports = Cell(UNKNOWN, None)
        return self.exports

    def unreadable(self, reason: str, node: "Node") -> UnreadableFile:
        return UnreadableFile(self.file_name, reason, node.start_point[0] + 1)

    def refuse_broken_syntax(self) -> None:
        for node in walk(self.root):
            if node.type == "regex" and source(node).startswith("/*"):
                raise self.unreadable("a comment is not closed", node)
            if node.is_error or node.is_missing:
                raise self.unreadable("it is no correct JavaScript", node)

    def module(self) -> Cell:
        """Return the exports of a script with import or export: `require` sees only the named ones."""
        names: dict[str, Cell] = {}
        for node in walk(self.root):
            if node.type == "identifier" and source(node) == "module":
                raise self.unreadable("it has both module.exports and import or export", node)
        for child in self.root.children:
            declaration = child.child_by_field_name("declaration") if child.type == "export_statement" else None
            if declaration:
                names |= {name: Cell(UNKNOWN, None) for name in _declared_names(declaration)}
        return Cell(names, None)

    def declare_ahead(self) -> None:
        lexical: set[str] = set()
        for statement in self.root.named_children:
            for name in _declared_names(statement):
                if statement.type in ("lexical_declaration", "class_declaration"):
                    if name in self.declared or name in lexical:
                        raise self.unreadable(f"{name} is declared twice", statement)
                    lexical.add(name)
                elif name in lexical:
                    raise self.unreadable(f"{name} is declared twice", statement)
                else:
                    is_variable = statement.type == "variable_declaration"
                    self.names[name] = Cell(UNDEFINED if is_variable else UNKNOWN, None)
                self.declared.add(name)

    def statement(self, node: "Node") -> None:
        if node.type in ("comment", "empty_statement", "hash_bang_line", "html_comment"):
            return
        if node.type in ("lexical_declaration", "variable_declaration"):
            for declarator in node.named_children:
                if declarator.type == "variable_declarator":
                    self.declarator(declarator, source(node.children[0]))
        elif node.type == "expression_statement":
            self.expression(node.named_children[0])
        else:
            self.touch(node)

    def declarator(self, node: "Node", kind: str) -> None:
        name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
        if name is None or (kind == "const" and value is None):
            raise self.unreadable("a const has no value", node)
        if name.type != "identifier":
            self.touch(node)
            self.names |= {bound: Cell(UNKNOWN, None) for bound in _declared_names(node)}
            return
        if value is not None:
            self.names[source(name)] = self.expression(value)
        elif kind == "let":
            self.names[source(name)] = Cell(UNDEFINED, None)
        if kind == "const":
            self.constants.add(source(name))

    def expression(self, node: "Node") -> Cell:
        match node.type:
            case "identifier":
                return self.named(node)
            case "parenthesized_expression":
                inner = [child for child in node.named_children if child.type != "comment"]
                return self.expression(inner[0]) if len(inner) == 1 else self.opaque(node)
            case "array":
                return self.array(node)
            case "object":
                return self.object(node)
            case "assignment_expression":
                return self.assignment(node)
            case "unary_expression":
                return self.unary(node)
            case "member_expression" | "subscript_expression":
                return self.member(node)
        return Cell(self.literal(node), node) if node.type in _LITERALS else self.opaque(node)

    def literal(self, node: "Node") -> Content:
        if node.type in ("true", "false"):
            return node.type == "true"
        if node.type == "null":
            return None
        if node.type == "undefined":
            return UNDEFINED
        if node.type == "number":
            return number(source(node))
        if node.type == "template_string" and any(child.type == "template_substitution" for child in node.children):
            self.touch(node)
            return UNKNOWN
        if node.type == "string" and re.search(r"(?<!\\)(?:\\\\)*(?<!\r)[\r\n]", source(node)):
            raise self.unreadable("a quotation mark is not closed", node)
        try:
            return string(source(node))
        except ValueError as error:
            raise self.unreadable("a string holds a wrong escape", node) from error

    def named(self, node: "Node") -> Cell:
        name = source(node)
        if name in self.names:
            return self.names[name]
        if name in ("NaN", "Infinity"):
            return Cell(float(name), node)
        if name not in GLOBALS:
            reason = f"{name} is used before its line" if name in self.declared else f"{name} is not defined"
            raise self.unreadable(reason, node)
        return self.opaque(node)

    def array(self, node: "Node") -> Cell:
        items: list[Cell] = []
        after_comma = True
        for child in node.children[1:-1]:
            if child.type == "comment":
                continue
            if child.type == "spread_element" or (child.type == "," and after_comma):
                return self.opaque(node)
            after_comma = child.type == ","
            if child.type != ",":
                items.append(self.expression(child))
        return Cell(items, node)

    def object(self, node: "Node") -> Cell:
        found: dict[str, Cell] = {}
        parts = [child for child in node.children if child.type != "comment"]
        for child, following in zip(parts, parts[1:], strict=False):
            if following.type == "," and child.type in ("{", ","):
                raise self.unreadable("a comma stands where a setting should be", following)
            if not child.is_named:
                continue
            if child.type == "shorthand_property_identifier":
                found[source(child)] = self.named(child)
                continue
            if child.type == "spread_element":
                spread = self.expression(child.named_children[0]).content
                if not isinstance(spread, dict):
                    return self.opaque(node)
                found |= spread
                continue
            key = child.child_by_field_name("key" if child.type == "pair" else "name")
            name = self.key(key) if key else None
            if name is None or name == "__proto__":
                return self.opaque(node)
            value = child.child_by_field_name("value")
            found[name] = self.expression(value) if child.type == "pair" and value else self.opaque(child)
        return Cell(found, node)

    def key(self, node: "Node") -> str | None:
        if node.type == "property_identifier":
            return source(node)
        if node.type == "computed_property_name":
            content = self.expression(node.named_children[0]).content
        else:
            content = self.literal(node) if node.type in _LITERALS else UNKNOWN
        if isinstance(content, bool) or not isinstance(content, str | int):
            return None
        return str(content)

    def unary(self, node: "Node") -> Cell:
        operator, argument = source(node.children[0]), node.child_by_field_name("argument")
        content = self.expression(argument).content if argument else UNKNOWN
        if isinstance(content, bool):
            return Cell(not content, node) if operator == "!" else self.opaque(node)
        if operator in ("-", "+") and isinstance(content, int | float):
            return Cell(-content if operator == "-" else content, node)
        return self.opaque(node)

    def place(self, node: "Node") -> tuple["Node | None", str | None]:
        """Return the object and the property name of a member expression; None for what is not plain."""
        owner = node.child_by_field_name("object")
        if node.type == "member_expression":
            name = node.child_by_field_name("property")
            return owner, source(name) if name and not any(c.type == "optional_chain" for c in node.children) else None
        index = node.child_by_field_name("index")
        content = self.expression(index).content if index else None
        return owner, content if isinstance(content, str) else None

    def is_module(self, node: "Node") -> bool:
        return source(node) == "module" and "module" not in self.declared

    def member(self, node: "Node") -> Cell:
        owner, name = self.place(node)
        if owner is None or name is None or source(owner) == "module":
            return self.exports if owner and self.is_module(owner) and name == "exports" else self.opaque(node)
        content = self.expression(owner).content
        return content[name] if isinstance(content, dict) and name in content else self.opaque(node)

    def assignment(self, node: "Node") -> Cell:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is None or right is None:
            return self.opaque(node)
        if left.type == "identifier":
            return self.assigned(left, self.expression(right))
        if left.type not in ("member_expression", "subscript_expression"):
            return self.opaque(node)
        owner, name = self.place(left)
        if owner and self.is_module(owner) and name == "exports":
            self.exports = self.expression(right)
            return self.exports
        target = self.expression(owner).content if owner and name and name != "__proto__" else UNKNOWN
        if name is None or not isinstance(target, dict):
            return self.opaque(node)
        target[name] = self.expression(right)
        return target[name]

    def assigned(self, left: "Node", cell: Cell) -> Cell:
        name = source(left)
        if name in self.constants:
            raise self.unreadable(f"{name} is a const and is given a second value", left)
        if name in ROADS_TO_EXPORTS and name != "exports":
            self.touched.add(name)
        if name in self.declared and name not in self.names:
            raise self.unreadable(f"{name} is used before its line", left)
        self.names[name] = cell
        return cell

    def opaque(self, node: "Node") -> Cell:
        self.touch(node)
        return Cell(UNKNOWN, node)

    def touch(self, node: "Node") -> None:
        """Treat all that this node mentions as possibly changed by it."""
        for inner in walk(node):
            if inner.type in _MENTIONS:
                name = source(inner)
                self.touched.add(name)
                self.taint(name)

    def taint(self, name: str) -> None:
        cell = self.names.get(name)
        if cell is None:
            return
        if isinstance(cell.content, list | dict):
            _forget(cell)
        elif name not in self.constants:
            cell.content = UNKNOWN


def _forget(cell: Cell) -> None:
    content = cell.content
    if not isinstance(content, list | dict):
        return
    cell.content = UNKNOWN
    for inner in content.values() if isinstance(content, dict) else content:
        _forget(inner)


def _declared_names(node: "Node") -> list[str]:
    """Return the names that a declaration (or one declarator) binds at the top of the script."""
    if node.type in ("lexical_declaration", "variable_declaration"):
        return [name for child in node.named_children for name in _declared_names(child)]
    if node.type in ("function_declaration", "generator_function_declaration", "class_declaration"):
        name = node.child_by_field_name("name")
        return [source(name)] if name else []
    pattern = node.child_by_field_name("name") if node.type == "variable_declarator" else None
    if pattern is None:
        return []
    kinds = ("identifier", "shorthand_property_identifier_pattern")
    return [source(inner) for inner in walk(pattern) if inner.type in kinds]


_MENTIONS = ("identifier", "shorthand_property_identifier", "shorthand_property_identifier_pattern", "this")
_LITERALS = ("true", "false", "null", "undefined", "number", "string", "template_string")
