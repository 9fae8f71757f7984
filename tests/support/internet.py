"""A PC behind a router, and an Internet behind that with services that tell the address they see."""

import itertools
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.support.hosts import remove_host
from tests.support.machine import REPOSITORY, need, need_root
from tests.support.services import certificate
from tests.support.waiting import wait_until

PC, GATEWAY = "192.168.0.5", "192.168.0.1"
NAMES = ("one.example", "two.example")
SIX = "2a02:8071:1::1"

_number = itertools.count()


@dataclass(frozen=True)
class Internet:
    """The namespaces, and the services' certificate. `pc` has lan0, `router` lan0 and wan0, `outside` wan0."""

    pc: str
    router: str
    outside: str
    folder: Path

    def on_pc(self, *command: str) -> list[str]:
        """The command line that runs `command` on the PC."""
        return ["ip", "netns", "exec", self.pc, *command]

    @property
    def environment(self) -> dict[str, str]:
        """With it the PC trusts the services."""
        return {"REQUESTS_CA_BUNDLE": str(self.folder / "certificate.pem")}

    @contextmanager
    def running(self, host: str, *command: str) -> Iterator[subprocess.Popen[bytes]]:
        """`command` runs on `host`, with an empty standard input, until the end."""
        started = subprocess.Popen(["ip", "netns", "exec", host, *command], stdin=subprocess.DEVNULL)
        try:
            yield started
        finally:
            started.terminate()
            started.wait(10)

    @contextmanager
    def services(self, *answers: str) -> Iterator[list[str]]:
        """Real https services outside, one for each answer; their names have addresses of both families."""
        with ExitStack() as started:
            urls = []
            for port, (name, answer) in enumerate(zip(NAMES, answers, strict=False), 8443):
                where = [str(port), str(self.folder / "certificate.pem"), answer]
                program = [sys.executable, "-P", "-m", "tests.support.public_service", *where]
                with_path = ["env", f"PYTHONPATH={REPOSITORY}", *program]
                started.enter_context(self.running(self.outside, *with_path))
                urls.append(f"https://{name}:{port}/")
                wait_until(partial(_listens, self.outside, port), what=f"{name} listens")
            yield urls


@contextmanager
def internet(folder: Path, outside_address: str = "81.2.69.142", pc: str = PC) -> Iterator[Internet]:
    """New hosts; at the end they are gone. `outside_address` is the router's on the outside. Skips when not root."""
    need("ip", "ss")
    need_root()
    name = f"tk{os.getpid()}i{next(_number)}"
    made = Internet(f"{name}-pc", f"{name}-rt", f"{name}-out", folder)
    certificate(folder, *(f"DNS:{each}" for each in NAMES))
    beyond = f"{outside_address.rpartition('.')[0]}.1"
    hosts_file = Path("/etc/netns") / made.pc / "hosts"
    try:
        for host in (made.pc, made.router, made.outside):
            _ip("netns", "add", host)
            _ip("-n", host, "link", "set", "lo", "up")
        for card, one, two in (("lan0", made.pc, made.router), ("wan0", made.router, made.outside)):
            _ip("link", "add", card, "netns", one, "type", "veth", "peer", "name", card, "netns", two)
        for host, card, *addresses in (
            (made.pc, "lan0", f"{pc}/24", "2a02:8071:2::5/64"),
            (made.router, "lan0", f"{GATEWAY}/24", "2a02:8071:2::1/64"),
            (made.router, "wan0", f"{outside_address}/24", "2a02:8071:1::2/64"),
            (made.outside, "wan0", f"{beyond}/24", f"{SIX}/64"),
        ):
            for address in addresses:
                nodad = ["nodad"] if ":" in address else ["brd", "+"]
                _ip("-n", host, "addr", "add", address, *nodad, "dev", card)
            _ip("-n", host, "link", "set", card, "up")
        for host, way in ((made.pc, GATEWAY), (made.router, beyond)):
            _ip("-n", host, "route", "add", "default", "via", way)
        _ip("-n", made.pc, "route", "add", "default", "via", "2a02:8071:2::1")
        _ip("-n", made.outside, "route", "add", "192.168.0.0/24", "via", outside_address)
        _ip("-n", made.outside, "route", "add", "2a02:8071:2::/64", "via", "2a02:8071:1::2")
        for way in ("net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1"):
            path = Path("/proc/sys") / way.partition("=")[0].replace(".", "/")
            subprocess.run(["ip", "netns", "exec", made.router, "sh", "-c", f"echo 1 > {path}"], check=True)
        hosts_file.parent.mkdir(parents=True)
        lines = [f"{address} {' '.join(NAMES)}\n" for address in (beyond, SIX)]
        hosts_file.write_text(f"127.0.0.1 localhost\n::1 localhost\n{''.join(lines)}", "utf-8")
        yield made
    finally:
        for host in (made.pc, made.router, made.outside):
            remove_host(host)
        hosts_file.unlink(missing_ok=True)
        if hosts_file.parent.is_dir():
            hosts_file.parent.rmdir()


def _listens(host: str, port: int) -> bool:
    command = ["ip", "netns", "exec", host, "ss", "-Hltn", f"sport = :{port}"]
    return f":{port}" in subprocess.run(command, capture_output=True, text=True, check=True).stdout


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True)
