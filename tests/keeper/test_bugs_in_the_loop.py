"""A keeper with a bug in it: it goes on, and whoever asked is told."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from launcher.keeper import device_store, loop, worker
from launcher.keeper.events import Effect, Happening, SaveDevices
from launcher.keeper.messages import Choose, Hello, NameDevice, SetPort, Stop
from launcher.keeper.next_state import next_state
from launcher.keeper.state import State, Step
from launcher.problem import Problem
from launcher.system import safety_net
from launcher.system.folders import our_folders
from tests.support.own_keeper import OwnKeeper, own_keeper


@pytest.fixture
def keeper(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[OwnKeeper]:
    with own_keeper(our_folders(), monkeypatch) as keeper:
        yield keeper


def mistake() -> Problem:
    return safety_net.mistake(our_folders().own_log)


def test_a_bug_in_next_state_is_told_to_whoever_asked(keeper: OwnKeeper, monkeypatch: pytest.MonkeyPatch) -> None:
    def stumbling(state: State, happening: Happening) -> Step:
        if isinstance(getattr(happening, "request", None), NameDevice):
            raise KeyError("on purpose")
        return next_state(state, happening)

    monkeypatch.setattr(loop, "next_state", stumbling)
    assert keeper.ask(NameDevice("10.0.0.1", "x")).problem == mistake()
    assert keeper.ask(Stop()).problem is None


def test_a_bug_in_an_effect_keeps_the_others(keeper: OwnKeeper, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "next_state", with_saving_first)
    monkeypatch.setattr(device_store, "save", stumble)
    assert keeper.ask(Hello("window")).problem is None
    assert keeper.ask(Stop()).problem is None


def with_saving_first(state: State, happening: Happening) -> Step:
    after, effects = next_state(state, happening)
    first: list[Effect] = [SaveDevices(())]
    return after, first + effects


def stumble(*_: object) -> None:
    raise ZeroDivisionError("on purpose")


def test_a_bug_while_saving_a_setting_is_told_to_whoever_chose(
    keeper: OwnKeeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "choose", stumble)
    assert keeper.ask(Choose({"asking": "always"})).problem == mistake()


def test_a_bug_in_a_job_is_told_to_whoever_asked(keeper: OwnKeeper, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "do", stumble)
    assert keeper.ask(SetPort(8001)).problem == mistake()
    assert keeper.ask(Stop()).problem is None
