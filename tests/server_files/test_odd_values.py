"""Whatever a person types as a password comes back from Node letter by letter."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from launcher.server_files.config import edit_config, read_config
from launcher.server_files.value import EditRefused, value_at
from tests.server_files.node_reader import read_with_node

YAML = 'a: 1\nbasicAuthUser:\n  username: "user" # who\n  password: password\nwhitelist:\n  - ::1 # me\nz: 1\n'
FLOW = "basicAuthUser: {username: user, password: 'p'} # who\nwhitelist: ['::1',  # me\n  a]\n"
CONF = (
    "const basicAuthUser = {username: 'user', password: 'p'}; // who\nconst whitelist = ['::1'];\n"
    "module.exports = { basicAuthUser, whitelist };\n"
)
FILES = [("config.yaml", YAML), ("flow.yaml", FLOW), ("config.conf", CONF)]
ODD = (
    "\"'#\\:{}[],&*!|>%@`$~- \t\n\r\x00\x07\x1b\x7f\x85\xa0\u2028\u2029\u200b\ufeff\ufffe\uffff\U0001f600\U0010ffff<=?"
)
LETTERS = st.one_of(st.sampled_from(ODD), st.characters(exclude_categories=["Cs"]))
TEXTS = st.one_of(
    st.text(LETTERS, max_size=20),
    st.sampled_from(["null", "true", "12345", "0x1F", "1e3", "~", "---", "...", "# c", "a: b", "${x}", "é" * 200]),
)


@given(st.lists(st.tuples(TEXTS, st.lists(TEXTS, max_size=4)), min_size=40, max_size=60))
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
def test_node_reads_back_what_was_typed(values: list[tuple[str, list[str]]]) -> None:
    written = []
    for name, text in FILES:
        for password, entries in values:
            edited = edit_config(text, name, {"basicAuthUser.password": password, "whitelist": entries})
            assert value_at(read_config(edited, name), "basicAuthUser.password") == password
            written.append((name, edited))
    for (_, text), answer, (password, entries) in zip(
        written, read_with_node(written), values * len(FILES), strict=True
    ):
        assert isinstance(answer, dict), text
        assert answer["basicAuthUser"] == {"username": "user", "password": password}, text
        assert answer["whitelist"] == entries, text
        assert "who" in text


@pytest.mark.parametrize(("name", "text"), FILES)
@pytest.mark.parametrize("half", ["\ud83d", "a\udc00b"])
def test_half_a_character_is_refused(name: str, text: str, half: str) -> None:
    for changes in ({"basicAuthUser.password": half}, {"whitelist": [half]}):
        with pytest.raises(EditRefused, match="half a character"):
            edit_config(text, name, changes)


@pytest.mark.parametrize(("name", "text"), FILES)
def test_a_second_edit_brings_the_first_text_back_but_for_quotes(name: str, text: str) -> None:
    there = edit_config(text, name, {"basicAuthUser.password": "x"})
    back = edit_config(
        there, name, {"basicAuthUser.password": str(value_at(read_config(text, name), "basicAuthUser.password"))}
    )
    assert back.replace('"', "").replace("'", "") == text.replace('"', "").replace("'", "")
