"""What a process with a test page tells the UI that started it: one JSON document in each line. PURE."""

from enum import StrEnum

import msgspec

from launcher.doctor.test_page.outcome import VisitOutcome
from launcher.problem import Problem


class Ending(StrEnum):
    """ASKED: nobody needs it any more. TIME: its ten minutes are over. TAKEN: SillyTavern starts, or another page."""

    ASKED = "asked"
    TIME = "time"
    TAKEN = "taken"


class Message(msgspec.Struct, frozen=True, tag_field="type", tag=str.lower):
    """Base of every message."""


class Opened(Message, frozen=True):
    """The page can be scanned at `url`, for so many seconds. `rules`: an installation's whitelist says who may come."""

    url: str
    seconds: int
    rules: bool
    listens: bool


class Came(Message, frozen=True):
    """A device came; each is told when it is new, and again when something about it has changed."""

    address: str
    kind: str
    outcome: VisitOutcome


class Ended(Message, frozen=True):
    """There is no page any more, or there never was one: then `problem` says why."""

    why: Ending = Ending.ASKED
    problem: Problem | None = None


Told = Opened | Came | Ended
