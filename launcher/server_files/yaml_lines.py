"""Read fast, without ruamel.yaml, the YAML that SillyTavern's own files use: one value a line. PURE.

For any other text the result is None, and `yaml_parser` reads it. Both give the same tree.
"""

import re
from dataclasses import dataclass

from launcher.server_files.yaml_tree import Document, Mapping, Node, Pair, Scalar, Sequence, scalar_value

_VALUE = r"""
    "(?P<double>[^"\\]*)" | '(?P<single>[^']*)' | (?P<flow>[\[{][^\#]*[\]}])
    | (?P<plain>(?:[\w./~+] | -(?=[\w.]) | :(?=[\w:]))
        (?:[\w./~+*@%=;&!?$<>()'"|^-] | :(?=[\w./~+:*-]) | [ ](?=[\w./~+*@%=;&!?$<>()'"|^-]))*)
"""
_LINE = re.compile(
    rf"(?P<indent>[ ]*)(?:(?P<dash>-)[ ]+|(?P<key>[A-Za-z_][\w.-]*):(?:[ ]+|$))(?:{_VALUE})?[ ]*(?:(?<=[ ])\#.*)?",
    re.VERBOSE | re.ASCII,
)
_NOT_ALL_PLAIN = re.compile("[\x00-\x08\t\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]|\r(?!\n)")
# YAML takes these keys for something else than text.
_NO_NAMES = re.compile("null|true|false", re.IGNORECASE)


@dataclass(frozen=True)
class _Line:
    """`start`: where its first letter is. `value`: what is after the dash or the colon; `after`: where that begins."""

    indent: int
    start: int
    key: str | None
    value: Node | None
    after: int


class _NotPlain(Exception):
    """The text needs a complete YAML parser."""


def parse(text: str) -> Document | None:
    """Return the tree; None when the text is not this simple. It may be correct YAML all the same."""
    if _NOT_ALL_PLAIN.search(text) or "\ufeff" in text[1:]:
        return None
    try:
        lines = _lines(text)
        if not lines:
            return Document(None, len(text))
        root, count = _mapping(lines, 0)
    except _NotPlain:
        return None
    return Document(root, len(text)) if count == len(lines) and lines[0].indent == 0 else None


def _lines(text: str) -> list[_Line]:
    found, position = [], 1 if text.startswith("\ufeff") else 0
    for line in text[position:].split("\n"):
        content = line.removesuffix("\r")
        if content.strip(" ") and not content.lstrip(" ").startswith("#"):
            found.append(_line(content, position))
        position += len(line) + 1
    return found


def _line(content: str, position: int) -> _Line:
    parts = _LINE.fullmatch(content)
    if not parts or _NO_NAMES.fullmatch(parts["key"] or ""):
        raise _NotPlain
    value: Node | None = None
    for kind in ("double", "single", "plain", "flow"):
        if parts[kind] is not None:
            start, end = position + parts.start(kind), position + parts.end(kind)
            value = _value(kind, parts[kind], start, end)
    if parts["dash"] and value is None:
        raise _NotPlain
    indent = parts.end("indent")
    after = position + (indent + 1 if parts["dash"] else parts.end("key") + 1)
    return _Line(indent, position + indent, parts["key"], value, after)


def _value(kind: str, written: str, start: int, end: int) -> Node:
    if kind == "flow":
        return _flow(written, start)
    if kind == "plain":
        return Scalar(start, end, None, scalar_value(written, None, is_plain=True))
    return Scalar(start - 1, end + 1, None, written)


_FLOW_TOKEN = re.compile(
    r"""[ ]*(?:(?P<mark>[\[\]{},]) | (?P<key>(?:[A-Za-z_]\w*|'[^']*'|"[^"\\]*")):[ ]+ |
    (?P<scalar>'[^']*' | "[^"\\]*"
        | (?:[\w./~+]|-(?=[\w.]))(?:[\w./~+*%=-]|:(?=[\w./~+:]))*)(?=[ ,\]}]))""",
    re.VERBOSE | re.ASCII,
)


