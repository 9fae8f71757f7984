"""Replace parts of a text and nothing else, and write values for both file formats. PURE."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from launcher.server_files.value import Value

# JSON leaves these bare, but YAML 1.2, old JavaScript or an editor refuses them or takes them for a line end.
_TO_ESCAPE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


@dataclass(frozen=True)
class Splice:
    """Replace text[start:end] by `new`."""

    start: int
    end: int
    new: str


def apply(text: str, splices: Iterable[Splice]) -> str:
    """Return the text after all splices; insertions at one place keep their order.

    Raises ValueError when two of them overlap.
    """
    pieces, position = [], 0
    for splice in sorted(splices, key=lambda s: (s.start, s.end)):
        if splice.start < position:
            raise ValueError("splices overlap")
        pieces += [text[position : splice.start], splice.new]
        position = splice.end
    return "".join([*pieces, text[position:]])


def literal(value: Value) -> str:
    """Return the value as both YAML 1.2 and JavaScript read it: JSON.

    Raises ValueError for half a character (a lone surrogate).
    """
    try:
        json_text = json.dumps(value, ensure_ascii=False)
        json_text.encode()
    except UnicodeEncodeError as error:
        raise ValueError("it holds half a character, which no file can hold") from error
    return _TO_ESCAPE.sub(lambda found: f"\\u{ord(found[0]):04x}", json_text)


def key_literal(name: str, quoted: bool = False) -> str:
    """Return the key as both languages read it; in quotes where it needs them or `quoted` asks for them."""
    return literal(name) if quoted or not re.fullmatch(r"[A-Za-z_]\w*", name, re.ASCII) else name


def pair_literal(keys: Sequence[str], value: Value, quoted: bool = False) -> str:
    """Return `key: value` for the inside of `{...}`; each further key makes a `{...}` within."""
    written = literal(value)
    for key in reversed(keys[1:]):
        written = f"{{ {key_literal(key, quoted)}: {written} }}"
    return f"{key_literal(keys[0], quoted)}: {written}"


def line_start(text: str, position: int) -> int:
    return text.rfind("\n", 0, position) + 1


def line_end(text: str, position: int) -> int:
    """Return where the line break of this line begins, or the end of the text."""
    end = text.find("\n", position)
    if end < 0:
        return len(text)
    return end - 1 if end > position and text[end - 1] == "\r" else end


def next_line(text: str, position: int) -> int:
    """Return where the next line begins, or the end of the text."""
    return text.find("\n", position) + 1 or len(text)


def line_number(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def newline(text: str) -> str:
    """Return the first line break of the text, which is taken for the style of all."""
    return "\r\n" if text.find("\r\n") >= 0 and text.find("\r\n") == text.find("\n") - 1 else "\n"
