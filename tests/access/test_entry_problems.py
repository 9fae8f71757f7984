"""What is wrong with an entry is said in words, with what was probably meant."""

import time

import pytest

from launcher.access import EntryError, Severity, meaning, parse, problem
from tests.access.guesses import Guesses
from tests.support.data import cases

OLD, NEW = "1.13.5", "1.19.0"
SLOW_S = 1.0


@pytest.mark.parametrize(
    "entry",
    ["192.168.0.20", "192.168.0.*", "192.168.0.0/24", "192.168.0.77/24", "192.168.0.0/255.255.255.0", "10.*.*.*"]
    + ["192.168.0.10-192.168.0.20", "192.168.0.10 - 192.168.0.20", "::1", "fd00::5", "FD00::*", "fd00::/8", "127.0.0.1"]
    + ["100.64.0.0/10", "203.0.113.7", "2001:db8::/64", " 192.168.0.20 ", "2a02:8100:1:2::/56", "10.0.0.0/8"],
)
@pytest.mark.parametrize("version", ["1.9.0", OLD, "1.14.0", NEW])
def test_a_good_entry_has_no_problem(entry: str, version: str) -> None:
    assert problem(entry, version) is None


@pytest.mark.parametrize(
    ("entry", "meant"),
    [
        ("192.168.0.20/", "192.168.0.20"),
        ("192.168.0.20/ ", "192.168.0.20"),
        ("192.168.0.20 // phone", "192.168.0.20"),
        ("::1/", "::1"),
        ("192.168.0.0/24/junk", "192.168.0.0/24"),
        ("192.168.0.0/0x10", "192.168.0.0/16"),
        ("192.168.0.0/+16", "192.168.0.0/16"),
        ("192.168.0.0/016", "192.168.0.0/16"),
        ("192.168.0.0/0.0.0.255", "192.168.0.0/24"),
        ("1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8"),
        ("0.0.0.0/0", None),
        ("*.*.*.*", None),
        ("::/0", None),
        ("0.0.0.0-255.255.255.255", None),
        ("89.*.*.*", None),
        ("192.*.0.*", None),
    ],
)
def test_an_entry_that_lets_in_more_than_it_looks_is_dangerous(entry: str, meant: str | None) -> None:
    found = problem(entry, NEW)
    assert found
    assert found.severity is Severity.DANGEROUS
    assert found.replacement == (None if meant is None else (meant,))


@pytest.mark.parametrize(
    ("entry", "meant"),
    [
        ("192.168.*", ("192.168.*.*",)),
        ("192.168.0.", ("192.168.0.*",)),
        ("192.168", ("192.168.*.*",)),
        ("192", None),
        ("*", None),
        ("192.168.0.5:8000", ("192.168.0.5",)),
        ("http://192.168.0.5:8000/", ("192.168.0.5",)),
        ("https://[fd00::5]:8000/x", ("fd00::5",)),
        ("[::1]", ("::1",)),
        ("192.168.0.0/24 # comment", ("192.168.0.0/24",)),
        ("192.168.0.20 ; phone", ("192.168.0.20",)),
        ("192.168.0.20 phone", ("192.168.0.20",)),
        ("192.168.0.20,", ("192.168.0.20",)),
        ("192.168.0.20, 192.168.0.21", ("192.168.0.20", "192.168.0.21")),
        ("192.168.0.20 192.168.0.*", ("192.168.0.20", "192.168.0.*")),
        ("192.168.0.20 192.168.0.0/", None),
        ("192.168.0.1-50", ("192.168.0.1-192.168.0.50",)),
        ("192.168.0.50-192.168.0.1", ("192.168.0.1-192.168.0.50",)),
        ("192.168.0.1–192.168.0.50", ("192.168.0.1-192.168.0.50",)),
        ("192.168.0.*/24", ("192.168.0.*",)),
        ("192.168.0.x", ("192.168.0.*",)),
        ("'192.168.0.20'", ("192.168.0.20",)),
        ("- '192.168.0.20' # phone", ("192.168.0.20",)),
        ("192,168,0,20", ("192.168.0.20",)),
        ("192.168.0.20\u200b", ("192.168.0.20",)),
        ("::1%eth0", ("::1",)),
        ("fe80::1%eth0", None),
        ("256.1.1.1", None),
        ("192.168.0.0/33", None),
    ],
)
@pytest.mark.parametrize("version", [OLD, NEW])
def test_a_refused_entry_is_broken_and_what_was_meant_is_offered(
    entry: str, meant: tuple[str, ...] | None, version: str
) -> None:
    found = problem(entry, version)
    assert found
    assert found.severity is Severity.BROKEN
    assert found.replacement == meant


