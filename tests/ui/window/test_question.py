"""The question whether a device may come in: what it says, what it sends, and whose keys it leaves alone."""

import subprocess
import sys
import tkinter as tk
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tkinter import ttk

from launcher.keeper.messages import AnswerQuestion, ApprovalChoice, Hello, ShowingCode, ShowYourself
from launcher.keeper.view import Phase, Question
from launcher.problem import Problem
from launcher.ui.window.question_window import DELIBERATE_AFTER_S, TITLE
from tests.support.displays import Display
from tests.support.waiting import wait_until
from tests.ui.window.desk import Desk
from tests.ui.window.device_states import IPHONE, QUESTIONS, SOME
from tests.ui.window.fake_keeper import FakeKeeper, WindowProcess
from tests.ui.window.hands import click, enabled, named, one, question, reads
from tests.ui.window.seen import settled, until, visible
from tests.ui.window.x11 import keys, press_until, run, window_id, windows

ADDRESS = IPHONE.address
TYPING = """
import tkinter
root = tkinter.Tk()
root.title("A letter")
text = tkinter.StringVar(root)
entry = tkinter.Entry(root, textvariable=text)
entry.pack()
entry.focus_force()
text.trace_add("write", lambda *_: print(text.get(), flush=True))
entry.bind("<FocusIn>", lambda _: print("the letter has the keyboard", flush=True))
root.mainloop()
"""


def asking(desk: Desk) -> list[str]:
    """The titles of the questions that can be seen."""
    return [w.title() for w in visible(desk.root) if isinstance(w, tk.Toplevel) and w.title() == TITLE]


def answers(keeper: FakeKeeper) -> list[AnswerQuestion]:
    return [request for request in keeper.all_of(AnswerQuestion) if isinstance(request, AnswerQuestion)]


def deliberate(desk: Desk) -> None:
    """Lets the moment pass in which a click was not meant for the new window."""
    passed: list[bool] = []
    desk.root.after(round(DELIBERATE_AFTER_S * 1000) + 50, lambda: passed.append(True))
    until(desk.root, lambda: passed)


@contextmanager
def letter(display: Display, file: Path) -> Iterator[Callable[[], str]]:
    """Another program, in which the user is typing; what the letter says so far."""
    with file.open("wb") as output:
        other = subprocess.Popen([sys.executable, "-c", TYPING], env=display.environment, stdout=output)
    try:
        wait_until(lambda: file.read_text() and active(display) == "A letter", what="the letter has the keyboard")
        yield lambda: file.read_text().rpartition("\n")[0].rpartition("\n")[2]
    finally:
        other.kill()
        other.wait(10)


def active(display: Display) -> str:
    """The title of the window in which the user types."""
    return run(display, "xdotool", "getactivewindow", "getwindowname").strip()


def test_it_says_who_asks_and_what_each_answer_means(desk: Desk) -> None:
    desk.show(QUESTIONS["question"])
    window = question(desk, TITLE)
    for words in (
        "Let this iPhone in?",
        "Safari · 192.168.0.21 · asked just now",
        "It would see and change everything in SillyTavern.",
        "all 256 addresses of this network",
        "SillyTavern restarts, about 3 seconds.",
    ):
        until(desk.root, lambda words=words: reads(window, words), words)  # type: ignore[misc]


def test_a_known_device_with_a_new_address_is_called_by_its_name(desk: Desk) -> None:
    desk.show(QUESTIONS["question-moved"])
    window = question(desk, TITLE)
    settled(desk.root)
    assert reads(window, "Let Kitchen iPad in?")
    assert reads(
        window, "This looks like your Kitchen iPad with a new address; its old entry 192.168.0.20 is replaced."
    )


def test_allow_sends_one_answer_and_the_window_goes(desk: Desk) -> None:
    desk.show(QUESTIONS["question"])
    button = named(question(desk, TITLE), "Allow this device")
    deliberate(desk)
    button.invoke()
    assert desk.asked(AnswerQuestion) == AnswerQuestion(ADDRESS, ApprovalChoice.DEVICE)
    desk.show(replace(QUESTIONS["question"], notices=("Something else.",)))
    settled(desk.root)
    assert not asking(desk)