def _flow(written: str, start: int) -> Node:
    """Return the list or mapping in brackets on one line."""
    tokens, at = [], 0
    while at < len(written):
        token = _FLOW_TOKEN.match(written, at)
        if not token:
            raise _NotPlain
        tokens.append(token)
        at = token.end()
    try:
        node, count = _flow_node(tokens, 0, start)
    except IndexError:
        raise _NotPlain from None
    if count != len(tokens):
        raise _NotPlain
    return node


def _flow_node(tokens: list[re.Match[str]], at: int, start: int) -> tuple[Node, int]:
    token = tokens[at]
    if token["scalar"]:
        return _flow_scalar(token["scalar"], start + token.start("scalar")), at + 1
    first, at = start + token.start("mark"), at + 1
    if token["mark"] == "[":
        items: list[Node] = []
        while tokens[at]["mark"] != "]":
            item, at = _flow_node(tokens, _after_comma(tokens, at, bool(items)), start)
            items.append(item)
        return Sequence(first, start + tokens[at].end("mark"), None, tuple(items), True), at + 1
    if token["mark"] == "{":
        pairs: dict[str, Pair] = {}
        while tokens[at]["mark"] != "}":
            pair, at = _flow_pair(tokens, _after_comma(tokens, at, bool(pairs)), start)
            if pair.name in pairs:
                raise _NotPlain
            pairs[pair.name] = pair
        return Mapping(first, start + tokens[at].end("mark"), None, tuple(pairs.values()), True), at + 1
    raise _NotPlain


def _after_comma(tokens: list[re.Match[str]], at: int, needed: bool) -> int:
    if needed and tokens[at]["mark"] != ",":
        raise _NotPlain
    return at + 1 if needed else at


def _flow_pair(tokens: list[re.Match[str]], at: int, start: int) -> tuple[Pair, int]:
    written = tokens[at]["key"]
    if not written or _NO_NAMES.fullmatch(written):
        raise _NotPlain
    key = _flow_scalar(written, start + tokens[at].start("key"))
    value, at = _flow_node(tokens, at + 1, start)
    return Pair(str(key.value), key, value), at


def _flow_scalar(written: str, start: int) -> Scalar:
    is_quoted = written[0] in "'\""
    value = written[1:-1] if is_quoted else scalar_value(written, None, is_plain=True)
    return Scalar(start, start + len(written), None, value)


def _mapping(lines: list[_Line], at: int) -> tuple[Mapping, int]:
    """Return the mapping whose first key is line `at`, and the index of the line after it."""
    indent, start, pairs = lines[at].indent, lines[at].start, {}
    while at < len(lines) and lines[at].indent == indent and lines[at].key is not None:
        line = lines[at]
        name = line.key or ""
        if name in pairs:
            raise _NotPlain
        value, at = _value_below(lines, at) if line.value is None else (line.value, at + 1)
        pairs[name] = Pair(name, Scalar(line.start, line.start + len(name), None, name), value)
    if not pairs or (at < len(lines) and lines[at].indent >= indent and lines[at].key is not None):
        raise _NotPlain
    return Mapping(start, [*pairs.values()][-1].value.end, None, tuple(pairs.values()), False), at


def _value_below(lines: list[_Line], at: int) -> tuple[Node, int]:
    line, following = lines[at], lines[at + 1] if at + 1 < len(lines) else None
    if following and following.key is None and following.indent >= line.indent:
        return _sequence(lines, at + 1)
    if following and following.indent > line.indent:
        return _mapping(lines, at + 1)
    return Scalar(line.after, line.after, None, None), at + 1


def _sequence(lines: list[_Line], at: int) -> tuple[Sequence, int]:
    indent, start, items = lines[at].indent, lines[at].start, []
    while at < len(lines) and lines[at].indent == indent and lines[at].key is None:
        value = lines[at].value
        if value is not None:
            items.append(value)
        at += 1
    return Sequence(start, items[-1].end, None, tuple(items), False), at
