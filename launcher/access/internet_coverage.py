"""How much of the Internet a list lets in, and whether that is everyone. Exact. PURE."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from launcher.access.address import IPV4_BASE
from launcher.access.entry import Entry, EntryError, parse, parse_value, shown
from launcher.access.javascript import Value

# Everyone: at least one in sixteen of the Internet's addresses gets in. No person's devices need that many, whoever
# scans the Internet for open servers has addresses among them, and a region of the IPv6 world is more than that.
EVERYONE_SHARE = 1 / 16

# Work on rules such as `*.5.*.7`, in cubes looked at. Lists made to be difficult end here, ordinary ones need hundreds.
EFFORT = 300_000

# No stranger comes from these (IANA special-purpose address registry; 100.64.0.0/10 is Tailscale and shared lines).
_NOT_PUBLIC_IPV4 = "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 "
_NOT_PUBLIC_IPV4 += "192.0.2.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/3"
# What the regional registries got to hand out (IANA IPv6 global unicast assignments), without documentation addresses.
_PUBLIC_IPV6 = "2001:200::-2001:db7:ffff:ffff:ffff:ffff:ffff:ffff 2001:db9::-2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff "
_PUBLIC_IPV6 += "2003::/18 2400::/12 2410::/12 2600::/12 2610::/23 2620::/23 2630::/12 2800::/12 2a00::/12 2a10::/12 "
_PUBLIC_IPV6 += "2c00::/12"

Span = tuple[int, int]
Cubes = frozenset[tuple[int, int]]


@dataclass(frozen=True)
class Reach:
    """The share (0 to 1) of the public IPv4 and IPv6 Internet that gets in; None: too tangled to compute."""

    ipv4: float | None
    ipv6: float | None


@dataclass(frozen=True)
class Coverage:
    """Whether a network gets in: `whole`, or only a `part` of it (None: too tangled to compute).

    `by`: the first entry that lets in all of it, else every entry that lets in some of it.
    """

    whole: bool | None
    part: bool
    by: tuple[str, ...]


def readable(entries: Iterable[Value]) -> list[Entry]:
    """The entries that the matcher takes; refused ones let in nobody and are left out."""
    read = []
    for value in entries:
        try:
            read.append(parse_value(value))
        except EntryError:
            continue
    return read


def reach(entries: Iterable[Value]) -> Reach:
    """How much of the public Internet the entries together let in."""
    read = readable(entries)
    return Reach(_share(read, public_ipv4()), _share(read, public_ipv6()))


def is_everyone(entries: Iterable[Value]) -> str | None:
    """Why this list lets in practically everyone (EVERYONE_SHARE of the IPv4 or of the IPv6 Internet), or None.

    A list that is too tangled to tell counts as everyone. Refused entries count as absent, even where an old version
    would answer everyone below them with an error.
    """
    read = readable(entries)
    for name, public in (("IPv4", public_ipv4()), ("IPv6", public_ipv6())):
        needed = EVERYONE_SHARE * _size(public)
        if _at_most(read, public) < needed:
            continue
        let_in = count(read, public)
        if let_in is None:
            return (
                f"The entries are too tangled to tell how much of the {name} Internet they let in; it may be all of it."
            )
        if let_in >= needed:
            return _reason(read, public, let_in, name)
    return None


def covers(entries: Iterable[Value], network: str) -> Coverage:
    """Would all devices of `network` (an entry: address, range, `a.b.c.*`, `a.b.c.0/24`) get in, and by which entries?

    Raises EntryError when `network` cannot be read, ValueError when it is not one unbroken piece.
    """
    asked = parse(network)
    if asked.mask is not None or asked.low > asked.high:
        raise ValueError(f"{network} is not one network")
    spans = [(asked.low, asked.high)]
    some = [entry for entry in readable(entries) if _at_most([entry], spans) and count([entry], spans)]
    for entry in some:
        if count([entry], spans) == _size(spans):
            return Coverage(True, True, (entry.text,))
    let_in = count(some, spans)
    return Coverage(None if let_in is None else let_in == _size(spans), bool(some), tuple(entry.text for entry in some))


@lru_cache(maxsize=1)
def public_ipv4() -> Sequence[Span]:
    """Where strangers on the IPv4 Internet come from."""
    return _without([(IPV4_BASE, IPV4_BASE + 0xFFFFFFFF)], _merged(map(parse, _NOT_PUBLIC_IPV4.split())))


@lru_cache(maxsize=1)
def public_ipv6() -> Sequence[Span]:
    """Where strangers on the IPv6 Internet come from."""
    return _merged(map(parse, _PUBLIC_IPV6.split()))


def size(entry: Entry) -> int:
    """How many real addresses the entry lets in."""
    if entry.mask is None:
        return max(0, entry.high - max(entry.low, 0) + 1)
    return 1 << (32 if entry.ipv4 else 128) - (entry.mask & (IPV4_BASE - 1)).bit_count()


def count(entries: Iterable[Entry], spans: Sequence[Span]) -> int | None:
    """How many addresses of `spans` (sorted, apart) the entries together let in; None: that takes too much effort."""
    entries = list(entries)
    unbroken = _merged(entry for entry in entries if entry.mask is None)
    rest = _without(spans, unbroken)
    let_in = _size(spans) - _size(rest)
    scattered = [(entry.low, entry.mask) for entry in entries if entry.mask is not None]
    if not scattered:
        return let_in
    tally = _Tally()
    try:
        return let_in + sum(tally.within(scattered, block, bits) for span in rest for block, bits in _blocks(span))
    except _TooTangledError:
        return None


def _share(entries: list[Entry], public: Sequence[Span]) -> float | None:
    let_in = count(entries, public)
    return None if let_in is None else let_in / _size(public)


def _reason(entries: list[Entry], public: Sequence[Span], let_in: int, name: str) -> str:
    total = _size(public)
    how_much = f"the whole {name} Internet" if let_in == total else f"{let_in / total:.0%} of the {name} Internet"
    for entry in entries:
        if (count([entry], public) or 0) == let_in:
            return f"“{shown(entry.text)}” lets in {how_much}."
    part = [entry.text for entry in entries if _at_most([entry], public) >= total / 256]
    names = " and ".join(f"“{shown(text)}”" for text in part) if 1 < len(part) < 4 else f"The {len(entries)} entries"
    return f"{names} together let in {how_much}."


def _at_most(entries: Iterable[Entry], spans: Sequence[Span]) -> int:
    """A bound for `count` that costs nothing."""
    low, high = spans[0][0], spans[-1][1]
    total = 0
    for entry in entries:
        if entry.mask is None:
            total += max(0, min(entry.high, high) - max(entry.low, low) + 1)
        elif entry.ipv4 == (low >= IPV4_BASE):
            total += size(entry)
    return total


def _size(spans: Iterable[Span]) -> int:
    return sum(high - low + 1 for low, high in spans)


def _merged(entries: Iterable[Entry]) -> list[Span]:
    """The addresses of unbroken entries as spans, sorted and apart."""
    spans: list[Span] = []
    for low, high in sorted((max(entry.low, 0), entry.high) for entry in entries if entry.low <= entry.high):
        if spans and low <= spans[-1][1] + 1:
            spans[-1] = spans[-1][0], max(spans[-1][1], high)
        else:
            spans.append((low, high))
    return spans


def _without(spans: Sequence[Span], holes: Sequence[Span]) -> list[Span]:
    """`spans` less `holes`, both sorted and apart."""
    left = []
    for low, high in spans:
        for first, last in holes:
            if last < low or first > high:
                continue
            if first > low:
                left.append((low, first - 1))
            low = last + 1
        if low <= high:
            left.append((low, high))
    return left


def _blocks(span: Span) -> Iterable[tuple[int, int]]:
    """The span in blocks whose last bits are free: (first address, number of free bits)."""
    low, high = span
    while low <= high:
        bits = min((low & -low).bit_length() - 1 if low else 128, (high - low + 1).bit_length() - 1)
        yield low, bits
        low += 1 << bits


class _TooTangledError(Exception):
    pass


class _Tally:
    """Counts the union of scattered rules by halving, with a limit to the effort of the whole count."""

    def __init__(self) -> None:
        self.effort = EFFORT
        self.known: dict[Cubes, int] = {}

    def within(self, rules: Sequence[tuple[int, int]], block: int, bits: int) -> int:
        """How many addresses of the block the rules (value, mask) let in."""
        # Picking the rules is far cheaper than halving them.
        self._spend(1 + len(rules) // 16)
        inside = (1 << bits) - 1
        cubes = frozenset(
            (value & inside, mask & inside) for value, mask in rules if not (value ^ block) & mask & ~inside
        )
        return self._fraction(cubes, bits)

    def _fraction(self, cubes: Cubes, bits: int) -> int:
        if not cubes:
            return 0
        top = max(mask.bit_length() for _, mask in cubes)
        if any(mask == 0 for _, mask in cubes):
            return 1 << bits
        if cubes not in self.known:
            self._spend(len(cubes))
            self.known[cubes] = sum(self._fraction(_half(cubes, top - 1, side), top - 1) for side in (0, 1))
        return self.known[cubes] << (bits - top)

    def _spend(self, effort: int) -> None:
        self.effort -= effort
        if self.effort < 0:
            raise _TooTangledError


def _half(cubes: Cubes, bit: int, side: int) -> Cubes:
    """What is left of the cubes where `bit` is `side`, on the bits below it."""
    below = (1 << bit) - 1
    return frozenset(
        (value & below, mask & below) for value, mask in cubes if not mask >> bit & 1 or value >> bit & 1 == side
    )
