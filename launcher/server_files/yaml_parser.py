"""Read any YAML with ruamel.yaml, corrected where npm `yaml`, which SillyTavern uses, differs. PURE."""

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from launcher.server_files.splice import line_end, line_number, line_start
from launcher.server_files.value import UnreadableFile
from launcher.server_files.yaml_tree import (
    Alias,
    Document,
    Mapping,
    Node,
    Pair,
    Scalar,
    Sequence,
    kind,
    property_name,
    scalar_value,
)

if TYPE_CHECKING:
    from ruamel.yaml.error import MarkedYAMLError
    from ruamel.yaml.events import Event


def parse(text: str, file_name: str) -> Document:
    """Return the one document of the text.

    Raises UnreadableFile when npm `yaml` would refuse it, or when Tavernkeep cannot tell what npm makes of it.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    readable, restore = _without_odd_characters(text)
    while True:
        try:
            return _Composer(text, file_name, restore).document(YAML(typ="safe", pure=True).parse(readable))
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            position = mark.index if mark else 0
            stand_in = _tab_as_npm_takes_it(readable, position)
            if stand_in:
                readable = f"{readable[:position]}{stand_in}{readable[position + 1 :]}"
                continue
            # Not `from error`: it quotes the line, which may hold the password, and tracebacks go to the log.
            raise UnreadableFile(file_name, _in_words(error), mark.line + 1 if mark else None) from None
        except YAMLError:
            raise UnreadableFile(file_name, "a character in it is not allowed in YAML") from None


def _tab_as_npm_takes_it(text: str, position: int) -> str | None:
    """Return what to put in place of a tab that ruamel refuses; None when npm refuses it too, as indentation.

    npm takes a tab for a space between tokens and for a letter within one.
    """
    if text[position : position + 1] != "\t":
        return None
    before = text[text.rfind("\n", 0, position) + 1 : position].strip(" \t")
    following = text[position : line_end(text, position)].strip(" \t")
    if not following or following.startswith("#"):
        return " "
    if before in ("", "-", "?"):
        return None if not before or re.search(r":(\s|$)|^[-?]\s", following) else " "
    if before[-1] in ":,[]{}'\"" or following[0] in ",[]{}" or re.match(r":(\s|$)", following):
        return " "
    return TAB


def _without_odd_characters(text: str) -> tuple[str, Callable[[str], str]]:
    """Return a text that ruamel accepts, and what turns its values back.

    npm takes some characters for letters that ruamel refuses or takes for line ends. They move to a private plane.
    """
    odd = set(re.findall("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]", text))
    odd |= {"\r"} if re.search("\r(?!\n)", text) else set()
    odd |= {"\ufeff"} if "\ufeff" in text[1:] else set()
    if not odd and "\t" not in text:
        return text, lambda value: value
    plane = next(plane for plane in (0x100000, 0xF0000, 0xE0000) if not any(chr(plane + ord(c)) in text for c in odd))
    there = {character: chr(plane + ord(character)) for character in odd}
    back = {ord(moved): character for character, moved in there.items()} | {ord(TAB): "\t"}
    pattern = "\r(?!\n)|(?<!^)\ufeff|[" + "".join(re.escape(c) for c in odd - {"\r", "\ufeff"}) + "\x00]"
    return re.sub(pattern, lambda found: there.get(found[0], found[0]), text), lambda value: value.translate(back)


# Stands for a tab within a value while ruamel reads it. No text has it: Unicode will never assign it.
TAB = "\U0010fffd"

REASONS = {
    "found character '\\t'": "tabs are not allowed as indentation",
    "mapping values are not allowed": "a colon followed by a space stands where it must be in quotes",
    "could not find expected ':'": "a key without its colon",
    "found undefined alias": "a value that begins with * must be in quotes",
    "while scanning an alias": "a value that begins with * must be in quotes",
    "while scanning an anchor": "a value that begins with & must be in quotes",
    "that cannot start any token": "a value begins with a character that must be in quotes",
    "expected ',' or ']'": "a list is not closed with ]",
    "expected ',' or '}'": "a { is not closed with }",
    "while parsing a flow": "a [ or { is not closed, or a comma is missing",
    "quoted scalar": "a quotation mark is not closed",
    "expected <block end>": "it does not fit the lines above it (quotes or indentation)",
    "another document": "a second document begins there",
}


def _in_words(error: "MarkedYAMLError") -> str:
    said = f"{error.context or ''} {error.problem or ''}"
    return next((words for sign, words in REASONS.items() if sign in said), said.strip())


class _Composer:
    """Builds the tree from the events of one parse."""

    def __init__(self, text: str, file_name: str, restore: Callable[[str], str]) -> None:
        self.text = text
        self.file_name = file_name
        self.restore = restore
        self.anchors: dict[str, Node | None] = {}

    def document(self, events: "Iterator[Event]") -> Document:
        from ruamel.yaml.events import DocumentStartEvent, StreamEndEvent

        next(events)
        event = next(events)
        if isinstance(event, StreamEndEvent):
            return Document(None, len(self.text))
        if isinstance(event, DocumentStartEvent) and event.version and tuple(event.version) != (1, 2):
            raise UnreadableFile(self.file_name, "it asks for another YAML than 1.2, which Tavernkeep does not read", 1)
        root = self.node(next(events), events)
        end_of_document = next(events)
        is_marked = self.text[end_of_document.start_mark.index :].startswith("...")
        end = end_of_document.start_mark.index if is_marked else len(self.text)
        following = next(events)
        if not isinstance(following, StreamEndEvent):
            raise self.unreadable("a second document begins there", following.start_mark.index)
        return Document(root, end)

    def unreadable(self, reason: str, position: int) -> UnreadableFile:
        return UnreadableFile(self.file_name, reason, line_number(self.text, position))

    def node(self, event: "Event", events: "Iterator[Event]") -> Node:
        from ruamel.yaml.events import AliasEvent, MappingStartEvent, NodeEvent, ScalarEvent, SequenceStartEvent

        start, end = event.start_mark.index, event.end_mark.index
        if isinstance(event, AliasEvent):
            return self.alias(str(event.anchor), start, end)
        anchor = str(event.anchor) if isinstance(event, NodeEvent) and event.anchor else None
        tag = (
            str(event.tag)
            if isinstance(event, ScalarEvent | SequenceStartEvent | MappingStartEvent) and event.tag
            else None
        )
        properties = _PROPERTIES.match(self.text[start:end]) if anchor or tag else None
        if properties:
            start += properties.end()
            if start < end and not self.text[start - 1].isspace():
                raise self.unreadable("a blank is missing after an anchor or a tag", start)
        if anchor:
            self.anchors[anchor] = None
        found: Node
        if isinstance(event, ScalarEvent):
            is_plain = event.style is None and event.implicit[0] and not tag
            value = self.restore(event.value)
            found = Scalar(min(start, end), end, anchor, scalar_value(value, tag, is_plain))
        elif isinstance(event, SequenceStartEvent):
            found = self.sequence(start, anchor, bool(event.flow_style), events)
        elif isinstance(event, MappingStartEvent):
            found = self.mapping(start, anchor, bool(event.flow_style), events)
        else:
            raise TypeError(f"no node begins with {event!r}")
        if anchor:
            self.anchors[anchor] = found
        if self.text[end - 1 : end] in "'\"" or not isinstance(found, Scalar):
            self.refuse_comment_at(found.end if isinstance(found, Scalar) or found.is_flow else None)
        return found

    def refuse_comment_at(self, position: int | None) -> None:
        if position is not None and self.text[position : position + 1] == "#":
            raise self.unreadable("a blank is missing before a comment", position)

    def alias(self, name: str, start: int, end: int) -> Alias:
        if name not in self.anchors:
            raise self.unreadable("a value that begins with * must be in quotes", start)
        target = self.anchors[name]
        if target is None:
            raise self.unreadable("it refers to itself", start)
        return Alias(start, end, name, target)

    def sequence(self, start: int, anchor: str | None, is_flow: bool, events: "Iterator[Event]") -> Sequence:
        from ruamel.yaml.events import SequenceEndEvent

        items = []
        while not isinstance(event := next(events), SequenceEndEvent):
            item = self.node(event, events)
            if not is_flow:
                self.refuse_outdent(item, start)
            items.append(item)
        end = event.end_mark.index if is_flow or not items else items[-1].end
        return Sequence(start, end, anchor, tuple(items), is_flow)

    def mapping(self, start: int, anchor: str | None, is_flow: bool, events: "Iterator[Event]") -> Mapping:
        from ruamel.yaml.events import MappingEndEvent

        pairs: list[Pair] = []
        seen: set[tuple[str, str]] = set()
        while not isinstance(event := next(events), MappingEndEvent):
            key = self.node(event, events)
            if isinstance(key, Scalar):
                mark = (kind(key.value), property_name(key.value))
                if mark in seen:
                    raise self.unreadable(f"the key {mark[1]} is there twice", key.start)
                seen.add(mark)
            value = self.node(next(events), events)
            if not is_flow:
                self.refuse_outdent(value, key.start)
            pairs.append(Pair(self.name(key, is_flow), key, self.placed(key, value)))
        end = event.end_mark.index if is_flow or not pairs else pairs[-1].value.end
        return Mapping(start, end, anchor, tuple(pairs), is_flow)

    def refuse_outdent(self, node: Node, parent: int) -> None:
        """Refuse what npm refuses: a line of a value that is not right of its key or dash. A closing bracket may be."""
        if isinstance(node, Alias) or "\n" not in self.text[node.start : node.end]:
            return
        column = len(self.text[line_start(self.text, parent) : parent].lstrip("\ufeff"))
        own_line = line_start(self.text, node.start)
        if isinstance(node, Scalar) and own_line > parent and node.start - own_line <= column:
            raise self.unreadable("this line must be indented further", node.start)
        is_quoted = isinstance(node, Scalar) and self.text[node.start] in "'\""
        if not is_quoted and (isinstance(node, Scalar) or not node.is_flow):
            return
        first = self.text.index("\n", node.start) + 1
        for line in re.finditer(r"( *)([^\n]*)", self.text[first : node.end]):
            indent, rest = len(line[1]), line[2].strip("\r")
            is_closing = not is_quoted and indent == column and first + line.end() == node.end and rest in ("]", "}")
            is_let_be = not rest or (not is_quoted and rest.startswith("#")) or is_closing
            if indent <= column and not is_let_be:
                raise self.unreadable("this line must be indented further", first + line.start())

    def name(self, key: Node, is_flow: bool) -> str:
        """Return `value`. One that is not written moves behind its colon: ruamel puts it at the next token."""
        while isinstance(key, Alias):
            key = key.target
        if not isinstance(key, Scalar) or key.start == key.end or (is_flow and self.text[key.end - 1] == ":"):
            raise self.unreadable("a colon stands without a name before it or a blank after it", key.start)
        return property_name(key.value)

    def placed(self, key: Node, value: Node) -> Node:
        """Return `value`; a value that is not written moves behind its colon, for ruamel puts it at the next token."""
        if not isinstance(value, Scalar) or value.start != value.end or value.anchor:
            return value
        colon = _COLON.match(self.text, key.end)
        place = colon.end() if colon else key.end
        return Scalar(place, place, None, value.value)


_PROPERTIES = re.compile(r"(?:[&!][^\s,\[\]{}]*\s*)*")
_COLON = re.compile(r"[ \t]*:")
