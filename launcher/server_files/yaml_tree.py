"""A YAML text as a tree of values with their places, read as the npm package `yaml` reads it (YAML 1.2 core). PURE.

ruamel.yaml finds the tokens; what they mean is decided here, because its own resolution differs from npm's.
"""

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from launcher.server_files.splice import line_number
from launcher.server_files.value import UNKNOWN, JSValue, UnreadableFile

if TYPE_CHECKING:
    from ruamel.yaml.events import Event


@dataclass(frozen=True)
class Scalar:
    """`start` to `end` are the characters of the value, without `&anchor` and `!tag`; equal when nothing is written."""

    start: int
    end: int
    anchor: str | None
    value: JSValue


@dataclass(frozen=True)
class Sequence:
    """For a block sequence `end` is where its last item ends."""

    start: int
    end: int
    anchor: str | None
    items: "tuple[Node, ...]"
    is_flow: bool


@dataclass(frozen=True)
class Pair:
    """A key, as Node names the property, and its value."""

    name: str
    key: "Node"
    value: "Node"


@dataclass(frozen=True)
class Mapping:
    """For a block mapping `end` is where its last value ends."""

    start: int
    end: int
    anchor: str | None
    pairs: tuple[Pair, ...]
    is_flow: bool


@dataclass(frozen=True)
class Alias:
    """`*name`, standing for the node with that anchor."""

    start: int
    end: int
    name: str
    target: "Node"

    anchor = None


Node = Scalar | Sequence | Mapping | Alias


@dataclass(frozen=True)
class Document:
    """`root` is None when the text holds nothing. `end` is where a line may be added after everything else."""

    root: Node | None
    end: int


def parse(text: str, file_name: str) -> Document:
    """The one document of the text. UnreadableFile when npm `yaml` would refuse it, or we cannot follow it."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    readable, restore = _without_odd_characters(text)
    while True:
        try:
            return _Composer(text, file_name, restore).document(YAML(typ="safe", pure=True).parse(readable))
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            position = mark.index if mark else 0
            if readable[position : position + 1] == "\t" and _may_stand_for_a_space(readable, position):
                readable = f"{readable[:position]} {readable[position + 1 :]}"
                continue
            raise UnreadableFile(file_name, _in_words(error), mark.line + 1 if mark else None) from error
        except YAMLError as error:
            raise UnreadableFile(file_name, "a character in it is not allowed in YAML") from error


def _may_stand_for_a_space(text: str, position: int) -> bool:
    """npm takes a tab between tokens for a space; ruamel refuses it. As indentation neither takes it."""
    before = text[text.rfind("\n", 0, position) + 1 : position]
    return before.strip(" \t") not in ("", "-", "?")


def _without_odd_characters(text: str) -> tuple[str, Callable[[str], str]]:
    """Characters that ruamel refuses or takes for a line end, but npm takes for letters, move to a private plane."""
    odd = set(re.findall("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]", text))
    odd |= {"\r"} if re.search("\r(?!\n)", text) else set()
    odd |= {"\ufeff"} if "\ufeff" in text[1:] else set()
    if not odd:
        return text, lambda value: value
    plane = next(plane for plane in (0x100000, 0xF0000, 0xE0000) if not any(chr(plane + ord(c)) in text for c in odd))
    there = {character: chr(plane + ord(character)) for character in odd}
    back = {ord(moved): character for character, moved in there.items()}
    pattern = "\r(?!\n)|(?<!^)\ufeff|[" + "".join(re.escape(c) for c in odd - {"\r", "\ufeff"}) + "\x00]"
    return re.sub(pattern, lambda found: there.get(found[0], found[0]), text), lambda value: value.translate(back)


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
    "quoted scalar": "a quotation mark is not closed",
    "expected <block end>": "it does not fit the lines above it (quotes or indentation)",
    "another document": "a second document begins there",
}


def _in_words(error: Exception) -> str:
    said = " ".join(str(error).split())
    return next((words for sign, words in REASONS.items() if sign in said), said[:120].rstrip("."))


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
        start += properties.end() if properties else 0
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
        return found

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
            items.append(self.node(event, events))
        end = event.end_mark.index if is_flow or not items else items[-1].end
        return Sequence(start, end, anchor, tuple(items), is_flow)

    def mapping(self, start: int, anchor: str | None, is_flow: bool, events: "Iterator[Event]") -> Mapping:
        from ruamel.yaml.events import MappingEndEvent

        pairs: list[Pair] = []
        seen: set[tuple[str, str]] = set()
        while not isinstance(event := next(events), MappingEndEvent):
            key = self.node(event, events)
            if isinstance(key, Scalar):
                mark = (_kind(key.value), property_name(key.value))
                if mark in seen:
                    raise self.unreadable(f"the key {mark[1]} is there twice", key.start)
                seen.add(mark)
            value = self.node(next(events), events)
            pairs.append(Pair(self.name(key), key, self.placed(key, value)))
        end = event.end_mark.index if is_flow or not pairs else pairs[-1].value.end
        return Mapping(start, end, anchor, tuple(pairs), is_flow)

    def name(self, key: Node) -> str:
        while isinstance(key, Alias):
            key = key.target
        return property_name(key.value) if isinstance(key, Scalar) else self.text[key.start : key.end]

    def placed(self, key: Node, value: Node) -> Node:
        """A value that is not written stands, for ruamel, where the next token begins; here right after its colon."""
        if not isinstance(value, Scalar) or value.start != value.end or value.anchor:
            return value
        colon = _COLON.match(self.text, key.end)
        place = colon.end() if colon else key.end
        return Scalar(place, place, None, value.value)


_PROPERTIES = re.compile(r"(?:[&!]\S*\s*)*")
_COLON = re.compile(r"[ \t]*:")


def _kind(value: JSValue) -> str:
    return "number" if isinstance(value, int | float) and not isinstance(value, bool) else type(value).__name__


def property_name(value: JSValue) -> str:
    """The name that JavaScript gives a property with this key."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        words = {math.inf: "Infinity", -math.inf: "-Infinity"}
        return "NaN" if math.isnan(value) else words.get(value, repr(value))
    return str(value)


