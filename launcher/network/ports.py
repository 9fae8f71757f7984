"""Is a port free for the server, and if not, whose is it?"""

import errno
import json
import socket
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from pathlib import Path, PurePath

from launcher.network.port_check import REFUSED_BY_BROWSERS
from launcher.problem import Fix, Problem

LOOPBACK = "127.0.0.1"
LOOPBACK_6 = "::1"
FIRST_CHOICE = 8000
FIRST_UNPRIVILEGED = 1024
PORTS_TO_TRY = 2000
COMMAND_LENGTH = 80
# Linux cuts the name of a process after so many characters.
KNOWN_LENGTH = 15
NOBODY_SEEN = "Which one cannot be seen without administrator rights."


class PortState(StrEnum):
    """RESERVED: the system lets no program have it (a range set aside by Windows; below 1024 on Linux)."""

    FREE = "free"
    TAKEN = "taken"
    RESERVED = "reserved"
    UNKNOWN = "unknown"


STATE_OF_ERROR = {errno.EADDRINUSE: PortState.TAKEN, errno.EACCES: PortState.RESERVED}


@dataclass(frozen=True)
class PortOwner:
    """The program that listens on a port.

    `pid` None and `name` "": there is one, but this user may not see which. `command` is its command line, shortened,
    for showing. `mine`: it runs as this user, who may end it. `is_sillytavern` None: could not be found out.
    """

    pid: int | None
    name: str = ""
    command: str = ""
    is_sillytavern: bool | None = None
    mine: bool = False


def is_free(port: int, host: str = "0.0.0.0") -> PortState:  # noqa: S104 - what the server will do
    """Could the server listen on `port` (1 to 65535) of `host`? Tried by listening the way Node does.

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
    """The next port that the server can have and every browser opens, or None.

    Free on this PC alone as well: Windows and macOS would let the server listen beside a program that has the port on
    127.0.0.1, and the browser on this PC would then reach that one.
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
    """Does anything accept connections on `port` of this PC? Blocks for `timeout_s` at most.

    `::1` is tried as well, for a server that listens on IPv6 only. Windows takes two seconds to refuse a connection,
    so each host gets its share of the time.
    """
    ends_at = time.monotonic() + timeout_s
    for tried, host in enumerate(hosts):
        share_s = (ends_at - time.monotonic()) / (len(hosts) - tried)
        if share_s > 0 and accepts(host, port, share_s):
            return True
    return False


def accepts(host: str, port: int, timeout_s: float) -> bool:
    try:
        with socket.create_connection((host, port), timeout_s) as connection:
            # On Linux a connection to a high port of oneself can meet itself when nobody listens.
            return bool(connection.getsockname() != connection.getpeername())
    except OSError:
        return False


def replies(port: int, timeout_s: float) -> bool:
    """Does a web server on `port` of this PC reply to a request? To listen is not enough. Blocks for `timeout_s`.

    One that speaks https alone does not reply to this.
    """
    ends_at = time.monotonic() + timeout_s
    try:
        with socket.create_connection((LOOPBACK, port), timeout_s) as connection:
            connection.settimeout(max(ends_at - time.monotonic(), 0.01))
            connection.sendall(b"GET /favicon.ico HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            return connection.recv(5) == b"HTTP/"
    except OSError:
        return False


def owner(port: int) -> PortOwner | None:
    """Who listens on `port`, or None when nobody was seen. Looks through all processes, which may take 0.1 s.

    Linux hides the processes of other users, macOS their connections too; Windows tells all.
    """
    import psutil

    try:
        connections = psutil.net_connections("tcp")
    except psutil.AccessDenied:
        return owner_among_own_processes(port)
    except (OSError, psutil.Error):
        return None
    pids = [one.pid for one in connections if listens_on(port, one.status, one.laddr)]
    found = [each for each in map(describe, pids) if each is not None]
    return next((each for each in found if each.pid is not None), found[0] if found else None)


def owner_among_own_processes(port: int) -> PortOwner | None:
    """What macOS lets a user see. A port that is taken by nobody visible belongs to somebody else."""
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
    return status == "LISTEN" and local[1:] == (port,)


def describe(pid: int | None) -> PortOwner | None:
    """What this user may know about a process; what is denied stays unknown. None when it has ended meanwhile."""
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
    )


