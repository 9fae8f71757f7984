"""Where this PC's server and the phone can be asked, and which way a packet goes."""

import errno
import socket
import subprocess
import sys
from collections.abc import Sequence
from ipaddress import ip_address

from launcher.network.ports import LOOPBACK, LOOPBACK_6
from launcher.system.process_tree import popen_kwargs

NOBODY_THERE = {errno.EHOSTUNREACH, errno.ENETUNREACH, getattr(errno, "EHOSTDOWN", errno.EHOSTUNREACH)}


def hosts_to_ask(addresses: Sequence[str]) -> tuple[str, ...]:
    """Return the hosts of this PC where a server that listens at `addresses` answers. PURE."""
    loopbacks = {4: LOOPBACK, 6: LOOPBACK_6}
    hosts = [
        loopbacks[where.version] if where.is_unspecified or where.is_loopback else str(where)
        for where in map(ip_address, addresses)
    ]
    return tuple(dict.fromkeys(hosts)) or (LOOPBACK, LOOPBACK_6)


def source_towards(target: str) -> str | None:
    """Return the address of this PC from which the system would send to `target`; None: no route. Sends nothing."""
    family = socket.AF_INET6 if ":" in target else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((target, 9))
            return str(probe.getsockname()[0])
    except OSError:
        return None


def is_there(device: str, port: int, timeout_s: float) -> bool | None:
    """Return whether a device answers this PC at all, to a connection or a ping. A refused connection is an answer.

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
    # The ping has the same limit, and began earlier.
    return ping.wait() == 0 or answered


def _pinging(device: str, timeout_s: float) -> "subprocess.Popen[bytes] | None":
    """Start a ping that ends by itself in time; None where there is no such program."""
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
