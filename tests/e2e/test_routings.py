"""The networks people have, rebuilt with real cards and routes in a namespace: which address does the phone get?"""

import itertools
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Self

import pytest

import launcher

LIMIT_S = 30
ROOT = Path(launcher.__file__).parents[1]
TUN = Path("/dev/net/tun")
NUMBERS = itertools.count()

ASK = """
import json, dataclasses
from launcher.network.addresses import local_addresses
found = local_addresses()
print(json.dumps(None if found is None else [dataclasses.asdict(each) for each in found]))
"""
# A tunnel is only up while a program holds its end; this one ends with its standard input.
HOLD_TUNNEL = """
import fcntl, os, struct, sys
end = os.open("/dev/net/tun", os.O_RDWR)
fcntl.ioctl(end, 0x400454CA, struct.pack("16sH22x", sys.argv[1].encode(), 0x1001))
print("up", flush=True)
sys.stdin.read()
"""


def why_not() -> str:
    if sys.platform != "linux" or shutil.which("ip") is None:
        return "needs Linux and the command ip"
    if os.geteuid() != 0:
        return "network namespaces need root"
    name = f"tk{os.getpid()}try"
    made = subprocess.run(["ip", "netns", "add", name], capture_output=True, text=True)
    if made.returncode == 0:
        subprocess.run(["ip", "netns", "delete", name], check=True)
    return made.stderr.strip()


class Computer:
    """A namespace that has its own cards and routes."""

    def __init__(self) -> None:
        self.name = f"tk{os.getpid()}r{next(NUMBERS)}"
        self.stack = ExitStack()

    def __enter__(self) -> Self:
        subprocess.run(["ip", "netns", "add", self.name], check=True)
        self.stack.callback(subprocess.run, ["ip", "netns", "delete", self.name], check=True)
        self.ip("link set lo up")
        return self

    def __exit__(self, *error: object) -> None:
        self.stack.close()

    def ip(self, command: str) -> None:
        subprocess.run(["ip", "-n", self.name, *command.split()], check=True)

    def wait_for(self, card: str, *states: str) -> None:
        """The kernel tells whether there is a carrier a moment after the fact."""
        ends_at = time.monotonic() + LIMIT_S
        while (state := self.state(card)) not in states:
            assert time.monotonic() < ends_at, f"{card} is {state}"

    def state(self, card: str) -> str:
        command = ["ip", "-json", "-n", self.name, "link", "show", card]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        return str(json.loads(done.stdout)[0]["operstate"])

    def card(self, name: str, address: str) -> None:
        self.ip(f"link add {name} type veth peer name {name}-peer")
        self.ip(f"link set {name}-peer up")
        self.ip(f"addr add {address} broadcast + dev {name}")
        self.ip(f"link set {name} up")
        self.wait_for(name, "UP")

    def bridge(self, name: str, address: str) -> None:
        """With one container on it, or it would have no carrier."""
        self.ip(f"link add {name} type bridge")
        self.ip(f"link add veth{name[:6]} type veth peer name p{name[:6]}")
        self.ip(f"link set veth{name[:6]} master {name}")
        self.ip(f"link set veth{name[:6]} up")
        self.ip(f"link set p{name[:6]} up")
        self.ip(f"addr add {address} broadcast + dev {name}")
        self.ip(f"link set {name} up")
        self.wait_for(name, "UP")

    def tunnel(self, name: str, address: str) -> None:
        if not TUN.exists():
            pytest.skip(f"{TUN} is missing")
        command = ["ip", "netns", "exec", self.name, sys.executable, "-c", HOLD_TUNNEL, name]
        holder = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.stack.enter_context(holder)
        assert holder.stdout is not None
        assert holder.stdout.readline() == "up\n"
        self.ip(f"addr add {address} dev {name}")
        self.ip(f"link set {name} up")
        self.wait_for(name, "UP", "UNKNOWN")

    def addresses(self) -> list[dict[str, str | bool]] | None:
        """What `local_addresses` says when it runs on this computer."""
        done = subprocess.run(
            ["ip", "netns", "exec", self.name, sys.executable, "-c", ASK],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            check=True,
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
        )
        found: list[dict[str, str | bool]] | None = json.loads(done.stdout)
        return found

    def shown(self) -> list[str]:
        """The interfaces as listed, those for a phone on this network marked."""
        return [f"{each['interface']}{'*' if each['local'] else ''}" for each in self.addresses() or []]

    def best(self) -> str | bool | None:
        return next((each["address"] for each in self.addresses() or [] if each["local"]), None)


@pytest.fixture
def computer() -> Iterator[Computer]:
    reason = why_not()
    if reason:
        pytest.skip(reason)
    with Computer() as computer:
        yield computer


def test_a_plain_network_by_wire(computer: Computer) -> None:
    computer.card("eth0", "192.168.0.5/24")
    computer.ip("route add default via 192.168.0.1")
    assert computer.addresses() == [
        {"address": "192.168.0.5", "interface": "eth0", "kind": "ethernet", "local": True, "netmask": "255.255.255.0"}
    ]


