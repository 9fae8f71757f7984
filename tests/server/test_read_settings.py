import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from launcher.access.exposure import LoginFit
from launcher.problem import Problem
from launcher.server.installation import Installation
from launcher.server.read_settings import data_root, effective_settings, open_accounts, stored_credentials
from launcher.server.resolve_settings import EffectiveSettings, credentials, decide
from launcher.server_files.value import UNKNOWN

CONF, FIRST_YAML, OLD_YAML, ENV_YAML, MERGING, NEWEST = "1.9.7", "1.10.10", "1.12.12", "1.12.14", "1.13.5", "1.19.0"
ALL = [CONF, FIRST_YAML, "1.11.8", "1.12.4", OLD_YAML, ENV_YAML, MERGING, "1.14.0", "1.17.0", NEWEST]
SECRET = "correct horse battery"

WHOLE: dict[str, Any] = {
    "port": 8000,
    "listen": True,
    "whitelistMode": True,
    "whitelist": ["127.0.0.1"],
    "basicAuthMode": False,
    "basicAuthUser": {"username": "user", "password": "password"},
    "securityOverride": False,
    "protocol": {"ipv4": True, "ipv6": False},
}


def effect(
    version: str,
    *,
    text: str | None = None,
    flags: tuple[str, ...] = (),
    environment: Mapping[str, str] | None = None,
    without: tuple[str, ...] = (),
    **changes: object,
) -> EffectiveSettings:
    """What `version` does with a complete configuration but for `changes` and `without`."""
    config = {key: value for key, value in {**WHOLE, **changes}.items() if key not in without}
    return decide(version, config, text, flags, environment or {})


@pytest.mark.parametrize("version", ALL)
def test_a_plain_configuration_means_what_it_says(version: str) -> None:
    found = effect(version, port=8123)
    assert (found.port, found.scheme, found.listens) == (8123, "http", True)
    assert (found.whitelist_on, found.entries, found.login_on) == (True, ("127.0.0.1",), False)
    assert found.addresses == ("0.0.0.0",)
    assert found.refuses_to_start is None
    assert found.problem is None


@pytest.mark.parametrize("value", ["no", "off", "0", "anything"])
@pytest.mark.parametrize("version", [FIRST_YAML, OLD_YAML, NEWEST])
def test_listen_no_means_listening(version: str, value: str) -> None:
    found = effect(version, listen=value)
    assert found.listens is True
    assert f'listen is "{value}"' in " ".join(found.reasons)


@pytest.mark.parametrize(
    ("version", "listens"), [(FIRST_YAML, True), (OLD_YAML, True), (ENV_YAML, False), (NEWEST, False)]
)
def test_a_quoted_false_is_understood_only_from_1_12_13(version: str, listens: bool) -> None:
    assert effect(version, listen="false").listens is listens


@pytest.mark.parametrize("value", [0, None, "", False, float("nan")])
@pytest.mark.parametrize("version", ALL)
def test_what_counts_as_false_is_not_listening(version: str, value: object) -> None:
    assert effect(version, listen=value).listens is False


@pytest.mark.parametrize("value", ["yes", "no", 1, "true", "false"])
@pytest.mark.parametrize("version", [CONF, FIRST_YAML, "1.12.4", OLD_YAML])
def test_a_whitelist_mode_that_is_not_the_bare_true_switches_it_off_without_a_refusal(
    version: str, value: object
) -> None:
    found = effect(version, whitelistMode=value)
    assert found.whitelist_on is False
    assert found.refuses_to_start is None


@pytest.mark.parametrize(("value", "on"), [("yes", True), ("no", True), (1, True), ("true", True), (" FALSE ", False)])
@pytest.mark.parametrize("version", [ENV_YAML, MERGING, NEWEST])
def test_later_versions_take_any_yes_for_the_whitelist(version: str, value: object, on: bool) -> None:
    found = effect(version, whitelistMode=value)
    assert found.whitelist_on is on
    assert bool(found.refuses_to_start) is not on


@pytest.mark.parametrize("version", ALL)
def test_neither_whitelist_nor_login_is_refused_unless_overridden(version: str) -> None:
    refusal = effect(version, whitelistMode=False).refuses_to_start
    assert refusal
    assert "refuses to start" in refusal.title
    assert effect(version, whitelistMode=False, securityOverride=True).refuses_to_start is None
    assert effect(version, whitelistMode=False, basicAuthMode=True).refuses_to_start is None
    assert effect(version, whitelistMode=False, listen=False).refuses_to_start is None


