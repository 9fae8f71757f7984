"""Rules that nft or iptables gave to the kernel without ufw or firewalld: Tavernkeep sees that there are some."""

from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path

import pytest

from launcher.doctor.check import Status
from launcher.network.firewall import firewalld, linux, ufw
from launcher.network.firewall.record import Added, remember
from launcher.network.firewall.verdict import FirewallKind
from launcher.problem import TavernkeepError
from launcher.system.elevation import Consent
from launcher.system.folders import Folders
from tests.doctor.patients import examined, healthy

PORT = 8000
NETWORKS = (ip_network("192.168.0.0/24"),)


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders(tmp_path, tmp_path / "data", tmp_path / "logs", tmp_path / "run")


@pytest.fixture(autouse=True)
def etc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PC without ufw and firewalld that loads no rules yet."""
    monkeypatch.setattr(linux, "SYSTEMD_UNITS", tmp_path / "systemd")
    monkeypatch.setattr(linux, "OPENRC_RUNLEVELS", tmp_path / "runlevels")
    monkeypatch.setattr(linux, "MODULES", tmp_path / "modules")
    monkeypatch.setattr(ufw, "SETTINGS", tmp_path / "ufw.conf")
    monkeypatch.setattr(firewalld, "is_running", lambda: False)
    return tmp_path


def switch_on(etc: Path, service: str) -> None:
    """As `systemctl enable` or `rc-update add` does."""
    link = etc / service
    link.parent.mkdir(parents=True)
    unit = etc / "unit"
    unit.write_text("", "ascii")
    link.symlink_to(unit)


@pytest.mark.parametrize(
    ("service", "kind"),
    [
        ("systemd/sysinit.target.wants/nftables.service", FirewallKind.NFTABLES),
        ("systemd/multi-user.target.wants/nftables.service", FirewallKind.NFTABLES),
        ("systemd/basic.target.wants/iptables.service", FirewallKind.IPTABLES),
        ("systemd/multi-user.target.wants/netfilter-persistent.service", FirewallKind.IPTABLES),
        ("runlevels/default/nftables", FirewallKind.NFTABLES),
    ],
)
def test_rules_that_are_loaded_at_the_start_are_unknown(
    service: str, kind: FirewallKind, etc: Path, folders: Folders
) -> None:
    switch_on(etc, service)
    found = linux.look(None, PORT, NETWORKS, folders)
    assert (found.kind, found.on, found.passes, found.can_open) == (kind, None, None, False)
    assert found.why == f"This PC loads {kind} rules when it starts. Tavernkeep does not read them."


def test_the_check_says_that_it_does_not_know_and_names_the_test_page(etc: Path, folders: Folders) -> None:
    switch_on(etc, "systemd/sysinit.target.wants/nftables.service")
    facts = replace(healthy(), firewall=linux.look(None, PORT, NETWORKS, folders))
    found = examined(facts)["firewall"]
    assert (found.status, found.fix) == (Status.UNKNOWN, None)
    assert "Can my phone reach this PC?" in found.advice


def test_a_kernel_that_filters_nothing_lets_everybody_in(etc: Path, folders: Folders) -> None:
    etc.joinpath("modules").write_text("e1000 1 0 - Live 0x0\n", "ascii")
    assert linux.look(None, PORT, NETWORKS, folders).passes is True


def test_without_a_sign_of_rules_nobody_can_tell(etc: Path, folders: Folders) -> None:
    etc.joinpath("modules").write_text("nf_tables 1 0 - Live 0x0\n", "ascii")
    found = linux.look(None, PORT, NETWORKS, folders)
    assert (found.kind, found.on, found.passes) == (FirewallKind.NONE, None, None)
    assert found.how_to_find_out.endswith("nft list ruleset")


def test_bare_rules_are_not_changed(etc: Path, folders: Folders) -> None:
    with pytest.raises(TavernkeepError) as raised:
        linux.open_port(None, PORT, NETWORKS, folders)
    assert "nft list ruleset" in raised.value.problem.advice
    assert not linux.has_rules(folders)


def test_a_note_of_a_rule_that_nobody_knows_any_more_stops_no_removal(folders: Folders) -> None:
    remember(folders, Added("nftables", "192.168.0.0/24", PORT))
    assert not linux.has_rules(folders)
    assert linux.remove_rules(folders) is Consent.DONE


def test_without_a_network_nobody_could_get_in(folders: Folders) -> None:
    assert linux.look(None, PORT, (), folders).passes is None
