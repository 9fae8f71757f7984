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
    # Only an administrator may read the rules of ufw, so nobody is told more than that.
    *(
        Fault(name, "firewall", inject, fix="firewall-open", status="unknown", usual=usual)
        for name, inject, usual in (
            ("ufw lets nothing in that is not named", ufw(), (NEW,)),
            ("ufw lets another network in", ufw("allow from 10.0.0.0/8 to any port 8000 proto tcp"), ()),
            ("ufw denies the port above the rule that allows it", ufw("deny 8000", "allow 8000/tcp"), ()),
            ("ufw rejects the phone's network", ufw("reject from 192.168.0.0/24", "allow 8000/tcp"), ()),
        )
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
]
