"""The lines that a running server prints and that mean something. One row is all that a new line needs. PURE.

Recorded from 1.9.7 to 1.19.0. `output` reads them: it looks for the beginnings to skip the rest of a flood cheaply.
"""

import re
from dataclasses import dataclass
from enum import Enum, auto


class LineMeaning(Enum):
    """What the server says of a device."""

    REFUSED = auto()
    CONNECTED = auto()
    LOGIN_LIMITED = auto()


@dataclass(frozen=True)
class DeviceLine:
    """A line about one device: `start`, a space, the device's address, then `rest`, a regular expression.

    The groups in `rest`, both optional. `forwarded`: a header named another address as well; `user_agent`: what the
    device calls itself.
    """

    said: LineMeaning
    start: str
    rest: str = ""

    @property
    def pattern(self) -> re.Pattern[str]:
        """What matches the whole line and finds `address` and the groups of `rest`."""
        return re.compile(rf"^{re.escape(self.start)} (?P<address>\S+?){self.rest}", re.DOTALL)


@dataclass(frozen=True)
class StepLine:
    """A line that tells of a long step of the start; `shown` is what a person is told."""

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
