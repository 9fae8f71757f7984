"""The few rules of JavaScript that decide how SillyTavern reads text: trim, Number, String. PURE."""

import math
import re
from collections.abc import Mapping, Sequence
from typing import TypeAlias

# What a list in config.yaml or config.conf may hold.
Value: TypeAlias = "str | int | float | bool | None | Sequence[Value] | Mapping[str, Value]"

# ECMAScript WhiteSpace and LineTerminator. Not U+200B, not U+0085.
WHITE_SPACE = "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
WHITE_SPACE += "\u2028\u2029\u202f\u205f\u3000\ufeff"

_DECIMAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?", re.ASCII)
_PREFIXED = re.compile(r"0(?:[xX][0-9a-fA-F]+|[oO][0-7]+|[bB][01]+)", re.ASCII)
_RADIX = {"x": 16, "o": 8, "b": 2}


def trim(text: str) -> str:
    """`text.trim()`"""
    return text.strip(WHITE_SPACE)


def double(whole: int) -> float:
    """Return the number that JavaScript makes of `whole`: the nearest double, infinity when it is too large for one."""
    try:
        return float(whole)
    except OverflowError:  # More than 308 digits, such as a hex number of 257 digits.
        return -math.inf if whole < 0 else math.inf


def whole_number(text: str) -> int | None:
    """`Number(text)` when that is an integer, else None. Blank is 0; `0x10`, `1e1`, `+16` and `24.0` are numbers."""
    text = trim(text)
    if not text:
        return 0
    if _PREFIXED.fullmatch(text):
        number = double(int(text[2:], _RADIX[text[1].lower()]))
        return int(number) if number.is_integer() else None
    if not _DECIMAL.fullmatch(text):
        return None
    number = float(text)
    return int(number) if number.is_integer() else None


def text_of(value: Value) -> str:
    """`String(value)`, except that numbers inside are written as Python writes them."""
    if isinstance(value, str):
        return value
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, Mapping):
        return "[object Object]"
    return ",".join("" if part is None else text_of(part) for part in value)
