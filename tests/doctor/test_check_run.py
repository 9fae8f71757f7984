"""The examination: side by side, in time, told as it comes, and never ended by a bug."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import NoReturn

import pytest

from launcher.doctor.check import Finding, Status
from launcher.doctor.check_input import CheckInput, Patient
from launcher.doctor.check_run import examine
from launcher.doctor.checks import CHECKS
from launcher.doctor.readings import READINGS, Reading
from launcher.doctor.report import problems, report, summary
from tests.doctor.patients import PHONE, device, effect, healthy, stopped


def as_read(facts: CheckInput, **instead: Callable[[Patient], object]) -> dict[str, Reading]:
    """Readings that bring what `facts` hold, but for some."""

    def bring(name: str) -> Callable[[Patient], object]:
        return instead.get(name, lambda patient: getattr(facts, name))

    return {name: Reading(bring(name), 0.4) for name in READINGS}


def broken(patient: Patient) -> NoReturn:
    raise ZeroDivisionError("a bug")


def test_everything_is_told_once_and_comes_back_in_the_order_of_the_checks() -> None:
    facts, told = healthy(), list[Finding]()
    found = examine(facts.patient, told.append, readings=as_read(facts))
    assert [finding.id for finding in found] == list(CHECKS)
    assert sorted(told, key=lambda finding: CHECKS.index(finding.id)) == list(found)


def test_what_is_late_is_unknown_and_the_rest_is_told_meanwhile() -> None:
    facts, told = healthy(), list[str]()
    forever = threading.Event()
    began = time.monotonic()
    found = examine(
        facts.patient,
        lambda finding: told.append(finding.id),
        readings=as_read(facts, node=lambda patient: forever.wait(30)),
    )
    took_s = time.monotonic() - began
    forever.set()
    late = {finding.id: finding for finding in found}["node"]
    assert (late.status, late.title) == (Status.UNKNOWN, "This took too long to find out.")
    assert told.index("address") < told.index("node")
    assert took_s < 2
    assert not problems(found)


def test_a_bug_in_a_reading_spoils_only_its_checks_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    facts = healthy()
    with caplog.at_level(logging.ERROR):
        found = examine(facts.patient, readings=as_read(facts, program=broken))
    unknown = [finding.id for finding in found if finding.status is Status.UNKNOWN]
    assert unknown == ["installation", "reached"]
    assert "a bug" in caplog.text


def test_a_bug_in_a_judgement_spoils_only_its_check_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    facts = healthy(devices=(None,))
    with caplog.at_level(logging.ERROR):
        found = examine(facts.patient, readings=as_read(facts))
    assert len(found) == len(CHECKS)
    assert "address-changed" in caplog.text


def test_when_cancelled_it_ends_at_once_with_what_there_is() -> None:
    facts, cancelled, forever = healthy(), threading.Event(), threading.Event()

    def tell(finding: Finding) -> None:
        cancelled.set()

    began = time.monotonic()
    readings = {name: Reading(lambda patient: forever.wait(30), 20) for name in READINGS}
    readings["node"] = Reading(lambda patient: facts.node)
    found = examine(facts.patient, tell, cancelled, readings)
    forever.set()
    assert time.monotonic() - began < 5
    assert 1 <= len(found) < len(CHECKS)


def test_the_real_readings_take_less_than_three_seconds_in_all() -> None:
    # They begin together, and nothing is waited for beyond its limit.
    assert max(reading.limit_s for reading in READINGS.values()) < 2.9


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        (healthy(), "Nothing is in the way. Scan the QR code with the phone."),
        (healthy(devices=(device(),)), "Nothing is in the way. iPhone · Safari (192.168.0.20) has reached this PC."),
        (stopped(), "One thing is in the way: SillyTavern is not running."),
        (
            stopped(effect=effect(config={"listen": False})),
            "2 things are in the way. Start with the first: SillyTavern is not running.",
        ),
        (
            replace(healthy(), profiles=None),
            "No problem was found, but not everything could be checked: network-profile.",
        ),
    ],
)
def test_the_summary_is_one_sentence(facts: CheckInput, sentence: str) -> None:
    assert summary(examine(facts.patient, readings=as_read(facts))) == sentence


def test_the_report_has_every_check_and_no_name_of_the_user() -> None:
    facts = healthy(phone=PHONE)
    text = report(examine(facts.patient, readings=as_read(facts)), ("Tavernkeep 1.0",), "/home/u")
    assert all(f" {check}: " in text for check in CHECKS)
    assert "/home/u" not in text
    assert "~/SillyTavern" in text
