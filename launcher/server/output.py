"""Turn what the server prints into events. PURE.

`versions.console_lines` holds the lines. Any part of a line may come from a hostile device: so lines end at "\\n" only,
patterns are anchored, and lengths are cut.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from launcher.access.real_address import real_address
from launcher.system.printable import without_escapes
from launcher.versions.console_lines import DEVICE_LINES, READY, READY_START, STEP_LINES, LineMeaning

LONGEST_LINE_BYTES = 64 << 10
LONGEST_USER_AGENT = 300
# In this time each device causes one event of each kind, and only this many devices cause any.
DAMPING_S = 1.0
MOST_DEVICES_AT_ONCE = 256

_PATTERNS = tuple((line.said, line.pattern) for line in DEVICE_LINES)
# Tells whether a line repeats what was just said of the same address, without decoding it.
_OF_A_DEVICE = re.compile(
    rb"^(?:\x1b\[[0-9;]*m)*(%s) ([0-9A-Fa-f:.]{2,45})"
    % b"|".join(re.escape(line.start.encode()) for line in DEVICE_LINES)
)


@dataclass(frozen=True)
class Ready:
    """The server listens."""


@dataclass(frozen=True)
class Doing:
    """The start has begun a long step; `what` is the sentence for it."""

    what: str


@dataclass(frozen=True)
class Refused:
    """The whitelist refused the device at `address`, which is where the connection really came from.

    `user_agent`: None where this version does not print it. `forwarded`: a header named another address too, and the
    list must hold both. The device may write anything there, so that address is dropped.
    """

    address: str
    user_agent: str | None = None
    forwarded: bool = False


@dataclass(frozen=True)
class Connected:
    """A device connected for the first time since the start.

    1.10.0 to 1.12.12 print it before a refusal too. In 1.12.13 to 1.17.0 the device may have written `address` into a
    header (`Facts.new_connection_forgeable`).
    """

    address: str
    user_agent: str | None = None


@dataclass(frozen=True)
class LoginLimited:
    """The device at `address` sent too many wrong passwords: for a minute it cannot log in."""

    address: str


DeviceEvent = Refused | Connected | LoginLimited
OutputEvent = Ready | Doing | DeviceEvent

# A block of output without any of these holds no event. Looking for them first makes floods cheap.
_MARKS = tuple(start.encode() for start in (READY_START, *(step.start for step in STEP_LINES)))
_DEVICE_MARKS = tuple(line.start.encode() for line in DEVICE_LINES)


def event_of(line: str) -> OutputEvent | None:
    """Return the event that this line of output means, if any."""
    text = without_escapes(line).rstrip("\r")
    if READY.match(text):
        return Ready()
    if step := next((step for step in STEP_LINES if text.startswith(step.start)), None):
        return Doing(step.shown)
    return _of_a_device(text)


def _of_a_device(text: str) -> DeviceEvent | None:
    for said, pattern in _PATTERNS:
        if found := pattern.match(text):
            address, more = real_address(found["address"]), found.groupdict()
            if not address:
                return None
            return _device_event(said, address, more.get("user_agent"), bool(more.get("forwarded")))
    return None


def _device_event(said: LineMeaning, address: str, user_agent: str | None, forwarded: bool) -> DeviceEvent:
    match said:
        case LineMeaning.REFUSED:
            return Refused(address, _user_agent(user_agent), forwarded)
        case LineMeaning.CONNECTED:
            return Connected(address, _user_agent(user_agent))
        case LineMeaning.LOGIN_LIMITED:
            return LoginLimited(address)


def _user_agent(text: str | None) -> str | None:
    return None if text in (None, "undefined") else text[:LONGEST_USER_AGENT]


class OutputLines:
    """Cuts a stream into lines, finds the events in them, and keeps the last `keep` lines."""

    def __init__(self, keep: int = 400) -> None:
        self._rest = b""
        self._keep = keep
        self._recent: list[bytes] = []
        self._told: set[tuple[bytes, ...]] = set()
        self._telling_since = -DAMPING_S

    def feed(self, block: bytes, at: float | None = None) -> Iterator[OutputEvent]:
        """Yield the events of the lines that `block` completes.

        `at`: the time in seconds. With it a flood is damped: the same event of a device comes once in DAMPING_S.
        """
        data = self._rest + block
        *lines, self._rest = data.split(b"\n")
        self._rest = self._rest[:LONGEST_LINE_BYTES]
        self._recent = (self._recent + lines[-self._keep :])[-self._keep :]
        if any(mark in data for mark in _MARKS):
            interesting: Sequence[bytes] = lines
        elif any(mark in data for mark in _DEVICE_MARKS):
            interesting = [line for line in lines if _OF_A_DEVICE.match(line)]
        else:
            return
        for line in interesting:
            if at is not None and self._told_lately(line, at):
                continue
            if event := event_of(line[:LONGEST_LINE_BYTES].decode("utf-8", "replace")):
                yield event

    def _told_lately(self, line: bytes, at: float) -> bool:
        found = _OF_A_DEVICE.match(line)
        if not found:
            return False
        if at - self._telling_since >= DAMPING_S:
            self._told.clear()
            self._telling_since = at
        if found.groups() in self._told or len(self._told) >= MOST_DEVICES_AT_ONCE:
            return True
        self._told.add(found.groups())
        return False

    def recent(self) -> tuple[str, ...]:
        """Return the last lines, with the unfinished one, without colours."""
        lines = [*self._recent, self._rest] if self._rest else self._recent
        return tuple(without_escapes(line.decode("utf-8", "replace")).rstrip("\r") for line in lines)
