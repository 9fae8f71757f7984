"""Replacing stretches of a text and nothing else. PURE."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

from launcher.server_files.value import Value

# What JSON leaves bare, but YAML 1.2, old JavaScript or an editor would take for a line end or refuse.
_TO_ESCAPE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


@dataclass(frozen=True)
class Splice:
    """`new` takes the place of text[start:end]."""

    start: int
    end: int
    new: str


def apply(text: str, splices: Iterable[Splice]) -> str:
    """The text after all of them. They may touch but not overlap; insertions at one place keep their order."""
    pieces, position = [], 0
    for splice in sorted(splices, key=lambda s: (s.start, s.end)):
        if splice.start < position:
            raise ValueError("splices overlap")
        pieces += [text[position : splice.start], splice.new]
        position = splice.end
    return "".join([*pieces, text[position:]])


def literal(value: Value) -> str:
    """The value as both YAML 1.2 and JavaScript read it: JSON. ValueError for half a character (a lone surrogate)."""
    try:
        json_text = json.dumps(value, ensure_ascii=False)
        json_text.encode()
    except UnicodeEncodeError as error:
        raise ValueError("it holds half a character, which no file can hold") from error
    return _TO_ESCAPE.sub(lambda found: f"\\u{ord(found[0]):04x}", json_text)


def line_start(text: str, position: int) -> int:
    return text.rfind("\n", 0, position) + 1


def line_end(text: str, position: int) -> int:
    """Where the line break of this line begins, or the end of the text."""
    end = text.find("\n", position)
    if end < 0:
        return len(text)
    return end - 1 if end > position and text[end - 1] == "\r" else end


def next_line(text: str, position: int) -> int:
    """Where the next line begins, or the end of the text."""
    return text.find("\n", position) + 1 or len(text)


def line_number(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def newline(text: str) -> str:
    """The line break this text uses (its first one)."""
    return "\r\n" if text.find("\r\n") >= 0 and text.find("\r\n") == text.find("\n") - 1 else "\n"