def test_wifi_beside_the_bridges_of_docker_and_libvirt(computer: Computer) -> None:
    computer.bridge("docker0", "172.17.0.1/16")
    computer.bridge("br-0123456789ab", "172.18.0.1/16")
    computer.bridge("virbr0", "192.168.122.1/24")
    computer.card("wlan0", "192.168.0.5/24")
    computer.ip("route add default via 192.168.0.1")
    assert computer.best() == "192.168.0.5"
    assert computer.shown() == ["wlan0*", "docker0", "br-0123456789ab", "virbr0"]


def test_a_vpn_that_takes_the_default_route(computer: Computer) -> None:
    computer.card("wlan0", "192.168.0.5/24")
    computer.tunnel("tun0", "10.8.0.2/24")
    computer.ip("route add default dev tun0")
    assert computer.best() == "192.168.0.5"
    assert computer.shown() == ["wlan0*", "tun0"]


def test_a_vpn_for_some_networks_only(computer: Computer) -> None:
    computer.card("wlan0", "192.168.0.5/24")
    computer.ip("route add default via 192.168.0.1")
    computer.tunnel("wg0", "10.66.0.2/32")
    computer.ip("route add 10.0.0.0/8 dev wg0")
    assert computer.best() == "192.168.0.5"


def test_a_vpn_that_adds_a_default_route_with_a_gateway(computer: Computer) -> None:
    computer.card("eth0", "192.168.0.5/24")
    computer.ip("route add default via 192.168.0.1 metric 600")
    computer.tunnel("tun0", "10.8.0.2/24")
    computer.ip("route add default via 10.8.0.1 metric 50")
    assert computer.best() == "192.168.0.5"


def test_a_vpn_under_a_name_of_its_own_with_the_only_gateway(computer: Computer) -> None:
    computer.card("eth0", "192.168.0.5/24")
    computer.tunnel("corp", "10.8.0.2/24")
    computer.ip("route add 0.0.0.0/1 via 10.8.0.1")
    computer.ip("route add 128.0.0.0/1 via 10.8.0.1")
    computer.ip("route add default via 10.8.0.1")
    assert computer.best() == "192.168.0.5"
    assert computer.shown() == ["eth0*", "corp"]


def test_two_cards_the_one_with_the_router_first(computer: Computer) -> None:
    computer.card("eth1", "10.99.0.1/24")
    computer.card("wlan0", "192.168.0.5/24")
    computer.ip("route add default via 192.168.0.1")
    assert computer.best() == "192.168.0.5"
    assert computer.shown() == ["wlan0*", "eth1*"]


def test_two_cards_when_the_wired_one_has_the_router(computer: Computer) -> None:
    computer.card("wlan0", "10.42.0.1/24")
    computer.card("eth0", "192.168.0.5/24")
    computer.ip("route add default via 192.168.0.1")
    assert computer.best() == "192.168.0.5"


def test_no_default_route(computer: Computer) -> None:
    computer.card("eth0", "192.168.0.5/24")
    computer.bridge("docker0", "172.17.0.1/16")
    assert computer.best() == "192.168.0.5"


def test_tailscale_is_named_but_not_for_this_network(computer: Computer) -> None:
    computer.card("wlan0", "192.168.0.5/24")
    computer.ip("route add default via 192.168.0.1")
    computer.tunnel("tailscale0", "100.101.102.103/32")
    assert computer.best() == "192.168.0.5"
    assert [(each["kind"], each["local"]) for each in computer.addresses() or []] == [
        ("wifi", True),
        ("tailscale", False),
    ]


def test_a_second_address_with_a_label_of_its_own(computer: Computer) -> None:
    computer.card("eth0", "192.168.0.5/24")
    computer.ip("addr add 10.20.0.5/24 broadcast + label eth0:1 dev eth0")
    computer.ip("route add default via 192.168.0.1")
    assert [each["address"] for each in computer.addresses() or []] == ["192.168.0.5", "10.20.0.5"]
    assert computer.shown() == ["eth0*", "eth0*"]


def test_no_network_is_said_and_not_papered_over(computer: Computer) -> None:
    assert computer.addresses() == []


def test_a_cable_that_was_pulled_is_no_network(computer: Computer) -> None:
    computer.card("eth0", "192.168.0.5/24")
    computer.ip("link set eth0-peer down")
    computer.wait_for("eth0", "DOWN", "LOWERLAYERDOWN")
    assert computer.addresses() == []


def test_only_containers_and_a_vpn_is_no_local_network(computer: Computer) -> None:
    computer.bridge("docker0", "172.17.0.1/16")
    computer.tunnel("tun0", "10.8.0.2/24")
    computer.ip("route add default via 10.8.0.1")
    assert computer.best() is None
    assert computer.shown() == ["tun0", "docker0"]
