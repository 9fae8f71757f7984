"""No road to everyone goes unnoticed: one entry, halves that add up, ranges, masks and stars."""

from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from launcher.access import parse
from launcher.access.address import IPV4_BASE
from launcher.access.internet_coverage import count, covers, is_everyone, public_ipv4, reach, readable, size

HOME = ["127.0.0.1", "::1", "192.168.0.*", "10.0.0.0/8", "172.16.0.0/12", "100.64.0.0/10", "fd00::/8", "fe80::/10"]
EVERYONE = [
    ["0.0.0.0/0"],
    ["*.*.*.*"],
    ["192.168.0.20/"],
    ["192.168.0.20/ "],
    ["192.168.0.20 // phone"],
    ["1.2.3.4/0.0.0.0"],
    ["0.0.0.0-255.255.255.255"],
    ["0.0.0.1-255.255.255.254"],
    ["1.2.3.4/0x0"],
    ["::/0"],
    ["2000::/3"],
    ["::1/"],
    ["*:*:*:*:*:*:*:*"],
    ["::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
    ["2a00::/12"],
    ["0.0.0.0/1", "128.0.0.0/1"],
    ["0.0.0.0/2", "64.0.0.0/2", "128.0.0.0/2", "192.0.0.0/2"],
    ["0.0.0.0-127.255.255.255", "128.*.*.*", "129.0.0.0-255.255.255.255"],
    ["0.0.0.0/0.0.0.1", "0.0.0.1/0.0.0.1"],
    ["*.*.*.0-*.*.*.255", "0.0.0.0/0.0.1.0", "0.0.1.0/0.0.1.0"],
    [f"{i}.*.*.*" for i in range(1, 224)],
    [f"*.*.*.{i}" for i in range(256)],
    [f"*.{i}.*.*" for i in range(0, 256, 2)],
    ["::/1", "8000::/1"],
    [["*.*.*.*"]],
]


@pytest.mark.parametrize("entries", EVERYONE, ids=lambda entries: str(entries)[:60])
def test_a_list_that_lets_in_everyone_is_told(entries: list[str]) -> None:
    assert is_everyone(entries)
    assert is_everyone([*HOME, "phone.lan", *entries])


@pytest.mark.parametrize(
    "entries",
    [HOME, [], ["phone.lan", "192.168.*", ""], ["*"], ["89.*.*.*"], ["0.0.0.0"], ["224.0.0.0/3"], ["*.*.*.7"]]
    + [["::ffff:0.0.0.0/96"], ["fc00::/7"], ["2a02:8100::/27"], ["1:2"], ["::ffff:*:*"], ["::"], ["0.0.0.0/5"]],
    ids=lambda entries: str(entries)[:60],
)
def test_an_ordinary_list_is_not_everyone(entries: list[str]) -> None:
    assert is_everyone(entries) is None


def test_the_reason_names_the_entry_or_the_entries() -> None:
    assert is_everyone([*HOME, "192.168.0.20/"]) == "“192.168.0.20/” lets in the whole IPv4 Internet."
    assert is_everyone(["::/0"]) == "“::/0” lets in the whole IPv6 Internet."
    halves = is_everyone(["0.0.0.0/1", "127.0.0.1", "128.0.0.0/1"])
    assert halves == "“0.0.0.0/1” and “128.0.0.0/1” together let in the whole IPv4 Internet."


def test_a_list_made_to_be_difficult_counts_as_everyone() -> None:
    # Pseudo-random masks whose union has no shape: 32 bits of a linear congruence each.
    state, entries = 1, []
    for _ in range(3000):
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        mask = (state >> 20 & 0xFFFFFFFF) & (state >> 30 & 0xFFFFFFFF) & (state >> 7 & 0xFFFFFFFF) | 1 << (state % 32)
        entries.append(f"{_dotted(state >> 32)}/{_dotted(mask)}")
    assert is_everyone(entries)


def _dotted(number: int) -> str:
    return ".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0))


@given(st.integers(0, 9), st.booleans(), st.integers(0, 1000))
def test_however_the_internet_is_cut_up_the_pieces_are_everyone(cuts: int, ipv6: bool, left_out: int) -> None:
    pieces = [ip_network("::/0" if ipv6 else "0.0.0.0/0")]
    for _ in range(cuts):
        pieces += pieces.pop(0).subnets()
    texts = [f"{piece[0]}-{piece[-1]}" if i % 2 else str(piece) for i, piece in enumerate(pieces)]
    assert is_everyone(texts)
    share = reach(texts)
    assert (share.ipv6 if ipv6 else share.ipv4) == 1
    if len(pieces) > 2 and not ipv6:
        del texts[left_out % len(texts)]
        assert is_everyone(texts)


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))
def test_a_range_is_everyone_when_it_holds_a_sixteenth_of_the_internet(one: int, other: int) -> None:
    first, last = sorted((one, other))
    entry = f"{_dotted(first)}-{_dotted(last)}"
    public = count([parse(entry)], public_ipv4()) or 0
    everyone = 16 * public >= sum(high - low + 1 for low, high in public_ipv4())
    assert bool(is_everyone([entry])) is everyone
    halves = [f"{_dotted(first)}-{_dotted((first + last) // 2)}", f"{_dotted((first + last) // 2)}-{_dotted(last)}"]
    assert bool(is_everyone(halves)) is everyone


