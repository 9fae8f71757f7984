"""What the system says about this computer's network cards: plain facts, no judgement.

The one file of this room that knows how each system names and reports its cards.
"""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import cast

LINUX_CARDS = Path("/sys/class/net")
WIRELESS_NAMES = ("wl", "wifi", "wi-fi", "wireless", "airport", "drahtlos", "ap0", "ap1")


@dataclass(frozen=True)
class Card:
    """One IPv4 address of one network card, as the system reports it.

    `broadcast` is "" where there is none. `gateway`: the system sends what leaves the network through a router behind
    this card; None when the routes could not be read.
    """

    name: str
    address: str
    netmask: str = ""
    broadcast: str = ""
    up: bool = True
    point_to_point: bool = False
    wireless: bool = False
    gateway: bool | None = None


def read_cards() -> tuple[Card, ...] | None:
    """Every IPv4 address of this computer in the system's order, or None when the cards could not be read.

    Takes well under a millisecond on Linux and never waits for the network.
    """
    import socket

    import psutil

    try:
        addresses = psutil.net_if_addrs()
        states = psutil.net_if_stats()
    except (OSError, psutil.Error):
        return None
    behind_a_gateway = addresses_with_a_gateway()
    cards = []
    for name, found in addresses.items():
        card = name.partition(":")[0]  # Linux labels further addresses of eth0 `eth0:1`
        state = states.get(name) or states.get(card)
        for one in found:
            if one.family == socket.AF_INET:
                cards.append(
                    Card(
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


def addresses_with_a_gateway() -> frozenset[str] | None:
    """Our addresses on the cards that have a default route with a gateway; None when the routes could not be read.

    By address, because on Windows netifaces calls a card by its GUID and psutil by the name people see.
    """
    import netifaces

    try:
        gateways = cast("list[tuple[str, str, bool]]", netifaces.gateways().get(netifaces.AF_INET, []))
        cards = {card for _gateway, card, _is_default in gateways}
        return frozenset(
            one["addr"] for card in cards for one in netifaces.ifaddresses(card).get(netifaces.AF_INET, [])
        )
    except (OSError, ValueError):
        return None


def is_wireless(name: str) -> bool:
    """Linux says so itself; elsewhere, and for what Linux does not mark, the name tells.

    A Mac calls wireless and wired cards alike `en0`: there the answer is False and means "not by its name".
    """
    if name.lower().startswith(WIRELESS_NAMES):
        return True
    return sys.platform == "linux" and (LINUX_CARDS / name / "wireless").exists()