def test_user_accounts_protect_from_1_12_4_unless_the_administrators_has_no_password() -> None:
    config = {**WHOLE, "whitelistMode": False, "enableUserAccounts": True}
    assert decide("1.12.3", config, None, (), {}, open_accounts=False).refuses_to_start
    assert decide("1.12.4", config, None, (), {}, open_accounts=False).refuses_to_start is None
    assert decide("1.12.4", config, None, (), {}, open_accounts=True).refuses_to_start
    assert decide(CONF, config, None, (), {}, open_accounts=False).accounts is False


@pytest.mark.parametrize("version", ALL)
def test_while_it_does_not_listen_no_login_is_asked_but_the_whitelist_holds(version: str) -> None:
    found = effect(version, listen=False, basicAuthMode=True)
    assert found.login_on is False
    assert found.whitelist_on is True
    assert any("login is not asked" in reason for reason in found.reasons)


@pytest.mark.parametrize("version", ALL)
def test_whitelist_txt_replaces_the_list(version: str) -> None:
    found = effect(version, text="192.168.0.20\r\n\r\n\n 10.0.0.* \n")
    assert found.entries == ("192.168.0.20", "", "10.0.0.*")
    assert found.whitelist_source == "whitelist.txt"
    assert found.whitelist_reason.startswith("whitelist.txt exists, so the list in config.")
    assert effect(version, text="").entries == ()


@pytest.mark.parametrize("value", [False, None, "192.168.0.5", 5, {}])
def test_a_list_that_is_none(value: object) -> None:
    for version in (CONF, FIRST_YAML, OLD_YAML, MERGING):
        assert effect(version, whitelist=value).every_request_fails, version
        assert not effect(version, whitelist=value, whitelistMode=False, basicAuthMode=True).every_request_fails
    middle, newest = effect("1.14.0", whitelist=value), effect(NEWEST, whitelist=value)
    assert bool(middle.refuses_to_start) is not isinstance(value, str)
    assert newest.refuses_to_start is None
    assert newest.entries == ()
    assert not newest.every_request_fails
    assert any("It is no list" in reason for reason in newest.reasons)


def test_what_a_missing_key_means_in_each_era() -> None:
    assert effect(CONF, without=("listen",)).listens is False
    assert effect(CONF, without=("whitelistMode",)).refuses_to_start
    assert effect(CONF, without=("whitelist",)).every_request_fails
    assert effect(CONF, without=("port",)).refuses_to_start
    for version in (FIRST_YAML, OLD_YAML, ENV_YAML):
        assert effect(version, without=("listen",)).listens is False
        assert effect(version, without=("whitelistMode",)).whitelist_on is True
        assert effect(version, without=("whitelist",)).entries == ()
        assert effect(version, without=("port",)).port == 8000
    for version in (MERGING, NEWEST):
        found = effect(version, without=("whitelist",))
        assert found.entries == ("::1", "127.0.0.1")
        assert found.reasons[0].startswith("The start fills in")


def test_the_start_merges_lists_by_index_only_when_a_key_is_missing() -> None:
    assert effect(NEWEST, whitelist=["192.168.0.0/16"]).entries == ("192.168.0.0/16",)
    assert effect(NEWEST, whitelist=["192.168.0.0/16"], without=("port",)).entries == ("192.168.0.0/16", "127.0.0.1")
    assert effect(NEWEST, whitelist=[], without=("port",)).entries == ("::1", "127.0.0.1")
    assert effect(NEWEST, whitelist=[], autorun=False).entries == ("::1", "127.0.0.1")
    assert effect(ENV_YAML, whitelist=[], without=("port",)).entries == ()


def test_the_default_file_of_the_installation_says_what_is_missing() -> None:
    defaults = {**WHOLE, "newKey": {"deep": 1}, "whitelist": ["::1", "127.0.0.1", "10.0.0.1"]}
    found = decide(NEWEST, {**WHOLE, "whitelist": []}, None, (), {}, defaults=defaults)
    assert found.entries == ("::1", "127.0.0.1", "10.0.0.1")
    complete = {**WHOLE, "whitelist": [], "newKey": {"deep": 2}}
    assert decide(NEWEST, complete, None, (), {}, defaults=defaults).entries == ()


@pytest.mark.parametrize(
    ("version", "starts"), [("1.9.0", False), (CONF, True), (FIRST_YAML, False), ("1.13.1", False), (NEWEST, True)]
)
def test_no_configuration_at_all(version: str, starts: bool) -> None:
    found = decide(version, None, None, (), {})
    assert bool(found.refuses_to_start) is not starts
    assert found.listens is ((version == CONF) if starts else None)
    if starts:
        assert found.whitelist_source == "default"
        assert found.port == 8000


