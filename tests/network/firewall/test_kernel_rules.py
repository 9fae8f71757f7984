"""Real rules of nft and iptables, and a second host that gets through or not: `look` must say the same."""

from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path

import pytest

from launcher.network.firewall import linux
from launcher.network.firewall.verdict import Firewall, Kind, Repair
from launcher.problem import TavernkeepError
from launcher.system.elevation import Answer
from launcher.system.folders import Folders
from tests.network.firewall.inside import Inside, inside, listen, reaches, run
from tests.support.hosts import PC_ADDRESS, Hosts, two_hosts
from tests.support.machine import need

PORT = 8000
NETWORKS = (ip_network("192.168.0.0/24"),)
OLD_AND_NEW = (ip_network("192.168.0.0/24"), ip_network("fd00::/64"))

INPUT = "table inet filter { chain input { type filter hook input priority 0; policy %s\n%s\n}; };\n"
DROPS, ACCEPTS = "drop", "accept"


OUTPUT = "table inet back { chain output { type filter hook output priority 0; policy %s\n%s\n}; };\n"


def chain(policy: str, *rules: str) -> str:
    return INPUT % (policy, "\n".join(rules))


def back(policy: str, *rules: str) -> str:
    """Rules about what this PC sends."""
    return OUTPUT % (policy, "\n".join(rules))


