from dataclasses import dataclass

import pytest

from launcher.access.exposure import Exposure, Level, LoginFit, Mode, exposure
from launcher.access.javascript import Value
from launcher.problem import Problem

OLD, NEWEST = "1.13.5", "1.19.0"
WEAK = Problem("The login is still the one that everybody knows.", "Set a password of your own.")
ONE_PERSON = "SillyTavern is made for one person: everyone who gets in can see and change everything."
PLAIN_HTTP = "On plain http the password can be read by others on the network."


@dataclass(frozen=True)
class Settings:
    """A server that listens, with its whitelist on and only this PC in it."""

    version: str = NEWEST
    scheme: str = "http"
    listens: bool | None = True
    ipv4: bool | None = True
    ipv6: bool | None = False
    whitelist_on: bool | None = True
    entries: tuple[Value, ...] = ("127.0.0.1",)
    entries_complete: bool = True
    every_request_fails: bool = False
    login_on: bool | None = False
    login_fit: LoginFit = LoginFit.FIT
    login_problem: Problem | None = None
    accounts: bool | None = False
    open_accounts: bool | None = None
    refuses_to_start: Problem | None = None
    problem: Problem | None = None
    reasons: tuple[str, ...] = ("because",)


def listing(*entries: Value, version: str = NEWEST) -> Exposure:
    return exposure(Settings(entries=("127.0.0.1", *entries), version=version))


def test_a_server_that_does_not_listen_is_for_this_pc_only() -> None:
    found = exposure(Settings(listens=False))
    assert found == Exposure(Mode.THIS_PC, False, "Only this PC.", ("because",), (), Level.GOOD)


def test_not_listening_keeps_everyone_out_whatever_the_whitelist_says() -> None:
    assert exposure(Settings(listens=False, whitelist_on=False)).mode is Mode.THIS_PC
    assert exposure(Settings(listens=False, entries=("*.*.*.*",))).level == Level.GOOD


@pytest.mark.parametrize(
    ("entries", "who"),
    [
        ((), "Only this PC, until another address is in the whitelist."),
        (("127.0.0.1", "::1"), "Only this PC, until another address is in the whitelist."),
        (("192.168.0.20",), "This PC and the one address in the whitelist. Everyone else is refused."),
        (("192.168.0.*",), "This PC and the one network in the whitelist. Everyone else is refused."),
        (
            ("192.168.0.20", "192.168.0.20", " 10.0.0.1"),
            "This PC and the 2 addresses in the whitelist. Everyone else is refused.",
        ),
        (
            ("192.168.0.20", "10.0.0.0/24", "fd00::20"),
            "This PC and the 3 addresses and networks in the whitelist. Everyone else is refused.",
        ),
    ],
)
def test_a_whitelist_is_told_in_one_sentence(entries: tuple[str, ...], who: str) -> None:
    found = listing(*entries)
    assert (found.mode, found.who, found.level, found.warnings) == (Mode.WHITELIST, who, Level.GOOD, ())


def test_a_login_besides_the_whitelist_is_told() -> None:
    found = exposure(Settings(entries=("127.0.0.1", "10.0.0.1"), login_on=True, scheme="https"))
    assert "All of them are asked for the user name and password." in found.who
    assert found.level == Level.GOOD


@pytest.mark.parametrize(
    "entries",
    [
        ("0.0.0.0/0",),
        ("*.*.*.*",),
        ("::/0",),
        ("192.168.0.20/",),
        ("0.0.0.0/1", "128.0.0.0/1"),
        ("0.0.0.0-127.255.255.255", "128.*.*.*", "129.0.0.0-255.255.255.255"),
        ("192.168.0.20", "*:*:*:*:*:*:*:*"),
    ],
)
def test_a_whitelist_that_lets_in_everyone_is_the_mode_everyone(entries: tuple[str, ...]) -> None:
    found = listing(*entries)
    assert found.mode is Mode.EVERYONE
    assert found.who == "Anyone who can reach this PC, without a password."
    assert found.level == Level.BAD
    assert "Internet" in found.warnings[0]
    assert "Set a login." in found.warnings[0]


def test_a_slash_too_many_is_named() -> None:
    assert any("Remove the slash" in warning for warning in listing("192.168.0.20/").warnings)


def test_no_whitelist_and_no_login_lets_in_anyone() -> None:
    found = exposure(Settings(whitelist_on=False))
    assert (found.mode, found.level) == (Mode.EVERYONE, Level.BAD)
    assert found.warnings == ("The whitelist is off. No password is asked for. Set a login.", ONE_PERSON)


def test_everyone_with_a_login_is_told_with_the_guides_warnings() -> None:
    found = exposure(Settings(whitelist_on=False, login_on=True))
    assert found.who == "Anyone who can reach this PC and knows the user name and password."
    assert found.level == Level.CAREFUL
    assert found.warnings == ("The whitelist is off.", ONE_PERSON, PLAIN_HTTP)
    assert PLAIN_HTTP not in exposure(Settings(whitelist_on=False, login_on=True, scheme="https")).warnings