@pytest.mark.parametrize(
    ("version", "starts"), [(CONF, False), (FIRST_YAML, True), ("1.12.5", True), ("1.12.6", False), (NEWEST, False)]
)
def test_an_unreadable_configuration(version: str, starts: bool) -> None:
    broken = Problem("Line 3 of config.yaml cannot be read.", "Correct it.")
    found = decide(version, broken, None, (), {})
    assert found.problem == broken
    assert bool(found.refuses_to_start) is not starts
    if starts:
        assert (found.listens, found.whitelist_on, found.entries) == (False, True, ())
    else:
        assert (found.listens, found.whitelist_on, found.login_on, found.port) == (None, None, None, None)


def test_a_value_that_only_running_the_file_would_tell_is_unknown() -> None:
    found = effect(CONF, listen=UNKNOWN, whitelistMode=UNKNOWN, whitelist=UNKNOWN, port=UNKNOWN)
    assert (found.listens, found.whitelist_on, found.port) == (None, None, None)
    assert not found.entries_complete
    assert found.refuses_to_start is None
    part = effect(CONF, whitelist=["127.0.0.1", UNKNOWN])
    assert (part.entries, part.entries_complete) == (("127.0.0.1",), False)
    assert effect(CONF, basicAuthMode=True, listen=UNKNOWN).login_on is None


@pytest.mark.parametrize(
    ("version", "flags", "listens"),
    [
        (CONF, ("--listen=false",), True),
        ("1.11.6", ("--listen=false",), True),
        ("1.11.7", ("--listen=false",), False),
        (NEWEST, ("--listen", "false"), False),
        (NEWEST, ("--no-listen",), False),
        (NEWEST, ("--listen=no",), False),
        (NEWEST, ("--listen=false", "--listen"), True),
        (NEWEST, ("--", "--listen=false"), True),
        (NEWEST, ("--Listen=false",), True),
    ],
)
def test_a_flag_goes_before_the_configuration_where_the_version_knows_it(
    version: str, flags: tuple[str, ...], listens: bool
) -> None:
    assert effect(version, flags=flags).listens is listens


def test_the_flag_whitelist_switches_the_mode_and_whitelist_mode_is_no_flag() -> None:
    assert effect(NEWEST, flags=("--whitelist=false",)).refuses_to_start
    assert effect(NEWEST, flags=("--whitelistMode=false",)).whitelist_on is True
    assert effect(OLD_YAML, flags=("--whitelist",), whitelistMode="yes").whitelist_on is True
    assert effect("1.11.8", flags=("--whitelist=false",)).whitelist_on is True
    assert effect(NEWEST, flags=("--basicAuthMode",)).login_on is True


def test_the_environment_sets_any_key_from_1_12_13() -> None:
    environment = {"SILLYTAVERN_LISTEN": "false", "SILLYTAVERN_WHITELIST": '["10.0.0.1"]'}
    assert effect(OLD_YAML, environment=environment).listens is True
    found = effect(ENV_YAML, environment=environment)
    assert found.listens is False
    assert (found.entries, found.whitelist_source) == (("10.0.0.1",), "environment")
    assert "SILLYTAVERN_WHITELIST" in found.whitelist_reason
    assert effect(NEWEST, environment=environment, flags=("--listen",)).listens is True


def test_quirks_of_the_environment() -> None:
    assert effect(NEWEST, environment={"SILLYTAVERN_LISTEN": ""}).listens is False
    assert effect(NEWEST, environment={"SILLYTAVERN_WHITELIST": "127.0.0.1,10.0.0.1"}).entries == ()
    assert effect(NEWEST, environment={"SILLYTAVERN_PORT": ""}, port=8123).port == 8000
    assert effect(NEWEST, environment={"SILLYTAVERN_BASICAUTHUSER_PASSWORD": "12345"}).login_fit is LoginFit.FIT
    assert effect(NEWEST, environment={"SILLYTAVERN_BASICAUTHMODE": "false"}, basicAuthMode=True).login_on is False


