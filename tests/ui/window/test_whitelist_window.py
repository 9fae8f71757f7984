"""The whitelist, used by keyboard and mouse."""

import tkinter as tk
from dataclasses import replace
from socket import gethostname
from time import perf_counter
from tkinter import ttk

import pytest

from launcher.keeper import file_snapshot
from launcher.keeper.messages import EditWhitelist, MoveWhitelist, UndoWhitelist
from launcher.keeper.view import Device, View
from launcher.problem import Problem
from launcher.ui.window.access.access_words import line_of
from launcher.ui.window.access.whitelist_window import address_of
from launcher.ui.window.other_windows import WHITELIST
from launcher.ui.window.widgets.texts import Field
from tests.ui.window.access_states import (
    IN_CONFIG,
    LOGGED_IN,
    OPEN_TO_ALL,
    RESTING,
    SHORT_LIST,
    WHITELISTED,
    WITH_PROBLEMS,
    many,
)
from tests.ui.window.desk import Desk
from tests.ui.window.hands import (
    answer,
    click,
    enabled,
    has_focus,
    named,
    one,
    opened,
    press,
    question,
    reads,
    screen,
    write,
)
from tests.ui.window.seen import main_buttons, until, visible
from tests.ui.window.x11 import run

EVERYONE = "0.0.0.0/0"


def listed(window: tk.Toplevel) -> list[str]:
    """The texts in the list."""
    canvas = one(window, tk.Canvas)
    texts = [item for item in canvas.find_all() if str(canvas.type(item)) == "text"]
    return [str(canvas.tk.call(str(canvas), "itemcget", item, "-text")) for item in texts]


def edits(desk: Desk) -> list[EditWhitelist]:
    return [request for request in desk.link.requests if isinstance(request, EditWhitelist)]


def test_every_entry_stands_beside_what_it_lets_in(desk: Desk) -> None:
    window = opened(desk, WHITELIST, WITH_PROBLEMS)
    shown = listed(window)
    assert shown[shown.index("127.0.0.1") + 1] == "this PC (always allowed)"
    assert shown[shown.index("192.168.0.*") + 1] == "all 256 addresses of this network"
    assert shown[shown.index("192.168.0.7/") + 1] == "A slash with nothing behind it counts as /0: everyone."
    assert shown[shown.index("phone.lan") + 1] == "Names do not work here."
    assert reads(window, "whitelist.txt exists, so the list in config.yaml is not used.")


def test_what_is_typed_is_explained_while_it_is_typed(desk: Desk) -> None:
    window = opened(desk, WHITELIST, WHITELISTED)
    write(desk, "192.168.0.0/24")
    assert reads(window, "✓ 192.168.0.0 to 192.168.0.255, 256 addresses. Already covered by 192.168.0.*.")
    press(desk, "ctrl+a")
    write(desk, "phone.lan")
    assert reads(window, "! Names do not work here.")
    assert not enabled(window, "Add")
    assert not edits(desk)


def test_an_entry_that_is_meant_otherwise_is_offered_as_it_is_meant(desk: Desk) -> None:
    window = opened(desk, WHITELIST, WHITELISTED)
    write(desk, "10.1.2.3/")
    press(desk, "Return")
    assert not enabled(window, "Save and restart")
    press(desk, "alt+i")
    assert "10.1.2.3" in listed(window)
    press(desk, "alt+s")
    assert desk.asked(EditWhitelist) == EditWhitelist(add=("10.1.2.3",))


def test_a_problem_is_fixed_where_it_stands_with_the_mouse(desk: Desk) -> None:
    window = opened(desk, WHITELIST, WITH_PROBLEMS)
    click(desk, named(window, "Fix: 192.168.0.7"))
    assert "becomes 192.168.0.7 when you save" in listed(window)
    click(desk, named(window, "Save and restart"))
    assert desk.asked(EditWhitelist) == EditWhitelist(add=("192.168.0.7",), remove=("192.168.0.7/",))


