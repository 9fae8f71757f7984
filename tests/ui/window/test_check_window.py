"""Check connection: findings as they come, the buttons that fix, and what follows by itself."""

import tkinter as tk
from collections.abc import Iterator
from dataclasses import replace
from tkinter import ttk

import pytest

from launcher.keeper.view import Phase
from launcher.problem import Problem
from launcher.ui.window.check import check_words
from launcher.ui.window.check.check_window import CheckWindow
from tests.support.waiting import wait_until
from tests.ui.window.check_states import (
    BLOCKED,
    HEALTHY,
    IN_THE_WAY,
    NOT_REACHED,
    REACHED,
    StubDoctor,
)
from tests.ui.window.desk import Desk
from tests.ui.window.device_states import IPAD, SOME
from tests.ui.window.hands import click, enabled, has_focus, named, one, press, reads, write
from tests.ui.window.seen import main_buttons, settled, texts, until
from tests.ui.window.states import RUNNING, STOPPED


class Room:
    """The window with a doctor of the test's."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.doctor = desk, StubDoctor()
        self.copied: list[str] = []
        self.tried: list[str] = []
        desk.show(RUNNING)

    def enter(self, done: bool = True) -> CheckWindow:
        self.check = CheckWindow(
            self.desk.root,
            self.desk.theme,
            self.doctor,
            self.desk.app._inbox.put,
            self.copied.append,
            lambda: self.tried.append("page"),
        )
        self.check.show(SOME)
        until(self.window, lambda: has_focus(self.window), "it has the focus")
        if done:
            self.until_read("Checked in")
        settled(self.desk.root)
        return self.check

    @property
    def window(self) -> tk.Toplevel:
        return self.check.window

    def until_read(self, part: str) -> None:
        until(self.desk.root, lambda: reads(self.window, part), part)

    def until_examined(self, times: int) -> None:
        until(self.desk.root, lambda: len(self.doctor.examined) == times and not self.check._busy, "it has looked")
        settled(self.desk.root)


@pytest.fixture
def room(desk: Desk) -> Iterator[Room]:
    room = Room(desk)
    yield room
    room.doctor.go_on.set()
    if room.check.window.winfo_exists():
        room.check.close()


def test_the_problem_is_told_first_and_its_button_has_the_focus(room: Room) -> None:
    room.enter()
    assert f"13 checks, 1 problem. {BLOCKED.title}" in texts(room.window)
    assert main_buttons(room.window) == ["Fix it"]
    assert room.window.focus_get() is named(room.window, "Fix it")
    bottom = room.window.winfo_rooty() + room.window.winfo_height()
    assert named(room.window, "Fix it").winfo_rooty() < bottom
    for finding in IN_THE_WAY:
        assert reads(room.window, finding.title)
        assert reads(room.window, finding.advice)
    assert {"✓", "✕", "?", "–", "fine", "not known", "not needed"} <= set(texts(room.window))  # noqa: RUF001


def test_findings_appear_one_by_one_while_it_looks(room: Room) -> None:
    room.doctor.go_on.clear()
    room.doctor.before_pause = 3
    room.enter(done=False)
    room.until_read("3 of 17 checks")
    assert reads(room.window, IN_THE_WAY[2].title)
    assert not reads(room.window, IN_THE_WAY[3].title)
    assert not enabled(room.window, "Check again")
    room.doctor.go_on.set()
    room.until_read("Checked in")
    assert reads(room.window, NOT_REACHED.title)


def test_a_check_that_takes_its_time_shows_for_how_long(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("launcher.ui.window.check.run.SECOND_MS", 20)
    monkeypatch.setattr("launcher.ui.window.check.run.CLOCK_FROM_S", 1)
    room.doctor.go_on.clear()
    room.enter(done=False)
    room.until_read("0 of 17 checks · 1 s")
    room.doctor.go_on.set()
    room.until_read("Checked in")


def test_closing_gives_the_examination_up(room: Room) -> None:
    room.doctor.go_on.clear()
    room.enter(done=False)
    press(room.desk, "Escape")
    until(room.desk.root, lambda: not room.window.winfo_exists(), "it is closed")
    wait_until(room.doctor.cancelled.is_set, what="the doctor stops")


def test_a_fix_is_done_and_it_is_looked_again(room: Room) -> None:
    room.enter()
    room.doctor.findings = HEALTHY
    press(room.desk, "Return")
    room.until_read("✓ Done")
    room.until_examined(2)
    assert room.doctor.cured == [BLOCKED]
    assert f"14 checks, no problem. {REACHED.title}" in texts(room.window)
    assert main_buttons(room.window) == ["Check again"]
    assert room.window.focus_get() is named(room.window, "Check again")


def test_a_declined_fix_is_an_answer(room: Room) -> None:
    room.doctor.refusal = Problem("You said no, so nothing was changed.", "Press the button again to be asked again.")
    room.enter()
    press(room.desk, "alt+f")
    room.until_read("✕ You said no, so nothing was changed.")
    room.until_examined(2)
    assert reads(room.window, "Press the button again")
    assert enabled(room.window, "Fix it")


def test_it_turns_green_by_itself_when_a_phone_arrives(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("launcher.ui.window.check.check_window.LOOK_AGAIN_S", 0)
    room.enter()
    room.doctor.findings = HEALTHY
    room.check.show(replace(SOME, devices=(replace(IPAD, last_seen=IPAD.last_seen + 9),)))
    room.until_examined(2)
    assert reads(room.window, REACHED.title)
    room.check.show(replace(SOME, devices=(replace(IPAD, last_seen=IPAD.last_seen + 19),)))
    settled(room.desk.root)
    assert len(room.doctor.examined) == 2


def test_a_phone_that_arrives_right_after_a_look_is_looked_at_when_it_has_rested(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("launcher.ui.window.check.check_window.LOOK_AGAIN_S", 1.0)
    room.enter()
    room.doctor.findings = HEALTHY
    for seconds in (9, 10, 11):
        room.check.show(replace(SOME, devices=(replace(IPAD, last_seen=IPAD.last_seen + seconds),)))
    assert len(room.doctor.examined) == 1
    room.until_examined(2)
    assert reads(room.window, REACHED.title)


def test_a_server_that_starts_meanwhile_is_looked_at(room: Room) -> None:
    room.enter()
    room.check.show(replace(SOME, phase=Phase.STARTING))
    room.check.show(SOME)
    room.until_examined(2)


def test_the_phone_is_typed_or_chosen(room: Room) -> None:
    room.enter()
    press(room.desk, "alt+p")
    write(room.desk, "192.168.0.300")
    press(room.desk, "Return")
    assert reads(room.window, check_words.NO_ADDRESS)
    press(room.desk, "ctrl+a")
    write(room.desk, "192.168.0.44")
    assert not reads(room.window, check_words.NO_ADDRESS)
    press(room.desk, "Return")
    room.until_examined(2)
    assert room.doctor.examined[-1][1] == "192.168.0.44"
    menu = room.window.nametowidget(str(one(room.window, ttk.Menubutton).cget("menu")))
    menu.tk.call(str(menu.cget("postcommand")))
    menu.invoke(0)
    room.until_examined(3)
    assert room.doctor.examined[-1][1] == IPAD.address
    menu.invoke("end")
    room.until_examined(4)
    assert room.doctor.examined[-1][1] is None


def test_check_again_and_copy_report(room: Room) -> None:
    room.enter()
    press(room.desk, "alt+a")
    room.until_examined(2)
    click(room.desk, named(room.window, "Copy report"))
    assert BLOCKED.title in room.copied[0]
    assert reads(room.window, "Copied ✓")


def test_a_test_page_is_offered_while_nothing_runs(room: Room) -> None:
    room.enter()
    assert "Try with a test page…" not in texts(room.window)
    room.check.show(STOPPED)
    room.until_examined(2)
    named(room.window, "Try with a test page…").invoke()
    assert room.tried == ["page"]


def test_a_bug_while_putting_it_right_is_told(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    room.enter()
    monkeypatch.setattr(room.doctor, "cure", lambda *_: 1 / 0)
    press(room.desk, "Return")
    room.until_read("✕ Tavernkeep has made a mistake.")
    room.until_examined(2)
    assert not reads(room.window, "Fixing it…")


def test_a_bug_while_looking_is_told_and_it_can_be_looked_again(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    room.enter()
    with monkeypatch.context() as patched:
        patched.setattr(room.doctor, "examine", lambda *_: 1 / 0)
        click(room.desk, named(room.window, "Check again"))
        room.until_read("✕ Tavernkeep has made a mistake.")
        settled(room.desk.root)
    assert reads(room.window, "has the details")
    assert enabled(room.window, "Check again")
    click(room.desk, named(room.window, "Check again"))
    room.until_read("Checked in")
