"""The lines of a running server that mean something. One row is all that a new line needs. PURE.

Recorded from 1.9.7 to 1.19.0. `server/output.py` uses them; it looks for their beginnings to skip floods cheaply.
"""

import re
from dataclasses import dataclass
from enum import Enum, auto


class LineMeaning(Enum):
    """What the server says about a device."""

    REFUSED = auto()
    CONNECTED = auto()
    LOGIN_LIMITED = auto()


@dataclass(frozen=True)
class DeviceLine:
    """A line about one device: `start`, a space, the device's address, then `rest`, a regular expression.

    `rest` may have two groups. `forwarded`: a header named another address too. `user_agent`: what the device calls
    itself.
    """

    said: LineMeaning
    start: str
    rest: str = ""

    @property
    def pattern(self) -> re.Pattern[str]:
        """Return the pattern of the whole line, with the group `address` and those of `rest`."""
        return re.compile(rf"^{re.escape(self.start)} (?P<address>\S+?){self.rest}", re.DOTALL)


@dataclass(frozen=True)
class StepLine:
    """A line that begins a long step of the start; `shown` is the sentence for it."""

    start: str
    shown: str


DEVICE_LINES = (
    DeviceLine(
        LineMeaning.REFUSED,
        "Forbidden: Connection attempt from",
        r"(?P<forwarded> \(forwarded from [^\n]*\))?\. If you are attempting to",
    ),
    DeviceLine(
        LineMeaning.REFUSED,
        "Blocked connection from",
        r"(?P<forwarded> \(forwarded from .*?\))?; User Agent: (?P<user_agent>.*)$",
    ),
    DeviceLine(
        LineMeaning.CONNECTED,
        "New connection from",
        r"(?P<forwarded> \(forwarded: .*?\))?; User Agent: (?P<user_agent>.*)$",
    ),
    DeviceLine(LineMeaning.LOGIN_LIMITED, "Basic auth failed: Rate limited from", r"(?!\S)"),
)

READY_START = "SillyTavern is listening on"
READY = re.compile(rf"^{READY_START}(?:: https?://\S+| .*IPv[46]: \S+)")

STEP_LINES = (
    StepLine(
        "Generating thumbnails cache...", "SillyTavern prepares its pictures. The first time this takes up to a minute."
    ),
    StepLine(
        "Compiling frontend libraries...", "SillyTavern prepares its pages. The first time this takes up to a minute."
    ),
    StepLine("Launching...", "SillyTavern opens its door."),
)
