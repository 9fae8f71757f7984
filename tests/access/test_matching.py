"""One entry lets in exactly what SillyTavern's own matcher lets in."""

import time
from typing import Any

import pytest

from launcher.access import EntryError, matches
from tests.access.guesses import Guesses
from tests.access.node_matcher import ask
from tests.support.data import cases

SLOW_S = 5.0


def answer(entry: str, address: str) -> tuple[str, str | None]:
    try:
        return ("match" if matches(entry, address) else "no-match"), None
    except EntryError:
        return "error", "pattern"
    except ValueError:
        return "error", "ip"


def differences(cases: list[dict[str, Any]]) -> list[str]:
    return [
        f"{case['pattern']!r} and {case['ip']!r}: {answer(case['pattern'], case['ip'])}, really {case['verdict']}"
        for case in cases
        if answer(case["pattern"], case["ip"]) != (case["verdict"], case.get("where"))
    ]


def compare(seed: int, count: int) -> None:
    cases = ask({"pattern": entry, "ip": address} for entry, address in Guesses(seed).pairs(count))
    assert len(cases) == count
    assert not differences(cases)[:10]
    let_in = sum(case["verdict"] == "match" for case in cases)
    refused = sum(case.get("where") == "pattern" for case in cases)
    assert let_in > count / 10, "too few guesses match anything to compare much"
    assert refused < count * 0.7, "too few guesses are entries to compare much"


def test_every_recorded_answer_is_given() -> None:
    assert not differences(cases("whitelist_entries.jsonl"))


def test_made_up_entries_get_the_real_answer() -> None:
    compare(seed=3, count=8_000)


@pytest.mark.sweep
@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", range(4))
def test_a_hundred_thousand_entries_get_the_real_answer(seed: int) -> None:
    compare(seed=1000 + seed, count=25_000)


@pytest.mark.parametrize(
    "entry",
    ["192.168.*", "phone.lan", "", "*", "192.168.0.1/33", "::1%eth0", "1.2.3.5-1.2.3.4", "٣.1.1.1"],
)
def test_a_refused_entry_is_told_from_a_wrong_address(entry: str) -> None:
    with pytest.raises(EntryError):
        matches(entry, "also no address")
    assert not issubclass(EntryError, ValueError)


@pytest.mark.parametrize("address", ["", "unknown", "192.168.0.1:5555", "[::1]", "fe80::1%eth0", "192.168.0.256"])
def test_what_is_no_address_is_said(address: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        matches("0.0.0.0/0", address)


@pytest.mark.parametrize(
    "entry",
    [
        "1" * 300_000,
        "1:" * 200_000 + "1",
        "1:" * 200_000 + "1/64",
        "::" * 200_000,
        "1.2.3.4/" + "1" * 300_000,
        "1.2.3.4/0x" + "f" * 300_000,
        "1.2.3.4/0." + "0" * 300_000 + "1",
        "1.2.3.4" + " " * 300_000 + "x",
        "\n" * 300_000 + ":1.2.3.4",
        "\n" * 300_000 + "::1.2.3.4",
        "-" * 300_000,
        "*." * 200_000,
    ],
    ids=lambda entry: f"{entry[:8]!r}...{entry[-8:]!r}",
)
def test_a_very_long_line_is_read_at_once(entry: str) -> None:
    begun = time.process_time()
    answer(entry, "192.168.0.20")
    answer("192.168.0.20", entry)
    assert time.process_time() - begun < SLOW_S
