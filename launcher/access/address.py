"""One address as the matcher in SillyTavern (npm ip-matching 2.1.2) reads it. PURE.

It takes more for an address than an address is: `192.168.0.*`, `1:2` and nine groups are "addresses" to it. Those are
kept as groups; every other address is one number.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from launcher.access.javascript import trim

WILD = -1
# IPv4 lies above all IPv6 addresses on one line of numbers, so that one comparison decides without asking the family.
IPV4_BASE = 1 << 128
# Longer texts are read each time: nobody's addresses are that long, and a cache must not keep megabytes.
CACHED_LENGTH = 128

_IPV4 = re.compile(r"(?:[0-9]{1,3}\.|\*\.){3}(?:[0-9]{1,3}|\*)")
_GROUPS = re.compile(r"(?:[0-9a-fA-F]{1,4}|\*)(?::(?:[0-9a-fA-F]{1,4}|\*))*")
_LINE_ENDS = "\n\r\u2028\u2029"

Parts = tuple[int, ...]


class AddressError(ValueError):
    """Looks like an address and is none (`192.168.0.256`, `1::2::3`)."""


@dataclass(frozen=True, slots=True)
class Address:
    """`parts` are octets (IPv4) or groups (IPv6), WILD for `*`.

    `number` is its place on one line that holds IPv6 first and IPv4 from IPV4_BASE on; None: no real address.
    """

    ipv4: bool
    parts: Parts
    number: int | None

    @property
    def exact(self) -> bool:
        """Holds no `*`."""
        return WILD not in self.parts


def read_address(text: str) -> Address | None:
    """The address that `text` is, or None when it does not look like one. Raises AddressError when it only looks so."""
    text = trim(text)
    if _IPV4.fullmatch(text):
        return _address(True, _octets(text))
    head, colon, tail = text.rpartition(":")
    if not colon:
        return None
    if _IPV4.fullmatch(tail):
        return _address(False, _mixed(head, tail))
    parts = _groups(text)
    return None if parts is None else _address(False, parts)


def parse_address(text: str) -> Address:
    """The address that `text` is; raises ValueError when it is none."""
    return _cached(text) if len(text) <= CACHED_LENGTH else _parse(text)


def number_of(ipv4: bool, parts: Sequence[int]) -> int:
    """Where an address with these parts (four or the first eight, none WILD) lies on the line of numbers."""
    number = 0
    for part in parts[: 4 if ipv4 else 8]:
        number = number << (8 if ipv4 else 16) | part
    return number + IPV4_BASE if ipv4 else number


def _parse(text: str) -> Address:
    address = read_address(text)
    if address is None:
        raise AddressError(f"{text[:80]!r} is not an address")
    return address


_cached = lru_cache(maxsize=4096)(_parse)


def _address(ipv4: bool, parts: Parts) -> Address:
    regular = len(parts) == (4 if ipv4 else 8) and WILD not in parts
    return Address(ipv4, parts, number_of(ipv4, parts) if regular else None)


def _octets(text: str) -> Parts:
    parts = tuple(WILD if part == "*" else int(part) for part in text.split("."))
    if max(parts) > 255:
        raise AddressError(f"{text}: each of the four numbers goes up to 255")
    return parts


def _mixed(head: str, tail: str) -> Parts:
    # `(.*):` in its pattern is not anchored and stops at line ends: what stands before the last one is not looked at.
    line = head[max(head.rfind(end) for end in _LINE_ENDS) + 1 :]
    octets = _octets(tail)
    parts = _groups(trim(f"{line}:0:0"))
    if WILD in octets or parts is None:
        raise AddressError("an IPv6 address with an IPv4 address at its end, one of them wrong")
    a, b, c, d = octets
    return (*parts[:6], a << 8 | b, c << 8 | d)


def _groups(text: str) -> Parts | None:
    """The groups of an IPv6 address: any number of them without `::`. None when it does not look like one."""
    sides = text.split("::")
    if not all(_GROUPS.fullmatch(side) for side in sides if side) or "" in sides[1:-1]:
        return None
    if len(sides) == 1:
        return _numbers(text.split(":")) if ":" in text else None
    if len(sides) > 2:
        raise AddressError("an IPv6 address has `::` only once")
    left, right = (side.split(":") if side else [] for side in sides)
    missing = 8 - len(left) - len(right)
    if missing < 1:
        raise AddressError("an IPv6 address has eight groups")
    return _numbers([*left, *["0"] * missing, *right])


def _numbers(groups: Sequence[str]) -> Parts:
    return tuple(WILD if group == "*" else int(group, 16) for group in groups)