def test_several_changes_are_saved_at_once_and_the_result_is_shown(desk: Desk) -> None:
    window = opened(desk, WHITELIST, WITH_PROBLEMS)
    assert reads(window, "Nothing to save.")
    write(desk, "10.1.2.3")
    press(desk, "Return")
    # Back into the list: away with 192.168.0.20, and the slash repaired.
    press(desk, "shift+Tab", "Home", "Down", "Down", "Delete", "Down", "Down", "Return")
    assert reads(window, "SillyTavern restarts, about 3 seconds.")
    assert not edits(desk)
    press(desk, "alt+s")
    asked = desk.asked(EditWhitelist)
    assert asked == EditWhitelist(add=("192.168.0.7", "10.1.2.3"), remove=("192.168.0.20", "192.168.0.7/"))
    assert reads(window, "Saving, then restarting SillyTavern…")
    assert not enabled(window, "Save and restart")
    saved = tuple(line_of(entry, "1.19.0") for entry in ("127.0.0.1", "::1", "192.168.0.*", "192.168.0.7", "10.1.2.3"))
    desk.show(replace(WHITELISTED, whitelist=replace(SHORT_LIST, lines=saved)))
    answer(desk, EditWhitelist)
    until(desk.root, lambda: reads(window, "Saved, and SillyTavern answers again."))
    assert [text for text in listed(window) if text[0].isdigit()] == [
        "127.0.0.1",
        "192.168.0.*",
        "192.168.0.7",
        "10.1.2.3",
    ]
    assert reads(window, "Nothing to save.")


def test_this_pc_stays_in_the_list_and_is_told_why(desk: Desk) -> None:
    window = opened(desk, WHITELIST, WHITELISTED)
    press(desk, "shift+Tab", "Home", "Delete")
    assert reads(window, "“127.0.0.1” stays in the whitelist: it is what lets this PC open its own SillyTavern.")
    assert not enabled(window, "Save and restart")


def test_undo_takes_back_what_is_not_saved_yet(desk: Desk) -> None:
    window = opened(desk, WHITELIST, WHITELISTED)
    for entry in ("10.1.2.3", "10.1.2.4"):
        write(desk, entry)
        press(desk, "Return")
    press(desk, "alt+u")
    assert "10.1.2.3" in listed(window)
    assert "10.1.2.4" not in listed(window)
    press(desk, "alt+u")
    assert "10.1.2.3" not in listed(window)
    assert not [request for request in desk.link.requests if isinstance(request, UndoWhitelist)]


def test_undo_brings_back_the_last_saved_change_after_a_question(desk: Desk) -> None:
    window = opened(desk, WHITELIST, WHITELISTED)
    press(desk, "alt+u")
    asked = question(desk, "Bring back the list as it was before the last change?")
    assert reads(asked, "SillyTavern restarts, about 3 seconds.")
    until(desk.root, lambda: has_focus(asked))
    press(desk, "Return")
    assert desk.asked(UndoWhitelist) == UndoWhitelist()
    answer(desk, UndoWhitelist)
    until(desk.root, lambda: reads(window, "The list is as it was before."))


@pytest.mark.parametrize(
    ("view", "button", "to"),
    [
        (WHITELISTED, "Keep it in config.yaml instead…", "config"),
        (IN_CONFIG, "Keep it in whitelist.txt instead…", "txt"),
    ],
)
def test_the_list_moves_to_the_other_file_after_a_question(desk: Desk, view: View, button: str, to: str) -> None:
    window = opened(desk, WHITELIST, view)
    click(desk, named(window, button))
    asked = question(desk, f"Keep the list in {button.split()[3]}?")
    click(desk, named(asked, "Move it and restart"))
    assert desk.asked(MoveWhitelist) == MoveWhitelist(to)


