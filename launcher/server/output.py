"""What the server prints, as events and as reasons. PURE.

The lines and their variants are those that 1.9.7 to 1.19.0 were recorded to print. Everything in a line may come
from a hostile device: lines end at "\\n" only, patterns are anchored, lengths are cut.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address

from launcher.problem import Fix, Problem

LONGEST_LINE_BYTES = 64 << 10
LONGEST_USER_AGENT = 300
# Of one device one event of a kind in this time, and of so many devices.
DAMPING_S = 1.0
MOST_DEVICES_AT_ONCE = 256

_ESCAPES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\].*?(?:\x07|\x1b\\)")
_READY = re.compile(r"^SillyTavern is listening on(?:: https?://\S+| .*IPv[46]: \S+)")
_DOING = re.compile(r"^(Compiling frontend libraries|Generating thumbnails cache|Launching)\.\.\.")
_FORBIDDEN = re.compile(
    r"^Forbidden: Connection attempt from (\S+?)( \(forwarded from .*\))?\. If you are attempting to"
)
_BLOCKED = re.compile(r"^Blocked connection from (\S+?)( \(forwarded from .*?\))?; User Agent: (.*)$", re.DOTALL)
_CONNECTED = re.compile(r"^New connection from (\S+?)( \(forwarded: .*?\))?; User Agent: (.*)$", re.DOTALL)
_LOGIN_LIMITED = re.compile(r"^Basic auth failed: Rate limited from (\S+)")
# What of a line tells whether the same was just said of the same address, without reading it as text.
_OF_A_DEVICE = re.compile(
    rb"^(?:\x1b\[[0-9;]*m)*(Forbidden: Connection attempt|Blocked connection|New connection|Basic auth failed: Rate"
    rb" limited) from ([0-9A-Fa-f:.]{2,45})"
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

DOING = {
    "Generating thumbnails cache": "SillyTavern prepares its pictures. The first time this takes up to a minute.",
    "Compiling frontend libraries": "SillyTavern prepares its pages. The first time this takes up to a minute.",
    "Launching": "SillyTavern opens its door.",
}
# A block of output that holds none of these has no event in it. Looking for them is what makes floods cheap.
_MARKS = (b"SillyTavern is listening on", b"Compiling frontend libraries", b"Generating thumbnails", b"Launching...")
_DEVICE_MARKS = (b"onnection from ", b"onnection attempt from ", b"Rate limited from ")


def plain(line: str) -> str:
    """`line` without colours and title sequences."""
    return _ESCAPES.sub("", line) if "\x1b" in line else line


def event_of(line: str) -> OutputEvent | None:
    """The event that one line of output means, if any."""
    text = plain(line).rstrip("\r")
    if _READY.match(text):
        return Ready()
    if doing := _DOING.match(text):
        return Doing(DOING[doing[1]])
    return _of_a_device(text)


def _of_a_device(text: str) -> DeviceEvent | None:
    if found := _FORBIDDEN.match(text):
        address = real_address(found[1])
        return Refused(address, None, bool(found[2])) if address else None
    if found := _BLOCKED.match(text):
        address = real_address(found[1])
        return Refused(address, _user_agent(found[3]), bool(found[2])) if address else None
    if found := _CONNECTED.match(text):
        address = real_address(found[1])
        return Connected(address, _user_agent(found[3])) if address else None
    if found := _LOGIN_LIMITED.match(text):
        address = real_address(found[1])
        return LoginLimited(address) if address else None
    return None


def real_address(text: str) -> str | None:
    """The address that `text` is, in its usual spelling; None when it is none, or one that counts on one card only."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        if address.scope_id is not None:
            return None
        return str(address.ipv4_mapped or address)
    return str(address)


def _user_agent(text: str) -> str | None:
    return None if text == "undefined" else text[:LONGEST_USER_AGENT]


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


