"""Faults between the phone and the PC: addresses, networks, what the phone was told."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from tests.e2e.faults.fault import NEW, Fault
from tests.e2e.faults.place import PORT, URL, Place, gets_in, scan
from tests.support.hosts import PC_ADDRESS, PHONE_ADDRESS
from tests.support.phone import page_on_phone
from tests.support.waiting import wait_until

MOVED_PHONE, MOVED_PC, GUEST = "192.168.0.77", "192.168.0.6", "192.168.1.20"
ISOLATION = """
table netdev isolation {
  chain in { type filter hook ingress device "wlan0" priority 0; policy drop; }
  chain out { type filter hook egress device "wlan0" priority 0; policy drop; }
}"""


@contextmanager
def phone_moved(place: Place) -> Iterator[None]:
    place.healthy()
    place.dirty = True
    place.hosts.move_phone(MOVED_PHONE)
    try:
        yield
    finally:
        place.hosts.move_phone(PHONE_ADDRESS)


@contextmanager
def pc_moved(place: Place) -> Iterator[None]:
    place.healthy()
    assert gets_in(place)
    place.pc.do("qr")
    place.hosts.move_pc(MOVED_PC)
    try:
        yield
    finally:
        place.hosts.move_pc(PC_ADDRESS)
        # The phone has scanned the other code meanwhile, and scans this one again.
        wait_until(lambda: scan(place) == URL, what="the PC shows the code that it had")


@contextmanager
def port_moved(place: Place) -> Iterator[None]:
    """The code was scanned, then another port was written into the settings."""
    place.healthy()
    assert gets_in(place)
    place.write(port=PORT + 1)
    place.start()
    yield


@contextmanager
def https_now(place: Place) -> Iterator[None]:
    """The code was scanned, then SSL was switched on. The phone is a real browser."""
    place.healthy()
    assert gets_in(place)
    certificate, key = place.folder / "cert.pem", place.folder / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=pc"]
    made = subprocess.run(
        [*command, "-keyout", str(key), "-out", str(certificate)], capture_output=True, text=True, check=False
    )
    assert made.returncode == 0, made.stderr
    place.write(ssl__enabled=True, ssl__certPath=str(certificate), ssl__keyPath=str(key))
    place.start()
    yield


def is_in_by_browser(place: Place) -> bool:
    """The page that was scanned first shows SillyTavern in Chromium."""
    return "<title>SillyTavern</title>" in page_on_phone(place.hosts, URL, timeout_s=90)


@contextmanager
def no_network(place: Place) -> Iterator[None]:
    place.healthy()
    place.on_pc("ip", "link", "set", "lan0", "down")
    try:
        yield
    finally:
        place.on_pc("ip", "link", "set", "lan0", "up")
        place.on_pc("ip", "addr", "replace", "fd00::5/64", "dev", "lan0", "nodad")


@contextmanager
def vpn_takes_the_answers(place: Place) -> Iterator[None]:
    """A VPN that leaves no way to the local network but its own."""
    place.healthy()
    with tunnel(place):
        place.on_pc("ip", "route", "add", "192.168.0.0/25", "dev", "tun0")
        place.on_pc("ip", "route", "add", "192.168.0.128/25", "dev", "tun0")
        yield


@contextmanager
def tunnel(place: Place) -> Iterator[None]:
    """A VPN is on, with the default route."""
    for words in (
        "ip tuntap add tun0 mode tun",
        "ip addr add 10.8.0.2/24 dev tun0",
        "ip link set tun0 up",
        "ip route add default dev tun0",
    ):
        place.on_pc(*words.split())
    try:
        yield
    finally:
        place.on_pc("ip", "link", "del", "tun0")


@contextmanager
def better_looking_card(place: Place) -> Iterator[None]:
    """The PC is in two networks, and the code is of the one in which the phone is not."""
    place.healthy()
    for words in (
        "ip link add wlp3s0 type veth peer name other",
        "ip addr add 192.168.7.5/24 brd + dev wlp3s0",
        "ip link set wlp3s0 up",
        "ip link set other up",
        "ip route add default via 192.168.7.1 dev wlp3s0",
    ):
        place.on_pc(*words.split())
    try:
        wait_until(lambda: "192.168.7.5" in scan(place), what="the PC shows the code of the other network")
        yield
    finally:
        place.on_pc("ip", "link", "del", "wlp3s0")


def by_the_shown_code(place: Place) -> bool:
    return gets_in(place, scan(place))


@contextmanager
def client_isolation(place: Place) -> Iterator[None]:
    """The phone was in, and now the Wi-Fi keeps its devices apart."""
    place.healthy()
    assert gets_in(place)
    place.on_phone("nft", ISOLATION)
    try:
        yield
    finally:
        place.on_phone("nft", "delete", "table", "netdev", "isolation")


@contextmanager
def guest_network(place: Place) -> Iterator[None]:
    """The phone is in another network, though the whitelist would let it in."""
    place.write(whitelist=["127.0.0.1", "192.168.0.0/16"])
    place.start()
    place.hosts.move_phone(GUEST)
    try:
        yield
    finally:
        place.hosts.move_phone(PHONE_ADDRESS)


FAULTS = [
    Fault(
        "the phone got another address",
        "whitelist-covers",
        phone_moved,
        fix="whitelist-add",
        phone=MOVED_PHONE,
    ),
    Fault(
        "the PC got another address",
        "address-changed",
        pc_moved,
        by_hand="scan the code again",
        scans=True,
    ),
    Fault(
        "another port than the scanned code has",
        "address-changed",
        port_moved,
        by_hand="scan the code again",
        scans=True,
    ),
    Fault(
        "https was switched on, and the scanned code says http",
        "address-changed",
        https_now,
        by_hand="scan the code again",
        proof=is_in_by_browser,
        scans=True,
        versions=(NEW,),
    ),
    Fault("the PC is in no network", "address", no_network, by_hand="connect the PC", usual=(NEW,)),
    Fault("a VPN takes the answers to the phone", "address", vpn_takes_the_answers, by_hand="switch the VPN off"),
    Fault(
        "the code is of another card's network",
        "address",
        better_looking_card,
        by_hand="take the PC out of the other network",
        proof=by_the_shown_code,
    ),
    Fault(
        "the Wi-Fi keeps its devices apart",
        "same-network",
        client_isolation,
        by_hand="switch client isolation off in the router",
        usual=(NEW,),
    ),
    Fault(
        "the phone is in the guest network",
        "same-network",
        guest_network,
        by_hand="connect the phone to the PC's network",
        phone=GUEST,
    ),
]
