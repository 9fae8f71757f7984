"""The devices in the window: the last ones on its card, all of them in a window of their own."""

from dataclasses import replace
from time import time
from tkinter import ttk

import pytest

from launcher.keeper.messages import AllowDevice, NameDevice, RefuseDevice
from launcher.keeper.view import Device, Question
from launcher.problem import Problem
from launcher.ui.device_words import a_device, beside_name, called, this_device
from launcher.ui.window.main.access_card import state_words
from launcher.ui.window.other_windows import DEVICES
from tests.ui.window.desk import Desk
from tests.ui.window.device_states import IPAD, MANY, NOW, PROXIED, SOME, STRANGER
from tests.ui.window.hands import dialog, named, one, reads
from tests.ui.window.seen import buttons, cut_off, settled, texts, until
from tests.ui.window.states import RUNNING, STOPPED


@pytest.mark.parametrize(
    ("name", "kind", "bold", "beside", "middle", "first"),
    [
        ("", "iPhone · Safari", "iPhone", "Safari", "this iPhone", "An iPhone"),
        ("", "Android · Chrome", "Android device", "Chrome", "this Android device", "An Android device"),
        ("", "Samsung Internet", "Samsung device", "Samsung Internet", "this Samsung device", "A Samsung device"),
        ("", "Chrome", "Unknown device", "Chrome", "this device", "A device"),
        ("", "", "Unknown device", "", "this device", "A device"),
        ("Kitchen iPad", "iPad · Safari", "Kitchen iPad", "iPad · Safari", "Kitchen iPad", "Kitchen iPad"),
    ],
)
def test_what_a_device_is_called(name: str, kind: str, bold: str, beside: str, middle: str, first: str) -> None:
    asks = Question("192.168.0.20", name, kind)
    assert (called(asks), beside_name(asks), this_device(asks), a_device(asks)) == (bold, beside, middle, first)


def test_now_is_the_last_minute() -> None:
    assert state_words(IPAD, NOW) == "in · now"
    assert state_words(IPAD, NOW + 120).startswith("in · ")
    assert state_words(IPAD, NOW + 120) != "in · now"


def test_the_card_shows_the_last_three_and_allows_who_was_refused(desk: Desk) -> None:
    here = replace(IPAD, last_seen=time())
    shown = desk.show(replace(MANY, devices=tuple(here if one is IPAD else one for one in MANY.devices)))
    for words in ("Kitchen iPad", "192.168.0.20", "in · now", "Unknown device", "Android device", "192.168.0.31"):
        assert words in shown
    assert "Neighbour" not in shown
    assert shown.count("Allow") == 1
    buttons(desk.root)["Allow"].invoke()  # type: ignore[union-attr]
    assert desk.asked(AllowDevice) == AllowDevice("192.168.0.44")
    assert not cut_off(desk.root)


@pytest.mark.parametrize("desk", [96, 192], indirect=True)
def test_long_names_and_addresses_are_shortened_and_fit(desk: Desk) -> None:
    long = replace(IPAD, address="2001:db8:1234:5678:9abc:def0:1234:5678", name="W" * 40)
    wide = replace(STRANGER, address="192.168.178.144", name="W" * 40, kind="Mac or iPad · Safari")
    shown = desk.show(replace(RUNNING, devices=(long, wide, replace(IPAD, last_seen=NOW - 3e6, name="M" * 12))))
    assert "2001:db8:1…:1234:5678" in shown
    assert not cut_off(desk.root)
    right = max(w.winfo_rootx() + w.winfo_width() for w in buttons(desk.root).values())
    assert right <= desk.root.winfo_rootx() + desk.root.winfo_width()


def test_all_devices_are_in_the_menu(desk: Desk) -> None:
    desk.show(MANY)
    menu = desk.root.nametowidget(str(one(desk.root, ttk.Menubutton).cget("menu")))
    menu.tk.call(str(menu.cget("postcommand")))
    lines = [str(menu.entrycget(at, "label")).strip() for at in range(menu.index("end") + 1)]
    menu.invoke(lines.index("All devices…"))
    settled(desk.root)
    assert reads(dialog(desk, DEVICES).window, "Name of 192.168.0.20")


def test_no_device_takes_no_room(desk: Desk) -> None:
    desk.show(MANY)
    shown = desk.show(RUNNING)
    assert not any(text.startswith("All ") for text in shown)
    assert "Kitchen iPad" not in shown


def open_devices(desk: Desk) -> "ttk.Frame":
    desk.app.show_window(DEVICES)
    settled(desk.root)
    return dialog(desk, DEVICES).window  # type: ignore[return-value]


def press(desk: Desk, window: object, words: str, at: int = 0) -> None:
    settled(desk.root)
    found = [w for w in _all(window) if isinstance(w, ttk.Button) and str(w.cget("text")) == words]
    found[at].invoke()


def _all(widget: object) -> list[object]:
    children = widget.winfo_children()  # type: ignore[attr-defined]
    return [*children, *(inner for child in children for inner in _all(child))]


def test_a_device_is_let_in_and_refused_from_the_list(desk: Desk) -> None:
    desk.show(SOME)
    window = open_devices(desk)
    press(desk, window, "Allow")
    assert desk.asked(AllowDevice) == AllowDevice(STRANGER.address)
    desk.link.answer()
    until(desk.root, lambda: reads(window, "Unknown device is let in now."))
    press(desk, window, "Refuse")
    assert desk.asked(RefuseDevice) == RefuseDevice(IPAD.address)
    desk.link.answer(Problem("192.168.0.20 stays let in.", "Take out 192.168.0.*."), refused=True)
    until(desk.root, lambda: reads(window, "192.168.0.20 stays let in."))


def test_a_device_gets_a_name(desk: Desk) -> None:
    desk.show(replace(SOME, devices=(STRANGER,)))
    window = open_devices(desk)
    assert reads(window, "Name of 192.168.0.44")
    one(window, ttk.Entry).insert(0, "  Aunt Ida's phone ")
    settled(desk.root)
    named(window, "Rename").invoke()
    assert desk.asked(NameDevice) == NameDevice(STRANGER.address, "Aunt Ida's phone")


def test_devices_that_come_leave_the_others_in_their_places(desk: Desk) -> None:
    desk.show(SOME)
    window = open_devices(desk)
    newcomer = Device("192.168.0.99", "", "", None, NOW, NOW + 60, let_in=False)
    desk.show(replace(SOME, devices=(newcomer, STRANGER, IPAD)))
    press(desk, window, "Allow", 0)
    assert desk.asked(AllowDevice) == AllowDevice(STRANGER.address)


def test_who_comes_through_a_proxy_is_told_and_not_offered(desk: Desk) -> None:
    desk.show(replace(SOME, devices=(PROXIED,)))
    window = open_devices(desk)
    assert not {"Allow", "Refuse"} & set(texts(window))


def test_the_devices_can_be_seen_while_nothing_runs(desk: Desk) -> None:
    desk.show(replace(STOPPED, devices=(IPAD,)))
    buttons(desk.root)["All devices…"].invoke()  # type: ignore[union-attr]
    settled(desk.root)
    assert reads(dialog(desk, DEVICES).window, "Name of 192.168.0.20")
