"""The first packet of a phone's connection, and what three-valued answers make together. PURE.

None always means "unknown".
"""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address


@dataclass(frozen=True)
class Packet:
    """It opens a TCP connection from any one device of `source` to `port` of this PC.

    `destination` and `card`: the address of this PC in that network and the name of its card; None when not known.
    """

    source: Network
    port: int
    destination: Address | None = None
    card: str | None = None


def all_of(answers: Iterable[bool | None]) -> bool | None:
    """True when all are, False as soon as one is."""
    found = list(answers)
    if False in found:
        return False
    return None if None in found else True


def any_of(answers: Iterable[bool | None]) -> bool | None:
    """False when all are, True as soon as one is."""
    found = list(answers)
    if True in found:
        return True
    return None if None in found else False


def not_so(answer: bool | None) -> bool | None:
    return None if answer is None else not answer


def lies_in(source: Network, text: str) -> bool | None:
    """Do all devices of `source` (True) or none of them (False) have an address in `text`?

    `text` is an address, `10.0.0.0/8`, `10.0.0.0/255.0.0.0` or `10.0.0.1-10.0.0.9`. None: some have, or `text` is no
    address.
    """
    try:
        first, last = ends_of(text)
    except ValueError:
        return None
    if first.version != source.version:
        return False
    inside = [int(first) <= int(one) <= int(last) for one in (source[0], source[-1])]
    if all(inside):
        return True
    apart = int(source[-1]) < int(first) or int(last) < int(source[0])
    return False if apart else None


def ends_of(text: str) -> tuple[Address, Address]:
    """First and last address of what `lies_in` reads. Raises ValueError."""
    if "-" in text:
        first, _, last = text.partition("-")
        return ip_address(first), ip_address(last)
    network = ip_network(text, strict=False)
    return network[0], network[-1]


def is_one_of(address: Address | None, text: str) -> bool | None:
    """Is `address` in `text`, as `lies_in` reads it?"""
    return None if address is None else lies_in(ip_network(address), text)
