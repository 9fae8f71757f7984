"""How far an installation is. PURE."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Progress:
    """`step` is a sentence; `done` of `expected` packages (0: not yet known); `megabytes` on disk so far.

    `seconds_left` is None while it is unknown.
    """

    step: str
    done: int = 0
    expected: int = 0
    megabytes: float = 0.0
    seconds_left: int | None = None
