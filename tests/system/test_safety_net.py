"""The net under every thread."""

import logging
import threading
from pathlib import Path

import pytest

from launcher.system import safety_net


def stumble() -> None:
    raise ZeroDivisionError("on purpose")


def test_what_works_returns_its_result() -> None:
    assert safety_net.attempt(lambda: 7, "counting") == 7


def test_a_bug_is_logged_with_its_traceback_and_told(caplog: pytest.LogCaptureFixture) -> None:
    told: list[str] = []
    with caplog.at_level(logging.ERROR):
        assert safety_net.attempt(stumble, "counting", lambda: told.append("a bug")) is None
    assert told == ["a bug"]
    assert "counting failed" in caplog.text
    assert "in stumble" in caplog.text


def test_a_bug_in_telling_of_a_bug_ends_nothing_either(caplog: pytest.LogCaptureFixture) -> None:
    assert safety_net.attempt(stumble, "counting", stumble) is None
    assert "telling that counting failed failed" in caplog.text


def test_a_bug_in_a_thread_is_told_from_there() -> None:
    told = threading.Event()
    safety_net.start_thread(stumble, "counting", told.set)
    assert told.wait(5)


def test_who_waits_is_told_when_there_is_no_thread_left(monkeypatch: pytest.MonkeyPatch) -> None:
    told = threading.Event()
    monkeypatch.setattr(threading.Thread, "start", lambda thread: stumble())
    safety_net.start_thread(lambda: None, "counting", told.set)
    assert told.is_set()


def test_the_sentence_names_the_log() -> None:
    problem = safety_net.mistake(Path("/logs/tavernkeep.log"))
    assert problem.title == "Tavernkeep has made a mistake."
    assert problem.advice == f"Please report it; {Path('/logs/tavernkeep.log')} has the details."
