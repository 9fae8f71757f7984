"""Which lines go and which come for a wish about the whitelist."""

import pytest

from launcher.access.interlock import RefusedError
from launcher.access.javascript import Value
from launcher.access.list_edit import ListChange, accept, change, covered_by

OWN = ("::1", "127.0.0.1")
LIST = ["127.0.0.1", "::1", "192.168.0.20"]


@pytest.mark.parametrize(
    ("entry", "version", "told"),
    [
        ("192.168.0.20/", "1.19.0", "Did you mean 192.168.0.20?"),
        ("192.168.*", "1.19.0", "Did you mean 192.168.*.*?"),
        ("192.168.0.20,", "1.9.7", "Did you mean 192.168.0.20?"),
        ("192.168.0.20 # phone", "1.9.7", "Did you mean 192.168.0.20?"),
        ("my-phone", "1.9.7", "HTTP 500"),
        ("# phones", "1.13.5", ""),
        ("# phones", "1.19.0", ""),
        ("", "1.19.0", ""),
        ("aa:bb:cc:dd:ee:ff", "1.19.0", "IP address"),
        ("::ffff:192.168.0.20", "1.19.0", "Did you mean 192.168.0.20?"),
        ("8.0.0.0/8", "1.19.0", "only your own devices"),
        ("192.168.0.0/0.0.0.255", "1.19.0", "Did you mean 192.168.0.0/24?"),
    ],
)
def test_an_entry_that_breaks_or_endangers_is_refused_with_what_was_meant(entry: str, version: str, told: str) -> None:
    with pytest.raises(RefusedError) as refusal:
        accept(["192.168.0.7", entry], version, protected=False)
    problem = refusal.value.problem
    assert "was not added" in problem.title
    assert told in f"{problem.title} {problem.advice}"


@pytest.mark.parametrize("entry", ["192.168.0.20", "192.168.0.*", "10.0.0.0/24", "fd00::/64", "10.0.0.5-10.0.0.9"])
def test_an_ordinary_entry_is_accepted(entry: str) -> None:
    accept([entry, f" {entry} "], "1.9.7", protected=False)


def test_with_a_login_a_wide_entry_is_accepted_but_not_a_slip_of_the_pen() -> None:
    accept(["8.0.0.0/8", "0.0.0.0/0"], "1.19.0", protected=True)
    with pytest.raises(RefusedError):
        accept(["192.168.0.20/"], "1.19.0", protected=True)


def test_a_new_entry_comes_last_and_one_that_is_there_comes_once() -> None:
    assert change(LIST, ["192.168.0.21"], [], "1.19.0", OWN).entries == (*LIST, "192.168.0.21")
    assert change(LIST, ["192.168.0.20", " 192.168.0.20 "], [], "1.19.0", OWN) == ListChange(tuple(LIST))
    assert change(LIST, ["10.0.0.7", "10.0.0.7"], [], "1.19.0", OWN).added == ("10.0.0.7",)


def test_in_old_versions_a_new_entry_stands_above_the_line_that_is_an_error_for_all_below() -> None:
    lines = ["127.0.0.1", "# phones", "192.168.0.20"]
    old = change(lines, ["192.168.0.21"], [], "1.13.5", OWN)
    assert old.entries == ("127.0.0.1", "192.168.0.21", "# phones", "192.168.0.20")
    assert old.above == "# phones"
    assert change(lines, ["192.168.0.21"], [], "1.14.0", OWN).entries == (*lines, "192.168.0.21")


def test_an_entry_is_removed_as_it_is_written_and_every_time_it_is_there() -> None:
    lines: list[Value] = ["127.0.0.1", "192.168.*", " 192.168.0.20", "192.168.0.20", "", 10]
    assert change(lines, [], ["192.168.0.20"], "1.9.7", OWN).entries == ("127.0.0.1", "192.168.*", "", 10)
    assert change(lines, [], ["192.168.*", "", "10"], "1.9.7", OWN).entries == (
        "127.0.0.1",
        " 192.168.0.20",
        "192.168.0.20",
    )


def test_what_is_not_there_cannot_be_removed_and_the_entry_that_lets_it_in_is_named() -> None:
    with pytest.raises(RefusedError) as refusal:
        change(["127.0.0.1", "192.168.0.*"], [], ["192.168.0.20"], "1.19.0", OWN)
    assert refusal.value.problem.title == "“192.168.0.20” is not in the whitelist."
    assert "192.168.0.*" in refusal.value.problem.advice


@pytest.mark.parametrize(
    ("lines", "unwanted"),
    [
        (LIST, "127.0.0.1"),
        (LIST, "::1"),
        (["127.0.0.0/8", "192.168.0.20"], "127.0.0.0/8"),
        (["*.*.*.*"], "*.*.*.*"),
        (["# broken above", "127.0.0.1"], "127.0.0.1"),
    ],
)
def test_what_lets_this_pc_in_stays(lines: list[str], unwanted: str) -> None:
    with pytest.raises(RefusedError) as refusal:
        change(lines, [], [unwanted], "1.13.5", OWN)
    assert "this PC" in refusal.value.problem.title


def test_what_lets_this_pc_in_may_give_way_to_something_that_does_so_too() -> None:
    assert change(["127.0.0.1"], ["127.0.0.0/8"], ["127.0.0.1"], "1.9.7", OWN[1:]).entries == ("127.0.0.0/8",)
    assert change(["127.0.0.1", "127.*.*.*"], [], ["127.0.0.1"], "1.9.7", OWN[1:]).entries == ("127.*.*.*",)


def test_a_list_that_locks_this_pc_out_gets_its_addresses() -> None:
    assert change([], ["192.168.0.20"], [], "1.19.0", OWN).entries == (*OWN, "192.168.0.20")
    assert change(["192.168.0.20"], [], [], "1.9.7", ("127.0.0.1",)).entries == ("192.168.0.20", "127.0.0.1")
    assert change(["192.168.0.20"], [], [], "1.9.7", ()).entries == ("192.168.0.20",)


def test_what_gets_in_already_is_told_with_the_entries_that_let_it_in() -> None:
    assert covered_by(["192.168.0.*", "10.0.0.7"], "192.168.0.20") == ("192.168.0.*",)
    assert covered_by(["192.168.0.20"], "192.168.0.20") == ()
    assert covered_by(["192.168.0.0/25", "192.168.0.128/25"], "192.168.0.*") == ("192.168.0.0/25", "192.168.0.128/25")
    assert covered_by(["192.168.0.*"], "rubbish") == ()