@given(st.lists(st.tuples(st.integers(0, 255), st.integers(0, 255)), min_size=1, max_size=7))
def test_masks_of_any_shape_are_counted_exactly(rules: list[tuple[int, int]]) -> None:
    # All rules live in 192.0.2.0/24, so that every address can be asked.
    entries = [parse(f"192.0.2.{value}/255.255.255.{mask}") for value, mask in rules]
    base = IPV4_BASE + (192 << 24) + (2 << 8)
    really = {base + n for n in range(256) if any((n ^ value) & mask == 0 for value, mask in rules)}
    assert count(entries, [(base, base + 255)]) == len(really)
    assert count(entries, [(base + 3, base + 200)]) == len(really & set(range(base + 3, base + 201)))


ENTRY = st.sampled_from(["192.168.0.20", "192.168.0.*", "192.*.0.*", "10.0.0.0/8", "10.*.*.1", "0.0.0.0/1", "*.*.*.*"])


@given(st.lists(ENTRY, max_size=5), ENTRY)
def test_one_more_entry_never_lets_in_less(entries: list[str], more: str) -> None:
    before, after = reach(entries), reach([*entries, more])
    assert before.ipv4 is not None
    assert after.ipv4 is not None
    assert before.ipv4 <= after.ipv4
    assert not (is_everyone(entries) and not is_everyone([*entries, more]))


@pytest.mark.parametrize(
    ("entry", "addresses"),
    [("192.168.0.20", 1), ("192.168.0.*", 256), ("192.*.0.*", 65536), ("10.0.0.0/255.0.255.0", 65536), ("::/0", 2**128)]
    + [("1.2.3.4-1.2.3.9", 6), ("1:2", 0), ("1:2:3:4:5:6:7:8:9", 1), ("fd00::*", 65536), ("::/::1", 2**127)],
)
def test_the_addresses_of_an_entry_are_counted(entry: str, addresses: int) -> None:
    assert size(parse(entry)) == addresses


def test_refused_entries_let_in_nobody() -> None:
    assert readable(["phone.lan", None, "192.168.0.1"]) == [parse("192.168.0.1")]


def test_a_network_is_covered_by_one_entry_or_by_several_or_in_part() -> None:
    entries = ["127.0.0.1", "192.168.0.0/25", "192.168.0.128-192.168.0.255", "10.*.*.*"]
    assert covers(entries, "192.168.0.*").whole is True
    assert covers(entries, "192.168.0.*").by == ("192.168.0.0/25", "192.168.0.128-192.168.0.255")
    assert covers(entries, "10.1.2.0/24").by == ("10.*.*.*",)
    part = covers(entries, "192.168.0.0/16")
    assert (part.whole, part.part) == (False, True)
    nothing = covers(entries, "fd00::/64")
    assert (nothing.whole, nothing.part, nothing.by) == (False, False, ())
    assert covers(["*.*.*.*"], "192.168.0.0/24").by == ("*.*.*.*",)
    assert covers(["192.*.0.*"], "192.168.0.0/23").part
    assert not covers(["192.*.0.*"], "192.168.0.0/23").whole