def test_the_network_and_waiting_for_a_chat_are_answers_too(desk: Desk) -> None:
    desk.show(QUESTIONS["question-busy"])
    window = question(desk, TITLE)
    deliberate(desk)
    assert reads(window, "1 more is waiting.")
    named(window, "Allow when they are done").invoke()
    assert desk.asked(AnswerQuestion) == AnswerQuestion(ADDRESS, ApprovalChoice.DEVICE, when_idle=True)
    desk.link.answer()
    desk.show(SOME)
    desk.show(QUESTIONS["question"])
    window = question(desk, TITLE)
    deliberate(desk)
    named(window, "Allow this network").invoke()
    until(desk.root, lambda: desk.asked(AnswerQuestion) == AnswerQuestion(ADDRESS, ApprovalChoice.NETWORK))


def test_what_is_pressed_in_the_moment_it_appears_allows_nobody(desk: Desk) -> None:
    desk.show(QUESTIONS["question"])
    window = question(desk, TITLE)
    named(window, "Allow this device").invoke()
    settled(desk.root)
    assert not [r for r in desk.link.requests if isinstance(r, AnswerQuestion)]
    assert window.winfo_exists()


def test_a_device_that_is_never_asked_about_is_not_let_in_by_the_same_click(desk: Desk) -> None:
    desk.show(QUESTIONS["question"])
    window = question(desk, TITLE)
    one(window, ttk.Checkbutton).invoke()
    settled(desk.root)
    assert not enabled(window, "Allow this device")
    named(window, "Not now").invoke()
    assert desk.asked(AnswerQuestion) == AnswerQuestion(ADDRESS, ApprovalChoice.NEVER)


def test_answered_elsewhere_it_disappears_and_the_next_one_is_asked(desk: Desk) -> None:
    desk.show(QUESTIONS["question-busy"])
    question(desk, TITLE)
    desk.show(replace(SOME, question=Question("192.168.0.44", "", "Android · Chrome")))
    until(desk.root, lambda: reads(question(desk, TITLE), "Let this Android device in?"))
    desk.show(SOME)
    until(desk.root, lambda: not asking(desk))
    assert not [r for r in desk.link.requests if isinstance(r, AnswerQuestion)]


def test_why_it_could_not_be_let_in_is_told_where_it_was_asked(desk: Desk) -> None:
    desk.show(QUESTIONS["question"])
    button = named(question(desk, TITLE), "Allow this device")
    deliberate(desk)
    button.invoke()
    desk.asked(AnswerQuestion)
    desk.link.answer(Problem("whitelist.txt cannot be written.", "The disk is full."))
    until(desk.root, lambda: reads(question(desk, TITLE), "whitelist.txt cannot be written. The disk is full."))


def test_it_can_be_answered_while_another_question_of_ours_is_open(desk: Desk) -> None:
    desk.show(replace(SOME, tray=QUESTIONS["question"].tray))
    desk.close()
    until(desk.root, lambda: desk.root.grab_current())  # type: ignore[no-untyped-call]
    desk.show(QUESTIONS["question"])
    window = question(desk, TITLE)
    until(desk.root, lambda: str(desk.root.grab_current()) == str(window))  # type: ignore[no-untyped-call]
    named(window, "Not now").invoke()
    until(desk.root, lambda: desk.root.grab_current() is not None)  # type: ignore[no-untyped-call]
    assert desk.asked(AnswerQuestion) == AnswerQuestion(ADDRESS, ApprovalChoice.NOT_NOW)


def test_the_keeper_is_told_whether_the_code_can_be_seen(desk: Desk) -> None:
    desk.show(SOME)
    assert not [r for r in desk.link.requests if isinstance(r, ShowingCode)]
    desk.show(replace(SOME, phase=Phase.STOPPED))
    assert desk.asked(ShowingCode) == ShowingCode(False)
    desk.show(SOME)
    until(desk.root, lambda: desk.asked(ShowingCode) == ShowingCode(True))
    desk.root.iconify()
    until(desk.root, lambda: desk.asked(ShowingCode) == ShowingCode(False))


