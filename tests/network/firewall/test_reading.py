"""How rules are read that no host here has."""

from ipaddress import ip_address, ip_network

import pytest

from launcher.network.firewall.firewalld_zones import (
    Action,
    FirewalldSettings,
    Zone,
    ZoneRule,
    decided,
    passes,
    zone_from,
)
from launcher.network.firewall.packet import Packet, lies_in
from launcher.network.firewall.ufw import made

PACKET = Packet(ip_network("192.168.0.0/24"), 8000, ip_address("192.168.0.5"), "eth0")


def test_a_condition_that_nobody_understands_matters_only_where_it_changes_the_end() -> None:
    unsure = ZoneRule(None, Action.DROP)
    assert decided([unsure], accepts_the_rest=False) is False
    assert decided([unsure], accepts_the_rest=True) is None
    assert decided([ZoneRule(True, Action.ACCEPT), unsure], accepts_the_rest=False)


def test_what_a_rule_does_that_nobody_understands_is_unknown() -> None:
    redirects = ZoneRule(True, Action.ANYTHING)
    assert decided([redirects, ZoneRule(True, Action.ACCEPT)], accepts_the_rest=False) is None
    assert decided([ZoneRule(True, Action.GO_ON), ZoneRule(False, Action.DROP)], accepts_the_rest=True)


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("192.168.0.0/24", True),
        ("192.168.0.0/255.255.0.0", True),
        ("192.168.0.0-192.168.0.255", True),
        ("192.168.0.0-192.168.0.254", None),
        ("192.168.0.20", None),
        ("192.168.1.0/24", False),
        ("fe80::/10", False),
        ("LocalSubnet", None),
    ],
)
def test_who_of_a_network_is_meant(text: str, inside: bool | None) -> None:
    assert lies_in(PACKET.source, text) is inside


def test_a_zone_is_read_as_firewalld_gives_it() -> None:
    said = {"services": ["ssh"], "ports": [("1025-65535", "tcp")], "interfaces": ["eth0"], "rules_str": []}
    zone = zone_from("FedoraWorkstation", said)
    assert passes(FirewalldSettings((zone,), "public", {"ssh": ("22/tcp",)}), PACKET)
    assert (
        passes(FirewalldSettings((Zone("public", services=("ssh",)),), "public", {"ssh": ("22/tcp",)}), PACKET) is False
    )
    assert passes(FirewalldSettings((Zone("public", services=("own",)),), "public", {"own": None}), PACKET) is None


def test_a_rule_that_ufw_skipped_is_not_ours() -> None:
    networks = (ip_network("192.168.0.0/24"), ip_network("10.0.0.0/8"))
    assert made(networks, "Rule inserted\nSkipping inserting existing rule\n") == networks[:1]
    assert made(networks, "something else\n") == networks