_CORE: list[tuple[str, re.Pattern[str], Callable[[str], JSValue]]] = [
    ("null", re.compile(r"(?:~|[Nn]ull|NULL)?"), lambda text: None),
    ("bool", re.compile(r"[Tt]rue|TRUE|[Ff]alse|FALSE"), lambda text: text[0] in "tT"),
    ("int", re.compile(r"0o[0-7]+"), lambda text: _number(float(int(text[2:], 8)))),
    ("int", re.compile(r"[-+]?[0-9]+"), lambda text: _number(float(text))),
    ("int", re.compile(r"0x[0-9a-fA-F]+"), lambda text: _number(float(int(text[2:], 16)))),
    ("float", re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.nan|\.NaN|\.NAN"), lambda text: float(text.replace(".", ""))),
    ("float", re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)[eE][-+]?[0-9]+"), lambda text: _number(float(text))),
    ("float", re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*)"), lambda text: _number(float(text))),
]
_CORE_TAG = "tag:yaml.org,2002:"


def _number(value: float) -> JSValue:
    """JavaScript has one kind of number; whole ones are int here as far as they are exact."""
    return int(value) if value.is_integer() and abs(value) <= 2**53 else value


def scalar_value(text: str, tag: str | None, is_plain: bool) -> JSValue:
    """What npm `yaml` makes of a scalar. UNKNOWN for a tag that only its 1.1 schema knows."""
    kind = tag.removeprefix(_CORE_TAG) if tag else None
    if kind in ("binary", "merge", "omap", "pairs", "set", "timestamp"):
        return UNKNOWN
    if kind is None and not is_plain:
        return text
    for name, pattern, value in _CORE:
        if kind in (None, name) and pattern.fullmatch(text):
            return value(text)
    return text


def to_value(node: Node | None) -> JSValue:
    """The node as Node sees it. ValueError when aliases multiply so that npm `yaml` refuses them."""
    return _Resolver().value(node)


class _Resolver:
    """Counts aliases as npm does: uses of an anchor times the aliases within it may not pass 100."""

    def __init__(self) -> None:
        self.uses: dict[int, int] = {}
        self.weights: dict[int, int] = {}
        self.values: dict[int, JSValue] = {}

    def value(self, node: Node | None) -> JSValue:
        if node is None:
            return None
        if isinstance(node, Alias):
            return self.aliased(node.target)
        found: JSValue
        if isinstance(node, Scalar):
            found = node.value
        elif isinstance(node, Sequence):
            found = [self.value(item) for item in node.items]
        else:
            found = {pair.name: self.value(pair.value) for pair in node.pairs}
        if node.anchor:
            self.values[id(node)] = found
        return found

    def aliased(self, target: Node) -> JSValue:
        if id(target) not in self.values:
            self.value(target)
        self.uses[id(target)] = self.uses.get(id(target), 1) + 1
        if not self.weights.get(id(target)):
            self.weights[id(target)] = self.weight(target)
        if self.uses[id(target)] * self.weights[id(target)] > 100:
            raise ValueError("aliases multiply beyond what SillyTavern reads")
        return self.values[id(target)]

    def weight(self, node: Node) -> int:
        if isinstance(node, Alias):
            return self.uses.get(id(node.target), 1) * self.weights.get(id(node.target), 0)
        if isinstance(node, Sequence):
            return max(map(self.weight, node.items), default=0)
        if isinstance(node, Mapping):
            return max((max(self.weight(pair.key), self.weight(pair.value)) for pair in node.pairs), default=0)
        return 1