def test_a_login_that_everyone_knows_protects_nobody() -> None:
    found = exposure(Settings(whitelist_on=False, login_on=True, login_fit=LoginFit.WEAK, login_problem=WEAK))
    assert found.level == Level.BAD
    assert "The login is still the one that everybody knows. Set a password of your own." in found.warnings


def test_a_login_that_can_never_succeed_lets_in_nobody() -> None:
    problem = Problem("Nobody can log in: the password is not set as text.")
    found = exposure(Settings(whitelist_on=False, login_on=True, login_fit=LoginFit.BROKEN, login_problem=problem))
    assert found.who == "Nobody: the login that is set can never succeed."
    assert found.level == Level.CAREFUL
    assert problem.title in found.warnings


def test_user_accounts_are_a_protection_only_with_passwords() -> None:
    protected = exposure(Settings(whitelist_on=False, accounts=True, open_accounts=False))
    assert protected.who == "Anyone who can reach this PC and knows the password of an account in SillyTavern."
    assert protected.level == Level.CAREFUL
    assert exposure(Settings(whitelist_on=False, accounts=True, open_accounts=None)).level == Level.BAD


@pytest.mark.parametrize("listens", [True, False])
def test_a_whitelist_without_this_pc_locks_it_out(listens: bool) -> None:
    found = exposure(Settings(entries=("192.168.0.20",), listens=listens))
    assert "The whitelist locks out this PC: add 127.0.0.1." in found.warnings
    assert found.level == Level.CAREFUL
    assert "this PC" not in found.who or "not even this PC" in found.who


def test_this_pc_by_its_ipv6_address_is_enough_where_the_server_speaks_ipv6() -> None:
    assert not exposure(Settings(entries=("::1",), ipv6=True)).warnings
    assert exposure(Settings(entries=("::1",))).warnings


def test_an_empty_whitelist_lets_in_nobody() -> None:
    assert exposure(Settings(entries=())).who == "Nobody: the whitelist lets in no address."


@pytest.mark.parametrize("entry", ["192.168.*", "my-phone", "192.168.0.20 # phone", "", 192.168])
def test_a_broken_line_is_told_with_its_effect_in_this_version(entry: Value) -> None:
    old, new = listing(entry, version=OLD), listing(entry)
    assert "gets an error page" in old.warnings[0]
    assert "ignores it" in new.warnings[0]
    assert old.level == new.level == Level.CAREFUL


def test_a_broken_line_above_locks_out_this_pc_only_in_old_versions() -> None:
    entries = ("my-phone", "127.0.0.1")
    assert any("locks out" in warning for warning in exposure(Settings(entries=entries, version=OLD)).warnings)
    assert not any("locks out" in warning for warning in exposure(Settings(entries=entries)).warnings)


@pytest.mark.parametrize(
    ("entry", "broad"),
    [
        ("192.168.0.0/16", False),
        ("10.0.0.0/8", True),
        ("100.64.0.0/10", False),
        ("80.0.0.0/16", True),
        ("80.0.0.0/24", False),
        ("fd00::/8", False),
        ("2a02::/24", True),
        ("2a02:1:2:3::/64", False),
    ],
)
def test_networks_that_are_no_home_network_are_named(entry: str, broad: bool) -> None:
    found = listing(entry)
    assert found.mode is Mode.WHITELIST
    assert bool(found.warnings) is broad
    assert not broad or entry in found.warnings[0]


def test_a_list_that_is_none_lets_in_nobody() -> None:
    found = exposure(Settings(every_request_fails=True))
    assert found.who == "Nobody: the whitelist is no list, so every request fails."


def test_settings_that_sillytavern_does_not_start_with_let_in_nobody() -> None:
    refusal = Problem("SillyTavern refuses to start.", "Set a login.")
    found = exposure(Settings(whitelist_on=False, refuses_to_start=refusal))
    assert found.mode is Mode.EVERYONE
    assert found.who == "Nobody: SillyTavern does not start with these settings."
    assert found.warnings[0] == "SillyTavern refuses to start. Set a login."
    assert found.level == Level.CAREFUL


def test_what_could_not_be_found_out_is_said() -> None:
    broken = Problem("Line 3 of config.yaml cannot be read.")
    found = exposure(Settings(listens=None, whitelist_on=None, problem=broken, refuses_to_start=broken))
    assert (found.mode, found.listens, found.level) == (None, None, Level.UNKNOWN)
    assert found.who == "Nobody can tell: the settings cannot be read."
    assert found.warnings == (broken.title,)
    assert exposure(Settings(whitelist_on=None)).mode is None
    assert exposure(Settings(entries_complete=False)).warnings