@pytest.mark.parametrize(
    ("address", "answer"),
    [
        ("192.168.0.31", "✓ Yes, by 192.168.0.*."),
        ("10.0.0.1", "✕ No. No entry lets it in."),
        ("192.168", "Type a whole address, such as 192.168.0.20."),
    ],
)
def test_an_address_can_be_checked(desk: Desk, address: str, answer: str) -> None:
    window = opened(desk, WHITELIST, WHITELISTED)
    press(desk, "alt+c")
    write(desk, address)
    assert reads(window, answer)


def test_unsaved_changes_count_when_an_address_is_checked(desk: Desk) -> None:
    window = opened(desk, WHITELIST, WHITELISTED)
    write(desk, "10.0.0.*")
    press(desk, "Return", "alt+c")
    write(desk, "10.0.0.1")
    assert reads(window, "✓ Yes, by 10.0.0.*.")


def test_this_network_is_one_click(desk: Desk) -> None:
    without = replace(WHITELISTED, whitelist=replace(SHORT_LIST, lines=SHORT_LIST.lines[:3]))
    window = opened(desk, WHITELIST, without)
    click(desk, named(window, "This network"))
    click(desk, named(window, "Save and restart"))
    assert desk.asked(EditWhitelist) == EditWhitelist(add=("192.168.0.*",))


def test_this_network_says_when_it_is_in_the_list_already(desk: Desk) -> None:
    window = opened(desk, WHITELIST, WHITELISTED)
    press(desk, "alt+n")
    assert reads(window, "192.168.0.* is in the list already.")


def test_a_device_that_was_refused_is_added_from_the_list_of_seen_devices(desk: Desk) -> None:
    refused = Device("10.1.2.31", "Tom & Jerry's phone", "", None, 1.0, 2.0, let_in=False)
    window = opened(desk, WHITELIST, replace(WHITELISTED, devices=(refused, replace(refused, let_in=True))))
    seen = one(window, ttk.Menubutton)
    seen.focus_set()
    press(desk, "space", "Down", "Return")
    assert "10.1.2.31" in listed(window)
    menu = desk.root.nametowidget(str(seen.cget("menu")))
    assert menu.index("end") == 0
    assert "Tom & Jerry's phone · 10.1.2.31" in menu.entrycget(0, "label")


def test_a_name_is_replaced_by_the_address_it_has(desk: Desk) -> None:
    if not address_of(gethostname()):
        pytest.skip("this computer's own name has no address here")
    names = ("no-such-phone.invalid", gethostname())
    lines = (*SHORT_LIST.lines, *(file_snapshot.line_of(name, "1.19.0") for name in names))
    window = opened(desk, WHITELIST, replace(WHITELISTED, whitelist=replace(SHORT_LIST, lines=lines)))
    press(desk, "shift+Tab", "End", "Return")
    until(desk.root, lambda: any(text.startswith("becomes ") for text in listed(window)))
    press(desk, "Up", "Return")
    until(desk.root, lambda: reads(window, "This network knows no device called no-such-phone.invalid."))
    press(desk, "alt+s")
    asked = desk.asked(EditWhitelist)
    assert asked == EditWhitelist(add=(address_of(gethostname()) or "",), remove=(gethostname(),))


def test_everyone_needs_a_login(desk: Desk) -> None:
    window = opened(desk, WHITELIST, WHITELISTED)
    write(desk, EVERYONE)
    assert not enabled(window, "Add")
    desk.show(LOGGED_IN)
    assert enabled(window, "Add")


def test_a_refusal_is_told_in_place_and_nothing_is_lost(desk: Desk) -> None:
    window = opened(desk, WHITELIST, WHITELISTED)
    write(desk, "10.1.2.3")
    press(desk, "Return", "alt+s")
    desk.asked(EditWhitelist)
    answer(
        desk, EditWhitelist, Problem("config.yaml was changed meanwhile.", "Look at it and try again."), refused=True
    )
    until(desk.root, lambda: reads(window, "config.yaml was changed meanwhile."))
    assert reads(window, "Look at it and try again.")
    assert "10.1.2.3" in listed(window)
    press(desk, "alt+s")
    until(desk.root, lambda: len(edits(desk)) == 2)


