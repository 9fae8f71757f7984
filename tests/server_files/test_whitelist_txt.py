"""whitelist.txt: one line more or less, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from launcher.access.list_verdict import parse_text
from launcher.server_files import whitelist_txt
from launcher.server_files.value import EditRefused


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "10.0.0.1\n"),
        ("a\n", "a\n10.0.0.1\n"),
        ("a", "a\n10.0.0.1"),
        ("a\r\nb\r\n", "a\r\nb\r\n10.0.0.1\r\n"),
        ("a\r\nb", "a\r\nb\r\n10.0.0.1"),
        ("\ufeff", "\ufeff10.0.0.1\n"),
        ("\ufeffa # mine\n\n\n", "\ufeffa # mine\n\n\n10.0.0.1\n"),
        ("x\n  10.0.0.1\t\ny\n", "x\n  10.0.0.1\t\ny\n"),
    ],
)
def test_an_entry_is_added_as_the_last_line(before: str, after: str) -> None:
    assert whitelist_txt.add(before, " 10.0.0.1 ") == after


@pytest.mark.parametrize(
    ("before", "entry", "after"),
    [
        ("a\nb\nc\n", "b", "a\nc\n"),
        ("a\r\n b \r\nb\r\nc", "b", "a\r\nc"),
        ("a\nb", "b", "a\n"),
        ("\ufeffb\nc\n", "b", "\ufeffc\n"),
        ("\ufeffb\n", "b", ""),
        ("# mine\nb # his\n", "b # his", "# mine\n"),
        ("a\r\n\r\n  \r\nb\r\n", "", "a\r\nb\r\n"),
        ("a\n\nb\n", "", "a\n\nb\n"),
        ("a\n", "b", "a\n"),
    ],
)
def test_an_entry_is_taken_out_with_its_line(before: str, entry: str, after: str) -> None:
    assert whitelist_txt.remove(before, entry) == after


@pytest.mark.parametrize("entry", ["", " \t", "a\nb", "a\rb", "\ud800"])
def test_what_is_no_single_line_is_refused(entry: str) -> None:
    with pytest.raises(EditRefused):
        whitelist_txt.add("a\n", entry)


ENTRIES = st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"])).filter(
    lambda text: bool(parse_text(text)) and parse_text(text) != ("",)
)


@given(st.text(), ENTRIES)
def test_the_server_reads_one_entry_more_and_then_the_same_again(text: str, entry: str) -> None:
    added = whitelist_txt.add(text, entry)
    (name,) = parse_text(entry)
    if name in parse_text(text):
        assert added == text
    else:
        assert parse_text(added) == (*(line for line in parse_text(text) if text.strip("\ufeff")), name)
        assert added.startswith(text)
    assert parse_text(whitelist_txt.remove(added, entry)) == tuple(
        line for line in parse_text(text) if line != name and text.strip("\ufeff")
    )
