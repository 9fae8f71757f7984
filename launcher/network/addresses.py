"""Which of this computer's addresses should a phone use?

The routes do not say: a VPN takes the default route, and offline there is none. So every card gets a score.
"""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from launcher.network.cards import NetworkCard, read_cards


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
    """One IPv4 address of this computer. `local`: a phone on the same network can use it. `netmask` "": not known."""

    address: str
    interface: str
    kind: Kind
    local: bool
    netmask: str = ""

    @property
    def network(self) -> ipaddress.IPv4Network | None:
        """The network that the address is in; None when its size is not known."""
        bits = prefix_length(self.netmask)
        return None if bits is None else ipaddress.IPv4Network(f"{self.address}/{bits}", strict=False)


# How the names of cards begin on Linux, Windows and macOS, in lower case. No regular expressions: every UI imports
# this file, and compiling them takes 3 ms.
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
# VirtualBox on Windows calls its host-only card "Ethernet 2" like any other, but always gives it this address.
VIRTUALBOX_HOST_ONLY = "192.168.56.1"

CARRIER = ipaddress.ip_network("100.64.0.0/10")
PRIVATE = tuple(ipaddress.ip_network(each) for each in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))

# The kinds below zero are so far apart that no evidence moves one past another, or up to a real network.
POINTS_OF_KIND = {
    Kind.WIFI: 12,
    Kind.ETHERNET: 10,
    Kind.OTHER: -5,
    Kind.TAILSCALE: -200,
    Kind.VPN: -400,
    Kind.VIRTUAL: -600,
}


def local_addresses() -> tuple[LocalAddress, ...] | None:
    """Return this computer's IPv4 addresses, the best one for a phone first.

    () means that there is no network, None that it could not be found out. Never raises, never waits for the network,
    and takes under a millisecond: the keeper asks every few seconds.
    """
    cards = read_cards()
    return None if cards is None else rank(cards)


def rank(cards: tuple[NetworkCard, ...]) -> tuple[LocalAddress, ...]:
    """Return the addresses worth showing, best first. PURE.

    Cards that are down, loopback and link-local addresses (a card that waits for its router) are left out. An address
    with a score below zero is shown, but is not `local`.
    """
    usable = [card for card in cards if card.up and leads_somewhere(card.address)]
    best_first = sorted(usable, key=score, reverse=True)
    return tuple(
        LocalAddress(card.address, card.name, kind_of(card), score(card) >= 0, card.netmask) for card in best_first
    )


def leads_somewhere(address: str) -> bool:
    """Return False for loopback, link-local and other addresses that no other device can use."""
    one = ipaddress.IPv4Address(address)
    return not (one.is_loopback or one.is_unspecified or one.is_link_local or one.is_multicast)


def score(card: NetworkCard) -> int:
    """Return how likely a phone nearby reaches this address; below zero: it does not."""
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


def kind_of(card: NetworkCard) -> Kind:
    """Return the sort of network, by name, address and flags. OTHER: unknown, such as `en0` on a Mac."""
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
    """Return whether it is from 100.64.0.0/10 (RFC 6598), which Tailscale uses as well."""
    return ipaddress.IPv4Address(address) in CARRIER


def is_own_hotspot(card: NetworkCard) -> bool:
    """Return whether this computer shares its Internet there, on Windows or a Mac. On Linux that is a wireless card.

    Windows names such a card like a wired one in its own language, with an asterisk and a number.
    """
    if card.name.startswith("bridge"):
        return card.address == MAC_HOTSPOT
    return card.name.rstrip("0123456789 ").endswith("*")


def is_mobile(card: NetworkCard) -> bool:
    """Return whether the card is a built-in modem: the network behind it is the carrier's."""
    return card.name.lower().startswith(MOBILE_NAMES)


def is_virtualbox(card: NetworkCard) -> bool:
    """Return whether it is VirtualBox's host-only card, which on Windows only its address gives away."""
    return card.address == VIRTUALBOX_HOST_ONLY and card.gateway is False


def has_room_for_a_phone(netmask: str) -> bool:
    """Return False for a network of at most two devices, which is a tunnel. An unknown netmask does not count."""
    bits = prefix_length(netmask)
    return bits is None or bits < 30


def prefix_length(netmask: str) -> int | None:
    """Return 24 for 255.255.255.0; None when it is not a netmask."""
    try:
        network = ipaddress.IPv4Network(f"0.0.0.0/{netmask}")
    except ValueError:
        return None
    return network.prefixlen if str(network.netmask) == netmask else None


def network_entry(address: str, netmask: str) -> str:
    """Return the whitelist entry for the whole network of `address`: "192.168.0.*", or "10.0.0.0/22". PURE.

    When the netmask is unknown, or wider than any local network (/8), return the address alone.
    """
    bits = prefix_length(netmask)
    if bits is None or bits < 8 or bits == 32:
        return address
    network = ipaddress.IPv4Network(f"{address}/{bits}", strict=False)
    if bits == 24:
        return f"{address.rpartition('.')[0]}.*"
    return str(network)


def own_address_for(device: str, addresses: Sequence[LocalAddress]) -> LocalAddress | None:
    """Return the first of `addresses` whose network `device` is in; None: it is in none. PURE.

    Raises ValueError when `device` is no address.
    """
    asked = ipaddress.ip_address(device)
    if not isinstance(asked, ipaddress.IPv4Address):
        return None
    networks = [(address, address.network) for address in addresses]
    return next((each for each, network in networks if network and asked in network and network.prefixlen < 32), None)
