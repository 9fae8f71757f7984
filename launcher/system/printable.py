"""Text of other programs, made harmless to show. PURE."""

import re

# Colours and the like, titles of windows (also those that never end), and single escapes.
ESCAPES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[@-Z\\^_]?")
# C0 and C1 controls, and the characters that turn text around.
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def without_escapes(line: str) -> str:
    """Return `line` without the escape sequences of terminals."""
    return ESCAPES.sub("", line) if "\x1b" in line else line


def printable(line: str) -> str:
    """Return `line` without terminal escapes, control characters and text direction tricks."""
    return UNPRINTABLE.sub("", without_escapes(line))