def test_who_types_elsewhere_goes_on_typing(window_process: WindowProcess, display: Display, tmp_path: Path) -> None:
    keeper = window_process()
    main = window_id(display)
    keeper.show(SOME)
    for minimised in (False, True):
        if minimised:
            run(display, "xdotool", "windowminimize", main)
        with letter(display, tmp_path / "letter.txt") as written:
            keeper.show(QUESTIONS["question"])
            window_id(display, TITLE)
            run(display, "xdotool", "type", "dear Ada")
            wait_until(lambda written=written: written() == "dear Ada", what="the letter")  # type: ignore[misc]
            keys(display, "Return", "space")
            assert active(display) == "A letter"
            stacking = run(display, "xprop", "-root", "_NET_CLIENT_LIST_STACKING").split(",")
            top = int(stacking[-1].strip(), 16)
            assert str(top) in windows(display, TITLE), "it lies above the others"
        keeper.show(SOME)
        wait_until(lambda: not windows(display, TITLE))
    assert not answers(keeper)


def test_by_keyboard(window_process: WindowProcess, display: Display) -> None:
    keeper = window_process()
    window_id(display)
    keeper.show(QUESTIONS["question"])
    window_id(display, TITLE)
    keeper.push(ShowYourself("question"))
    wait_until(lambda: active(display) == TITLE)
    press_until(display, lambda: answers(keeper), "Return")
    assert answers(keeper)[-1] == AnswerQuestion(ADDRESS, ApprovalChoice.DEVICE)
    keeper.answer("AnswerQuestion")
    for number, (before, last, verdict) in enumerate(
        (
            ([], "Escape", ApprovalChoice.NOT_NOW),
            (["Tab"], "Return", ApprovalChoice.NETWORK),
            (["Tab", "Tab"], "space", ApprovalChoice.NOT_NOW),
            (["Tab", "Tab", "Tab", "space"], "Escape", ApprovalChoice.NEVER),
        ),
        2,
    ):
        keeper.show(SOME)
        keeper.show(replace(SOME, question=replace(IPHONE, address=f"192.168.0.{number}")))
        window_id(display, TITLE)
        keeper.push(ShowYourself("question"))
        wait_until(lambda: active(display) == TITLE)
        for pressed in before:
            keys(display, pressed)
        press_until(display, lambda number=number: len(answers(keeper)) == number, last)  # type: ignore[misc]
        assert answers(keeper)[-1].verdict is verdict


def test_a_click_with_the_mouse(desk: Desk) -> None:
    desk.show(QUESTIONS["question"])
    window = question(desk, TITLE)
    deliberate(desk)
    click(desk, named(window, "Not now"))
    assert desk.asked(AnswerQuestion) == AnswerQuestion(ADDRESS, ApprovalChoice.NOT_NOW)


def test_a_process_for_the_question_alone_shows_nothing_else_and_ends_with_it(
    window_process: WindowProcess, display: Display
) -> None:
    keeper = window_process(FACE="question")
    assert keeper.asked("Hello").request == Hello("question", what="question")
    keeper.show(QUESTIONS["question"])
    window_id(display, TITLE)
    assert not windows(display, "Tavernkeep")
    keeper.push(ShowYourself("question"))
    press_until(display, lambda: answers(keeper), "Escape")
    keeper.show(SOME)
    assert keeper.process.poll() is None, "it waits for what becomes of the answer"
    keeper.answer("AnswerQuestion")
    assert keeper.ended() == 0


def test_a_process_for_a_question_that_is_gone_or_asked_elsewhere_ends(
    window_process: WindowProcess, display: Display
) -> None:
    late = window_process(FACE="question")
    late.show(SOME)
    assert late.ended() == 0
    second = window_process(FACE="question")
    second.answer("Hello", refused=True)
    assert second.ended() == 0
