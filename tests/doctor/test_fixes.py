"""What each fix asks for, and what becomes of a refusal. Nothing is changed here."""

from collections.abc import Sequence

import pytest

from launcher.access.interlock import RefusedError
from launcher.access.login import login_problem
from launcher.doctor.check_input import CheckInput
from launcher.doctor.fixes import apply_fix, request_of
from launcher.keeper.messages import ApplyFix, EditWhitelist, Install, Reply, Request, Restart, SetLogin, Start
from launcher.problem import Fix, Problem, TavernkeepError
from tests.doctor.patients import HOME, effect, examined, healthy, with_patient


def listed(*entries: str, version: str = "1.19.0") -> CheckInput:
    return healthy(version, effect=effect(version, {"whitelist": ["127.0.0.1", *entries]}))


@pytest.mark.parametrize(
    ("fix", "request_"),
    [
        ("start", Start(str(HOME))),
        ("restart", Restart()),
        ("install", Install(start=True)),
        ("install-modules", ApplyFix("install-modules")),
        ("port 8001", ApplyFix("port 8001")),
        ("access whitelist", ApplyFix("access whitelist")),
        ("take-over", ApplyFix("take-over")),
        ("whitelist-add 192.168.0.*", EditWhitelist(("192.168.0.*",))),
    ],
)
def test_a_fix_is_one_request(fix: str, request_: Request) -> None:
    assert request_of(fix, healthy().patient) == request_


@pytest.mark.parametrize(
    ("entries", "version", "add", "remove"),
    [
        (["192.168.0.20,"], "1.19.0", ("192.168.0.20",), ("192.168.0.20,",)),
        (["192.168.0.20,", "192.168.0.20"], "1.19.0", (), ("192.168.0.20,",)),
        (["192.168.0"], "1.19.0", ("192.168.0.*",), ("192.168.0",)),
        (["# phones", "192.168.0.20"], "1.9.7", (), ("# phones",)),
        (["", "192.168.0.20"], "1.9.7", (), ("",)),
        (["my-phone"], "1.19.0", (), ("my-phone",)),
        (["0.0.0.0/0"], "1.19.0", ("::1", "192.168.0.*"), ("0.0.0.0/0",)),
        (["192.168.0.20/", "x y"], "1.9.7", ("192.168.0.20",), ("192.168.0.20/", "x y")),
    ],
)
def test_the_list_is_corrected_line_by_line(
    entries: Sequence[str], version: str, add: tuple[str, ...], remove: tuple[str, ...]
) -> None:
    facts = listed(*entries, version=version)
    assert request_of("whitelist-correct", facts.patient) == EditWhitelist(add, remove)
    left = [entry for entry in ["127.0.0.1", *entries] if entry not in remove]
    after = healthy(version, effect=effect(version, {"whitelist": [*left, *add]}))
    assert examined(after)["whitelist-entries"].status == "ok"


def test_the_phone_comes_in_the_place_of_a_name() -> None:
    facts = with_patient(listed("my-phone"), phone="192.168.0.20")
    assert request_of("whitelist-correct", facts.patient) == EditWhitelist(("192.168.0.20",), ("my-phone",))


def test_a_new_login_is_one_that_the_version_can_check_and_keeps_the_name() -> None:
    user = {"username": "me", "password": 12345}
    patient = healthy(effect=effect(config={"basicAuthMode": True, "basicAuthUser": user})).patient
    asked = request_of("login-generate", patient)
    assert isinstance(asked, SetLogin)
    assert asked.username == "me"
    assert login_problem(asked.username, asked.password, "1.9.7") is None


def test_a_name_that_nobody_can_log_in_with_is_replaced() -> None:
    for name in ("user", "a:b", ""):
        user = {"username": name, "password": "password"}
        patient = healthy(effect=effect(config={"basicAuthMode": True, "basicAuthUser": user})).patient
        asked = request_of("login-generate", patient)
        assert isinstance(asked, SetLogin)
        assert asked.username == "tavern"


def test_what_the_keeper_refuses_is_a_refusal_and_what_fails_is_not() -> None:
    patient, said = healthy().patient, Problem("No.", "Because.", Fix("start", "Start"))
    with pytest.raises(RefusedError) as refused:
        apply_fix("restart", patient, lambda request: Reply(1, said, refused=True))
    assert refused.value.problem == said
    with pytest.raises(TavernkeepError) as failed:
        apply_fix("restart", patient, lambda request: Reply(1, said))
    assert not isinstance(failed.value, RefusedError)
    apply_fix("restart", patient, lambda request: Reply(1))


def test_an_entry_is_added_for_the_phone_that_was_named() -> None:
    facts = with_patient(listed("192.168.0.7"), phone="192.168.0.20")
    fix = examined(facts)["whitelist-covers"].fix
    assert fix
    assert request_of(fix.id, facts.patient) == EditWhitelist(("192.168.0.20",))
