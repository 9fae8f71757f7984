"""What is unusual and yet nothing is wrong with: here the doctor must be content."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from tests.e2e.faults import firewall, network
from tests.e2e.faults.fault import NEW, OLD, Proof
from tests.e2e.faults.files import USER, logs_in, settings
from tests.e2e.faults.place import Place, gets_in
from tests.support.hosts import PC_ADDRESS, PHONE_ADDRESS

OTHER_NETWORK = "192.168.1.20"


@dataclass(frozen=True)
class Healthy:
    """`inject`: the place is like this inside of it. `proof`: all is well, the phone gets in."""

    name: str
    inject: Callable[[Place], AbstractContextManager[None]]
    proof: Proof = gets_in
    phone: str | None = PHONE_ADDRESS
    versions: tuple[str, ...] = (NEW, OLD)
    usual: tuple[str, ...] = ()


@contextmanager
def as_it_is(place: Place) -> Iterator[None]:
    place.healthy()
    yield


@contextmanager
def restarted(place: Place) -> Iterator[None]:
    place.healthy()
    place.start()
    yield


@contextmanager
def vpn(place: Place) -> Iterator[None]:
    place.healthy()
    with network.tunnel(place):
        yield


@contextmanager
def other_cards(place: Place) -> Iterator[None]:
    """Cards such as docker, virtual machines and Tailscale make."""
    place.healthy()
    cards = {"docker0": "172.17.0.1/16", "br-0a1b2c3d4e5f": "172.18.0.1/16", "virbr0": "192.168.122.1/24"}
    cards["tailscale0"] = "100.101.102.103/32"
    try:
        for card, address in cards.items():
            place.on_pc("ip", "link", "add", card, "type", "bridge")
            place.on_pc("ip", "addr", "add", address, "dev", card)
            place.on_pc("ip", "link", "set", card, "up")
        yield
    finally:
        for card in cards:
            place.on_pc("ip", "link", "del", card)


@contextmanager
def behind_a_router_of_the_house(place: Place) -> Iterator[None]:
    """The phone is in another network of the house, between which a router leads; it was here before."""
    place.write(whitelist=["127.0.0.1", "192.168.0.0/16"])
    place.start()
    place.hosts.move_phone(OTHER_NETWORK)
    place.on_pc("ip", "route", "add", "192.168.1.0/24", "dev", "lan0")
    place.on_phone("ip", "route", "add", "192.168.0.0/24", "dev", "wlan0")
    try:
        assert gets_in(place)
        yield
    finally:
        place.on_pc("ip", "route", "del", "192.168.1.0/24", "dev", "lan0")
        place.hosts.move_phone(PHONE_ADDRESS)


def runs(place: Place) -> bool:
    return bool(place.status()["state"] == "running")


HEALTHY = [
    Healthy("as it is", as_it_is, usual=(NEW, OLD)),
    Healthy("started anew", restarted),
    Healthy("nobody was let in yet, and nobody has come", settings(whitelist=["127.0.0.1"]), runs, phone=None),
    Healthy("a VPN with the default route", vpn, usual=(NEW,)),
    Healthy("cards of docker, of virtual machines and of Tailscale", other_cards, usual=(NEW,)),
    Healthy("whitelist and login", settings(**USER, basicAuthUser__password="secret words"), proof=logs_in),
    Healthy(
        "everyone who knows the login",
        settings(whitelistMode=False, **USER, basicAuthUser__password="secret words"),
        proof=logs_in,
    ),
    Healthy(
        "':' in a password",
        settings(**USER, basicAuthUser__password="secret:words"),
        proof=logs_in,
        versions=(NEW,),
    ),
    Healthy("the whole network in the whitelist", settings(whitelist=["127.0.0.1", "192.168.0.*"])),
    Healthy("whitelist.txt with a byte order mark", settings(b"\xef\xbb\xbf127.0.0.1\r\n192.168.0.20\r\n")),
    Healthy(
        "a comment in whitelist.txt, which this version skips",
        settings(b"# my phone\n127.0.0.1\n192.168.0.20\n"),
        versions=(NEW,),
    ),
    Healthy(
        "only addresses may be called", settings(hostWhitelist__enabled=True, hostWhitelist__scan=True), versions=(NEW,)
    ),
    Healthy("listens at its one address", settings(listenAddress__ipv4=PC_ADDRESS), versions=(NEW,)),
    Healthy("a phone behind a router of the house", behind_a_router_of_the_house, phone=OTHER_NETWORK),
    Healthy("ufw lets the port in", firewall.ufw("allow 8000/tcp")),
    Healthy("ufw lets the network in", firewall.ufw("allow from 192.168.0.0/24")),
    Healthy("firewalld lets the port in", firewall.firewalld("--add-port=8000/tcp")),
    Healthy("firewalld trusts the card", firewall.firewalld("--zone=trusted --change-interface=lan0")),
    Healthy("nftables lets the port in", firewall.nft(firewall.USUAL_WALL.replace("22", "{ 22, 8000 }"))),
]
