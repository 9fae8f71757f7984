"""What a settings file holds, as plain Python values, and the errors when it cannot be read or changed. PURE."""

import copy
import math
from collections.abc import Mapping
from enum import Enum

from launcher.problem import TavernkeepError


class Unknown(Enum):
    """A value that only running the file would tell, such as `process.env.PORT`."""

    UNKNOWN = "unknown"


UNKNOWN = Unknown.UNKNOWN

JSValue = bool | int | float | str | None | Unknown | list["JSValue"] | dict[str, "JSValue"]
Value = bool | int | str | list[str]
"""What Tavernkeep writes."""


class UnreadableFile(TavernkeepError):
    """Node would get no settings out of this text. `line` counts from 1; None when the reason is no single line."""

    def __init__(self, file_name: str, reason: str, line: int | None = None) -> None:
        where = file_name if line is None else f"Line {line} of {file_name}"
        super().__init__(
            f"{where} cannot be read: {reason}.",
            "SillyTavern cannot read it either. Correct the line, or undo the last change.",
        )
        self.reason = reason
        self.line = line


class EditRefused(TavernkeepError):
    """This text cannot be changed without touching something else. `line` counts from 1, None when there is no line."""

    def __init__(self, file_name: str, key: str, reason: str, line: int | None = None, advice: str = "") -> None:
        where = file_name if line is None else f"{file_name}, line {line}"
        super().__init__(
            f"{key} in {where} was not changed: {reason}.",
            advice or f"Open {file_name} in an editor, write {key} as a plain value, and try again.",
        )
        self.key = key
        self.reason = reason
        self.line = line


def same(one: JSValue, other: JSValue) -> bool:
    """Whether Node could not tell the two apart: true is not 1, 1 is 1.0, the order of keys does not matter."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(same(a, b) for a, b in zip(one, other, strict=True))
    if isinstance(one, float) and isinstance(other, float) and math.isnan(one):
        return math.isnan(other)
    if isinstance(one, int | float) and isinstance(other, int | float):
        return one == other and isinstance(one, bool) == isinstance(other, bool)
    return type(one) is type(other) and one == other


def lookup(values: Mapping[str, JSValue], path: str) -> JSValue:
    """The value at a dotted path; None when it is not there or null."""
    found: JSValue = dict(values)
    for key in path.split("."):
        found = found.get(key) if isinstance(found, dict) else None
    return found


def with_changes(values: dict[str, JSValue], changes: Mapping[str, Value]) -> dict[str, JSValue]:
    """The values as they must read after an edit."""
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
