"""What the server prints, as events and as reasons. PURE.

`versions.console_lines` and `versions.end_lines` hold the lines. Everything in a line may come from a hostile device:
lines end at "\\n" only, patterns are anchored, lengths are cut.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from launcher.access.real_address import real_address
from launcher.problem import Fix, Problem
from launcher.versions import end_lines
from launcher.versions.console_lines import DEVICE_LINES, READY, READY_START, STEP_LINES, LineMeaning

LONGEST_LINE_BYTES = 64 << 10
LONGEST_USER_AGENT = 300
# Of one device one event of a kind in this time, and of so many devices.
DAMPING_S = 1.0
MOST_DEVICES_AT_ONCE = 256

_ESCAPES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\].*?(?:\x07|\x1b\\)")
_PATTERNS = tuple((line.said, line.pattern) for line in DEVICE_LINES)
# What of a line tells whether the same was just said of the same address, without reading it as text.
_OF_A_DEVICE = re.compile(
    rb"^(?:\x1b\[[0-9;]*m)*(%s) ([0-9A-Fa-f:.]{2,45})"
    % b"|".join(re.escape(line.start.encode()) for line in DEVICE_LINES)
)


@dataclass(frozen=True)
class Ready:
    """The server says that it listens."""


@dataclass(frozen=True)
class Doing:
    """Something long has begun; `what` is for showing."""

    what: str


@dataclass(frozen=True)
class Refused:
    """The whitelist kept out the device at `address`, which is where the connection really came from.

    `user_agent`: None where this version does not print it. `forwarded`: a header named another address as well, and
    the list must hold both. That other address is whatever the device wrote, so it is not told.
    """

    address: str
    user_agent: str | None = None
    forwarded: bool = False


@dataclass(frozen=True)
class Connected:
    """A device's first connection to this run. 1.10.0 to 1.12.12 print it before a refusal too; in 1.12.13 to 1.17.0
    `address` may be whatever the device wrote into a header (`Facts.new_connection_forgeable`).
    """

    address: str
    user_agent: str | None = None


@dataclass(frozen=True)
class LoginLimited:
    """Too many wrong passwords from `address`: for a minute not even the right one helps."""

    address: str


DeviceEvent = Refused | Connected | LoginLimited
OutputEvent = Ready | Doing | DeviceEvent

# A block of output that holds none of these has no event in it. Looking for them is what makes floods cheap.
_MARKS = tuple(start.encode() for start in (READY_START, *(step.start for step in STEP_LINES)))
_DEVICE_MARKS = tuple(line.start.encode() for line in DEVICE_LINES)


def plain(line: str) -> str:
    """`line` without colours and title sequences."""
    return _ESCAPES.sub("", line) if "\x1b" in line else line


def event_of(line: str) -> OutputEvent | None:
    """The event that one line of output means, if any."""
    text = plain(line).rstrip("\r")
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


class Lines:
    """Cuts a stream of blocks into lines and finds the events; keeps the last `keep` lines."""

    def __init__(self, keep: int = 400) -> None:
        self._rest = b""
        self._keep = keep
        self._recent: list[bytes] = []
        self._told: set[tuple[bytes, ...]] = set()
        self._telling_since = -DAMPING_S

    def feed(self, block: bytes, at: float | None = None) -> Iterator[OutputEvent]:
        """Events of the lines that `block` completes.

        `at`: the time in seconds. With it a flood is damped: the same about one device comes once in DAMPING_S.
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
        """The last lines, the unfinished one included, without colours."""
        lines = [*self._recent, self._rest] if self._rest else self._recent
        return tuple(plain(line.decode("utf-8", "replace")).rstrip("\r") for line in lines)


def port_taken(lines: Sequence[str]) -> bool:
    """It ended because something else has its port."""
    return any(end_lines.PORT_TAKEN.search(line) for line in lines)


def why_it_ended(lines: Sequence[str], code: int | None, port: int | None) -> Problem:
    """Why a server ended before it was ready, from its last lines. `code`: exit status, negative for a signal."""
    for reason in (_module_missing, _config_broken, _insecure, _port, _node_too_old, _no_config):
        if problem := reason(lines, port):
            return problem
    return _unknown(lines, code)


def _module_missing(lines: Sequence[str], port: int | None) -> Problem | None:
    for line in lines:
        if found := end_lines.MODULE.search(line):
            return Problem(
                "SillyTavern is not completely installed.",
                f"The part “{found[1]}” is missing. Install the missing parts, then start again.",
                Fix("install-modules", "Install missing parts"),
            )
    return None


def _config_broken(lines: Sequence[str], port: int | None) -> Problem | None:
    for index, line in enumerate(lines):
        conf = end_lines.CONFIG_CONF.search(line)
        if not conf and not end_lines.CONFIG_YAML.match(line):
            continue
        name = "config.conf" if conf else "config.yaml"
        at = conf or next((m for m in map(end_lines.AT_LINE.search, lines[index : index + 4]) if m), None)
        where = f"Line {at[1]} of {name}" if at else f"A line of {name}"
        return Problem(
            f"SillyTavern cannot read its settings file {name}.",
            f"{where} has a mistake. Correct it, or bring back an earlier version of the file, then start again.",
        )
    return None


def _insecure(lines: Sequence[str], port: int | None) -> Problem | None:
    if not any(end_lines.INSECURE.search(line) for line in lines):
        return None
    return Problem(
        "SillyTavern refuses to start because it would be open to everyone.",
        "Its whitelist is off and no login is set. Turn the whitelist on, then start again.",
        Fix("access whitelist", "Turn the whitelist on"),
    )


def _port(lines: Sequence[str], port: int | None) -> Problem | None:
    if port_taken(lines):
        return Problem(f"Port {port or ''} is already used by another program.".replace("  ", " "))
    if any(end_lines.PORT_RESERVED.search(line) for line in lines):
        return Problem(f"This computer does not let SillyTavern use port {port or ''}.".replace(" .", "."))
    return None


def _node_too_old(lines: Sequence[str], port: int | None) -> Problem | None:
    if not any(end_lines.OLD_NODE.search(line) for line in lines):
        return None
    version = next((line for line in lines if line.startswith("Node.js v")), "This Node.js")
    return Problem(f"{version} is too old for this SillyTavern.", "Install Node.js 20 or newer, then start again.")


def _no_config(lines: Sequence[str], port: int | None) -> Problem | None:
    if not any(end_lines.NO_CONFIG.search(line) for line in lines):
        return None
    return Problem(
        "SillyTavern has no settings file.",
        "Put config.yaml back into its folder (there is a fresh one in its folder “default”), then start again.",
    )


def _unknown(lines: Sequence[str], code: int | None) -> Problem:
    said = next((m[1] or m[0] for m in map(end_lines.CRITICAL.match, lines) if m), "")
    said = said or next((m[0] for m in map(end_lines.ERROR.match, lines) if m), "")
    last = said or next((line.strip() for line in reversed(lines) if line.strip()), "")
    how = "" if code in (0, None) else f" (exit status {code})"
    advice = f"The last thing it printed: “{last[:200]}”. " if last else "It printed nothing. "
    return Problem(f"SillyTavern ended before it was ready{how}.", advice + "The log has more.")