_PORT_TAKEN = re.compile(r"EADDRINUSE|is already in use\. Another SillyTavern")
_PORT_RESERVED = re.compile(r"listen EACCES")
_INSECURE = re.compile(r"(?:unsecurely|insecurely) open to the public|configuration is insecure \(listening")
_MODULE = re.compile(r"Cannot find (?:module|package) '([^']{1,80})'")
_CONFIG_YAML = re.compile(r"^(?:FATAL: )?(?:Failed to read|Could not add missing config values to) config\.yaml")
_CONFIG_CONF = re.compile(r"config\.conf:(\d+)$")
_AT_LINE = re.compile(r"\bat line (\d+)")
_NO_CONFIG = re.compile(r"No config file found")
_OLD_NODE = re.compile(
    r"^ReferenceError: (?:File|ReadableStream|Blob|fetch) is not defined|^SyntaxError: (?:Unexpected token '\?\?='"
    r"|The requested module 'node:)|ERR_UNKNOWN_BUILTIN_MODULE|No such built-in module"
)
_CRITICAL = re.compile(r"^A critical error has occurred while starting the server:?\s*(.*)")
_ERROR = re.compile(r"^(?:Uncaught )?\w*(?:Error|Exception)\b.*:.*")


def port_taken(lines: Sequence[str]) -> bool:
    """It ended because something else has its port."""
    return any(_PORT_TAKEN.search(line) for line in lines)


def why_it_ended(lines: Sequence[str], code: int | None, port: int | None) -> Problem:
    """Why a server ended before it was ready, from its last lines. `code`: exit status, negative for a signal."""
    for reason in (_module_missing, _config_broken, _insecure, _port, _node_too_old, _no_config):
        if problem := reason(lines, port):
            return problem
    return _unknown(lines, code)


def _module_missing(lines: Sequence[str], port: int | None) -> Problem | None:
    for line in lines:
        if found := _MODULE.search(line):
            return Problem(
                "SillyTavern is not completely installed.",
                f"The part “{found[1]}” is missing. Install the missing parts, then start again.",
                Fix("install-modules", "Install missing parts"),
            )
    return None


def _config_broken(lines: Sequence[str], port: int | None) -> Problem | None:
    for index, line in enumerate(lines):
        conf = _CONFIG_CONF.search(line)
        if not conf and not _CONFIG_YAML.match(line):
            continue
        name = "config.conf" if conf else "config.yaml"
        at = conf or next((m for m in map(_AT_LINE.search, lines[index : index + 4]) if m), None)
        where = f"Line {at[1]} of {name}" if at else f"A line of {name}"
        return Problem(
            f"SillyTavern cannot read its settings file {name}.",
            f"{where} has a mistake. Correct it, or bring back an earlier version of the file, then start again.",
        )
    return None


def _insecure(lines: Sequence[str], port: int | None) -> Problem | None:
    if not any(_INSECURE.search(line) for line in lines):
        return None
    return Problem(
        "SillyTavern refuses to start because it would be open to everyone.",
        "Its whitelist is off and no login is set. Turn the whitelist on, then start again.",
        Fix("access whitelist", "Turn the whitelist on"),
    )


def _port(lines: Sequence[str], port: int | None) -> Problem | None:
    if port_taken(lines):
        return Problem(f"Port {port or ''} is already used by another program.".replace("  ", " "))
    if any(_PORT_RESERVED.search(line) for line in lines):
        return Problem(f"This computer does not let SillyTavern use port {port or ''}.".replace(" .", "."))
    return None


def _node_too_old(lines: Sequence[str], port: int | None) -> Problem | None:
    if not any(_OLD_NODE.search(line) for line in lines):
        return None
    version = next((line for line in lines if line.startswith("Node.js v")), "This Node.js")
    return Problem(f"{version} is too old for this SillyTavern.", "Install Node.js 20 or newer, then start again.")


def _no_config(lines: Sequence[str], port: int | None) -> Problem | None:
    if not any(_NO_CONFIG.search(line) for line in lines):
        return None
    return Problem(
        "SillyTavern has no settings file.",
        "Put config.yaml back into its folder (a fresh one lies in its folder “default”), then start again.",
    )


def _unknown(lines: Sequence[str], code: int | None) -> Problem:
    said = next((m[1] or m[0] for m in map(_CRITICAL.match, lines) if m), "")
    said = said or next((m[0] for m in map(_ERROR.match, lines) if m), "")
    last = said or next((line.strip() for line in reversed(lines) if line.strip()), "")
    how = "" if code in (0, None) else f" (exit status {code})"
    advice = f"Its last words: “{last[:200]}”. " if last else "It said nothing. "
    return Problem(f"SillyTavern ended before it was ready{how}.", advice + "The log has more.")
