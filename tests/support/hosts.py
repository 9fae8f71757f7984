"""A PC and a phone on one cable, as two network namespaces with the addresses that the guide uses."""

import itertools
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.support.machine import need, need_root

PC_ADDRESS = "192.168.0.5"
PHONE_ADDRESS = "192.168.0.20"

_number = itertools.count()


@dataclass(frozen=True)
class Hosts:
    """Two hosts with no way to any other network. `pc` has the interface lan0, `phone` has wlan0."""

    pc: str
    phone: str

    def on_pc(self, *command: str) -> list[str]:
        """The command line that runs `command` on the PC."""
        return ["ip", "netns", "exec", self.pc, *command]

    def on_phone(self, *command: str) -> list[str]:
        """The command line that runs `command` on the phone."""
        return ["ip", "netns", "exec", self.phone, *command]

    def move_pc(self, address: str) -> None:
        """Gives the PC another IPv4 address, as a new lease of its router would."""
        _move(self.pc, "lan0", address)

    def move_phone(self, address: str) -> None:
        """Gives the phone another IPv4 address."""
        _move(self.phone, "wlan0", address)


@contextmanager
def two_hosts() -> Iterator[Hosts]:
    """New hosts; at the end they and whatever still runs on them are gone. Skips when not root."""
    need("ip")
    need_root()
    name = f"tk{os.getpid()}-{next(_number)}"
    hosts = Hosts(f"{name}-pc", f"{name}-phone")
    try:
        _ip("netns", "add", hosts.pc)
        _ip("netns", "add", hosts.phone)
        _ip("link", "add", "lan0", "netns", hosts.pc, "type", "veth", "peer", "name", "wlan0", "netns", hosts.phone)
        for host, card, v4, v6 in [
            (hosts.pc, "lan0", PC_ADDRESS, "fd00::5"),
            (hosts.phone, "wlan0", PHONE_ADDRESS, "fd00::20"),
        ]:
            _ip("-n", host, "addr", "add", f"{v4}/24", "brd", "+", "dev", card)
            _ip("-n", host, "addr", "add", f"{v6}/64", "dev", card, "nodad")
            _ip("-n", host, "link", "set", "lo", "up")
            _ip("-n", host, "link", "set", card, "up")
        yield hosts
    finally:
        for host in (hosts.phone, hosts.pc):
            remove_host(host)


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True)


def _move(host: str, card: str, address: str) -> None:
    _ip("-n", host, "-4", "addr", "flush", "dev", card)
    _ip("-n", host, "addr", "add", f"{address}/24", "brd", "+", "dev", card)


def remove_host(host: str) -> None:
    """Ends whatever runs in this namespace, and removes it; nothing when it is not there."""
    inside = subprocess.run(["ip", "netns", "pids", host], capture_output=True, text=True, check=False)
    for pid in inside.stdout.split():
        os.kill(int(pid), signal.SIGKILL)
    subprocess.run(["ip", "netns", "del", host], capture_output=True, check=False)
