"""Faults that are real rules of a real firewall on the PC. None of them needs another server."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from tests.e2e.faults.fault import NEW, Fault
from tests.e2e.faults.place import Place
from tests.support import firewalls

USUAL_WALL = """
table inet filter {
  chain input {
    type filter hook input priority filter; policy drop;
    iif lo accept
    ct state established,related accept
    meta l4proto { icmp, ipv6-icmp } accept
    tcp dport 22 accept
  }
}"""
SHUT = """
table inet filter {
  chain input {
    type filter hook input priority filter; policy drop;
    iif lo accept
    ct state established,related accept
  }
  chain output {
    type filter hook output priority filter; policy drop;
    oif lo accept
    ct state new accept
  }
}"""
BLOCKED = """
table inet filter {
  chain input {
    type filter hook input priority filter; policy accept;
    iif != lo tcp dport 8000 drop
    tcp dport 8000 accept
  }
}"""
REJECT = "--add-rich-rule='rule port port=8000 protocol=tcp reject'"

Inject = Callable[[Place], AbstractContextManager[None]]


def nft(rules: str) -> Inject:
    @contextmanager
    def inject(place: Place) -> Iterator[None]:
        place.healthy()
        firewalls.nft(place.hosts, rules)
        try:
            yield
        finally:
            firewalls.no_rules(place.hosts)

    return inject


def ufw(*rules: str) -> Inject:
    @contextmanager
    def inject(place: Place) -> Iterator[None]:
        place.healthy()
        with firewalls.ufw(place.hosts, *rules):
            yield

    return inject


def firewalld(*changes: str) -> Inject:
    @contextmanager
    def inject(place: Place) -> Iterator[None]:
        place.healthy()
        with firewalls.firewalld(place.hosts, place.bus, *changes):
            yield

    return inject


FAULTS = [
    Fault("ufw lets nothing in that is not named", "firewall", ufw(), fix="firewall-open", usual=(NEW,)),
    Fault(
        "ufw lets another network in",
        "firewall",
        ufw("allow from 10.0.0.0/8 to any port 8000 proto tcp"),
        fix="firewall-open",
    ),
    Fault(
        "ufw denies the port above the rule that allows it",
        "firewall",
        ufw("deny 8000", "allow 8000/tcp"),
        fix="firewall-open",
    ),
    Fault(
        "ufw rejects the phone's network",
        "firewall",
        ufw("reject from 192.168.0.0/24", "allow 8000/tcp"),
        fix="firewall-open",
    ),
    Fault("firewalld's public zone", "firewall", firewalld(), fix="firewall-open"),
    Fault("firewalld drops whatever comes", "firewall", firewalld("--set-default-zone=drop"), fix="firewall-open"),
    Fault(
        "firewalld rejects the port by a rich rule",
        "firewall",
        firewalld("--add-port=8000/tcp", REJECT),
        fix="firewall-open",
    ),
    Fault(
        "firewalld in panic",
        "firewall",
        firewalld("--add-port=8000/tcp", "--panic-on"),
        by_hand="firewall-cmd --panic-off",
    ),
    Fault("nftables closes the port", "firewall", nft(USUAL_WALL), fix="firewall-open"),
    Fault("nftables lets nothing in, and no answer out", "firewall", nft(SHUT), fix="firewall-open"),
    Fault(
        "nftables drops the port before it is allowed",
        "firewall",
        nft(BLOCKED),
        fix="firewall-open",
        usual=(NEW,),
    ),
]