@pytest.mark.parametrize(
    ("version", "environment", "flags", "port"),
    [
        (CONF, {"SILLY_TAVERN_PORT": "8005"}, (), 8005),
        (CONF, {"SILLY_TAVERN_PORT": ""}, (), 8000),
        (CONF, {"SILLYTAVERN_PORT": "8005"}, ("--port=8006",), 8000),
        ("1.11.7", {"SILLY_TAVERN_PORT": "8005"}, ("--port=8006",), 8006),
        ("1.11.7", {"SILLY_TAVERN_PORT": ""}, (), 80),
        (NEWEST, {"SILLY_TAVERN_PORT": "8005"}, (), 8000),
        (NEWEST, {"SILLYTAVERN_PORT": "8005"}, (), 8005),
        (NEWEST, {"SILLYTAVERN_PORT": "8005"}, ("--port", "8006"), 8006),
    ],
)
def test_the_port(version: str, environment: dict[str, str], flags: tuple[str, ...], port: int) -> None:
    assert effect(version, environment=environment, flags=flags).port == port


@pytest.mark.parametrize(
    ("value", "old", "new"),
    [
        ("8001", 8001, 8001),
        (8001.0, 8001, 8001),
        ("80a", None, 80),
        (None, None, 8000),
        (True, None, 8000),
        (70000, None, None),
        (-1, None, None),
        (8000.5, None, None),
        ([], None, 8000),
    ],
)
def test_a_port_that_is_none_stops_the_start(value: object, old: int | None, new: int | None) -> None:
    for version, port in ((CONF, old), (OLD_YAML, old), (NEWEST, new)):
        found = effect(version, port=value)
        assert found.port == port, version
        assert bool(found.refuses_to_start) is (port is None), version


def test_any_free_port_is_not_a_known_port() -> None:
    assert effect(NEWEST, port=0).port is None
    assert effect(NEWEST, port=0).refuses_to_start is None


def test_https_by_flag_everywhere_and_by_configuration_from_1_12_13() -> None:
    assert effect(CONF, flags=("--ssl",)).scheme == "https"
    assert effect(OLD_YAML, ssl={"enabled": True}).scheme == "http"
    assert effect(ENV_YAML, ssl={"enabled": True}).scheme == "https"
    assert effect(NEWEST, ssl={"enabled": True}, flags=("--ssl=false",)).scheme == "http"


def test_which_addresses_it_listens_on() -> None:
    both = {"ipv4": True, "ipv6": True}
    assert effect(NEWEST, protocol=both).addresses == ("0.0.0.0", "::")
    assert effect(NEWEST, protocol=both, listen=False).addresses == ("127.0.0.1", "::1")
    assert effect("1.12.4", protocol=both).addresses == ("0.0.0.0",)
    assert effect(NEWEST, protocol={"ipv4": "auto", "ipv6": "AUTO"}).ipv6 is None
    assert effect(NEWEST, protocol={"ipv4": "nonsense", "ipv6": "nonsense"}).addresses == ("0.0.0.0",)
    assert effect(NEWEST, protocol=both, flags=("--enableIPv4=false",)).addresses == ("::",)
    assert effect(NEWEST, listenAddress={"ipv4": "192.168.0.5"}).addresses == ("192.168.0.5",)
    assert effect("1.12.11", listenAddress={"ipv4": "192.168.0.5"}).addresses == ("0.0.0.0",)


def test_one_listen_address_is_told() -> None:
    assert "It listens only at 192.168.0.5." in effect(NEWEST, listenAddress={"ipv4": "192.168.0.5"}).reasons
    assert not any("only at" in reason for reason in effect(NEWEST).reasons)


def test_no_protocol_at_all_stops_the_start() -> None:
    assert effect(NEWEST, protocol={"ipv4": False, "ipv6": False}).refuses_to_start
    assert effect("1.12.4", protocol={"ipv4": False, "ipv6": False}).refuses_to_start is None


def test_listening_on_the_loopback_address_alone_is_not_reachable_but_asks_for_the_login() -> None:
    found = effect(NEWEST, listenAddress={"ipv4": "127.0.0.1"}, basicAuthMode=True)
    assert found.listens is False
    assert found.login_on is True


@pytest.mark.parametrize("password", [12345, None, True, 1e3, [], UNKNOWN])
def test_a_password_that_is_no_text_lets_nobody_in(password: object) -> None:
    for version in ALL:
        found = effect(version, basicAuthMode=True, basicAuthUser={"username": "me", "password": password})
        if password is UNKNOWN:
            assert found.login_fit is LoginFit.UNKNOWN
        else:
            assert found.login_fit is LoginFit.BROKEN
            assert found.login_problem
            assert found.login_problem.title.startswith("Nobody can log in")