# What is in the way, and the rules.
RULESETS = {
    "nothing": "",
    "an empty chain": chain(ACCEPTS),
    "everything": chain(DROPS),
    "everything, but for replies": chain(DROPS, "ct state established,related accept", "iifname lo accept"),
    "the port": chain(ACCEPTS, f"tcp dport {PORT} drop"),
    "the port, with a refusal": chain(ACCEPTS, f"tcp dport {PORT} reject with tcp reset"),
    "another port": chain(ACCEPTS, "tcp dport 22 drop", "udp dport 8000 drop"),
    "all ports but this": chain(DROPS, f"tcp dport {PORT} accept"),
    "all ports but a set of them": chain(DROPS, "tcp dport { 22, 80, 7999-8001 } ct state new accept"),
    "all ports but another set": chain(DROPS, "tcp dport { 22, 80, 8001-8100 } accept"),
    "everybody but this network": chain(DROPS, f"ip saddr 192.168.0.0/24 tcp dport {PORT} accept"),
    "everybody but another network": chain(DROPS, f"ip saddr 10.0.0.0/8 tcp dport {PORT} accept"),
    "this network": chain(ACCEPTS, "ip saddr 192.168.0.0-192.168.0.255 drop"),
    "another card": chain(ACCEPTS, "iifname wlan7 drop", 'iifname "eth*" drop'),
    "this card": chain(ACCEPTS, 'iifname "lan*" drop'),
    "everything but this card": chain(DROPS, "iif lan0 accept"),
    "a new connection": chain(ACCEPTS, "tcp flags & (fin|syn|rst|ack) == syn drop"),
    "an old connection": chain(ACCEPTS, "ct state invalid drop", "tcp flags & (syn|ack) == ack drop"),
    "a vmap": chain(ACCEPTS, f"tcp dport vmap {{ 22 : accept, {PORT} : drop }}"),
    "everything but a vmap": f"table inet filter {{ chain ok {{ tcp dport {PORT} accept\n}}; }}\n"
    + chain(DROPS, "ct state vmap { established : accept, new : jump ok }"),
    "a jump": f"table inet filter {{ chain more {{ ip protocol tcp th dport {PORT} drop\n}}; }}\n"
    + chain(ACCEPTS, "jump more"),
    "a jump that comes back": f"table inet filter {{ chain more {{ tcp dport {PORT} return; drop\n}}; }}\n"
    + chain(ACCEPTS, "jump more", "accept"),
    "a goto that does not come back": f"table inet filter {{ chain more {{ tcp dport {PORT} return\n}}; }}\n"
    + chain(DROPS, "goto more", "accept"),
    "a later chain": chain(ACCEPTS, "accept")
    + f"table ip late {{ chain in {{ type filter hook input priority 10; tcp dport {PORT} drop\n}}; }}",
    "the way in before routing": "table ip raw { chain pre { type filter hook prerouting priority -300; "
    f"tcp dport {PORT} drop\n}}; }}",
    "IPv6 only": "table ip6 filter { chain input { type filter hook input priority 0; policy drop\n}; }",
    "what goes through, not what comes in": "table inet filter { chain forward { type filter hook forward priority 0; "
    "policy drop\n}; }",
    "a flood": chain(DROPS, f"tcp dport {PORT} limit rate 25/second accept"),
    "a named set": "table inet filter { set ports { type inet_service; flags interval; elements = { 7990-8010 }; }; "
    "chain input { type filter hook input priority 0; policy drop; tcp dport @ports accept\n}; }",
    "two things at once": "table inet filter { set s { type ipv4_addr . inet_service; flags interval; "
    f"elements = {{ 192.168.0.0/16 . {PORT} }}; }}; chain input {{ type filter hook input priority 0; policy drop; "
    "ip saddr . tcp dport @s accept\n}; }",
    "marks": chain(DROPS, "meta mark 0 accept"),
    "the answers": back(DROPS, "oif lo accept"),
    "everything both ways": chain(DROPS) + back(DROPS),
    "whatever this PC begins": back(DROPS, "ct state established,related accept"),
    "what this PC begins, by a rule": back(ACCEPTS, "ct state new drop", "tcp flags & (syn|ack) == syn drop"),
    "the second packet": back(ACCEPTS, "tcp flags & (fin|syn|ack) == (syn|ack) drop"),
    "answers from the port": back(ACCEPTS, f"tcp sport {PORT} drop", f"tcp dport {PORT} accept"),
    "answers to this network": back(ACCEPTS, "ip daddr 192.168.0.0/16 reject"),
    "answers by this card": back(ACCEPTS, 'oifname "lan*" drop'),
    "answers by another card": back(ACCEPTS, 'oifname "wlan*" drop', 'iifname "lan*" drop'),
    "a VPN's kill switch": back(DROPS, 'oifname { "lo", "tun0" } accept', "ip daddr 10.64.0.1 udp dport 53 accept"),
    "a kill switch that spares this network": back(DROPS, "ip daddr { 10.0.0.0/8, 192.168.0.0/16 } accept"),
    "answers after routing": "table inet back { chain post { type filter hook postrouting priority 0; "
    f"tcp sport {PORT} drop\n}}; }}",
    "nothing, but another address": "table ip back { chain post { type nat hook postrouting priority 100; "
    "masquerade\n}; }",
    "packets for others": chain(ACCEPTS, "fib daddr type != local drop", "meta pkttype { broadcast, multicast } drop"),
}
IPTABLES = {
    "everything": ["-P INPUT DROP"],
    "the port": [f"-A INPUT -p tcp --dport {PORT} -j REJECT"],
    "everything but the port": ["-P INPUT DROP", "-A INPUT -p tcp -m multiport --dports 22,7000:8000 -j ACCEPT"],
    "a chain of its own": [
        "-N shop",
        "-A INPUT -m conntrack --ctstate NEW -m comment --comment 'who is it' -j shop",
        f"-A shop -s 192.168.0.0/16 ! -i wlan7 -p tcp -m tcp --dport {PORT} -j DROP",
    ],
    "the answers": ["-P OUTPUT DROP"],
    "whatever this PC begins": ["-P OUTPUT DROP", "-A OUTPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT"],
    "answers from the port": [f"-A OUTPUT -p tcp -m tcp --sport {PORT} -j DROP"],
    "answers by this card": ["-A OUTPUT ! -o tun0 -d 192.168.0.0/24 -m addrtype ! --dst-type LOCAL -j REJECT"],
    "nothing, but another address": ["-t nat -A POSTROUTING -o lan0 -j MASQUERADE"],
    "what is invalid": ["-A INPUT -m conntrack --ctstate INVALID -j DROP", "-A INPUT -p udp -j DROP"],
    "the third try in a minute": [
        f"-A INPUT -p tcp --dport {PORT} -m recent --set",
        f"-A INPUT -p tcp --dport {PORT} -m recent --update --seconds 60 --hitcount 30 -j DROP",
    ],
    "broadcasts": ["-A INPUT -m addrtype --dst-type LOCAL -j ACCEPT", "-P INPUT DROP"],
}

ALWAYS = {
    "nothing",
    "everything",
    "the port",
    "all ports but this",
    "everybody but another network",
    "two things at once",
}


@pytest.fixture(scope="module")
def cable() -> Iterator[Hosts]:
    need("nft", "iptables")
    with two_hosts() as hosts:
        yield hosts


@pytest.fixture(scope="module")
def pc(cable: Hosts) -> Iterator[Inside]:
    with inside(cable.pc) as pc:
        pc.do(listen, PORT)
        yield pc


@pytest.fixture(scope="module")
def phone(cable: Hosts) -> Iterator[Inside]:
    with inside(cable.phone) as phone:
        yield phone


@pytest.fixture(autouse=True)
def no_rules(pc: Inside) -> None:
    pc.do(run, "nft", "flush", "ruleset")


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders(tmp_path, tmp_path / "data", tmp_path / "logs", tmp_path / "run")


@pytest.mark.parametrize(
    "name", [name if name in ALWAYS else pytest.param(name, marks=pytest.mark.sweep) for name in RULESETS]
)
def test_what_nft_keeps_out_is_seen(name: str, pc: Inside, phone: Inside, folders: Folders) -> None:
    pc.do(run, "nft", "-f", "-", text=RULESETS[name])
    agrees(pc, phone, folders)


