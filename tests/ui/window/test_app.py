"""The window around its pages: errors, the keeper coming and going, the front."""

from tkinter import ttk

import pytest

from launcher.keeper.messages import Hello, Restart, Start, Stop, Use
from launcher.problem import TavernkeepError
from launcher.ui.window.app import run_window
from launcher.ui.window.root import NoDisplayError
from tests.ui.window.desk import Desk
from tests.ui.window.fake_link import FakeLink
from tests.ui.window.seen import buttons, settled, texts, until, visible
from tests.ui.window.states import FIRST_RUN, RUNNING, STATES, STOPPED


def test_it_says_what_it_looks_for_before_the_keeper_is_known(desk: Desk) -> None:
    settled(desk.root)
    assert "Looking for SillyTavern…" in texts(desk.root)


def test_it_introduces_itself_and_watches(desk: Desk) -> None:
    assert desk.link.requests[0] == Hello("window", what="window")


def test_a_mistake_of_ours_is_told_once_and_the_window_goes_on(desk: Desk) -> None:
    desk.show(RUNNING)
    for _ in range(2):
        desk.root.after(0, lambda: 1 // 0)
    until(desk.root, lambda: len(desk.errors) == 2)
    assert all(isinstance(error, ZeroDivisionError) for error in desk.errors)
    desk.errors.clear()
    assert texts(desk.root).count("Something in this window went wrong.") == 1
    buttons(desk.root)["OK"].invoke()  # type: ignore[union-attr]
    assert "SillyTavern is stopped" in desk.show(STOPPED)


def test_a_keeper_that_ends_can_be_started_again_from_the_window(desk: Desk) -> None:
    desk.show(RUNNING)
    desk.link.close()
    until(desk.root, lambda: "Tavernkeep has ended." in texts(desk.root))
    assert not [text for text in texts(desk.root) if text.startswith("http")]
    buttons(desk.root)["Start Tavernkeep again"].invoke()  # type: ignore[union-attr]
    until(desk.root, lambda: len(desk.links) == 2)
    assert "SillyTavern is stopped" in desk.show(STOPPED)


def test_a_keeper_that_cannot_be_started_is_told_with_the_reason(desk: Desk) -> None:
    desk.show(RUNNING)

    def refuse() -> FakeLink:
        raise TavernkeepError("Tavernkeep cannot use its folder.", "Make it writable.")

    desk.app.connect = refuse
    desk.link.close()
    until(desk.root, lambda: "Start Tavernkeep again" in buttons(desk.root))
    buttons(desk.root)["Start Tavernkeep again"].invoke()  # type: ignore[union-attr]
    until(desk.root, lambda: "Tavernkeep cannot use its folder." in texts(desk.root))
    assert "Make it writable." in texts(desk.root)
    assert "Try again" in buttons(desk.root)


def test_a_folder_that_was_chosen_is_used_and_started(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tkinter.filedialog.askdirectory", lambda **_: "/home/ada/SillyTavern")
    desk.show(FIRST_RUN)
    buttons(desk.root)["I already have it…"].invoke()  # type: ignore[union-attr]
    assert desk.asked(Use) == Use("/home/ada/SillyTavern")
    assert not [r for r in desk.link.requests if isinstance(r, Start)]
    desk.link.answer()
    assert desk.asked(Start) == Start()


def test_restart_is_in_the_menu(desk: Desk) -> None:
    desk.show(RUNNING)
    more = next(w for w in visible(desk.root) if isinstance(w, ttk.Menubutton))
    menu = more.nametowidget(str(more.cget("menu")))
    menu.tk.call(menu.cget("postcommand"))
    words = [menu.entrycget(index, "label").strip() for index in range(menu.index("end") + 1)]
    assert {"Another address…", "Restart SillyTavern"} <= set(words)
    menu.invoke(words.index("Restart SillyTavern"))
    assert desk.asked(Restart)


def test_a_tooltip_tells_more_and_goes_with_the_page(desk: Desk) -> None:
    desk.show(RUNNING)
    copy = buttons(desk.root)["Copy address"]
    copy.event_generate("<Enter>", rootx=100, rooty=100)
    until(desk.root, lambda: "Copy http://192.168.0.5:8000" in desk.tooltips())
    desk.show(STATES["stopped"])
    until(desk.root, lambda: "Copy http://192.168.0.5:8000" not in desk.tooltips())


def test_a_request_after_the_keeper_has_gone_does_no_harm(desk: Desk) -> None:
    desk.show(RUNNING)
    desk.link.close()
    desk.app.ask(Stop())
    until(desk.root, lambda: "Tavernkeep has ended." in texts(desk.root))


def test_no_display_is_reported_as_that(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":987")
    with pytest.raises(NoDisplayError):
        run_window(FakeLink)
