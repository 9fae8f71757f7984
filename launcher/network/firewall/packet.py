"""The first packet of a phone's connection, and answers of three values, where None means "unknown". PURE."""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network
# The local networks that a phone may be in, such as 192.168.0.0/24.
Networks = tuple[Network, ...]
Address = IPv4Address | IPv6Address


@dataclass(frozen=True)
class Packet:
    """It opens a TCP connection from any device of `source` to `port` of this PC.

    `destination` and `card`: the address of this PC in that network and the name of its card; None: not known.
    """

    source: Network
    port: int
    destination: Address | None = None
    card: str | None = None


def all_of(answers: Iterable[bool | None]) -> bool | None:
    """Return False when one is False, else None when one is None, else True."""
    found = list(answers)
    if False in found:
        return False
    return None if None in found else True


def any_of(answers: Iterable[bool | None]) -> bool | None:
    """Return True when one is True, else None when one is None, else False."""
    found = list(answers)
    if True in found:
        return True
    return None if None in found else False


def not_so(answer: bool | None) -> bool | None:
    """Return the opposite; None stays None."""
    return None if answer is None else not answer


def lies_in(source: Network, text: str) -> bool | None:
    """Return True when all devices of `source` are in `text`, False when none is, None when some are.

    `text` is an address, `10.0.0.0/8`, `10.0.0.0/255.0.0.0` or `10.0.0.1-10.0.0.9`. Anything else gives None.
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
    """Return the first and last address of what `lies_in` reads. Raises ValueError for anything else."""
    if "-" in text:
        first, _, last = text.partition("-")
        return ip_address(first), ip_address(last)
    network = ip_network(text, strict=False)
    return network[0], network[-1]


def is_one_of(address: Address | None, text: str) -> bool | None:
    """Return whether `address` is in `text`, which `lies_in` describes."""
    return None if address is None else lies_in(ip_network(address), text)
