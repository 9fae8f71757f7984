"""Is a port free for the server, and if not, which program has it?"""

import errno
import json
import socket
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from launcher.network.port_check import REFUSED_BY_BROWSERS
from launcher.problem import Fix, Problem

if TYPE_CHECKING:
    from ssl import SSLContext

LOOPBACK = "127.0.0.1"
LOOPBACK_6 = "::1"
FIRST_CHOICE = 8000
FIRST_UNPRIVILEGED = 1024
PORTS_TO_TRY = 2000
COMMAND_LENGTH = 80
# Linux cuts the name of a process to this length.
KNOWN_LENGTH = 15


class PortState(StrEnum):
    """RESERVED: the system gives it to no program (a range reserved by Windows; below 1024 on Linux)."""

    FREE = "free"
    TAKEN = "taken"
    RESERVED = "reserved"
    UNKNOWN = "unknown"


STATE_OF_ERROR = {errno.EADDRINUSE: PortState.TAKEN, errno.EACCES: PortState.RESERVED}


@dataclass(frozen=True)
class PortOwner:
    """The program that listens on a port.

    `pid` None and `name` "": there is one, but this user may not see which. `command`: its command line, shortened.
    `mine`: it runs as this user, who may end it. `is_sillytavern` None: could not be found out. `folder`: the one it
    runs in; None: not known.
    """

    pid: int | None
    name: str = ""
    command: str = ""
    is_sillytavern: bool | None = None
    mine: bool = False
    folder: str | None = None


@dataclass(frozen=True)
class PortListener:
    """One socket that listens on a port. `owner` None: the program has ended meanwhile."""

    address: str
    owner: PortOwner | None = None


def is_free(port: int, host: str = "0.0.0.0") -> PortState:  # noqa: S104 - what the server will do
    """Return whether the server could listen on `port` (1 to 65535) of `host`, by listening there as Node does.

    Node sets SO_REUSEADDR everywhere but on Windows, where it would mean sharing the port (libuv, `uv__tcp_bind`).
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as listener:
            if sys.platform != "win32":
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((host, port))
            listener.listen(1)
    except OverflowError:
        return PortState.UNKNOWN
    except OSError as error:
        return STATE_OF_ERROR.get(error.errno or 0, PortState.UNKNOWN)
    return PortState.FREE


def next_free_port(after: int) -> int | None:
    """Return the next port that is free and that every browser opens; None when there is none.

    It is free on 127.0.0.1 as well: Windows and macOS let the server listen beside a program that has the port there,
    and the browser on this PC would then reach that program.
    """
    start = after + 1 if after >= FIRST_UNPRIVILEGED else FIRST_CHOICE
    following = range(start, min(start + PORTS_TO_TRY, 65536))
    for port in chain(following, range(FIRST_CHOICE, FIRST_CHOICE + PORTS_TO_TRY)):
        if port in REFUSED_BY_BROWSERS or port == after:
            continue
        if is_free(port) is PortState.FREE and is_free(port, LOOPBACK) is PortState.FREE:
            return port
    return None


def answers(port: int, timeout_s: float, hosts: tuple[str, ...] = (LOOPBACK, LOOPBACK_6)) -> bool:
    """Return whether anything accepts connections on `port` of this PC. Blocks for `timeout_s` at most.

    `::1` is for a server that listens on IPv6 only. Windows takes two seconds to refuse a connection, so each host
    gets its share of the time.
    """
    ends_at = time.monotonic() + timeout_s
    for tried, host in enumerate(hosts):
        share_s = (ends_at - time.monotonic()) / (len(hosts) - tried)
        if share_s > 0 and accepts(host, port, share_s):
            return True
    return False


def accepts(host: str, port: int, timeout_s: float) -> bool:
    """Return whether a connection to `host` succeeds. Blocks for `timeout_s` at most."""
    try:
        with socket.create_connection((host, port), timeout_s) as connection:
            # On Linux a connection to a high port of this PC can connect to itself when nobody listens.
            return bool(connection.getsockname() != connection.getpeername())
    except OSError:
        return False


def replies(port: int, timeout_s: float, host: str = LOOPBACK, scheme: str = "http") -> bool:
    """Return whether a web server replies to a request, whatever it says. Blocks for `timeout_s` at most."""
    ends_at = time.monotonic() + timeout_s
    try:
        with ExitStack() as stack:
            connection = stack.enter_context(socket.create_connection((host, port), timeout_s))
            if scheme == "https":
                connection = stack.enter_context(_any_certificate().wrap_socket(connection))
            connection.settimeout(max(ends_at - time.monotonic(), 0.01))
            connection.sendall(b"GET /favicon.ico HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            return connection.recv(5) == b"HTTP/"
    except OSError:
        return False


def _any_certificate() -> "SSLContext":
    """Accept the server's own certificate, which nobody signed. Nothing secret is sent."""
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def listeners(port: int) -> tuple[PortListener, ...] | None:
    """Return who listens on `port`; None when this user may not see it. Asks about all processes: up to 0.1 s."""
    import psutil

    try:
        connections = psutil.net_connections("tcp")
    except (OSError, psutil.Error):
        return None
    found = [one for one in connections if listens_on(port, one.status, one.laddr)]
    return tuple(PortListener(one.laddr[0], describe(one.pid)) for one in found if one.laddr)