def test_a_change_from_elsewhere_is_shown_and_what_was_begun_stays(desk: Desk) -> None:
    window = opened(desk, WHITELIST, WHITELISTED)
    write(desk, "10.1.2.3")
    press(desk, "Return")
    lines = (*SHORT_LIST.lines, line_of("172.16.0.9", "1.19.0"))
    desk.show(replace(WHITELISTED, whitelist=replace(SHORT_LIST, lines=lines)))
    assert {"172.16.0.9", "10.1.2.3", "new"} <= set(listed(window))


def test_closing_with_unsaved_changes_asks(desk: Desk) -> None:
    window = opened(desk, WHITELIST, WHITELISTED)
    write(desk, "10.1.2.3")
    press(desk, "Return", "Escape")
    asked = question(desk, "Close without saving?")
    until(desk.root, lambda: has_focus(asked))
    press(desk, "Return")
    assert "10.1.2.3" in listed(window)
    press(desk, "Escape")
    click(desk, named(question(desk, "Close without saving?"), "Close without saving"))
    assert not window.winfo_exists()
    assert not edits(desk)


def test_without_changes_escape_closes(desk: Desk) -> None:
    window = opened(desk, WHITELIST, WHITELISTED)
    press(desk, "Escape")
    assert not window.winfo_exists()


def test_the_main_window_does_not_close_over_unsaved_changes(desk: Desk) -> None:
    opened(desk, WHITELIST, WHITELISTED)
    write(desk, "10.1.2.3")
    run(screen(desk), "wmctrl", "-F", "-c", "Tavernkeep")
    question(desk, "Close without saving?")
    assert desk.open


def test_a_stopped_server_is_not_restarted(desk: Desk) -> None:
    window = opened(desk, WHITELIST, RESTING)
    write(desk, "10.1.2.3")
    press(desk, "Return")
    assert enabled(window, "Save")
    assert reads(window, "It takes effect at the next start.")


def test_a_list_that_is_switched_off_says_so(desk: Desk) -> None:
    window = opened(desk, WHITELIST, OPEN_TO_ALL)
    assert reads(window, "! The whitelist is off now")


def test_what_is_not_shown_is_told(desk: Desk) -> None:
    window = opened(desk, WHITELIST, replace(WHITELISTED, whitelist=replace(SHORT_LIST, left_out=700, complete=False)))
    assert reads(window, "700 more are in whitelist.txt.")
    assert reads(window, "Some entries are computed")


def test_when_tavernkeep_ends_the_window_says_so_and_keeps_what_was_typed(desk: Desk) -> None:
    window = opened(desk, WHITELIST, WHITELISTED)
    write(desk, "10.1.2.3")
    desk.link.close()
    until(desk.root, lambda: reads(window, "Tavernkeep has ended, so nothing can be changed now."))
    assert one(window, Field).text == "10.1.2.3"


def test_a_thousand_entries_open_at_once_and_the_last_is_one_key_away(desk: Desk) -> None:
    view = many(1000)
    desk.show(view)
    began = perf_counter()
    window = opened(desk, WHITELIST, view)
    assert perf_counter() - began < 3, "opened, settled and focused"
    press(desk, "shift+Tab", "End", "Delete")
    assert one(window, tk.Canvas).yview()[1] == 1.0
    assert len([widget for widget in visible(window) if isinstance(widget, ttk.Button)]) < 40
    press(desk, "alt+s")
    assert desk.asked(EditWhitelist) == EditWhitelist(remove=(view.whitelist.lines[-1].entry,))  # type: ignore[union-attr]


def test_there_is_one_main_button(desk: Desk) -> None:
    window = opened(desk, WHITELIST, WHITELISTED)
    assert main_buttons(window) == ["Save and restart"]
    write(desk, "10.1.2.3")
    assert main_buttons(window) == ["Add"]
