"""A YAML text as a tree of values with their places, and what they mean to npm `yaml` (YAML 1.2 core). PURE."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass

from launcher.access.javascript import double
from launcher.server_files.value import UNKNOWN, JSValue


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


def kind(value: JSValue) -> str:
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
    ("int", re.compile(r"0o[0-7]+"), lambda text: _number(double(int(text[2:], 8)))),
    ("int", re.compile(r"[-+]?[0-9]+"), lambda text: _number(float(text))),
    ("int", re.compile(r"0x[0-9a-fA-F]+"), lambda text: _number(double(int(text[2:], 16)))),
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
