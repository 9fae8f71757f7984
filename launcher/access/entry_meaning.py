"""What one entry lets in, in words for people. PURE."""

from dataclasses import dataclass

from launcher.access.address import IPV4_BASE
from launcher.access.entry import Entry, parse, parts_of
from launcher.access.internet_coverage import size

_SCALES = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"))
_ALL_IPV4 = (IPV4_BASE, IPV4_BASE + 0xFFFFFFFF)
_ALL_IPV6 = (0, IPV4_BASE - 1)


@dataclass(frozen=True)
class Meaning:
    """`text` in words, to stand beside the entry; `addresses`: how many addresses it lets in."""

    text: str
    addresses: int


def meaning(entry: str) -> Meaning:
    """What `entry` lets in. Raises EntryError for an entry that SillyTavern refuses."""
    parsed = parse(entry)
    addresses = size(parsed)
    return Meaning(_words(parsed, addresses), addresses)


def address_text(number: int) -> str:
    """The usual spelling of the address with this number."""
    if number >= IPV4_BASE:
        return ".".join(map(str, parts_of(number)))
    if number >> 32 == 0xFFFF:
        return f"::ffff:{address_text(IPV4_BASE + (number & 0xFFFFFFFF))}"
    from ipaddress import IPv6Address

    return str(IPv6Address(number))


def inside(entry: Entry, network: str) -> bool:
    """Is everything that `entry` lets in part of `network`, which is one unbroken piece? False when it is nothing."""
    outer = parse(network)
    if entry.mask is None:
        return outer.low <= entry.low <= entry.high <= outer.high
    return outer.low <= entry.low and entry.low | _free(entry) <= outer.high


def _words(entry: Entry, addresses: int) -> str:
    if addresses == 0:
        return "nobody: no device has such an address"
    if inside(entry, "127.0.0.0/8") or inside(entry, "::1"):
        return "this PC"
    if entry.mask is not None:
        return _scattered(entry, addresses)
    if (entry.low, entry.high) == _ALL_IPV4:
        return "everyone: the whole IPv4 Internet"
    if (entry.low, entry.high) == _ALL_IPV6:
        return "everyone: the whole IPv6 Internet"
    if addresses == 1:
        return f"the device at {address_text(entry.low)}"
    ends = f"{address_text(entry.low)} to {address_text(entry.high)}"
    if addresses == 256 and entry.text.endswith(".*"):
        return "all 256 addresses of this network"
    networks = addresses >> 64
    if networks and not (addresses | entry.low) & ((1 << 64) - 1):
        return f"every address of this network, {ends}" if networks == 1 else f"{many(networks)} networks, {ends}"
    return f"{ends}, {many(addresses)} addresses"


def _scattered(entry: Entry, addresses: int) -> str:
    mask = parts_of((entry.mask or 0) | IPV4_BASE) if entry.ipv4 else parts_of((entry.mask or 0) & (IPV4_BASE - 1))
    full = 0xFF if entry.ipv4 else 0xFFFF
    if set(mask) <= {0, full}:
        parts = zip(parts_of(entry.low), mask, strict=True)
        form = "." if entry.ipv4 else ":"
        like = form.join("*" if not fixed else format(part, "d" if entry.ipv4 else "x") for part, fixed in parts)
        return f"{many(addresses)} addresses: all that read {like}"
    first, last = address_text(entry.low), address_text(entry.low | _free(entry))
    return f"{many(addresses)} addresses scattered from {first} to {last}"


def _free(entry: Entry) -> int:
    width = 32 if entry.ipv4 else 128
    return ~(entry.mask or 0) & ((1 << width) - 1)


def many(number: int) -> str:
    """A number for people: `65,536`, `about 4.3 billion`, `countless`."""
    if number < 10**8:
        return f"{number:,}"
    if number >= 10**15:
        return "countless"
    scale, word = next((scale, word) for scale, word in _SCALES if number >= scale)
    return f"about {number / scale:.1f} {word}"
