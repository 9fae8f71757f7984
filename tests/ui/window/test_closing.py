"""What closing means, by the state of things."""

from dataclasses import replace
from pathlib import Path

import pytest

from launcher.keeper.messages import ChangeSettings, Close, Quit
from launcher.keeper.view import Tray, View
from launcher.problem import Problem
from launcher.system.settings import Settings
from launcher.ui.window.main.closing import IN_THE_TRAY, Closing, meaning_of_close, question
from tests.support.displays import Display
from tests.support.waiting import wait_until
from tests.ui.window.desk import Desk
from tests.ui.window.fake_keeper import WindowProcess
from tests.ui.window.seen import buttons, texts, until
from tests.ui.window.states import FIRST_RUN, RUNNING, STATES, STOPPED
from tests.ui.window.test_by_hand import codes
from tests.ui.window.x11 import press_until, run, window_id, windows

TOLD = Settings(told_about_tray=True)
QUIT = Settings(closing="quit")
ASK = Settings(closing="ask")
NO_TRAY = replace(RUNNING, tray=Tray.NONE)


@pytest.mark.parametrize(
    ("view", "settings", "meaning"),
    [
        (None, Settings(), Closing.CLOSE),
        (RUNNING, Settings(), Closing.TELL),
        (RUNNING, TOLD, Closing.CLOSE),
        (replace(RUNNING, settings_problem=Problem("Broken.")), Settings(), Closing.CLOSE),
        (STOPPED, Settings(), Closing.CLOSE),
        (STATES["crashed"], Settings(), Closing.CLOSE),
        (replace(FIRST_RUN, tray=Tray.NONE), Settings(), Closing.CLOSE),
        (NO_TRAY, TOLD, Closing.ASK),
        (replace(RUNNING, tray=Tray.UNKNOWN), TOLD, Closing.ASK),
        (replace(STATES["installing"], tray=Tray.NONE), TOLD, Closing.ASK),
        (RUNNING, QUIT, Closing.QUIT),
        (STOPPED, QUIT, Closing.QUIT),
        (NO_TRAY, QUIT, Closing.QUIT),
        (STATES["installing"], QUIT, Closing.ASK),
        (RUNNING, ASK, Closing.ASK),
        (STOPPED, ASK, Closing.CLOSE),
    ],
)
def test_what_closing_means(view: View | None, settings: Settings, meaning: Closing) -> None:
    assert meaning_of_close(view and replace(view, settings=settings)) is meaning


def test_what_is_asked_fits_what_is_under_way() -> None:
    assert question(RUNNING).text == IN_THE_TRAY
    assert question(NO_TRAY).text != IN_THE_TRAY
    assert question(STATES["installing"]).title == "Go on installing SillyTavern?"


def test_the_first_close_tells_that_the_tray_goes_on_and_that_is_remembered(desk: Desk) -> None:
    desk.show(RUNNING)
    desk.close()
    until(desk.root, lambda: "Close window" in buttons(desk.root))
    buttons(desk.root)["Close window"].invoke()  # type: ignore[union-attr]
    assert not desk.open
    assert desk.links[0].requests[-1] == ChangeSettings({"told_about_tray": True})


def test_closing_quits_all_when_that_was_chosen(desk: Desk) -> None:
    desk.show(replace(RUNNING, settings=QUIT))
    desk.close()
    assert not desk.open
    assert desk.links[0].requests[-1] == Quit()


def test_closing_asks_each_time_when_that_was_chosen(desk: Desk) -> None:
    desk.show(replace(RUNNING, settings=ASK))
    desk.close()
    until(desk.root, lambda: "Keep it running" in buttons(desk.root))
    assert IN_THE_TRAY in texts(desk.root)
    desk.app.end()


@pytest.mark.parametrize(
    ("answer", "stays", "quits"), [("Keep it running", False, 0), ("Stop and quit", False, 1), ("Cancel", True, 0)]
)
def test_without_a_tray_closing_asks(desk: Desk, answer: str, stays: bool, quits: int) -> None:
    desk.show(STATES["no-tray"])
    desk.close()
    until(desk.root, lambda: answer in buttons(desk.root))
    buttons(desk.root)[answer].invoke()  # type: ignore[union-attr]
    assert desk.open is stays
    assert len([r for r in desk.links[0].requests if isinstance(r, Quit)]) == quits


def test_the_window_managers_close_button_asks_too(
    window_process: WindowProcess, display: Display, tmp_path: Path
) -> None:
    keeper = window_process()
    window = window_id(display)
    keeper.show(STATES["no-tray"])
    wait_until(lambda: codes(display, window, tmp_path / "seen.png"), what="the state is shown")
    run(display, "wmctrl", "-ic", window)
    wait_until(lambda: windows(display, "Keep SillyTavern running?"))
    press_until(display, lambda: not windows(display, "Keep SillyTavern running?"), "Escape")
    assert keeper.process.poll() is None


def test_quitting_tavernkeep_closes_the_window(window_process: WindowProcess, display: Display) -> None:
    keeper = window_process()
    keeper.show(RUNNING)
    keeper.push(Close())
    assert keeper.ended() == 0


def test_a_second_window_ends_by_itself(window_process: WindowProcess, display: Display) -> None:
    keeper = window_process()
    keeper.answer("Hello", refused=True)
    assert keeper.ended() == 0


def test_sigterm_closes_an_idle_window_at_once(window_process: WindowProcess, display: Display) -> None:
    keeper = window_process()
    keeper.show(RUNNING)
    window_id(display)
    keeper.process.terminate()
    assert keeper.process.wait(2) == 0
