"""Every state of the window: what it says, what it offers, and that all of it fits."""

from dataclasses import replace
from tkinter import ttk

import pytest

from launcher.access.exposure import Mode
from launcher.keeper.messages import ApplyFix, Cancel, Install, SetAccess, Start, Stop
from launcher.problem import Fix, Problem
from tests.ui.window.desk import Desk
from tests.ui.window.seen import buttons, cut_off, main_buttons, settled, texts, until, visible
from tests.ui.window.states import FIRST_RUN, RUNNING, STATES, STOPPED, longer

WITHOUT_MAIN_BUTTON = {"installing", "installing-begins", "starting", "stopping"}


def has(shown: list[str], part: str) -> bool:
    return any(part in text for text in shown)


@pytest.mark.parametrize("desk", [96, pytest.param(192, marks=pytest.mark.sweep)], indirect=True)
def test_every_state_fits_and_so_do_words_longer_by_two_fifths(desk: Desk) -> None:
    for name, view in STATES.items():
        desk.show(view)
        assert not cut_off(desk.root), name
        words = {
            widget: str(widget.cget("text"))
            for widget in visible(desk.root)
            if isinstance(widget, ttk.Label | ttk.Button | ttk.Menubutton)
        }
        for widget, text in words.items():
            widget.configure(text=longer(text))
        settled(desk.root)
        assert not cut_off(desk.root), f"{name}, longer"
        for widget, text in words.items():
            widget.configure(text=text)


def test_every_state_has_at_most_one_main_button_and_it_has_the_focus(desk: Desk) -> None:
    for name, view in STATES.items():
        desk.show(view)
        main = main_buttons(desk.root)
        assert len(main) == (0 if name in WITHOUT_MAIN_BUTTON else 1), name
        if main:
            assert desk.root.focus_lastfor() is buttons(desk.root)[main[0]], name


def test_the_first_run_asks_one_question(desk: Desk) -> None:
    shown = desk.show(FIRST_RUN)
    assert has(shown, "Put SillyTavern on this PC?")
    assert not has(shown, "Log")
    buttons(desk.root)["Install SillyTavern"].invoke()  # type: ignore[union-attr]
    assert desk.asked(Install) == Install(start=True)


def test_an_installation_shows_step_packages_megabytes_and_time_left_and_can_be_cancelled(desk: Desk) -> None:
    shown = desk.show(STATES["installing"])
    assert has(shown, "Downloading SillyTavern's packages")
    assert has(shown, "412 of 654 packages · 212 MB")
    assert has(shown, "about 20 seconds left")
    buttons(desk.root)["Cancel"].invoke()  # type: ignore[union-attr]
    assert desk.asked(Cancel)


def test_a_starting_server_tells_what_it_waits_for_and_can_be_stopped(desk: Desk) -> None:
    assert has(desk.show(STATES["starting"]), "Compiling its web pages")
    buttons(desk.root)["Stop"].invoke()  # type: ignore[union-attr]
    assert desk.asked(Stop)


def test_a_running_server_shows_its_address_and_who_can_get_in(desk: Desk) -> None:
    shown = desk.show(RUNNING)
    assert "SillyTavern is running" in shown
    assert has(shown, "1.19.0 · since ")
    assert "http://192.168.0.5:8000" in shown
    assert "Scan with a phone on the same Wi-Fi." in shown
    assert "closed to others" in shown
    assert has(shown, "Everyone else is refused")


def test_a_stopped_server_has_a_big_start(desk: Desk) -> None:
    shown = desk.show(STOPPED)
    assert "SillyTavern is stopped" in shown
    assert not has(shown, "http://")
    buttons(desk.root)["Start SillyTavern"].invoke()  # type: ignore[union-attr]
    assert desk.asked(Start) == Start()


def test_a_crash_tells_what_happened_and_shows_the_last_words(desk: Desk) -> None:
    desk.log.write_text("all is well\nError: EACCES: permission denied\n")
    shown = desk.show(STATES["crashed"])
    assert "SillyTavern keeps stopping by itself." in shown
    assert has(shown, "Error: EACCES: permission denied")
    assert {"Start again", "Show log"} <= set(buttons(desk.root))


def test_a_problem_has_the_button_that_repairs_it(desk: Desk) -> None:
    desk.show(STATES["port-taken"])
    assert main_buttons(desk.root) == ["Use port 8001"]
    buttons(desk.root)["Use port 8001"].invoke()  # type: ignore[union-attr]
    assert desk.asked(ApplyFix) == ApplyFix("port 8001")


def test_without_a_network_it_says_what_to_switch_on_and_shows_no_code(desk: Desk) -> None:
    for name in ("no-network", "only-tailscale"):
        shown = desk.show(STATES[name])
        assert "No network" in shown
        assert has(shown, "Connect this PC to your Wi-Fi")
        assert not has(shown, "http://")
        assert "Copy address" not in buttons(desk.root)


def test_a_server_that_listens_on_this_pc_only_says_so_and_has_the_button_that_changes_it(desk: Desk) -> None:
    shown = desk.show(STATES["only-this-pc"])
    assert "A phone cannot reach it yet" in shown
    assert not has(shown, "http://192.168.0.5")
    assert main_buttons(desk.root) == ["Let my devices reach it"]
    buttons(desk.root)["Let my devices reach it"].invoke()  # type: ignore[union-attr]
    assert desk.asked(SetAccess) == SetAccess(Mode.WHITELIST)


def test_what_could_not_be_found_out_is_said(desk: Desk) -> None:
    shown = desk.show(STATES["unreadable"])
    assert "not known" in shown
    assert has(shown, "could not find out whether other devices can reach it")


def test_a_desktop_without_tray_is_told_to_keep_the_window(desk: Desk) -> None:
    assert "This desktop shows no tray icon, so keep this window." in desk.show(STATES["no-tray"])


def test_the_address_and_the_code_change_with_the_network(desk: Desk) -> None:
    desk.show(RUNNING)
    moved = replace(RUNNING, addresses=RUNNING.addresses[1:] if RUNNING.addresses else None)
    shown = desk.show(moved)
    assert "http://192.168.178.44:8000" in shown
    assert "Scan with a phone on the same network." in shown


def test_why_a_request_was_not_done_is_told_until_it_is_read(desk: Desk) -> None:
    desk.show(RUNNING)
    buttons(desk.root)["Stop"].invoke()  # type: ignore[union-attr]
    desk.asked(Stop)
    desk.link.answer(Problem("It does not want to.", "Try again later."), refused=True)
    until(desk.root, lambda: has(texts(desk.root), "It does not want to."))
    buttons(desk.root)["OK"].invoke()  # type: ignore[union-attr]
    until(desk.root, lambda: not has(texts(desk.root), "It does not want to."))


def test_an_answer_with_a_repair_offers_it(desk: Desk) -> None:
    desk.show(STOPPED)
    buttons(desk.root)["Start SillyTavern"].invoke()  # type: ignore[union-attr]
    desk.asked(Start)
    desk.link.answer(Problem("Node is too old.", "It needs 20.", Fix("node", "Use the one of Tavernkeep")))
    until(desk.root, lambda: "Use the one of Tavernkeep" in buttons(desk.root))
