"""A keeper with a bug in it: it goes on, and whoever asked is told."""

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from launcher.keeper import device_store, file_snapshot, loop, worker
from launcher.keeper.channel import NoAnswerError
from launcher.keeper.effects import Effect, SaveDevices, SettleUpdate
from launcher.keeper.events import Event, FileSnapshot, RequestReceived
from launcher.keeper.messages import ChangeSettings, Hello, NameDevice, SetPort, Stop
from launcher.keeper.next_state import next_state
from launcher.keeper.state import State, Step
from launcher.problem import Problem, TavernkeepError
from launcher.system import safety_net
from launcher.system.folders import our_folders
from launcher.ui.keeper_connection import ask
from tests.support.own_keeper import OwnKeeper, own_keeper
from tests.support.waiting import wait_until


@pytest.fixture
def keeper(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[OwnKeeper]:
    with own_keeper(our_folders(), monkeypatch) as keeper:
        yield keeper


def mistake() -> Problem:
    return safety_net.mistake(our_folders().own_log)


def test_a_bug_in_next_state_is_told_to_whoever_asked(keeper: OwnKeeper, monkeypatch: pytest.MonkeyPatch) -> None:
    def stumbling(state: State, event: Event) -> Step:
        if isinstance(getattr(event, "request", None), NameDevice):
            raise KeyError("on purpose")
        return next_state(state, event)

    monkeypatch.setattr(loop, "next_state", stumbling)
    assert keeper.ask(NameDevice("10.0.0.1", "x")).problem == mistake()
    assert keeper.ask(Stop()).problem is None


def test_a_bug_in_an_effect_keeps_the_others(keeper: OwnKeeper, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "next_state", with_saving_first)
    monkeypatch.setattr(device_store, "save", stumble)
    assert keeper.ask(Hello("window")).problem is None
    assert keeper.ask(Stop()).problem is None


def with_saving_first(state: State, event: Event) -> Step:
    after, effects = next_state(state, event)
    first: list[Effect] = [SaveDevices(())]
    return after, first + effects


def stumble(*_: object) -> None:
    raise ZeroDivisionError("on purpose")


def test_a_bug_while_saving_a_setting_is_told_to_whoever_chose(
    keeper: OwnKeeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "choose", stumble)
    assert keeper.ask(ChangeSettings({"asking": "always"})).problem == mistake()


def test_a_bug_in_a_job_is_told_to_whoever_asked(keeper: OwnKeeper, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "do", stumble)
    assert keeper.ask(SetPort(8001)).problem == mistake()
    assert keeper.ask(Stop()).problem is None


def test_a_loop_that_hangs_is_noticed_although_the_channel_answers(
    keeper: OwnKeeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    comes_back = threading.Event()

    def hanging(state: State, event: Event) -> Step:
        if isinstance(getattr(event, "request", None), Stop):
            comes_back.wait(10)
        return next_state(state, event)

    monkeypatch.setattr(loop, "next_state", hanging)
    with pytest.raises(NoAnswerError, match=f"process {os.getpid()}"):
        ask(keeper.link, Stop(), patience_s=0.2)
    comes_back.set()


def test_a_job_that_takes_its_time_is_waited_for(keeper: OwnKeeper, monkeypatch: pytest.MonkeyPatch) -> None:
    def slowly(*_: object) -> FileSnapshot:
        time.sleep(0.5)
        return FileSnapshot()

    monkeypatch.setattr(worker, "do", slowly)
    assert ask(keeper.link, SetPort(8001), patience_s=0.1).problem is None


@pytest.fixture
def hanging(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Looking at the files hangs, as on a network drive that is gone. Set once it does."""
    hangs, comes_back = threading.Event(), threading.Event()

    def hang(*_: object) -> file_snapshot.Stamp:
        hangs.set()
        comes_back.wait(60)
        return ()

    monkeypatch.setattr(loop, "WATCH_INTERVAL_S", 0.05)
    monkeypatch.setattr(file_snapshot, "stamp", hang)
    yield hangs
    comes_back.set()


def test_a_drive_that_hangs_does_not_hold_up_stop(
    home: Path, hanging: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "FIRST_LOOK_PATIENCE_S", 0.1)
    monkeypatch.setattr(loop, "LAST_WRITE_PATIENCE_S", 0.1)
    with own_keeper(our_folders(), monkeypatch) as keeper:
        assert hanging.wait(5)
        assert keeper.ask(Stop()).problem is None


def test_addresses_that_take_long_do_not_hold_up_stop(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found, hangs, comes_back = threading.Event(), threading.Event(), threading.Event()

    def slowly() -> None:
        if found.is_set():
            hangs.set()
            comes_back.wait(60)
        found.set()

    monkeypatch.setattr(loop, "WATCH_INTERVAL_S", 0.05)
    monkeypatch.setattr(loop, "local_addresses", slowly)
    with own_keeper(our_folders(), monkeypatch) as keeper:
        assert hangs.wait(5)
        assert keeper.ask(Stop()).problem is None
        comes_back.set()


def test_settings_that_cannot_be_written_after_an_update_are_told(
    keeper: OwnKeeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cannot(*_: object) -> None:
        raise TavernkeepError("The settings cannot be written.", "The disk is full.")

    monkeypatch.setattr(worker, "settle_update", cannot)
    monkeypatch.setattr(loop, "next_state", with_settling_first)
    assert keeper.ask(Hello("window")).problem is None
    wait_until(lambda: "The settings cannot be written. The disk is full." in keeper.keeper.state.view.notices)
    assert keeper.ask(Stop()).problem is None


def with_settling_first(state: State, event: Event) -> Step:
    after, effects = next_state(state, event)
    first: list[Effect] = [SettleUpdate("/st", kept=True)] if isinstance(event, RequestReceived) else []
    return after, first + effects
