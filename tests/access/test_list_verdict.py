"""The list as a whole answers as each version of the server does."""

from typing import Any

import pytest

from launcher.access.list_verdict import WhitelistAnswer, bad_line_fails, ignored, parse_text, verdict
from tests.access.guesses import Guesses
from tests.access.node_matcher import ask
from tests.support.data import cases

VERSIONS = {"old": "1.13.5", "mid": "1.14.0", "new": "1.18.0"}


def differences(cases: list[dict[str, Any]]) -> list[str]:
    wrong = []
    for case in cases:
        lines = parse_text(case["text"]) if "text" in case else case["list"]
        if isinstance(lines, tuple) and list(lines) != case["lines"]:
            wrong.append(f"{case}: read as {lines}")
        if isinstance(lines, list | tuple) and list(ignored(lines)) != case["ignored"]:
            wrong.append(f"{case}: ignores {ignored(lines)}")
        for era, version in VERSIONS.items():
            answer = verdict(lines, case["ip"], version).answer
            if answer != case[era]:
                wrong.append(f"{case}: {era} says {answer}")
    return wrong


def test_every_recorded_list_is_answered_as_each_version_answers() -> None:
    assert not differences(cases("whitelist_files.jsonl"))


def test_made_up_files_are_answered_as_each_version_answers() -> None:
    guesses = Guesses(11)
    ends = ["\n", "\n", "\r\n", "\n\r", "\n\n", "\n \n", "\r", "\u2028", "\x85\n"]
    cases = []
    for _ in range(1500):
        lines = [guesses.entry() for _ in range(guesses.random.randint(0, 6))]
        text = guesses.pick(["", "", "\ufeff"]) + guesses.pick(ends).join(lines) + guesses.pick(["", "\n", "\r\n"])
        cases.append({"text": text, "ip": guesses.related(guesses.pick(lines)) if lines else "127.0.0.1"})
    assert not differences(ask(cases))[:5]


def test_made_up_values_are_answered_as_each_version_answers() -> None:
    odd: list[Any] = [None, True, 0, 10, 192.168, -1.5, "", "::", {}, {"::1": None}, [], ["::1"], [["127.0.0.1"]]]
    odd += [["192.168.*.*"], ["127.0.0.0/8"], ["::1-::2"], [None], ["a", "\n::1"], {"toString": 1}, "127.0.0.1"]
    cases: list[dict[str, Any]] = []
    for ip in ("127.0.0.1", "::1", "192.168.0.20", "fe80::1%eth0", ""):
        cases += [{"list": value, "ip": ip} for value in odd]
        cases += [{"list": [value], "ip": ip} for value in odd]
        cases += [{"list": [value, "127.0.0.1"], "ip": ip} for value in odd]
        cases += [{"list": ["127.0.0.1", value, "::1"], "ip": ip} for value in odd]
    assert not differences(ask(cases))[:5]


@pytest.mark.parametrize(
    ("version", "an_error", "without_a_list"),
    [
        *((version, True, WhitelistAnswer.ERROR) for version in ("1.9.0", "1.12.0-preview", "1.13.5", "unknown")),
        *((version, False, WhitelistAnswer.NO_START) for version in ("1.14.0", "1.17.0")),
        *((version, False, WhitelistAnswer.REFUSE) for version in ("1.18.0", "1.19.0", "2.0.0", "1.100.0")),
    ],
)
def test_what_a_version_makes_of_a_bad_line_and_of_no_list(
    version: str, an_error: bool, without_a_list: WhitelistAnswer
) -> None:
    assert bad_line_fails(version) is an_error
    assert verdict(None, "192.168.0.20", version).answer is without_a_list


def test_the_entry_that_decided_is_named() -> None:
    let_in = verdict(("127.0.0.1", "192.168.0.*", "*.*.*.*"), "192.168.0.20", "1.19.0")
    assert (let_in.answer, let_in.entry, let_in.position) == (WhitelistAnswer.ALLOW, "192.168.0.*", 1)
    broken = verdict(("127.0.0.1", "phone.lan", "192.168.0.20"), "192.168.0.20", "1.9.7")
    assert (broken.answer, broken.entry, broken.position) == (WhitelistAnswer.ERROR, "phone.lan", 1)
    assert verdict((), "127.0.0.1", "1.19.0").entry is None
