"""Which face asks whether a device may come in: one, and no second."""

from dataclasses import replace

from launcher.keeper import approval_ui
from launcher.keeper import effects as fx
from launcher.keeper import events as ev
from launcher.keeper import messages as m
from launcher.keeper.state import Client, State
from launcher.keeper.view import Question, View
from tests.keeper.test_next_state import TRAY, WINDOW, Story

PHONE, TABLET = Question("192.168.0.20", "", "iPhone · Safari"), Question("192.168.0.31", "", "Android · Chrome")
FACE = 4
CALL = [fx.Tell(TRAY, m.ShowYourself("question"))]


def asked_about(question: Question | None, *faces: tuple[int, str], before: State | None = None) -> State:
    clients = tuple(Client(number, ui) for number, ui in faces)
    return replace(before or State(), clients=clients, view=View(question=question))


def test_the_tray_opens_the_question_when_there_is_no_window() -> None:
    state, effects = approval_ui.call(asked_about(PHONE, (TRAY, "tray")))
    assert effects == CALL
    assert approval_ui.call(state)[1] == [], "and opens it once"


def test_the_next_question_is_opened_too() -> None:
    state, _ = approval_ui.call(asked_about(PHONE, (TRAY, "tray")))
    assert approval_ui.call(asked_about(TABLET, (TRAY, "tray"), before=state))[1] == CALL


def test_the_same_device_is_asked_about_again_later() -> None:
    state, _ = approval_ui.call(asked_about(PHONE, (TRAY, "tray")))
    state, _ = approval_ui.call(asked_about(None, (TRAY, "tray"), before=state))
    assert approval_ui.call(asked_about(PHONE, (TRAY, "tray"), before=state))[1] == CALL


def test_a_window_asks_by_itself_and_the_tray_takes_over_when_it_closes() -> None:
    state, effects = approval_ui.call(asked_about(PHONE, (TRAY, "tray"), (WINDOW, "window")))
    assert effects == []
    assert approval_ui.call(asked_about(PHONE, (TRAY, "tray"), before=state))[1] == CALL


def test_a_question_that_crashes_is_not_opened_for_ever() -> None:
    state, _ = approval_ui.call(asked_about(PHONE, (TRAY, "tray")))
    state, _ = approval_ui.call(asked_about(PHONE, (TRAY, "tray"), (FACE, "question"), before=state))
    assert approval_ui.call(asked_about(PHONE, (TRAY, "tray"), before=state))[1] == []


def test_without_a_tray_nobody_is_called() -> None:
    assert approval_ui.call(asked_about(PHONE))[1] == []


def test_a_question_beside_a_window_ends_and_the_window_comes_to_the_front() -> None:
    story = Story()
    story.ask(m.Hello("window"), WINDOW)
    effects = story.ask(m.Hello("question", what="question"), FACE)
    assert fx.Tell(WINDOW, m.ShowYourself("question")) in effects
    assert story.replies()[-1].refused


def test_there_is_one_question() -> None:
    story = Story()
    story.ask(m.Hello("question", what="question"), FACE)
    assert not story.replies()[-1].refused
    story.ask(m.Hello("question", what="question"), FACE + 1)
    assert story.replies()[-1].refused


def test_a_window_that_comes_takes_the_question_over() -> None:
    story = Story()
    story.ask(m.Hello("question", what="question"), FACE)
    effects = story.ask(m.Hello("window"), WINDOW)
    assert fx.Tell(FACE, m.Close()) in effects
    assert not story.replies()[-1].refused


def test_the_view_tells_whether_a_window_is_open() -> None:
    story = Story()
    story.ask(m.Hello("window"), WINDOW)
    assert story.state.view.window
    story.ask(m.Hello("window"), WINDOW + 1)
    story.happens(ev.UILeft(2.0, WINDOW + 1))
    assert story.state.view.window
    story.happens(ev.UILeft(3.0, WINDOW))
    assert not story.state.view.window
