"""What holds of every window and dialog: used by keyboard alone, one main button, and room for longer words."""

import tkinter as tk
from collections import Counter
from pathlib import Path
from tkinter import ttk

import pytest
from _pytest.mark.structures import ParameterSet
from PIL import Image, ImageChops, ImageGrab

from launcher.ui.window.main.access_card import _DeviceRow
from launcher.ui.window.widgets.entry_list import EntryList
from tests.support.services import named_in_settings
from tests.ui.window.desk import Desk
from tests.ui.window.gallery import SCENES, Stage
from tests.ui.window.hands import enabled, press
from tests.ui.window.seen import cut_off, main_buttons, settled, until, visible
from tests.ui.window.states import longer

Window = tk.Tk | tk.Toplevel

# One state of each; all of them come with --all.
ONE_OF_EACH = (
    *("devices-many", "first-run", "crashed", "whitelist-problems", "login-weak", "who-warning", "devices", "question"),
    *("settings", "settings-version", "about", "addresses", "log", "check", "reach-refused", "outside-listed"),
    *("closing-no-tray", "removal-chats"),
)
PRESSED = ttk.Button | ttk.Menubutton | ttk.Radiobutton | ttk.Checkbutton
WITH_WORDS = ttk.Label | PRESSED


def marked(at_once: tuple[str, ...]) -> list[ParameterSet]:
    """Every scene; all but those `at_once` are for --all."""
    return [pytest.param(name, marks=[] if name in at_once else [pytest.mark.sweep]) for name in SCENES]


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAVERNKEEP_HOME", str(tmp_path))


def shown(desk: Desk, name: str, tmp_path: Path) -> Window:
    scene = SCENES[name]
    with named_in_settings(tmp_path, *scene.answers):
        return Stage(desk).show(scene)


def inside(window: Window) -> list[tk.Misc]:
    """What can be seen in it, without windows above it."""
    return [each for each in visible(window) if each.winfo_toplevel() is window]


def usable(window: Window) -> set[tk.Misc]:
    """What a person can press, choose or type in: of a list, or a group of choices, where the arrows take over."""
    found = {
        each for each in inside(window) if isinstance(each, PRESSED | ttk.Entry) and not each.instate(["disabled"])
    }
    return {each for each in found if not isinstance(each.master, EntryList | tk.Canvas) and takes_focus(each)}


def takes_focus(each: tk.Misc) -> bool:
    return not isinstance(each, ttk.Radiobutton) or str(each.cget("takefocus")) != "0"


def with_tab(window: Window) -> list[tk.Misc]:
    """Where Tab leads, from where the focus is and round to it again."""
    first = here = window.focus_get() or window
    if first is window or not first.winfo_viewable():
        first = here = window.tk_focusNext() or window
    found: list[tk.Misc] = []
    for _ in range(200):
        here = here.tk_focusNext() or first
        found.append(here)
        if here is first:
            return found
    raise AssertionError(f"Tab does not come back to {first}: {found[-5:]}")


def access_keys(window: Window) -> list[str]:
    keys = []
    for each in inside(window):
        if isinstance(each, WITH_WORDS) and not each.instate(["disabled"]):
            text, at = str(each.cget("text")), int(str(each.cget("underline")) or -1)
            keys += [text[at].lower()] if 0 <= at < len(text) else []
    return keys


@pytest.mark.parametrize("name", marked(ONE_OF_EACH))
def test_a_window_is_used_with_the_keyboard_alone(desk: Desk, tmp_path: Path, name: str) -> None:
    window = shown(desk, name, tmp_path)
    main = [words for words in main_buttons(window) if enabled(window, words)]
    assert len(main) <= 1
    if main:
        until(desk.root, lambda: window.focus_get() not in (None, window), "something in it has the focus")
    reached = with_tab(window)
    assert not usable(window) - set(reached), "Tab passes these by"
    assert all(each.winfo_viewable() for each in reached), "Tab leads to what cannot be seen"
    assert [key for key, times in Counter(access_keys(window)).items() if times > 1] == []
    if window is not desk.root:
        press(desk, "Escape")
        until(desk.root, lambda: not window.winfo_exists() or asked(desk, window), "Escape closes it, or it asks")


def asked(desk: Desk, window: Window) -> bool:
    return any(isinstance(each, tk.Toplevel) and each is not window for each in visible(window))


@pytest.mark.parametrize("desk", [96, pytest.param(192, marks=pytest.mark.sweep)], indirect=True)
@pytest.mark.parametrize("name", marked(ONE_OF_EACH))
def test_words_longer_by_two_fifths_have_room(desk: Desk, tmp_path: Path, name: str) -> None:
    window = shown(desk, name, tmp_path)
    assert not cut_off(window)
    for each in inside(window):
        # How much of a device's name has room is measured there.
        if isinstance(each, WITH_WORDS) and not isinstance(each.master, _DeviceRow):
            each.configure(text=longer(str(each.cget("text"))))
    for each in inside(window):
        each.event_generate("<Configure>", width=each.winfo_width(), height=each.winfo_height())
    settled(desk.root)
    assert not cut_off(window)
    right = window.winfo_rootx() + window.winfo_width()
    beyond = [each for each in inside(window) if each.winfo_rootx() + each.winfo_width() > right]
    assert [str(each.cget("text")) for each in beyond if isinstance(each, WITH_WORDS)] == []


@pytest.mark.sweep
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_the_focus_can_be_seen_wherever_tab_leads(desk: Desk, tmp_path: Path, name: str, theme: str) -> None:
    window = shown(desk, name, tmp_path)
    desk.theme.switch(dark=theme == "dark")
    unseen = []
    for each in with_tab(window):
        each.focus_set()
        settled(desk.root)
        with_focus = looks(each)
        window.focus_set()
        settled(desk.root)
        if ImageChops.difference(with_focus, looks(each)).getbbox() is None:
            unseen.append(each)
    assert not unseen


def looks(widget: tk.Misc) -> Image.Image:
    x, y = widget.winfo_rootx(), widget.winfo_rooty()
    box = (x, y, x + widget.winfo_width(), y + widget.winfo_height())
    return ImageGrab.grab(box, xdisplay=widget.winfo_screen()).convert("RGB")