@pytest.mark.parametrize("name", IPTABLES)
def test_what_iptables_keeps_out_is_seen(name: str, pc: Inside, phone: Inside, folders: Folders) -> None:
    for rule in IPTABLES[name]:
        pc.do(run, "sh", "-c", f"iptables {rule}")
    agrees(pc, phone, folders)


def agrees(pc: Inside, phone: Inside, folders: Folders) -> None:
    """And when a phone is kept out: opened it gets in, closed it does not, and everything is as before."""
    found = pc.do(linux.look, PORT, NETWORKS, folders)
    assert found.passes is phone.do(reaches, PC_ADDRESS, PORT), found
    assert found.passes or found.on
    if found.passes:
        assert found.repair is None
    elif found.repair:
        opens_and_closes(pc, phone, folders)
    else:
        with pytest.raises(TavernkeepError, match="cannot change"):
            pc.do(linux.open_port, PORT, NETWORKS, folders)


def opens_and_closes(pc: Inside, phone: Inside, folders: Folders) -> None:
    before = pc.do(rules)
    assert pc.do(linux.open_port, PORT, NETWORKS, folders) is Answer.DONE
    assert phone.do(reaches, PC_ADDRESS, PORT)
    assert pc.do(linux.look, PORT, NETWORKS, folders).passes
    assert pc.do(linux.has_rules, folders)
    assert pc.do(linux.remove_rules, folders) is Answer.DONE
    assert not phone.do(reaches, PC_ADDRESS, PORT)
    assert pc.do(rules) == before
    assert not pc.do(linux.has_rules, folders)


def rules() -> str:
    """What stands in the kernel, without counters."""
    return run("nft", "-s", "list", "ruleset")


def test_the_line_to_type_opens_the_port(pc: Inside, phone: Inside, folders: Folders) -> None:
    pc.do(run, "nft", "-f", "-", text=RULESETS["everything"])
    found = pc.do(linux.look, PORT, NETWORKS, folders)
    assert (found.kind, found.repair) == (Kind.NFTABLES, Repair.OPEN)
    pc.do(run, "sh", "-c", found.by_hand)
    assert phone.do(reaches, PC_ADDRESS, PORT)


def test_rules_of_the_old_iptables_are_seen(pc: Inside, phone: Inside, folders: Folders) -> None:
    need("iptables-legacy")
    pc.do(run, "iptables-legacy", "-A", "INPUT", "-p", "tcp", "--dport", str(PORT), "-j", "DROP")
    try:
        found = pc.do(linux.look, PORT, NETWORKS, folders)
        assert (found.kind, found.passes) == (Kind.IPTABLES, False)
        assert pc.do(linux.open_port, PORT, NETWORKS, folders) is Answer.DONE
        assert phone.do(reaches, PC_ADDRESS, PORT)
        pc.do(linux.remove_rules, folders)
        assert not phone.do(reaches, PC_ADDRESS, PORT)
    finally:
        pc.do(run, "iptables-legacy", "-F", "INPUT")


def test_a_phone_with_ipv6_is_looked_at_too(pc: Inside, phone: Inside, folders: Folders) -> None:
    pc.do(run, "ip6tables", "-P", "INPUT", "DROP")
    pc.do(run, "ip6tables", "-A", "INPUT", "-p", "icmpv6", "-j", "ACCEPT")
    assert pc.do(linux.look, PORT, NETWORKS, folders).passes
    assert pc.do(linux.look, PORT, OLD_AND_NEW, folders).passes is False
    assert not phone.do(reaches, "fd00::5", PORT)
    assert pc.do(linux.open_port, PORT, OLD_AND_NEW, folders) is Answer.DONE
    assert phone.do(reaches, "fd00::5", PORT)


def test_what_nobody_understands_is_unknown(pc: Inside, folders: Folders) -> None:
    pc.do(run, "nft", "-f", "-", text=chain(ACCEPTS, f"tcp dport {PORT} meta hour < 12 drop"))
    found = pc.do(linux.look, PORT, NETWORKS, folders)
    assert found.passes is None
    assert found.how_to_find_out == "nft list ruleset"


def test_rules_for_some_devices_of_the_network_are_unknown(pc: Inside, folders: Folders) -> None:
    pc.do(run, "nft", "-f", "-", text=chain(DROPS, "ip saddr 192.168.0.20 accept"))
    assert pc.do(linux.look, PORT, NETWORKS, folders).passes is None


def test_without_a_network_nobody_could_get_in(pc: Inside, folders: Folders) -> None:
    found: Firewall = pc.do(linux.look, PORT, (), folders)
    assert found.passes is None
