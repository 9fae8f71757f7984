"""What this PC's sockets tell: who listens, what answers, and which way something goes."""

import contextlib
import errno
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from ipaddress import ip_address
from typing import TYPE_CHECKING

from launcher.doctor.check_input import PortListener
from launcher.network.ports import LOOPBACK, LOOPBACK_6, describe, listens_on
from launcher.system.process_tree import popen_kwargs

if TYPE_CHECKING:
    from ssl import SSLContext

NOBODY_THERE = {errno.EHOSTUNREACH, errno.ENETUNREACH, getattr(errno, "EHOSTDOWN", errno.EHOSTUNREACH)}


def listeners(port: int) -> tuple[PortListener, ...] | None:
    """Who listens on `port`; None when this user may not see it. Looks through all processes, which may take 0.1 s."""
    import psutil

    try:
        connections = psutil.net_connections("tcp")
    except (OSError, psutil.Error):
        return None
    found = [one for one in connections if one.laddr and listens_on(port, one.status, one.laddr)]
    return tuple(PortListener(one.laddr[0], describe(one.pid), folder_of(one.pid)) for one in found if one.laddr)


def folder_of(pid: int | None) -> str | None:
    """The folder a process runs in; None when this user may not know."""
    import psutil

    if pid is None:
        return None
    try:
        return psutil.Process(pid).cwd()
    except (OSError, psutil.Error):
        return None


def hosts_to_ask(addresses: Sequence[str]) -> tuple[str, ...]:
    """Where on this PC a server that listens at `addresses` answers. PURE."""
    loopbacks = {4: LOOPBACK, 6: LOOPBACK_6}
    hosts = [
        loopbacks[where.version] if where.is_unspecified or where.is_loopback else str(where)
        for where in map(ip_address, addresses)
    ]
    return tuple(dict.fromkeys(hosts)) or (LOOPBACK, LOOPBACK_6)


def answers(scheme: str, host: str, port: int, timeout_s: float) -> bool:
    """Does a web server answer there, whatever it says? Blocks for `timeout_s`."""
    ends_at = time.monotonic() + timeout_s
    try:
        with contextlib.ExitStack() as stack:
            connection = stack.enter_context(socket.create_connection((host, port), timeout_s))
            if scheme == "https":
                connection = stack.enter_context(_any_certificate().wrap_socket(connection))
            connection.settimeout(max(0.01, ends_at - time.monotonic()))
            connection.sendall(b"GET /favicon.ico HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            return connection.recv(5) == b"HTTP/"
    except OSError:
        return False


def _any_certificate() -> "SSLContext":
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    # The server's own certificate is one that nobody signed; nothing secret is sent.
    context.verify_mode = ssl.CERT_NONE
    return context


def source_towards(target: str) -> str | None:
    """From which of this PC's addresses the system would send to `target`; None: there is no way. Nothing is sent."""
    family = socket.AF_INET6 if ":" in target else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((target, 9))
            return str(probe.getsockname()[0])
    except OSError:
        return None


def is_there(device: str, port: int, timeout_s: float) -> bool | None:
    """Does a device answer this PC at all, to a connection or a ping? A refusal is an answer.

    None when neither could be tried. Blocks for `timeout_s` at most.
    """
    ping = _pinging(device, timeout_s)
    try:
        with socket.create_connection((device, port), timeout_s):
            answered: bool | None = True
    except (ConnectionRefusedError, ConnectionResetError):
        answered = True
    except OSError as error:
        answered = False if isinstance(error, TimeoutError) or error.errno in NOBODY_THERE else None
    if ping is None:
        return answered
    if answered:
        ping.kill()
        ping.wait()
        return True
    # Its own limit is the same, and began earlier.
    return ping.wait() == 0 or answered


def _pinging(device: str, timeout_s: float) -> "subprocess.Popen[bytes] | None":
    """A ping on its way, that ends by itself in time; None where there is no such program."""
    import shutil

    program = shutil.which("ping")
    if not program:
        return None
    milliseconds = str(int(timeout_s * 1000))
    patience = {
        "win32": ["-n", "1", "-w", milliseconds],
        "darwin": ["-n", "-c", "1", "-W", milliseconds, "-t", "2"],
    }.get(sys.platform, ["-n", "-c", "1", "-W", f"{timeout_s:.1f}"])
    try:
        return subprocess.Popen(
            [program, *patience, device],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **popen_kwargs(),
        )
    except OSError:
        return None
