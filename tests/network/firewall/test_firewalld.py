"""A real firewalld on a host of its own: each of its ways to let in or keep out, opened and closed again."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest

from launcher.network.firewall import firewalld, firewalld_zones, linux
from launcher.network.firewall.packet import Packet
from launcher.network.firewall.verdict import FirewallKind
from launcher.system.elevation import Consent
from launcher.system.folders import Folders
from tests.network.firewall.inside import NOBODY, Inside, inside, listen, reaches, run
from tests.support.hosts import PC_ADDRESS, Hosts, two_hosts
from tests.support.machine import need
from tests.support.waiting import wait_until

PORT = 8000
NETWORKS = (ip_network("192.168.0.0/24"),)
PACKET = Packet(NETWORKS[0], PORT, ip_address(PC_ADDRESS), "lan0")
SYSTEM_BUS = Path("/run/dbus/system_bus_socket")
ETC = Path("/etc/firewalld")
BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:path=/run/dbus/system_bus_socket</listen>
  <policy context="default">
    <allow user="*"/><allow own="*"/><allow send_destination="*"/><allow receive_sender="*"/>
  </policy>
</busconfig>
"""

# What firewall-cmd is told, and whether a phone then gets in.
SETTINGS: dict[str, tuple[list[str], bool]] = {
    "as it comes": ([], False),
    "the port": ([f"--add-port={PORT}/tcp"], True),
    "the port for UDP": ([f"--add-port={PORT}/udp"], False),
    "a range": (["--add-port=1025-65535/tcp"], True),
    "a service": (["--add-service=http"], False),
    "a trusted network": (["--zone=trusted", "--add-source=192.168.0.0/16"], True),
    "another trusted network": (["--zone=trusted", "--add-source=10.0.0.0/8"], False),
    "a trusted card": (["--zone=trusted", "--change-interface=lan0"], True),
    "a card in the zone that drops": (["--zone=drop", "--change-interface=lan0"], False),
    "a default zone that trusts": (["--set-default-zone=trusted"], True),
    "TCP as a whole": (["--add-protocol=tcp"], True),
    "a rich rule": ([f"--add-rich-rule=rule family=ipv4 port port={PORT} protocol=tcp accept"], True),
    "a rich rule for others": (
        [f"--add-rich-rule=rule family=ipv4 source address=10.0.0.0/8 port port={PORT} protocol=tcp accept"],
        False,
    ),
    "the port, and a rich rule against it": (
        [f"--add-port={PORT}/tcp", "--add-rich-rule=rule family=ipv4 source NOT address=10.0.0.0/8 drop"],
        False,
    ),
    "a rich rule before one against it": (
        [
            "--add-rich-rule=rule family=ipv4 source address=192.168.0.0/24 reject",
            f"--add-rich-rule=rule priority=-5 family=ipv4 port port={PORT} protocol=tcp accept",
        ],
        True,
    ),
    "panic": (["--panic-on"], False),
}

ALWAYS = {"as it comes", "a range", "a trusted network"}
IN_ANOTHER_ZONE = {name for name, (arguments, _) in SETTINGS.items() if "--zone" in " ".join(arguments)}


@pytest.fixture(scope="module")
def cable() -> Iterator[Hosts]:
    need("firewalld", "firewall-cmd", "dbus-daemon")
    with two_hosts() as hosts:
        yield hosts


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> dict[Path, Path]:
    folder = tmp_path_factory.mktemp("firewalld")
    shutil.copytree(ETC, folder / "etc")
    (folder / "run/dbus").mkdir(parents=True)
    (folder / "bus.conf").write_text(BUS, "utf-8")
    return {ETC: folder / "etc", Path("/run"): folder / "run"}


@pytest.fixture(scope="module")
def pc(cable: Hosts, own: dict[Path, Path]) -> Iterator[Inside]:
    """A PC with a system bus of its own, and firewalld on it."""
    with inside(cable.pc, own) as pc:
        bus = pc.do(start, "dbus-daemon", "--nofork", f"--config-file={own[ETC].parent / 'bus.conf'}")
        daemon = None
        try:
            wait_until(lambda: pc.do(SYSTEM_BUS.exists), what="the system bus")
            daemon = pc.do(start, "firewalld", "--nofork", "--nopid", "--log-target=console")
            wait_until(lambda: "filter_IN_public" in pc.do(run, "nft", "list", "ruleset"), 30, "firewalld")
            wait_until(lambda: pc.do(firewalld.read), 30, "firewalld's answer")
            pc.do(listen, PORT)
            yield pc
        finally:
            for pid in (daemon, bus):
                if pid:
                    pc.do(end, pid)


@pytest.fixture(scope="module")
def phone(cable: Hosts) -> Iterator[Inside]:
    with inside(cable.phone) as phone:
        yield phone


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders(tmp_path, tmp_path / "data", tmp_path / "logs", tmp_path / "run")


@pytest.fixture(autouse=True)
def as_new(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "pc" in request.fixturenames:
        pc: Inside = request.getfixturevalue("pc")
        pc.do(run, "sh", "-c", "firewall-cmd -q --panic-off; firewall-cmd -q --set-default-zone=public")
        pc.do(run, "firewall-cmd", "-q", "--reload")


_started: dict[int, subprocess.Popen[bytes]] = {}


def start(*command: str) -> int:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _started[process.pid] = process
    return process.pid


def end(pid: int) -> None:
    _started[pid].terminate()
    _started[pid].wait(10)


def what_firewalld_says() -> bool | None:
    settings = firewalld.read()
    assert settings
    return firewalld_zones.passes(settings, PACKET)


@pytest.mark.parametrize(
    "name", [name if name in ALWAYS else pytest.param(name, marks=pytest.mark.sweep) for name in SETTINGS]
)
def test_what_firewalld_keeps_out_is_seen(name: str, pc: Inside, phone: Inside, folders: Folders) -> None:
    arguments, gets_in = SETTINGS[name]
    for words in [arguments] if name in IN_ANOTHER_ZONE else [[argument] for argument in arguments]:
        pc.do(run, "firewall-cmd", *words)
    assert phone.do(reaches, PC_ADDRESS, PORT) is gets_in
    assert pc.do(what_firewalld_says) is gets_in, "by what firewalld says"
    found = pc.do(linux.look, None, PORT, NETWORKS, folders)
    assert (found.kind, found.on, found.passes) == (FirewallKind.FIREWALLD, True, gets_in)
    # In panic mode no rule helps.
    assert found.can_open is not (gets_in or name == "panic")


def test_the_port_is_opened_and_closed_again(pc: Inside, phone: Inside, folders: Folders) -> None:
    pc.do(run, "firewall-cmd", "--add-rich-rule=rule family=ipv4 source address=192.168.0.0/24 drop")
    assert not phone.do(reaches, PC_ADDRESS, PORT)
    assert pc.do(linux.open_port, None, PORT, NETWORKS, folders) is Consent.DONE
    assert phone.do(reaches, PC_ADDRESS, PORT)
    assert pc.do(linux.look, None, PORT, NETWORKS, folders).passes
    assert pc.do(what_firewalld_says)

    pc.do(run, "firewall-cmd", "--reload")
    assert phone.do(reaches, PC_ADDRESS, PORT), "after firewalld starts again too"

    assert pc.do(linux.has_rules, folders)
    assert pc.do(linux.remove_rules, folders) is Consent.DONE
    assert not phone.do(reaches, PC_ADDRESS, PORT)
    assert "8000" not in pc.do(run, "firewall-cmd", "--list-all", "--permanent")
    assert not pc.do(linux.has_rules, folders)


@pytest.mark.sweep
def test_the_line_to_type_opens_the_port(pc: Inside, phone: Inside, folders: Folders) -> None:
    pc.do(run, "sh", "-c", pc.do(linux.look, None, PORT, NETWORKS, folders).by_hand)
    assert phone.do(reaches, PC_ADDRESS, PORT)


def test_who_may_not_ask_firewalld_is_told_so(
    cable: Hosts, own: dict[Path, Path], pc: Inside, folders: Folders
) -> None:
    """There is no polkit on this PC, so firewalld answers nobody but root."""
    for folder in own.values():
        os.chmod(folder.parent, 0o755)  # noqa: PTH101, S103
    with inside(cable.pc, own, NOBODY) as somebody:
        found = somebody.do(linux.look, None, PORT, NETWORKS, folders)
    assert (found.kind, found.on, found.passes) == (FirewallKind.FIREWALLD, True, None)
    assert found.how_to_find_out == "sudo firewall-cmd --list-all-zones"
    assert found.by_hand.startswith("sudo firewall-cmd '--add-rich-rule=rule ")
