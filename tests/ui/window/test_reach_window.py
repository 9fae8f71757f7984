"""Can my phone reach this PC? What the window says while the test page opens, is there, and has ended."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from launcher.doctor.test_page.messages import Came, Ended, Ending, Opened, PageMessage
from launcher.doctor.test_page.outcome import VisitOutcome
from launcher.keeper.messages import AllowDevice
from launcher.keeper.view import Phase
from launcher.problem import Problem
from launcher.ui.window.check.reach_window import ReachWindow
from launcher.ui.window.widgets.pictures import QrImage
from tests.ui.window.desk import Desk
from tests.ui.window.hands import answer, enabled, has_focus, named, press, reads
from tests.ui.window.seen import main_buttons, settled, texts, until, visible
from tests.ui.window.states import STOPPED

URL = "http://192.168.0.5:8000"
OPENED = Opened(URL, 600, rules=True, listens=True)
IPHONE = Came("192.168.0.21", "iPhone · Safari", VisitOutcome.LET_IN)
REFUSED = Came("192.168.0.31", "Android · Chrome", VisitOutcome.REFUSED)


class FakePage:
    """A process with a page, as far as the window sees one."""

    def __init__(self) -> None:
        self.tell: list[Callable[[PageMessage], None]] = []
        self.closed = 0

    def open(self, _put: object, told: Callable[[PageMessage], None]) -> "FakePage":
        self.tell.append(told)
        return self

    def close(self) -> None:
        self.closed += 1


class Room:
    def __init__(self, desk: Desk) -> None:
        self.desk, self.page, self.copied = desk, FakePage(), list[str]()
        desk.show(STOPPED)
        send = desk.app._conversation.send
        self.reach = ReachWindow(
            desk.root,
            desk.theme,
            send,
            self.copied.append,
            lambda call: call(),
            self.page.open,  # type: ignore[arg-type]
        )
        self.reach.show(STOPPED)
        self.window = self.reach.window
        until(desk.root, lambda: has_focus(self.window), "it has the focus")

    def tell(self, told: PageMessage) -> list[str]:
        self.page.tell[-1](told)
        settled(self.desk.root)
        return texts(self.window)


@pytest.fixture
def room(desk: Desk) -> Iterator[Room]:
    room = Room(desk)
    yield room
    if room.window.winfo_exists():
        room.reach.close()


def test_it_shows_the_code_and_who_has_come(room: Room) -> None:
    assert "Opening the test page…" in texts(room.window)
    shown = room.tell(OPENED)
    assert {URL, "The page closes by itself after 10 minutes."} <= set(shown)
    assert reads(room.window, "No phone has come yet.")
    assert any(isinstance(widget, QrImage) for widget in visible(room.window))
    shown = room.tell(IPHONE)
    assert "An iPhone at 192.168.0.21 has arrived." in shown
    assert "Nothing is in its way." in shown
    assert not reads(room.window, "No phone has come yet.")
    press(room.desk, "Return")
    assert room.copied == [URL]


def test_who_would_be_refused_is_let_in_from_here(room: Room) -> None:
    room.tell(OPENED)
    assert "But SillyTavern would refuse it: it is not in the whitelist." in room.tell(REFUSED)
    press(room.desk, "alt+l")
    assert room.desk.asked(AllowDevice) == AllowDevice(REFUSED.address)
    assert not enabled(room.window, "Let it in")
    answer(room.desk, AllowDevice)
    until(room.desk.root, lambda: reads(room.window, "192.168.0.31 is let in now."))
    room.tell(replace_outcome(REFUSED))
    assert "Let it in" not in texts(room.window)


def replace_outcome(came: Came) -> Came:
    return Came(came.address, came.kind, VisitOutcome.LET_IN)


def test_a_page_that_cannot_be_opened_says_why_and_can_be_tried_again(room: Room) -> None:
    shown = room.tell(Ended(problem=Problem("Port 8000 is already used by python3 (process 9).", "End that program.")))
    assert "Port 8000 is already used by python3 (process 9)." in shown
    assert main_buttons(room.window) == ["Try again"]
    press(room.desk, "Return")
    assert len(room.page.tell) == 2
    assert room.page.closed == 1
    assert URL in room.tell(OPENED)


def test_its_end_is_told(room: Room) -> None:
    room.tell(OPENED)
    assert "The test page has ended after ten minutes." in room.tell(Ended(Ending.TIME))
    named(room.window, "Try again").invoke()
    room.tell(OPENED)
    room.reach.show(replace(STOPPED, phase=Phase.STARTING))
    assert "SillyTavern runs now, so no test page is needed." in room.tell(Ended(Ending.TAKEN))


def test_closing_ends_the_page(room: Room) -> None:
    room.tell(OPENED)
    press(room.desk, "Escape")
    until(room.desk.root, lambda: room.page.closed == 1, "it is closed")
