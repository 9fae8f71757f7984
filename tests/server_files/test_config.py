"""Every real configuration file: read as Node reads it, and changed by nothing but the one value."""

import json
import re
import subprocess
import sys
import traceback
from pathlib import Path

import pytest

from launcher.server_files.config import edit_config, read_config
from launcher.server_files.value import (
    UNDEFINED,
    EditRefused,
    JSValue,
    UnreadableFile,
    Value,
    same,
    value_at,
    with_changes,
)
from tests.server_files.node_reader import NodeRefuses, agrees, read_with_node
from tests.support.data import config_text, table

EDITS: list[dict[str, Value]] = [
    {"listen": True},
    {"listen": False},
    {"port": 8123},
    {"whitelistMode": True},
    {"whitelistMode": False},
    {"whitelist": []},
    {"whitelist": ["127.0.0.1"]},
    {"whitelist": ["::1", "127.0.0.1", "192.168.0.*", "10.0.0.0/8"]},
    {"whitelist": ["10.8.0.0/24", "fd00::/8"]},
    {"basicAuthMode": True},
    {"basicAuthUser.username": "anna", "basicAuthUser.password": 'it\'s # "not" {a} comment: \\ \n\t😀'},
    {"basicAuthUser.password": ""},
    {"autorun": False},
    {"browserLaunch.enabled": False},
    {"enableForwardedWhitelist": False},
    {"securityOverride": True},
    {"listen": True, "whitelistMode": False, "basicAuthMode": True, "basicAuthUser.password": "null"},
]
# Node gives no settings for these, and there is no place to write one.
WITHOUT_SETTINGS = {"broken-esm.conf", "no-exports.conf"}


# What Node read from each file.
EXPECTED: dict[str, dict[str, JSValue]] = table("configs/expected.json")
SOUND = sorted(name for name, values in EXPECTED.items() if "error" not in values)
EDITABLE = [name for name in SOUND if Path(name).name not in WITHOUT_SETTINGS]


@pytest.mark.parametrize("name", SOUND)
def test_a_file_is_read_as_node_reads_it(name: str) -> None:
    values = read_config(config_text(name), name)
    asked = {key for values in EXPECTED.values() for key in values if not key.startswith("_")} - {"error"}
    assert {key: value for key, value in values.items() if key in asked} == {
        key: value for key, value in EXPECTED[name].items() if not key.startswith("_")
    }


@pytest.mark.parametrize("name", sorted(set(EXPECTED) - set(SOUND)))
def test_a_broken_file_is_refused_with_its_line(name: str) -> None:
    with pytest.raises(UnreadableFile) as caught:
        read_config(config_text(name), name)
    assert caught.value.line
    assert name in caught.value.problem.title
    assert caught.value.problem.advice
    with pytest.raises(UnreadableFile):
        edit_config(config_text(name), name, {"listen": True})


@pytest.mark.parametrize("name", [name for name in SOUND if name not in EDITABLE])
def test_a_file_without_settings_is_not_edited(name: str) -> None:
    with pytest.raises(EditRefused, match="module.exports"):
        edit_config(config_text(name), name, {"listen": True})


def test_node_finds_exactly_the_wanted_keys_changed_in_every_file() -> None:
    cases = [(name, config_text(name), changes) for name in EDITABLE for changes in EDITS]
    edited = [edit_config(text, name, changes) for name, text, changes in cases]
    before = read_with_node([(name, text) for name, text, _ in cases])
    after = read_with_node([(name, text) for (name, _, _), text in zip(cases, edited, strict=True)])
    for (name, _, changes), old, new in zip(cases, before, after, strict=True):
        assert isinstance(old, dict) and isinstance(new, dict), f"{name} {changes}: {new}"
        assert same(new, with_changes(old, changes)), f"{name} {changes}"


@pytest.mark.parametrize("name", EDITABLE)
def test_no_byte_outside_the_value_changes(name: str) -> None:
    text = config_text(name)
    before = read_config(text, name)
    for changes in EDITS:
        edited = edit_config(text, name, changes)
        assert edit_config(edited, name, changes) == edited, "a second time there is nothing to do"
        for path, value in changes.items() if len(changes) == 1 else ():
            check_difference(text, edited, value_at(before, path), value)


def check_difference(old: str, new: str, before: object, value: Value) -> None:
    """`old` and `new` differ in one place, which held nothing but the value."""
    start = next((at for at, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    shortest = min(len(old), len(new)) - start
    same_at_end = next((at for at in range(shortest) if old[-at - 1] != new[-at - 1]), shortest)
    removed, added = old[start : len(old) - same_at_end], new[start : len(new) - same_at_end]
    assert "\r" not in added.replace("\r\n", "") or "\r\n" in old
    assert ("\n" in added.replace("\r\n", "")) <= ("\r\n" not in old)
    if before in (None, UNDEFINED):
        assert removed == ""
    elif not isinstance(before, list):
        assert "\n" not in removed and len(removed) <= len(json.dumps(before)) + 2
        assert added in json.dumps(value, ensure_ascii=False)
    else:
        without_items = re.sub("|".join(re.escape(str(item)) for item in before), "", removed)
        assert not re.search(r"\bconst\b|module|^\w+:", without_items, re.MULTILINE), removed


@pytest.mark.parametrize(
    ("version", "name"), [("1.9.7", "config.conf"), ("1.19.0", "config.yaml")], ids=["1.9.7", "1.19.0"]
)
def test_a_configuration_that_is_not_there_yet_is_made_from_the_default_file(version: str, name: str) -> None:
    sillytavern = pytest.importorskip("tests.support.sillytavern")
    text = (sillytavern.server_folder(version) / "default" / name).read_bytes().decode()
    texts = [text, *(edit_config(text, name, changes) for changes in EDITS)]
    old, *edited = read_with_node([(name, text) for text in texts])
    assert isinstance(old, dict)
    assert agrees(read_config(text, name), old)
    for changes, new in zip(EDITS, edited, strict=True):
        assert isinstance(new, dict)
        assert same(new, with_changes(old, changes)), changes


def test_node_refuses_what_we_call_unreadable() -> None:
    broken = sorted(set(EXPECTED) - set(SOUND))
    answers = read_with_node([(name, config_text(name)) for name in broken])
    assert all(isinstance(answer, NodeRefuses) for answer in answers)


def test_an_error_does_not_quote_the_password() -> None:
    for text in ("password: 'secret\n", "password: secret: x\n", "password: *secret\n", 'password: "secret\\q"\n'):
        with pytest.raises(UnreadableFile) as caught:
            read_config(text, "config.yaml")
        assert "secret" not in "".join(traceback.format_exception(caught.value)).replace(repr(text), "")


@pytest.mark.parametrize(("name", "text"), [("config.yaml", "a: " + "[" * 1500), ("config.conf", "a = " + "-" * 9000)])
def test_endless_nesting_is_an_answer_too(name: str, text: str) -> None:
    with pytest.raises(UnreadableFile):
        read_config(text, name)


def test_a_program_that_reads_no_settings_loads_no_parser() -> None:
    code = "import sys, launcher.server_files.config; print([m for m in sys.modules if m[:6] in ('ruamel', 'tree_s')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"
