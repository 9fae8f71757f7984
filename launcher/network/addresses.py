"""Which of this computer's addresses should a phone use?

No route tells: a VPN takes the default route, and offline there is none. So every card is scored by what it is.
"""

import ipaddress
from dataclasses import dataclass
from enum import StrEnum

from launcher.network.cards import Card, read_cards


class Kind(StrEnum):
    """What sort of network an address belongs to."""

    WIFI = "wifi"
    ETHERNET = "ethernet"
    TAILSCALE = "tailscale"
    VPN = "vpn"
    VIRTUAL = "virtual"
    OTHER = "other"


@dataclass(frozen=True)
class LocalAddress:
    """One IPv4 address of this computer. `local`: a phone on the same network can use it.

    `netmask` is "" when the system did not tell it.
    """

    address: str
    interface: str
    kind: Kind
    local: bool
    netmask: str = ""


# How the names of cards begin on Linux, Windows and macOS, in small letters. No regular expressions, because
# every UI imports this file and compiling them takes 3 ms.
VIRTUAL_NAMES = (
    *("docker", "br-", "veth", "podman", "cni", "flannel", "cali", "kube", "lxc", "lxd", "incus", "virbr", "vnet"),
    *("vboxnet", "virtualbox", "vmnet", "vmware", "vmenet", "bridge1", "waydroid", "dummy", "vethernet", "hyper-v"),
    "wsl",
)
VPN_NAMES = (
    *("tun", "utun", "tap", "wg", "wt0", "ppp", "ipsec", "zt", "wireguard", "zerotier", "hamachi", "nord", "proton"),
    *("mullvad", "cloudflarewarp", "netbird", "gpd", "cscotun", "cisco anyconnect", "surfshark"),
)
WIRED_NAMES = (
    *("eth", "end", "eno", "enp", "ens", "enx", "em", "br0", "bridge0", "bond", "team", "usb", "lan"),
    *("local area connection", "以太网", "本地连接", "イーサネット", "이더넷", "conexión de área"),
)
MOBILE_NAMES = ("wwan", "wwp", "wws", "cellular", "mobilfunk", "mobile broadband")
MAC_HOTSPOT = "192.168.2.1"
# VirtualBox on Windows calls its host-only card "Ethernet 2" like any other, but has used this address since ever.
VIRTUALBOX_HOST_ONLY = "192.168.56.1"

CARRIER = ipaddress.ip_network("100.64.0.0/10")
PRIVATE = tuple(ipaddress.ip_network(each) for each in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))

# The kinds below zero lie so far apart that no evidence moves one past another, or up to a real network.
POINTS_OF_KIND = {
    Kind.WIFI: 12,
    Kind.ETHERNET: 10,
    Kind.OTHER: -5,
    Kind.TAILSCALE: -200,
    Kind.VPN: -400,
    Kind.VIRTUAL: -600,
}


def local_addresses() -> tuple[LocalAddress, ...] | None:
    """This computer's IPv4 addresses, the one for a phone first.

    () means there is no network, None that it could not be found out. Never raises and never waits for the network;
    under a millisecond, so that it may be asked every few seconds.
    """
    cards = read_cards()
    return None if cards is None else rank(cards)


def rank(cards: tuple[Card, ...]) -> tuple[LocalAddress, ...]:
    """The addresses worth showing, best first. PURE.

    Left out: cards that are down, loopback, and link-local addresses (a card that waits for its router). An address
    that scores below zero is shown, but is not `local`.
    """
    usable = [card for card in cards if card.up and leads_somewhere(card.address)]
    best_first = sorted(usable, key=score, reverse=True)
    return tuple(
        LocalAddress(card.address, card.name, kind_of(card), score(card) >= 0, card.netmask) for card in best_first
    )


def leads_somewhere(address: str) -> bool:
    one = ipaddress.IPv4Address(address)
    return not (one.is_loopback or one.is_unspecified or one.is_link_local or one.is_multicast)


def score(card: Card) -> int:
    """How likely a phone nearby reaches this address; below zero: it does not."""
    points = POINTS_OF_KIND[kind_of(card)]
    if any(ipaddress.IPv4Address(card.address) in network for network in PRIVATE):
        points += 40
    if card.gateway:
        points += 30
    if card.broadcast and not card.point_to_point:
        points += 10
    if is_own_hotspot(card):
        points -= 15
    if is_mobile(card) or not has_room_for_a_phone(card.netmask):
        points -= 100
    return points


def kind_of(card: Card) -> Kind:
    """What sort of network this is, by name, address and flags. OTHER: unknown, as with `en0` on a Mac."""
    name = card.name.lower()
    kind = Kind.OTHER
    if name.startswith("tailscale") or (name.startswith("utun") and is_carrier_address(card.address)):
        kind = Kind.TAILSCALE
    elif is_own_hotspot(card):
        kind = Kind.WIFI
    elif name.startswith(VIRTUAL_NAMES) or is_virtualbox(card):
        kind = Kind.VIRTUAL
    elif name.startswith(VPN_NAMES) or "vpn" in name or name.endswith("-tun0"):
        kind = Kind.VPN
    elif card.wireless:
        kind = Kind.WIFI
    elif card.point_to_point and not is_mobile(card):
        kind = Kind.VPN
    elif name.startswith(WIRED_NAMES):
        kind = Kind.ETHERNET
    return kind


def is_carrier_address(address: str) -> bool:
    """From 100.64.0.0/10 (RFC 6598), which Tailscale uses as well."""
    return ipaddress.IPv4Address(address) in CARRIER


def is_own_hotspot(card: Card) -> bool:
    """A network that this computer opens for others, on Windows or a Mac; Linux shows its own as a wireless card.

    Windows calls such a card by its language's name for a wired one, an asterisk and a number.
    """
    if card.name.startswith("bridge"):
        return card.address == MAC_HOTSPOT
    return card.name.rstrip("0123456789 ").endswith("*")


def is_mobile(card: Card) -> bool:
    """A modem of this computer's own: the network behind it is the carrier's."""
    return card.name.lower().startswith(MOBILE_NAMES)


def is_virtualbox(card: Card) -> bool:
    return card.address == VIRTUALBOX_HOST_ONLY and card.gateway is False


def has_room_for_a_phone(netmask: str) -> bool:
    """False for a network of two at most, which is a tunnel. An unknown netmask is not held against a card."""
    bits = prefix_length(netmask)
    return bits is None or bits < 30


def prefix_length(netmask: str) -> int | None:
    """24 for 255.255.255.0; None when it is not a netmask."""
    try:
        network = ipaddress.IPv4Network(f"0.0.0.0/{netmask}")
    except ValueError:
        return None
    return network.prefixlen if str(network.netmask) == netmask else None


def network_entry(address: str, netmask: str) -> str:
    """The whitelist entry for everybody on the network of `address`: "192.168.0.*", or "10.0.0.0/22". PURE.

    Where the netmask is unknown or wider than any local network (/8), the address alone: never more than is known.
    """
    bits = prefix_length(netmask)
    if bits is None or bits < 8 or bits == 32:
        return address
    network = ipaddress.IPv4Network(f"{address}/{bits}", strict=False)
    if bits == 24:
        return f"{address.rpartition('.')[0]}.*"
    return str(network)
