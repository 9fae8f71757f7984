"""What the literals of JavaScript stand for. PURE."""

import re

from launcher.access.javascript import double
from launcher.server_files.value import UNKNOWN, Unknown, js_number

_ESCAPE = re.compile(
    r"\\(?:u\{([0-9A-Fa-f]+)\}|u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|(\r\n|[\n\r\u2028\u2029])|([0-3]?[0-7]{1,2})|(.))"
)
_SHORT = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "v": "\v", "f": "\f"}


def string(written: str) -> str:
    """Return the value of a string literal or of a template without substitutions.

    Raises ValueError for a wrong escape.
    """

    def one(found: re.Match[str]) -> str:
        code, four, two, line_break, octal, letter = found.groups()
        if code or four or two:
            return chr(int(code or four or two, 16))
        if line_break:
            return ""
        if octal:
            return chr(int(octal, 8))
        if letter in "ux":
            raise ValueError("wrong escape")
        return _SHORT.get(letter, letter)

    inner = written[1:-1]
    if written[0] == "`":
        inner = inner.replace("\r\n", "\n").replace("\r", "\n")
    value = _ESCAPE.sub(one, inner)
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def number(written: str) -> int | float | Unknown:
    """Return the value of a number literal; UNKNOWN for a BigInt."""
    digits = written.replace("_", "").lower()
    if digits.endswith("n"):
        return UNKNOWN
    if digits[:2] in ("0x", "0o", "0b"):
        return js_number(double(int(digits, 0)))
    if re.fullmatch(r"0[0-7]+", digits):  # Old JavaScript's octal.
        return js_number(double(int(digits, 8)))
    return js_number(float(digits))
