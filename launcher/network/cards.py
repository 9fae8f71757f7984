"""This computer's network cards, as the system reports them.

This is the only file of the package that knows how each system names and reports its cards.
"""

import sys
from dataclasses import dataclass
from ipaddress import IPv4Interface, IPv6Interface, ip_address, ip_interface
from pathlib import Path
from typing import cast

LINUX_CARDS = Path("/sys/class/net")
WIRELESS_NAMES = ("wl", "wifi", "wi-fi", "wireless", "airport", "drahtlos", "ap0", "ap1")


@dataclass(frozen=True)
class NetworkCard:
    """One IPv4 address of one network card, as the system reports it.

    `broadcast` "": there is none. `gateway`: the card has a default route through a router; None when the routes could
    not be read.
    """

    name: str
    address: str
    netmask: str = ""
    broadcast: str = ""
    up: bool = True
    point_to_point: bool = False
    wireless: bool = False
    gateway: bool | None = None


def read_cards() -> tuple[NetworkCard, ...] | None:
    """Return every IPv4 address of this computer in the system's order; None when the cards could not be read.

    Takes well under a millisecond on Linux, and never waits for the network.
    """
    import socket

    import psutil

    try:
        addresses = psutil.net_if_addrs()
        states = psutil.net_if_stats()
    except (OSError, psutil.Error):
        return None
    routes = gateways()
    behind_a_gateway = None if routes is None else {own for _gateway, own in routes}
    cards = []
    for name, found in addresses.items():
        card = name.partition(":")[0]  # Linux calls the second address of eth0 `eth0:1`.
        state = states.get(name) or states.get(card)
        for one in found:
            if one.family == socket.AF_INET:
                cards.append(
                    NetworkCard(
                        card,
                        one.address,
                        one.netmask or "",
                        one.broadcast or "",
                        up=state is not None and state.isup,
                        point_to_point=state is not None and "pointopoint" in state.flags.split(","),
                        wireless=is_wireless(card),
                        gateway=None if behind_a_gateway is None else one.address in behind_a_gateway,
                    )
                )
    return tuple(cards)


def own_interfaces() -> list[tuple[str, IPv4Interface | IPv6Interface]] | None:
    """Return every IPv4 and IPv6 address of this computer, after its card's name; None when they could not be read."""
    import socket

    import psutil

    try:
        addresses = psutil.net_if_addrs()
    except (OSError, psutil.Error):
        return None
    found = []
    for name, one in ((name, one) for name, each in addresses.items() for one in each):
        if one.family in (socket.AF_INET, socket.AF_INET6):
            address = one.address.partition("%")[0]
            try:
                bits = f"/{int(ip_address(one.netmask)).bit_count()}" if one.netmask else ""
                found.append((name.partition(":")[0], ip_interface(address + bits)))
            except ValueError:
                continue  # A system may report odd things, and the others still count.
    return found


def gateways() -> tuple[tuple[str, str], ...] | None:
    """Return each router of a default route with our own addresses on that card; None when they could not be read.

    Cards are told apart by address, because on Windows netifaces names a card by its GUID and psutil by the name that
    people see.
    """
    import netifaces

    try:
        known = cast("list[tuple[str, str, bool]]", netifaces.gateways().get(netifaces.AF_INET, []))
        return tuple(
            (gateway, one["addr"])
            for gateway, card, _is_default in known
            for one in netifaces.ifaddresses(card).get(netifaces.AF_INET, [])
        )
    except (OSError, ValueError):
        return None


def is_wireless(name: str) -> bool:
    """Return whether its name says that it is wireless, or Linux does.

    A Mac calls wireless and wired cards alike `en0`, so there False means only "not by its name".
    """
    if name.lower().startswith(WIRELESS_NAMES):
        return True
    return sys.platform == "linux" and (LINUX_CARDS / name / "wireless").exists()