@pytest.mark.parametrize("entry", ["", "# home", "// home", "phone.lan", "my-phone", "http://phone.lan:8000"])
def test_what_new_versions_merely_leave_out_breaks_old_ones(entry: str) -> None:
    old, new = problem(entry, OLD), problem(entry, NEW)
    assert old
    assert new
    assert (old.severity, new.severity) == (Severity.BROKEN, Severity.USELESS)
    assert "HTTP 500" in old.advice
    assert "HTTP 500" not in new.advice
    assert old.replacement == (None if "phone" in entry else ())


@pytest.mark.parametrize(
    ("entry", "meant"),
    [("::ffff:192.168.0.46", ("192.168.0.46",)), ("::ffff:192.168.0.0/120", ("192.168.0.0/24",)), ("fe80::/10", None)]
    + [
        ("fe80::1", None),
        ("1:2", None),
        ("aa:bb:cc:dd:ee:ff", None),
        ("0.0.0.0", None),
        ("192.168.0.0", ("192.168.0.*",)),
    ],
)
def test_an_entry_that_never_lets_anyone_in_is_useless(entry: str, meant: tuple[str, ...] | None) -> None:
    for version in (OLD, NEW):
        found = problem(entry, version)
        assert found
        assert (found.severity, found.replacement) == (Severity.USELESS, meant)


def test_whatever_stands_in_a_line_the_words_come_at_once_and_every_replacement_is_sound() -> None:
    guesses = Guesses(17)
    entries = [guesses.entry() for _ in range(3000)] + [
        "1.2.3.4 " * 37 + "x",
        "(" * 300,
        "[1.2.3.4]," * 30,
        "x " * 9999,
    ]
    for entry in entries:
        begun = time.process_time()
        found = problem(entry, OLD)
        assert time.process_time() - begun < SLOW_S, entry
        for replacement in (found and found.replacement) or ():
            assert problem(replacement, OLD) is None, entry
        if found:
            assert found.title[-1] in ".:", entry
            assert (found.title + found.advice).isprintable(), entry


def test_every_refused_entry_that_was_measured_is_broken_on_old_versions() -> None:
    for case in cases("whitelist_entries.jsonl"):
        if case.get("where") == "pattern":
            found = problem(case["pattern"], OLD)
            assert found
            assert found.severity is Severity.BROKEN


@pytest.mark.parametrize(
    ("entry", "text", "addresses"),
    [
        ("192.168.0.*", "all 256 addresses of this network", 256),
        ("192.168.0.77/24", "192.168.0.0 to 192.168.0.255, 256 addresses", 256),
        ("192.168.0.20", "the device at 192.168.0.20", 1),
        ("192.168.010.020", "the device at 192.168.10.20", 1),
        ("127.0.0.1", "this PC", 1),
        ("::1", "this PC", 1),
        ("192.168.0.20/", "everyone: the whole IPv4 Internet", 2**32),
        ("*:*:*:*:*:*:*:*", "everyone: the whole IPv6 Internet", 2**128),
        ("192.*.0.*", "65,536 addresses: all that read 192.*.0.*", 65536),
        ("10.0.0.0/255.255.0.1", "32,768 addresses scattered from 10.0.0.0 to 10.0.255.254", 32768),
        ("fd00:1:2:3::/64", "every address of this network, fd00:1:2:3:: to fd00:1:2:3:ffff:ffff:ffff:ffff", 2**64),
        ("fd00:1::/48", "65,536 networks, fd00:1:: to fd00:1:0:ffff:ffff:ffff:ffff:ffff", 2**80),
        ("1:2", "nobody: no device has such an address", 0),
    ],
)
def test_an_entry_is_told_in_words(entry: str, text: str, addresses: int) -> None:
    assert (meaning(entry).text, meaning(entry).addresses) == (text, addresses)


def test_a_refused_entry_has_no_meaning() -> None:
    with pytest.raises(EntryError) as caught:
        meaning("192.168.*")
    assert "192.168.*" in caught.value.problem.title


def test_the_addresses_counted_are_those_let_in() -> None:
    for entry in ["192.168.0.250-192.168.1.5", "192.168.0.0/255.255.255.129", "192.168.*.7", "192.168.0.9/30"]:
        read = parse(entry)
        let_in = sum(read.matches(f"192.168.{n >> 8}.{n & 255}") for n in range(1 << 16))
        assert meaning(entry).addresses == let_in
