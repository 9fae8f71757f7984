"""Runs functions of a test on another host: in its network namespace, with folders of its own, as whom one likes."""

import ctypes
import os
import socket
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

NEW_MOUNTS = 0x00020000
NEW_NETWORK = 0x40000000
NOBODY = 65534
PATIENCE_S = 60
CONNECT_TIMEOUT_S = 0.4

_listening: list[socket.socket] = []


class Inside:
    """One process on a host. `do` takes functions of modules only, and what they take and give is copied."""

    def __init__(self, pool: ProcessPoolExecutor) -> None:
        self._pool = pool

    def do(self, function: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        return self._pool.submit(function, *arguments, **named).result(PATIENCE_S)


@contextmanager
def inside(namespace: str, own: dict[Path, Path] | None = None, user: int = 0) -> Iterator[Inside]:
    """Someone on the host `namespace`. `own` maps folders of the system to those that are there instead."""
    with ProcessPoolExecutor(1, get_context("fork"), _enter, (namespace, own or {}, user)) as pool:
        yield Inside(pool)


def _enter(namespace: str, own: dict[Path, Path], user: int) -> None:
    import dbus_fast.aio  # noqa: F401 - later there may be no right to read it
    import psutil  # noqa: F401

    from launcher.network.firewall import linux  # noqa: F401

    libc = ctypes.CDLL(None, use_errno=True)
    with Path("/run/netns", namespace).open("rb") as entry:
        if libc.setns(entry.fileno(), NEW_NETWORK) or libc.unshare(NEW_MOUNTS):
            raise OSError(ctypes.get_errno(), "no way into the namespace")
    subprocess.run(["mount", "--make-rprivate", "/"], check=True)
    for folder, instead in own.items():
        subprocess.run(["mount", "--bind", str(instead), str(folder)], check=True)
    os.environ["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin"
    if user:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)


def listen(port: int) -> None:
    """Accept connections on all addresses, until `listen` is called again."""
    while _listening:
        _listening.pop().close()
    server = socket.create_server(("::", port), family=socket.AF_INET6, dualstack_ipv6=True, backlog=100)
    _listening.append(server)


def reaches(address: str, port: int) -> bool:
    """Does a connection come about?"""
    try:
        with socket.create_connection((address, port), CONNECT_TIMEOUT_S):
            return True
    except OSError:
        return False


def run(*command: str, text: str = "") -> str:
    """The output of a program that must succeed."""
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout
