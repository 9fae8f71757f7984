"""A real ufw on a host of its own: what it keeps out, how it is opened, and what one without rights can know of it."""

import shutil
from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path

import pytest

from launcher.network.firewall import linux, ufw
from launcher.network.firewall.verdict import FirewallKind
from launcher.system.elevation import Consent
from launcher.system.folders import Folders
from tests.network.firewall.inside import NOBODY, Inside, inside, listen, reaches, run
from tests.support.hosts import PC_ADDRESS, Hosts, two_hosts
from tests.support.machine import need

PORT = 8000
NETWORKS = (ip_network("192.168.0.0/24"),)
ETC = Path("/etc/ufw")


@pytest.fixture
def cable() -> Iterator[Hosts]:
    need("ufw", "iptables")
    with two_hosts() as hosts:
        yield hosts


@pytest.fixture
def own(tmp_path: Path) -> dict[Path, Path]:
    """Folders of the PC that are not this machine's: ufw's files, and where it locks."""
    shutil.copytree(ETC, tmp_path / "ufw")
    (tmp_path / "ufw").chmod(0o755)
    (tmp_path / "run").mkdir()
    return {ETC: tmp_path / "ufw", Path("/run"): tmp_path / "run"}


@pytest.fixture
def pc(cable: Hosts, own: dict[Path, Path]) -> Iterator[Inside]:
    with inside(cable.pc, own) as pc:
        pc.do(listen, PORT)
        pc.do(run, "ufw", "--force", "enable")
        yield pc


@pytest.fixture
def somebody(cable: Hosts, own: dict[Path, Path]) -> Iterator[Inside]:
    """Who uses this PC and is no administrator."""
    with inside(cable.pc, own, NOBODY) as somebody:
        yield somebody


@pytest.fixture
def phone(cable: Hosts) -> Iterator[Inside]:
    with inside(cable.phone) as phone:
        yield phone


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders(tmp_path, tmp_path / "data", tmp_path / "logs", tmp_path / "run")


def test_the_port_is_opened_and_closed_again(pc: Inside, phone: Inside, folders: Folders) -> None:
    found = pc.do(linux.look, None, PORT, NETWORKS, folders)
    assert (found.kind, found.on, found.passes, found.can_open) == (FirewallKind.UFW, True, None, True)
    assert not phone.do(reaches, PC_ADDRESS, PORT)

    assert pc.do(linux.open_port, None, PORT, NETWORKS, folders) is Consent.DONE
    assert phone.do(reaches, PC_ADDRESS, PORT)
    assert pc.do(linux.look, None, PORT, NETWORKS, folders).passes
    status = pc.do(run, "ufw", "status")
    assert "8000/tcp" in status and "192.168.0.0/24" in status and "# Tavernkeep" in status

    assert pc.do(linux.has_rules, folders)
    assert pc.do(linux.remove_rules, folders) is Consent.DONE
    assert not phone.do(reaches, PC_ADDRESS, PORT)
    assert "8000" not in pc.do(run, "ufw", "status")
    assert not pc.do(linux.has_rules, folders)


def test_a_rule_that_denies_stands_behind_ours(pc: Inside, phone: Inside, folders: Folders) -> None:
    pc.do(run, "ufw", "deny", str(PORT))
    assert not phone.do(reaches, PC_ADDRESS, PORT)
    assert pc.do(linux.open_port, None, PORT, NETWORKS, folders) is Consent.DONE
    assert phone.do(reaches, PC_ADDRESS, PORT)


def test_a_rule_of_the_person_stays(pc: Inside, phone: Inside, folders: Folders) -> None:
    pc.do(run, "ufw", *ufw.opening(NETWORKS[0], PORT))
    assert phone.do(reaches, PC_ADDRESS, PORT)
    pc.do(linux.open_port, None, PORT, NETWORKS, folders)
    assert not pc.do(linux.has_rules, folders)
    pc.do(linux.remove_rules, folders)
    assert phone.do(reaches, PC_ADDRESS, PORT)


def test_the_line_to_type_opens_the_port(pc: Inside, phone: Inside, folders: Folders) -> None:
    pc.do(run, "sh", "-c", pc.do(linux.look, None, PORT, NETWORKS, folders).by_hand)
    assert phone.do(reaches, PC_ADDRESS, PORT)


def test_ufw_that_is_off_keeps_nobody_out(pc: Inside, phone: Inside, folders: Folders) -> None:
    pc.do(run, "ufw", "disable")
    found = pc.do(linux.look, None, PORT, NETWORKS, folders)
    assert found.kind is FirewallKind.NONE
    assert found.passes is not False
    assert phone.do(reaches, PC_ADDRESS, PORT)


def test_without_rights_the_rules_are_unknown_until_tavernkeep_opened_the_port(
    pc: Inside, somebody: Inside, folders: Folders
) -> None:
    found = somebody.do(linux.look, None, PORT, NETWORKS, folders)
    assert (found.kind, found.on, found.passes) == (FirewallKind.UFW, True, None)
    assert found.how_to_find_out == "sudo ufw status verbose"
    assert found.by_hand.startswith("sudo ufw prepend allow proto tcp from 192.168.0.0/24")

    pc.do(linux.open_port, None, PORT, NETWORKS, folders)
    note = (folders.data / "firewall-rules.json").read_bytes()
    with_note = pc.do(note_for_somebody, note)
    assert somebody.do(linux.look, None, PORT, NETWORKS, with_note).passes
    assert somebody.do(linux.look, None, PORT + 1, NETWORKS, with_note).passes is None

    pc.do(run, "ufw", "deny", "22")
    assert somebody.do(linux.look, None, PORT, NETWORKS, with_note).passes is None


def note_for_somebody(note: bytes) -> Folders:
    """Folders that everybody on this PC may read."""
    data = Path("/run/data")
    data.mkdir()
    data.joinpath("firewall-rules.json").write_bytes(note)
    return Folders(data, data, data, data)


@pytest.mark.parametrize(
    ("conf", "on"),
    [
        ("# /etc/ufw/ufw.conf\nENABLED=yes\nLOGLEVEL=low\n", True),
        ("ENABLED=no\n", False),
        ('ENABLED="yes"\n', True),
        ("#ENABLED=yes\n", None),
        ("", None),
    ],
)
def test_its_settings_say_whether_it_is_on(conf: str, on: bool | None) -> None:
    assert ufw.enabled(conf) is on