@pytest.mark.parametrize(
    ("name", "password", "version", "fit"),
    [
        ("me", SECRET, NEWEST, LoginFit.FIT),
        ("user", "password", NEWEST, LoginFit.WEAK),
        ("", "", NEWEST, LoginFit.WEAK),
        ("me", "", CONF, LoginFit.WEAK),
        ("me", "a:b", "1.14.0", LoginFit.BROKEN),
        ("me", "a:b", "1.16.0", LoginFit.FIT),
        ("m:e", "a", "1.16.0", LoginFit.BROKEN),
        ("me", "12345", CONF, LoginFit.FIT),
    ],
)
def test_whether_a_login_protects(name: str, password: str, version: str, fit: LoginFit) -> None:
    assert effect(version, basicAuthUser={"username": name, "password": password}).login_fit is fit


def test_no_user_in_the_configuration_lets_nobody_in() -> None:
    assert effect(OLD_YAML, without=("basicAuthUser",)).login_fit is LoginFit.BROKEN
    assert effect(NEWEST, without=("basicAuthUser",)).login_fit is LoginFit.WEAK


def test_logins_of_the_accounts_replace_the_one_user_from_1_12_7() -> None:
    both: dict[str, Any] = {"perUserBasicAuth": True, "enableUserAccounts": True, "basicAuthMode": True}
    found = effect(NEWEST, **both)
    assert found.login_by_accounts is True
    assert (found.username, found.login_fit) == (None, LoginFit.UNKNOWN)
    assert not effect("1.12.6", **both).login_by_accounts
    assert not effect(NEWEST, **{**both, "enableUserAccounts": False}).login_by_accounts


def test_the_password_is_in_no_value_but_the_one_that_was_asked_for() -> None:
    config = {**WHOLE, "basicAuthMode": True, "basicAuthUser": {"username": "me", "password": SECRET}}
    environment = {"SILLYTAVERN_BASICAUTHUSER_PASSWORD": SECRET + "!"}
    for version in ALL:
        found = decide(version, config, None, (), environment)
        for text in (repr(found), str(found), json.dumps(asdict(found), default=str)):
            assert SECRET not in text
        assert found.username == "me"
        assert (credentials(version, config, {}) or ("", ""))[1] == SECRET
    assert credentials(NEWEST, config, environment) == ("me", SECRET + "!")
    assert credentials(NEWEST, {**WHOLE, "basicAuthUser": {"username": "me", "password": 1}}, {}) is None


def test_host_names_are_checked_only_when_that_is_on() -> None:
    hosts = {"enabled": True, "hosts": ["st.lan"]}
    assert effect(NEWEST, hostWhitelist=hosts).host_names == ("st.lan",)
    assert "the names st.lan" in effect(NEWEST, hostWhitelist=hosts).reasons[-1]
    assert effect(NEWEST, hostWhitelist={**hosts, "enabled": False}).host_names is None
    assert effect("1.13.2", hostWhitelist=hosts).host_names is None


def installation(folder: Path, version: str) -> Installation:
    name = "config.conf" if version.startswith("1.9") else "config.yaml"
    return Installation(folder, version, False, folder / name, folder / "whitelist.txt", folder / "data")


YAML = """\
listen: true
port: 8123
whitelistMode: true
whitelist:
  - 127.0.0.1
basicAuthMode: true
basicAuthUser:
  username: "me"
  password: "correct horse battery"
"""