def owner(port: int) -> PortOwner | None:
    """Return the program that listens on `port`; None when there is none. Asks about all processes: up to 0.1 s.

    Linux hides the processes of other users, macOS their connections too; Windows shows all.
    """
    seen = listeners(port)
    if seen is None:
        return _owner_among_own_processes(port)
    owners = [each.owner for each in seen if each.owner]
    return next((each for each in owners if each.pid is not None), owners[0] if owners else None)


def _owner_among_own_processes(port: int) -> PortOwner | None:
    """Return what macOS shows a user. A port that no visible process has belongs to another user's."""
    import psutil

    for process in psutil.process_iter():
        try:
            connections = process.net_connections("tcp")
        except (OSError, psutil.Error):
            continue
        if any(listens_on(port, one.status, one.laddr) for one in connections):
            return describe(process.pid)
    return PortOwner(None) if is_free(port) is PortState.TAKEN else None


def listens_on(port: int, status: str, local: tuple[str, int] | tuple[()]) -> bool:
    """Return whether a connection of psutil listens on `port`."""
    return status == "LISTEN" and local[1:] == (port,)


def describe(pid: int | None) -> PortOwner | None:
    """Return what this user may know about a process; None when it has ended meanwhile."""
    import psutil

    if pid is None:
        return PortOwner(None)
    try:
        process = psutil.Process(pid)
        known = process.as_dict(["name", "exe", "cmdline", "cwd", "username"])
        me = psutil.Process().username()
    except psutil.Error:
        return None
    arguments: list[str] | None = known["cmdline"]
    return PortOwner(
        pid,
        printable(program_name(known["name"] or "", known["exe"] or "", arguments or ())),
        printable(" ".join(arguments or ()))[:COMMAND_LENGTH],
        runs_sillytavern(arguments, known["cwd"]),
        mine=known["username"] == me,
        folder=known["cwd"],
    )


def program_name(name: str, executable: str, arguments: Sequence[str]) -> str:
    """Return what people call a program. PURE.

    On Linux a program may rename its process, and Node 24 does: to MainThread. A name that is neither that of its file
    nor of its first two words (the second is the script) is replaced by its file's.
    """
    started_as = [PurePath(word.removeprefix("-")).name for word in arguments[:2]]
    files = [file for file in (PurePath(executable).name, *started_as) if file]
    if name and any(file.startswith(name[:KNOWN_LENGTH]) for file in files):
        return name
    return files[0] if files else name


def printable(text: str) -> str:
    """Return `text` with a space for each character that could confuse a terminal or a window."""
    return "".join(each if each.isprintable() else " " for each in text).strip()


def runs_sillytavern(arguments: list[str] | None, folder: str | None) -> bool | None:
    """Return whether the program was started with a file of SillyTavern's; None when its arguments are not known."""
    if not arguments or not folder:
        return None
    files = [Path(folder, argument) for argument in arguments[1:] if not argument.startswith("-")]
    return any(_is_sillytaverns(file) for file in files if file.suffix in {".js", ".mjs", ""})


def _is_sillytaverns(file: Path) -> bool:
    """Return whether the file exists and is SillyTavern's, in its folder or one below."""
    try:
        folders = file.resolve(strict=True).parents[:2]
    except (OSError, ValueError, RuntimeError):
        return False
    return any(_package_name(folder / "package.json") == "sillytavern" for folder in folders)


def _package_name(package_file: Path) -> str | None:
    try:
        package = json.loads(package_file.read_bytes())
    except (OSError, ValueError):
        return None
    return package.get("name") if isinstance(package, dict) else None


def port_problem(port: int, state: PortState, owner: PortOwner | None, free_port: int | None = None) -> Problem:
    """Return why the server cannot listen on `port`, with `free_port` (see `next_free_port`) as the fix. PURE."""
    fix = None if free_port is None else Fix(f"port {free_port}", f"Use port {free_port} instead")
    other = "Choose another port in SillyTavern's settings." if fix is None else f"Port {free_port} is free."
    if owner is not None or state is PortState.TAKEN:
        title, advice = _taken_by(port, owner or PortOwner(None))
        return Problem(title, f"{advice} {other}", fix)
    if state is PortState.RESERVED and port < FIRST_UNPRIVILEGED:
        return Problem(
            f"Only an administrator may use port {port} on this computer.",
            f"Every program may use ports from 1024 on. {other}",
            fix,
        )
    if state is PortState.RESERVED:
        return Problem(
            f"Windows has reserved port {port} for itself.",
            f"No program uses it: Windows reserves whole ranges, often for Hyper-V, WSL or Docker, and different ones "
            f"after a restart. {other}",
            fix,
        )
    if state is PortState.FREE:
        return Problem(f"Port {port} was in use a moment ago and is free now.", "Start SillyTavern again.")
    return Problem(f"Port {port} cannot be used, and Tavernkeep could not find out why.", other, fix)


def _taken_by(port: int, owner: PortOwner) -> tuple[str, str]:
    """Return who has the port, and how to get it back."""
    if owner.pid is None:
        return f"Port {port} is already used by another program.", "Only an administrator can see which one."
    if owner.is_sillytavern:
        return (
            f"Another SillyTavern already uses port {port} (process {owner.pid}).",
            "Stop that one first, in the window it was started from, or use another port.",
        )
    started_as = f"It was started as “{owner.command}”. " if owner.command else ""
    return (
        f"Port {port} is already used by {owner.name or 'another program'} (process {owner.pid}).",
        f"{started_as}End that program, or use another port.",
    )
