from dataclasses import replace

import pytest

from launcher.access.exposure import LoginFit
from launcher.problem import Problem
from launcher.server.answer import ServerAnswer, answer
from launcher.server.resolve_settings import EffectiveSettings, decide

PHONE, OTHER, THIS_PC, LINK_LOCAL = "192.168.0.20", "192.168.0.99", "127.0.0.1", "fe80::1%wlan0"


def settings(version: str = "1.19.0", **changes: object) -> EffectiveSettings:
    config: dict[str, object] = {"port": 8000, "listen": True, "whitelistMode": True, "whitelist": [THIS_PC, PHONE]}
    config |= {"basicAuthMode": False, "basicAuthUser": {"username": "me", "password": "secret"}}
    config |= {"securityOverride": False, "protocol": {"ipv4": True, "ipv6": True}}
    return decide(version, config | changes, None, (), {})


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (PHONE, ServerAnswer.PAGE),
        (THIS_PC, ServerAnswer.PAGE),
        (OTHER, ServerAnswer.REFUSED),
        (LINK_LOCAL, ServerAnswer.ERROR),
    ],
)
def test_the_whitelist_decides_who_sees_the_page(address: str, expected: ServerAnswer) -> None:
    assert answer(settings(), address) is expected


def test_a_device_cannot_connect_while_it_listens_on_this_pc_only() -> None:
    quiet = settings(listen=False)
    assert answer(quiet, PHONE) is ServerAnswer.NO_CONNECTION
    assert answer(quiet, THIS_PC) is ServerAnswer.PAGE


def test_a_device_that_speaks_the_other_protocol_cannot_connect() -> None:
    assert answer(settings(protocol={"ipv4": True, "ipv6": False}), "fd00::20") is ServerAnswer.NO_CONNECTION


def test_the_login_comes_before_the_whitelist() -> None:
    asking = settings(basicAuthMode=True)
    assert answer(asking, OTHER) is ServerAnswer.LOGIN
    assert answer(asking, OTHER, logs_in=True) is ServerAnswer.REFUSED
    assert answer(asking, PHONE, logs_in=True) is ServerAnswer.PAGE
    assert answer(replace(asking, login_fit=LoginFit.BROKEN), PHONE, logs_in=True) is ServerAnswer.LOGIN


def test_a_bad_entry_is_an_error_for_all_below_it_in_old_versions() -> None:
    entries = [THIS_PC, "my-phone", PHONE]
    assert answer(settings("1.13.5", whitelist=entries), PHONE) is ServerAnswer.ERROR
    assert answer(settings("1.13.5", whitelist=entries), THIS_PC) is ServerAnswer.PAGE
    assert answer(settings(whitelist=entries), PHONE) is ServerAnswer.PAGE


def test_a_server_that_does_not_start_answers_nobody() -> None:
    assert answer(settings(whitelistMode=False), THIS_PC) is ServerAnswer.NOT_RUNNING


def test_what_could_not_be_found_out_has_no_answer_unless_it_does_not_matter() -> None:
    unknown = settings()
    assert answer(replace(unknown, listens=None), PHONE) is None
    assert answer(replace(unknown, whitelist_on=None), PHONE) is None
    assert answer(replace(unknown, entries_complete=False), PHONE) is None
    assert (
        answer(replace(unknown, whitelist_on=None, listens=False, addresses=(THIS_PC,)), PHONE)
        is ServerAnswer.NO_CONNECTION
    )
    broken = decide("1.19.0", Problem("broken"), None, (), {})
    assert answer(broken, PHONE) is ServerAnswer.NOT_RUNNING
