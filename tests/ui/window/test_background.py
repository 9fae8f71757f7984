"""A bug in the work behind a window is told in that window, and nothing waits for ever."""

import queue
import tkinter as tk
from collections.abc import Callable
from pathlib import Path

import pytest

from launcher.keeper.messages import Close
from launcher.problem import Problem
from launcher.server.uninstall import UninstallPlan, UninstallResult
from launcher.ui.window.access.whitelist_window import look_up
from launcher.ui.window.background import Background, in_background
from launcher.ui.window.check.public_ip_window import PublicIpLook
from launcher.ui.window.conversation import Conversation, KeeperLink
from launcher.ui.window.removal_window import RemovalWindow, Remover
from tests.support.waiting import wait_until
from tests.ui.window.desk import Desk
from tests.ui.window.fake_link import FakeLink

MISTAKE = "Tavernkeep has made a mistake."
LIMIT_S = 5.0


def stumble(*_: object) -> KeeperLink:
    raise KeyError("a bug")


def pumped(desk: Desk, condition: Callable[[], bool]) -> None:
    wait_until(lambda: desk.app._root.update() or condition(), LIMIT_S)  # type: ignore[func-returns-value]


def test_a_window_hears_of_a_bug_instead_of_the_result(desk: Desk) -> None:
    told: list[Problem] = []
    in_background(desk.app._root, stumble, lambda link: None, told.append)
    pumped(desk, lambda: bool(told))
    assert told[0].title == MISTAKE


def test_without_a_listener_a_bug_is_told_as_those_of_tk_are(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(
        desk.app._root, "report_callback_exception", lambda kind, error, traceback: told.append(str(error))
    )
    in_background(desk.app._root, stumble, lambda link: None)
    pumped(desk, lambda: told == [MISTAKE])


def test_nothing_is_told_to_a_widget_that_is_gone(desk: Desk) -> None:
    told: list[object] = []
    gone = tk.Frame(desk.app._root)
    in_background(gone, lambda: 7, told.append, told.append)
    gone.destroy()
    came: list[int] = []
    in_background(desk.app._root, lambda: 8, came.append)
    pumped(desk, lambda: came == [8])
    assert told == []


def test_a_bug_in_looking_up_a_name_is_told_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("launcher.ui.window.access.whitelist_window.address_of", stumble)
    monkeypatch.setattr("launcher.ui.window.access.whitelist_window.LOOKUP_TIMEOUT_MS", 300)
    told: list[object] = []
    look_up(desk.app._root, "phone.lan", told.append, told.append)
    late = tk.BooleanVar(desk.app._root)
    desk.app._root.after(600, late.set, True)
    pumped(desk, late.get)
    assert [problem.title for problem in told if isinstance(problem, Problem)] == [MISTAKE]
    assert len(told) == 1


class BrokenRemover(Remover):
    """Its plans, or the removal itself, have a bug."""

    def __init__(self, plans: bool) -> None:
        self._plans = plans

    def plans(self) -> tuple[UninstallPlan, UninstallPlan]:
        if not self._plans:
            raise KeyError("a bug")
        planned = UninstallPlan((), (), (), "", with_data=False)
        return planned, planned

    def leave(self, planned: UninstallPlan, tell: Callable[[str], None]) -> UninstallResult:
        raise KeyError("a bug")


@pytest.mark.parametrize("plans", [False, True])
def test_a_bug_while_removing_leaves_no_bar_that_runs_for_ever(desk: Desk, plans: bool) -> None:
    parent = tk.Toplevel(desk.app._root)
    window = RemovalWindow(parent, desk.theme, BrokenRemover(plans), desk.app._inbox.put, parent.destroy)
    if plans:
        pumped(desk, lambda: window._plans is not None)
        window._remove.invoke()
    pumped(desk, lambda: str(window._title.cget("text")) == MISTAKE)
    assert not window._bar.winfo_ismapped()
    assert window._close.instate(["!disabled"])


def test_a_bug_while_connecting_is_told_as_the_reason() -> None:
    calls: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
    lost: list[Problem | None] = []
    Conversation(calls.put, lambda: None, lambda event: None, lost.append).begin(stumble)
    calls.get(timeout=LIMIT_S)()
    assert lost[0] is not None and lost[0].title == MISTAKE


def test_a_keeper_that_was_just_ending_is_not_taken_for_a_lost_one() -> None:
    ending, next_one = FakeLink(), FakeLink()
    ending.close()
    next_one.push(Close())
    links = [ending, next_one]
    calls: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
    said: list[object] = []
    conversation = Conversation(calls.put, lambda: said.append("connected"), said.append, said.append)
    conversation.begin(lambda: links.pop(0))
    for _ in range(3):
        calls.get(timeout=LIMIT_S)()
    assert said == ["connected", "connected", Close()]
    next_one.close()
    calls.get(timeout=LIMIT_S)()
    assert said[3:] == [None]


def test_a_bug_in_the_look_for_the_public_address_is_told(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PublicIpLook, "_ask", stumble)
    calls: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
    told: list[object] = []
    PublicIpLook(calls.put, told.append)
    calls.get(timeout=LIMIT_S)()
    assert isinstance(told[0], Problem) and told[0].title == MISTAKE


def test_after_close_nothing_is_told() -> None:
    calls: list[Callable[[], None]] = []
    background = Background(calls.append)
    background.close()
    background.tell(lambda: None)
    assert calls == []
