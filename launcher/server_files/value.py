"""The values in a settings file as plain Python values, and the errors of reading and changing it. PURE."""

import copy
import math
from collections.abc import Mapping
from enum import Enum

from launcher.problem import TavernkeepError


class Unknown(Enum):
    """A value that only running the file would tell, such as `process.env.PORT`."""

    UNKNOWN = "unknown"


UNKNOWN = Unknown.UNKNOWN


class Undefined(Enum):
    """What JavaScript gets for a key that is not there."""

    UNDEFINED = "undefined"


UNDEFINED = Undefined.UNDEFINED

JSValue = bool | int | float | str | None | Unknown | list["JSValue"] | dict[str, "JSValue"]
Value = bool | int | str | list[str]
"""A value that Tavernkeep writes."""


class UnreadableFile(TavernkeepError):
    """Node gets no settings from this text. `line` counts from 1; None when no single line is the reason."""

    def __init__(self, file_name: str, reason: str, line: int | None = None) -> None:
        where = file_name if line is None else f"Line {line} of {file_name}"
        super().__init__(
            f"{where} cannot be read: {reason}.",
            "SillyTavern cannot read it either. Correct the line, or undo the last change.",
        )
        self.reason = reason
        self.line = line


class EditRefused(TavernkeepError):
    """A change would touch something else too. `line` counts from 1; None when no single line is the reason."""

    def __init__(self, file_name: str, key: str, reason: str, line: int | None = None, advice: str = "") -> None:
        where = file_name if line is None else f"{file_name}, line {line}"
        super().__init__(
            f"{key} in {where} was not changed: {reason}.",
            advice or f"Open {file_name} in an editor, write {key} as a plain value, and try again.",
        )
        self.key = key
        self.reason = reason
        self.line = line


def same(one: object, other: object) -> bool:
    """Return whether the two are the same to Node: true is not 1, 1 is 1.0, the order of keys does not matter."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(same(a, b) for a, b in zip(one, other, strict=True))
    if isinstance(one, float) and isinstance(other, float) and math.isnan(one):
        return math.isnan(other)
    if isinstance(one, int | float) and isinstance(other, int | float):
        return one == other and isinstance(one, bool) == isinstance(other, bool)
    return type(one) is type(other) and one == other


def value_at(values: object, path: str) -> object:
    """Return the value at a dotted path (`protocol.ipv4`); UNDEFINED when there is none."""
    for key in path.split("."):
        if not isinstance(values, Mapping) or key not in values:
            return UNDEFINED
        values = values[key]
    return values


def js_number(value: float) -> int | float:
    """Return JavaScript's one kind of number in Python's two: a whole number is an int as far as it is exact."""
    return int(value) if value.is_integer() and abs(value) <= 2**53 else value


def with_changes(values: dict[str, JSValue], changes: Mapping[str, Value]) -> dict[str, JSValue]:
    """Return the values as they must read after an edit."""
    wanted = copy.deepcopy(values)
    for path, value in changes.items():
        *parents, last = path.split(".")
        place = wanted
        for key in parents:
            child = place.get(key)
            if not isinstance(child, dict):
                child = place[key] = {}
            place = child
        place[last] = [*value] if isinstance(value, list) else value
    return wanted
