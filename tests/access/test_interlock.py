"""Every road to everyone needs a login that protects."""

from collections.abc import Sequence

import pytest

from launcher.access.interlock import (
    RefusedError,
    forbid_lockout,
    forbid_open_list,
    forbid_open_mode,
    forbid_opening,
    lets_everyone_in,
    locks_out_this_pc,
    protects,
)
from launcher.server.resolve_settings import EffectiveSettings, decide

VERSIONS = ["1.9.7", "1.10.10", "1.11.8", "1.12.4", "1.12.14", "1.13.5", "1.19.0"]
CLOSED = ["127.0.0.1", "192.168.0.20"]
FIT = {"username": "me", "password": "correct horse battery"}
UNFIT = [
    {"username": "user", "password": "password"},
    {"username": "", "password": ""},
    {"username": "me", "password": ""},
    {"username": "", "password": "correct horse"},
    {"username": "me", "password": "password"},
    {"username": "m:e", "password": "correct horse"},
    {"username": "me", "password": 12345},
    {"username": "me", "password": None},
]
# Each lets in the whole IPv4 or IPv6 Internet, or so much of it that it makes no difference.
ROADS: list[list[str]] = [
    ["0.0.0.0/0"],
    ["*.*.*.*"],
    ["::/0"],
    ["*:*:*:*:*:*:*:*"],
    ["192.168.0.20/"],
    ["192.168.0.20/0"],
    ["10.0.0.0/0.0.0.0"],
    ["0.0.0.0-255.255.255.255"],
    ["1.0.0.0 - 223.255.255.255"],
    ["::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
    ["0.0.0.0/1", "128.0.0.0/1"],
    ["0.0.0.0-127.255.255.255", "128.0.0.0-255.255.255.255"],
    ["0.0.0.0/0.0.0.1", "0.0.0.1/0.0.0.1"],
    ["*.*.*.0/255.0.0.0", "0.0.0.0/0.0.0.255", *(f"0.0.0.{n}/0.0.0.255" for n in range(1, 256))],
    [f"{n}.*.*.*" for n in range(256)],
    ["2000::/3"],
    ["  0.0.0.0/0x0 "],
    ["8.0.0.0/5", "16.0.0.0/4"],
]


def effect(version: str, entries: Sequence[str] = CLOSED, **changes: object) -> EffectiveSettings:
    config: dict[str, object] = {
        "port": 8000,
        "listen": True,
        "whitelistMode": True,
        "whitelist": list(entries),
        "basicAuthMode": False,
        "basicAuthUser": FIT,
        "securityOverride": False,
        "protocol": {"ipv4": True, "ipv6": False},
    }
    return decide(version, {**config, **changes}, None, (), {})


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("road", ROADS, ids=lambda road: road[0].strip())
def test_no_list_comes_to_let_everyone_in_without_a_login(version: str, road: list[str]) -> None:
    with pytest.raises(RefusedError) as refusal:
        forbid_open_list(CLOSED, [*CLOSED, *road], road, effect(version))
    assert "needs a user name and a password" in refusal.value.problem.title
    forbid_open_list(CLOSED, [*CLOSED, *road], road, effect(version, basicAuthMode=True))


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("road", ROADS, ids=lambda road: road[0].strip())
def test_a_server_does_not_come_to_listen_with_such_a_list(version: str, road: list[str]) -> None:
    with pytest.raises(RefusedError):
        forbid_open_mode(effect(version, [*CLOSED, *road]))
    forbid_open_mode(effect(version, [*CLOSED, *road], listen=False))
    forbid_open_mode(effect(version, [*CLOSED, *road], basicAuthMode=True))


def test_the_last_part_of_everyone_is_refused_too() -> None:
    parts = [f"{n}.0.0.0/8" for n in range(11, 25)]
    most = [*CLOSED, *parts[:-1]]
    forbid_open_list(CLOSED, most, parts[:-1], effect("1.19.0"))
    with pytest.raises(RefusedError):
        forbid_open_list(most, [*most, parts[-1]], parts[-1:], effect("1.19.0"))


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("user", UNFIT, ids=str)
def test_a_login_that_protects_nothing_opens_nothing(version: str, user: dict[str, object]) -> None:
    open_to_all = effect(version, whitelistMode=False, basicAuthMode=True, basicAuthUser=user)
    assert lets_everyone_in(open_to_all)
    assert not protects(open_to_all)
    with pytest.raises(RefusedError):
        forbid_open_mode(open_to_all)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_colon_in_the_password_counts_only_where_it_can_be_checked(version: str) -> None:
    user = {"username": "me", "password": "correct: horse"}
    assert protects(effect(version, basicAuthMode=True, basicAuthUser=user)) == (version == "1.19.0")


@pytest.mark.parametrize("version", VERSIONS)
def test_the_mode_for_everyone_needs_the_login_to_be_on(version: str) -> None:
    with pytest.raises(RefusedError):
        forbid_open_mode(effect(version, whitelistMode=False))
    forbid_open_mode(effect(version, whitelistMode=False, basicAuthMode=True))
    forbid_open_mode(effect(version, whitelistMode=False, listen=False))


@pytest.mark.parametrize("value", ["yes", "no", 1, "true", "false"])
def test_a_whitelist_mode_that_old_versions_do_not_understand_is_open(value: object) -> None:
    with pytest.raises(RefusedError):
        forbid_open_mode(effect("1.11.8", whitelistMode=value))


def test_what_was_open_already_may_stay_so_while_something_else_is_changed() -> None:
    forbid_opening(effect("1.19.0", whitelistMode=False), effect("1.19.0", whitelistMode=False, port=8001))
    with pytest.raises(RefusedError):
        forbid_opening(effect("1.19.0"), effect("1.19.0", whitelistMode=False))
    everyone = [*CLOSED, "0.0.0.0/0"]
    forbid_open_list(everyone, [*everyone, "192.168.0.21"], ["192.168.0.21"], effect("1.19.0"))
    with pytest.raises(RefusedError):
        forbid_open_list(everyone, [*everyone, "*.*.*.*"], ["*.*.*.*"], effect("1.19.0"))


@pytest.mark.parametrize("version", VERSIONS)
def test_this_pc_is_never_locked_out(version: str) -> None:
    assert locks_out_this_pc(effect(version, ["192.168.0.20"]))
    assert not locks_out_this_pc(effect(version, ["192.168.0.20"], whitelistMode=False))
    assert not locks_out_this_pc(effect(version, ["127.0.0.0/8"]))
    with pytest.raises(RefusedError):
        forbid_lockout(effect(version), effect(version, ["192.168.0.20"]))
    forbid_lockout(effect(version, []), effect(version, ["192.168.0.20"]))


def test_settings_with_which_it_would_not_start_are_refused() -> None:
    with pytest.raises(RefusedError, match="refuses to start"):
        forbid_lockout(effect("1.19.0"), effect("1.19.0", whitelistMode=False))