def test_the_real_files_are_read(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(YAML)
    found = effective_settings(installation(tmp_path, OLD_YAML))
    assert (found.port, found.listens, found.login_on, found.entries) == (8123, True, True, ("127.0.0.1",))
    assert stored_credentials(installation(tmp_path, OLD_YAML)) == ("me", SECRET)
    (tmp_path / "whitelist.txt").write_bytes(b"\xef\xbb\xbf192.168.0.20\r\n")
    assert effective_settings(installation(tmp_path, OLD_YAML)).entries == ("192.168.0.20",)
    assert effective_settings(installation(tmp_path, OLD_YAML), ("--listen=false",)).listens is False


def test_a_whitelist_txt_that_cannot_be_read_leaves_the_list_in_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(YAML)
    (tmp_path / "whitelist.txt").mkdir()
    assert effective_settings(installation(tmp_path, NEWEST)).whitelist_source == "config.yaml"


def test_no_files_at_all(tmp_path: Path) -> None:
    assert effective_settings(installation(tmp_path, NEWEST)).listens is False
    assert effective_settings(installation(tmp_path, FIRST_YAML)).refuses_to_start


def test_a_broken_file_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("port: 8000\nwhitelist:\n  - *.*.*.*\n")
    found = effective_settings(installation(tmp_path, NEWEST))
    assert found.problem
    assert "config.yaml" in found.problem.title
    assert found.listens is None


CONF_TEXT = "module.exports = { port: 8005, listen: true, whitelistMode: true, whitelist: ['10.0.0.1'] };\n"


@pytest.mark.parametrize(("version", "port"), [(FIRST_YAML, 8005), ("1.11.8", 8005), (OLD_YAML, None)])
def test_config_conf_counts_until_1_11_8_while_there_is_no_config_yaml(
    tmp_path: Path, version: str, port: int | None
) -> None:
    (tmp_path / "config.conf").write_text(CONF_TEXT)
    found = effective_settings(installation(tmp_path, version))
    assert found.port == port
    assert bool(found.refuses_to_start) is (port is None)
    (tmp_path / "config.yaml").write_text(YAML)
    assert effective_settings(installation(tmp_path, version)).port == 8123


def test_a_config_conf_that_is_not_read_any_more_is_said(tmp_path: Path) -> None:
    (tmp_path / "config.conf").write_text(CONF_TEXT)
    (tmp_path / "config.yaml").write_text(YAML)
    assert any("config.conf" in reason for reason in effective_settings(installation(tmp_path, NEWEST)).reasons)


def test_an_administrator_without_password_is_found_in_the_stored_accounts(tmp_path: Path) -> None:
    text = YAML.replace("whitelistMode: true", "whitelistMode: false").replace(
        "basicAuthMode: true", "basicAuthMode: false"
    )
    (tmp_path / "config.yaml").write_text(text + "enableUserAccounts: true\n")
    assert effective_settings(installation(tmp_path, OLD_YAML)).refuses_to_start
    storage = tmp_path / "data" / "_storage"
    storage.mkdir(parents=True)
    admin = {"handle": "default-user", "admin": True, "enabled": True, "password": "hash"}
    (storage / "1").write_text(json.dumps({"key": "user:default-user", "value": admin}))
    assert effective_settings(installation(tmp_path, OLD_YAML)).refuses_to_start is None
    (storage / "2").write_text(json.dumps({"key": "user:other", "value": {**admin, "password": ""}}))
    assert effective_settings(installation(tmp_path, OLD_YAML)).refuses_to_start
    (storage / "2").write_text("half a rec")
    assert effective_settings(installation(tmp_path, OLD_YAML)).open_accounts is None


def test_accounts_are_looked_for_where_the_configuration_puts_the_data(tmp_path: Path) -> None:
    storage = tmp_path / "elsewhere" / "_storage"
    storage.mkdir(parents=True)
    found = installation(tmp_path, OLD_YAML)
    found.config_file.write_text(f"dataRoot: ./elsewhere\n{YAML}", "utf-8")
    admin = {"handle": "default-user", "admin": True, "enabled": True, "password": "hash"}
    (storage / "1").write_text(json.dumps({"key": "user:default-user", "value": admin}))
    assert data_root(found) == tmp_path / "elsewhere"
    assert effective_settings(found).open_accounts is False


@pytest.mark.parametrize("record", ['{"key": "user:x"}', '{"key": "user:x", "value": 7}', "[" * 100_000])
def test_a_user_record_that_makes_no_sense_tells_nothing_about_accounts(tmp_path: Path, record: str) -> None:
    storage = tmp_path / "_storage"
    storage.mkdir()
    (storage / "record").write_text(record)
    here = Installation(tmp_path, NEWEST, True, tmp_path / "config.yaml", tmp_path / "w.txt", tmp_path, True)
    assert open_accounts(here, None) is None


HUGE = "0x" + "f" * 256


@pytest.mark.parametrize(
    ("version", "name", "text"),
    [
        *((NEWEST, "config.yaml", f"{key}: {HUGE}\n") for key in ("port", "listen", "whitelist", "basicAuthMode")),
        *((CONF, "config.conf", f"const {key} = {HUGE};\n") for key in ("port", "listen", "whitelist")),
    ],
)
def test_a_number_that_is_infinite_to_javascript_ends_nothing(
    tmp_path: Path, version: str, name: str, text: str
) -> None:
    (tmp_path / name).write_text(text)
    here = Installation(tmp_path, version, False, tmp_path / name, tmp_path / "whitelist.txt", tmp_path / "data")
    found = effective_settings(here)
    assert found.port is None or found.port < 65536
