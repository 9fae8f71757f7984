"""One entry of the whitelist, read exactly as SillyTavern reads it (npm ip-matching 2.1.2 in 1.9.0 to 1.19.0). PURE.

An entry is one address (with or without `*`), a range `a-b`, or `address/mask`. Everything odd that the matcher does
with real addresses and with what it merely takes for an address is done here too.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

from launcher.access.address import (
    CACHED_LENGTH,
    IPV4_BASE,
    WILD,
    Address,
    AddressError,
    Parts,
    number_of,
    parse_address,
    read_address,
)
from launcher.access.javascript import Value, text_of, whole_number
from launcher.access.network_ends import spelled
from launcher.problem import TavernkeepError

SHOWN_LENGTH = 60


class EntryError(TavernkeepError):
    """The matcher refuses this entry."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What one entry lets in.

    The real addresses are those from `low` to `high`, or, with a `mask`, those that give `low` under it (numbers as
    in Address). `low` > `high`: none. `odd` decides about what is no real address but is taken for one.
    """

    text: str
    ipv4: bool
    low: int
    high: int
    mask: int | None
    odd: Callable[[Address], bool] = field(compare=False, repr=False)

    def admits(self, address: Address) -> bool:
        """Does this entry let `address` in?"""
        number = address.number
        if number is None:
            return self.odd(address)
        if self.mask is None:
            return self.low <= number <= self.high
        return number & self.mask == self.low

    def matches(self, address: str) -> bool:
        """Does this entry let `address` in? Raises ValueError when `address` is none."""
        return self.admits(parse_address(address))


def parse(entry: str) -> Entry:
    """Read one entry. Raises EntryError for one that the matcher refuses."""
    return _cached(entry) if len(entry) <= CACHED_LENGTH else _parse(entry)


def parse_value(value: Value) -> Entry:
    """Read one value of a list in config.yaml or config.conf. Only text can be more than a single address."""
    return parse(value) if isinstance(value, str) else _single(text_of(value))


def matches(entry: str, address: str) -> bool:
    """Does `entry` let `address` in? Raises EntryError for a refused entry, else ValueError for what is no address."""
    parsed = parse(entry)
    return parsed.admits(parse_address(address))


def shown(text: str) -> str:
    """Text from a file as it may stand in a sentence: short, on one line, nothing invisible."""
    line = "".join(letter if letter.isprintable() else "·" for letter in text[:SHOWN_LENGTH])
    return line + "…" if len(text) > SHOWN_LENGTH else line


def _parse(text: str) -> Entry:
    try:
        if address := read_address(text):
            return _one(text, address)
        if "-" in text:
            return _range(text)
        if "/" in text:
            return _masked(text)
    except AddressError as error:
        raise _refused(text, str(error)) from error
    raise _refused(text, "not an address, a range or a network")


_cached = lru_cache(maxsize=4096)(_parse)


def _single(text: str) -> Entry:
    try:
        address = read_address(text)
    except AddressError as error:
        raise _refused(text, str(error)) from error
    if address is None:
        raise _refused(text, "in a configuration only text in quotes is an entry")
    return _one(text, address)


def _refused(text: str, reason: str) -> EntryError:
    return EntryError(f"SillyTavern cannot read “{shown(text)}” as a whitelist entry.", f"Reason: {reason}.")


def _exact(text: str) -> Address:
    address = read_address(text)
    if address is None or not address.exact:
        raise _refused(text, "not one exact address")
    return address


def _one(text: str, address: Address) -> Entry:
    if address.number is not None:
        return Entry(text, address.ipv4, address.number, address.number, None, lambda other: _alike(address, other))
    size, full = (4, 0xFF) if address.ipv4 else (8, 0xFFFF)
    mask = tuple(0 if part == WILD else full for part in address.parts[:size])
    base = tuple(0 if part == WILD else part for part in address.parts[:size])
    return _area(text, address.ipv4, base, mask, lambda other: _alike(address, other))


def _alike(entry: Address, other: Address) -> bool:
    if entry.ipv4 != other.ipv4:
        return False
    for i in range(4 if entry.ipv4 else 8):
        wanted = _at(entry.parts, i)
        if wanted not in (WILD, _at(other.parts, i)):
            return False
    return True


def _at(parts: Parts, i: int) -> int | None:
    return parts[i] if i < len(parts) else None


def _range(text: str) -> Entry:
    sides = text.split("-")
    if len(sides) != 2:
        raise _refused(text, "a range has one `-`")
    first, last = map(_exact, sides)
    if first.ipv4 != last.ipv4:
        raise _refused(text, "a range begins and ends with the same kind of address")
    return _between(text, first.ipv4, first.parts, last.parts)


def _between(text: str, ipv4: bool, first: Parts, last: Parts) -> Entry:
    if not _in_order(first, last):
        raise _refused(text, "the first address of a range is the lower one")

    def odd(other: Address) -> bool:
        return other.ipv4 == ipv4 and _in_order(first, other.parts) and _in_order(other.parts, last)

    return Entry(text, ipv4, _bound(ipv4, first, False), _bound(ipv4, last, True), None, odd)


def _in_order(left: Parts, right: Parts) -> bool:
    # zip: a group that one side lacks decides nothing.
    for a, b in zip(left, right, strict=False):
        if a != b:
            return a < b
    return True


def _bound(ipv4: bool, parts: Parts, upper: bool) -> int:
    """The real address at which a range with these parts begins or ends; they may be too few, or WILD (below 0)."""
    size, full = (4, 0xFF) if ipv4 else (8, 0xFFFF)
    known = parts[:size]
    if WILD in known:
        known = known[: known.index(WILD)]
        return number_of(ipv4, (*known, *[0] * (size - len(known)))) - upper
    return number_of(ipv4, (*known, *[full if upper else 0] * (size - len(known))))


def _masked(text: str) -> Entry:
    base_text, mask_text, *_ = text.split("/")
    base = _exact(base_text)
    bits = whole_number(mask_text)
    if bits is not None:
        return _network(text, base, bits)
    mask = read_address(mask_text)
    if mask is None:
        raise _refused(text, "behind the `/` stands neither a number nor a mask")
    if not mask.exact or mask.ipv4 != base.ipv4:
        raise _refused(text, "the mask is not one exact address of the same kind")
    under = tuple(part & (_at(mask.parts, i) or 0) for i, part in enumerate(base.parts))

    def odd(other: Address) -> bool:
        if other.ipv4 != base.ipv4:
            return False
        return all(part & (_at(mask.parts, i) or 0) == _at(under, i) for i, part in enumerate(other.parts))

    return _area(text, base.ipv4, under, mask.parts, odd)


def _network(text: str, base: Address, bits: int) -> Entry:
    width = 32 if base.ipv4 else 128
    if not 0 <= bits <= width:
        raise _refused(text, f"behind the `/` stands a number from 0 to {width}")
    if base.number is None:
        ends = [read_address(side) for side in spelled(base.parts, bits)]
        if ends[0] is None or ends[1] is None:
            raise _refused(text, "an IPv6 address has eight groups")
        return _between(text, False, ends[0].parts, ends[1].parts)
    hosts = (1 << (width - bits)) - 1
    low, high = base.number & ~hosts, base.number | hosts

    def odd(other: Address) -> bool:
        return other.ipv4 == base.ipv4 and _in_order(first, other.parts) and _in_order(other.parts, last)

    first, last = parts_of(low), parts_of(high)
    return Entry(text, base.ipv4, low, high, None, odd)


def parts_of(number: int) -> Parts:
    """The octets or groups of the address with this number."""
    if number >= IPV4_BASE:
        return tuple(number >> shift & 0xFF for shift in (24, 16, 8, 0))
    return tuple(number >> shift & 0xFFFF for shift in range(112, -1, -16))


def _area(text: str, ipv4: bool, base: Parts, mask: Parts, odd: Callable[[Address], bool]) -> Entry:
    """The addresses that give `base` under `mask`. A group missing in the mask is 0, one in the base is never."""
    size, width = (4, 32) if ipv4 else (8, 128)
    if len(base) < size:
        return Entry(text, ipv4, 1, 0, None, odd)
    low = number_of(ipv4, base)
    bits = number_of(ipv4, (*mask, *[0] * (size - len(mask)))) | IPV4_BASE
    free = ~bits & ((1 << width) - 1)
    if free & (free + 1) == 0:
        return Entry(text, ipv4, low, low | free, None, odd)
    return Entry(text, ipv4, low, low, bits, odd)
