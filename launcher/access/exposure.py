"""What the settings together really let in, in words. PURE."""

from dataclasses import dataclass
from enum import StrEnum


class Mode(StrEnum):
    """Who may come. THIS_PC: does not listen on the network. WHITELIST: listens, list on. EVERYONE: whoever logs in."""

    THIS_PC = "this-pc"
    WHITELIST = "whitelist"
    EVERYONE = "everyone"


@dataclass(frozen=True)
class Exposure:
    """The answer to "who can get in, and why?".

    `mode` is None when it could not be found out. `who` is one sentence. `reasons` say which setting decides what,
    `warnings` what a person should change.
    """

    mode: Mode | None
    listens: bool | None
    who: str
    reasons: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
