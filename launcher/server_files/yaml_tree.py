"""The tree of a YAML text, each value with its position, and what npm `yaml` (YAML 1.2 core) makes of it. PURE."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass

from launcher.access.javascript import double
from launcher.server_files.value import UNKNOWN, JSValue, js_number


@dataclass(frozen=True)
class Scalar:
    """Text[start:end] is the value, without `&anchor` and `!tag`; `start` is `end` when nothing is written."""

    start: int
    end: int
    anchor: str | None
    value: JSValue


@dataclass(frozen=True)
class Sequence:
    """A list. `end`: in a block list, where its last item ends."""

    start: int
    end: int
    anchor: str | None
    items: "tuple[Node, ...]"
    is_flow: bool


@dataclass(frozen=True)
class Pair:
    """A key and its value. `name`: the property that Node makes of the key."""

    name: str
    key: "Node"
    value: "Node"


@dataclass(frozen=True)
class Mapping:
    """Keys and values. `end`: in a block mapping, where its last value ends."""

    start: int
    end: int
    anchor: str | None
    pairs: tuple[Pair, ...]
    is_flow: bool


@dataclass(frozen=True)
class Alias:
    """`*name`: the node with that anchor once more."""

    start: int
    end: int
    name: str
    target: "Node"

    anchor = None


Node = Scalar | Sequence | Mapping | Alias


@dataclass(frozen=True)
class Document:
    """`root`: None when the text holds nothing. `end`: where a line may be added below everything else."""

    root: Node | None
    end: int


def kind(value: JSValue) -> str:
    return "number" if isinstance(value, int | float) and not isinstance(value, bool) else type(value).__name__


def property_name(value: JSValue) -> str:
    """Return the name that JavaScript gives a property with this key."""
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
    ("int", re.compile(r"0o[0-7]+"), lambda text: js_number(double(int(text[2:], 8)))),
    ("int", re.compile(r"[-+]?[0-9]+"), lambda text: js_number(float(text))),
    ("int", re.compile(r"0x[0-9a-fA-F]+"), lambda text: js_number(double(int(text[2:], 16)))),
    ("float", re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.nan|\.NaN|\.NAN"), lambda text: float(text.replace(".", ""))),
    ("float", re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)[eE][-+]?[0-9]+"), lambda text: js_number(float(text))),
    ("float", re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*)"), lambda text: js_number(float(text))),
]
_CORE_TAG = "tag:yaml.org,2002:"


def scalar_value(text: str, tag: str | None, is_plain: bool) -> JSValue:
    """Return what npm `yaml` makes of a scalar; UNKNOWN for a tag that only its 1.1 schema knows."""
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
    """Return the value of the node. Raises ValueError when aliases multiply so that npm `yaml` refuses them."""
    return _Resolver().value(node)


class _Resolver:
    """Counts aliases as npm does, against files that blow up: uses of an anchor times aliases in it is at most 100."""

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
