"""The messages of a process with a test page to the UI that started it: one JSON document a line. PURE."""

from enum import StrEnum

import msgspec

from launcher.doctor.test_page.outcome import VisitOutcome
from launcher.problem import Problem


class Ending(StrEnum):
    """ASKED: the UI closed it. TIME: its ten minutes are over. TAKEN: SillyTavern or another page needs the port."""

    ASKED = "asked"
    TIME = "time"
    TAKEN = "taken"


class _Tagged(msgspec.Struct, frozen=True, tag_field="type", tag=str.lower):
    """The base of every message: adds its name as `type`."""


class Opened(_Tagged, frozen=True):
    """The page is at `url` for so many seconds. `rules`: an installation's settings decide who would get in."""

    url: str
    seconds: int
    rules: bool
    listens: bool


class Came(_Tagged, frozen=True):
    """A device came. Sent when it is new, and again when something about it has changed."""

    address: str
    kind: str
    outcome: VisitOutcome


class Ended(_Tagged, frozen=True):
    """There is no page any more. When there never was one, `problem` says why."""

    why: Ending = Ending.ASKED
    problem: Problem | None = None


PageMessage = Opened | Came | Ended