def program_name(name: str, executable: str, arguments: Sequence[str]) -> str:
    """What people call a program. PURE.

    On Linux a program may rename itself, and Node 24 does: its process is called MainThread. What is named after
    neither its file nor its first two words (the second is the script) is called by its file instead.
    """
    started_as = [PurePath(word.removeprefix("-")).name for word in arguments[:2]]
    files = [file for file in (PurePath(executable).name, *started_as) if file]
    if name and any(file.startswith(name[:KNOWN_LENGTH]) for file in files):
        return name
    return files[0] if files else name


def printable(text: str) -> str:
    return "".join(each if each.isprintable() else " " for each in text).strip()


def runs_sillytavern(arguments: list[str] | None, folder: str | None) -> bool | None:
    """Is one of the files it was started with SillyTavern's? None when the system does not tell what it was."""
    if not arguments or not folder:
        return None
    files = [Path(folder, argument) for argument in arguments[1:] if not argument.startswith("-")]
    return any(is_sillytaverns(file) for file in files if file.suffix in {".js", ".mjs", ""})


def is_sillytaverns(file: Path) -> bool:
    """Is it a file of SillyTavern, at the top or one folder down? What is no file at all is not."""
    try:
        folders = file.resolve(strict=True).parents[:2]
    except (OSError, ValueError, RuntimeError):
        return False
    return any(package_name(folder / "package.json") == "sillytavern" for folder in folders)


def package_name(package_file: Path) -> str | None:
    try:
        package = json.loads(package_file.read_bytes())
    except (OSError, ValueError):
        return None
    return package.get("name") if isinstance(package, dict) else None


def port_problem(port: int, state: PortState, owner: PortOwner | None, free_port: int | None = None) -> Problem:
    """Why the server cannot listen on `port`, and the port to use instead (`next_free_port`) as the repair. PURE."""
    fix = None if free_port is None else Fix(f"port {free_port}", f"Use port {free_port} instead")
    other = "Choose another port in SillyTavern's settings." if fix is None else f"Port {free_port} is free."
    if owner is not None:
        return Problem(who_has_it(port, owner), f"{how_to_get_it(owner)} {other}", fix)
    if state is PortState.TAKEN:
        return Problem(f"Port {port} is already used by another program.", f"{NOBODY_SEEN} {other}", fix)
    if state is PortState.RESERVED and port < FIRST_UNPRIVILEGED:
        return Problem(
            f"Only an administrator may use port {port} on this computer.",
            f"Ports from 1024 on are for all. {other}",
            fix,
        )
    if state is PortState.RESERVED:
        return Problem(
            f"Windows has reserved port {port} for itself.",
            f"No program has it: Windows sets whole ranges aside, often for Hyper-V, WSL or Docker, and other ones "
            f"after a restart. {other}",
            fix,
        )
    if state is PortState.FREE:
        return Problem(f"Port {port} was in use a moment ago and is free now.", "Start SillyTavern again.")
    return Problem(f"Port {port} cannot be used, and the reason could not be found out.", other, fix)


def who_has_it(port: int, owner: PortOwner) -> str:
    if owner.pid is None:
        return f"Port {port} is already used by another program."
    if owner.is_sillytavern:
        return f"Another SillyTavern already uses port {port} (process {owner.pid})."
    return f"Port {port} is already used by {owner.name or 'another program'} (process {owner.pid})."


def how_to_get_it(owner: PortOwner) -> str:
    if owner.pid is None:
        return NOBODY_SEEN
    if owner.is_sillytavern:
        return "Stop that one first, in the window it was started from, or use another port."
    started_as = f"It was started as “{owner.command}”. " if owner.command else ""
    return f"{started_as}End that program, or use another port."
