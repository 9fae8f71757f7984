"""The settings, used by keyboard and mouse."""

import socket
import tkinter as tk
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tkinter import ttk

import pytest

from launcher.keeper.messages import ApplyFix, Cancel, ChangeSettings, Install, SetPort, Update, Use
from launcher.keeper.view import Tray
from launcher.network.ports import next_free_port
from launcher.network.public_ip import problem_with_service
from launcher.problem import Problem
from launcher.system import autostart
from launcher.system.settings import PUT_ASIDE
from launcher.ui.window.other_windows import SETTINGS
from launcher.ui.window.widgets.texts import Field
from tests.support.programs import node_program
from tests.ui.window.desk import Desk
from tests.ui.window.hands import answer, click, enabled, named, opened, press, question, reads, write
from tests.ui.window.seen import buttons, until, visible
from tests.ui.window.settings_states import BROKEN, CHANGED_SETTINGS, INSTALLING
from tests.ui.window.states import FIRST_RUN, RUNNING, STOPPED, THEIRS


@pytest.fixture(autouse=True)
def own_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What starts at login and the SillyTaverns of this computer are those of an empty user."""
    # Not the fixture `home`: the screen, which outlives this test, would be taken for something it left.
    monkeypatch.setenv("TAVERNKEEP_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as other:
        other.bind(("0.0.0.0", 0))
        other.listen()
        yield int(other.getsockname()[1])


def ticks(window: tk.Misc) -> dict[str, ttk.Checkbutton]:
    return {str(w.cget("text")): w for w in visible(window) if isinstance(w, ttk.Checkbutton)}


def radio(window: tk.Misc, text: str) -> ttk.Radiobutton:
    return next(w for w in visible(window) if isinstance(w, ttk.Radiobutton) and str(w.cget("text")) == text)


def resets(window: tk.Misc) -> list[ttk.Button]:
    return [w for w in visible(window) if isinstance(w, ttk.Button) and str(w.cget("text")) == "Reset"]


def field(window: tk.Misc, number: int) -> Field:
    """0: the port, 1: the services."""
    return [w for w in visible(window) if isinstance(w, Field)][number]


def test_a_choice_is_sent_at_once_and_nothing_has_to_be_saved(desk: Desk) -> None:
    window = opened(desk, SETTINGS, RUNNING)
    click(desk, radio(window, "Always ask"))
    assert desk.asked(ChangeSettings) == ChangeSettings({"asking": "always"})
    click(desk, ticks(window)["Show it a waiting page"])
    assert desk.asked(ChangeSettings) == ChangeSettings({"waiting_page": False})
    answer(desk, ChangeSettings)
    assert not resets(window)
    desk.show(replace(RUNNING, settings=CHANGED_SETTINGS))
    assert radio(window, "Always ask").instate(["selected"])
    assert reads(window, "It changes when SillyTavern starts the next time.")


def test_a_choice_that_was_refused_goes_back_and_says_why(desk: Desk) -> None:
    window = opened(desk, SETTINGS, RUNNING)
    press(desk, "alt+c", "Down")
    assert desk.asked(ChangeSettings) == ChangeSettings({"theme": "light"})
    answer(desk, ChangeSettings, Problem("Tavernkeep cannot save its settings.", "The disk is full."))
    until(desk.root, lambda: reads(window, "✕ Tavernkeep cannot save its settings. The disk is full."))
    assert radio(window, "Like this computer").instate(["selected"])


def test_every_choice_is_made_by_keyboard(desk: Desk) -> None:
    opened(desk, SETTINGS, RUNNING)
    for keys, changes in (
        (["alt+d", "Up"], {"asking": "never"}),
        (["alt+w"], {"waiting_page": False}),
        (["alt+o"], {"start_server": False}),
        (["alt+c", "Down", "Down"], {"theme": "dark"}),
        (["alt+m", "Down"], {"closing": "quit"}),
    ):
        press(desk, *keys)
        assert desk.asked(ChangeSettings) == ChangeSettings(changes)  # type: ignore[arg-type]


def test_what_is_not_as_it_came_has_a_reset_beside_it(desk: Desk) -> None:
    window = opened(desk, SETTINGS, replace(RUNNING, settings=CHANGED_SETTINGS))
    assert len(resets(window)) == 6
    resets(window)[0].invoke()
    assert desk.asked(ChangeSettings) == ChangeSettings({"asking": None})
    desk.show(replace(RUNNING, tray=Tray.NONE))
    assert not resets(window)
    assert reads(window, "so Tavernkeep asks in any case")


def test_all_are_reset_after_a_question(desk: Desk) -> None:
    autostart.turn_on()
    window = opened(desk, SETTINGS, replace(RUNNING, settings=CHANGED_SETTINGS))
    press(desk, "alt+r")
    asked = question(desk, "Reset all settings?")
    assert reads(asked, "Which SillyTavern is used, its port and who can get in stay as they are.")
    named(asked, "Reset all").invoke()
    names = ("asking", "waiting_page", "start_server", "theme", "closing", "public_ip_services")
    assert desk.asked(ChangeSettings) == ChangeSettings(dict.fromkeys(names))
    until(desk.root, lambda: autostart.is_on() is False)
    desk.show(RUNNING)
    answer(desk, ChangeSettings)
    until(desk.root, lambda: not enabled(window, "Reset all…"))


def test_start_at_login_is_what_the_system_says(desk: Desk) -> None:
    window = opened(desk, SETTINGS, RUNNING)
    tick = ticks(window)["Start Tavernkeep when I log in"]
    until(desk.root, lambda: not tick.instate(["disabled"]))
    assert not tick.instate(["selected"])
    assert not enabled(window, "Reset all…")
    press(desk, "alt+l")
    until(desk.root, lambda: autostart.is_on() is True)
    until(desk.root, lambda: tick.instate(["selected"]))
    until(desk.root, lambda: enabled(window, "Reset all…"))
    press(desk, "alt+l")
    until(desk.root, lambda: autostart.is_on() is False)


def test_a_port_is_checked_while_it_is_typed(desk: Desk, taken: int) -> None:
    window = opened(desk, SETTINGS, RUNNING)
    free = next_free_port(8100)
    for typed, told in (
        ("80a", "A port is a number from 1 to 65535."),
        ("65536", "There is no port 65536."),
        ("6667", "Browsers refuse to open port 6667"),
        (str(taken), f"Port {taken} is already used by"),
    ):
        press(desk, "alt+p", "ctrl+a")
        write(desk, typed)
        until(desk.root, lambda told=told: reads(window, told), told)  # type: ignore[misc]
        assert not enabled(window, "Save and restart")
    press(desk, "ctrl+a")
    write(desk, str(free))
    until(desk.root, lambda: reads(window, f"Port {free} is free. SillyTavern restarts, about 3 seconds."))
    press(desk, "Return")
    assert desk.asked(SetPort) == SetPort(free or 0)
    desk.show(replace(RUNNING, port=free))
    answer(desk, SetPort)
    until(desk.root, lambda: reads(window, "Saved, and SillyTavern answers again."))
    resets(window)[0].invoke()
    assert field(window, 0).text == "8000"


def test_a_port_that_somebody_took_meanwhile_is_told(desk: Desk) -> None:
    window = opened(desk, SETTINGS, STOPPED)
    free = next_free_port(8100)
    press(desk, "alt+p", "ctrl+a")
    write(desk, str(free))
    until(desk.root, lambda: enabled(window, "Save"))
    press(desk, "alt+s")
    answer(desk, SetPort, Problem("Another program took it.", "Choose another one."), refused=True)
    until(desk.root, lambda: reads(window, "Another program took it."))


def test_services_are_checked_while_they_are_typed(desk: Desk) -> None:
    window = opened(desk, SETTINGS, RUNNING)
    press(desk, "alt+a")
    write(desk, "http://one.example/")
    wrong = problem_with_service("http://one.example/")
    assert wrong
    until(desk.root, lambda: reads(window, f"✕ http://one.example/: {wrong.title}"))
    assert not enabled(window, "Save")
    told = next(w for w in visible(window) if isinstance(w, ttk.Label) and wrong.title in str(w.cget("text")))
    foot = named(window, "Close").winfo_rooty()
    until(desk.root, lambda: told.winfo_rooty() + told.winfo_height() <= foot, "it can be read without scrolling")
    press(desk, "ctrl+a")
    write(desk, "https://one.example/ https://two.example/")
    press(desk, "Return")
    assert desk.asked(ChangeSettings) == ChangeSettings(
        {"public_ip_services": ("https://one.example/", "https://two.example/")}
    )


def test_what_was_typed_and_not_saved_is_asked_about_before_it_is_lost(desk: Desk) -> None:
    window = opened(desk, SETTINGS, RUNNING)
    press(desk, "alt+a")
    write(desk, "https://one.example/")
    press(desk, "Escape")
    asked = question(desk, "Close without saving?")
    named(asked, "Close without saving").invoke()
    assert not window.winfo_exists()


def test_escape_closes_it_when_nothing_is_lost(desk: Desk) -> None:
    window = opened(desk, SETTINGS, RUNNING)
    press(desk, "Escape")
    assert not window.winfo_exists()


def test_the_sillytaverns_of_this_computer_can_be_used_with_a_click(desk: Desk, tmp_path: Path) -> None:
    other = node_program(tmp_path / "SillyTavern", version="1.12.14")
    window = opened(desk, SETTINGS, RUNNING)
    until(desk.root, lambda: reads(window, str(other)))
    assert reads(window, "SillyTavern 1.12.14, your own")
    click(desk, named(window, "Use"))
    assert desk.asked(Use) == Use(str(other))
    desk.show(replace(RUNNING, installation=replace(THEIRS, folder=str(other))))
    answer(desk, Use)
    until(desk.root, lambda: "Use" not in buttons(window))
    assert "Update" not in buttons(window)


def test_a_folder_is_chosen(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tkinter.filedialog.askdirectory", lambda **_: "/home/ada/SillyTavern")
    window = opened(desk, SETTINGS, FIRST_RUN)
    assert reads(window, "There is no SillyTavern on this computer yet.")
    press(desk, "alt+f")
    assert desk.asked(Use) == Use("/home/ada/SillyTavern")
    answer(desk, Use, Problem("There is no SillyTavern in that folder.", "Choose another one."))
    until(desk.root, lambda: reads(window, "There is no SillyTavern in that folder."))


def test_another_version_is_installed_and_can_be_given_up(desk: Desk) -> None:
    window = opened(desk, SETTINGS, RUNNING)
    press(desk, "alt+i")
    asked = question(desk, "Install a version of SillyTavern")
    until(desk.root, lambda: isinstance(desk.root.focus_get(), Field))
    write(desk, "1.12")
    assert reads(asked, "✕ A version has three numbers, such as 1.13.5.")
    assert not enabled(asked, "Install")
    write(desk, ".14")
    press(desk, "Return")
    assert desk.asked(Install) == Install("1.12.14")
    desk.show(INSTALLING)
    assert reads(window, "packages · 412 of 654 packages · 212 MB · about 20 seconds left")
    assert not enabled(window, "Update")
    named(window, "Cancel").invoke()
    assert desk.asked(Cancel)


def test_our_own_is_updated_with_a_key(desk: Desk) -> None:
    opened(desk, SETTINGS, RUNNING)
    press(desk, "alt+u")
    assert desk.asked(Update) == Update()


def test_a_broken_file_is_told_and_put_aside_only_when_asked_for(desk: Desk) -> None:
    window = opened(desk, SETTINGS, BROKEN)
    assert reads(window, "theme can only be")
    assert radio(window, "Always ask").instate(["disabled"])
    assert not enabled(window, "Reset all…")
    press(desk, "Return")
    assert desk.asked(ApplyFix) == ApplyFix(PUT_ASIDE.id)
    desk.show(STOPPED)
    answer(desk, ApplyFix)
    until(desk.root, lambda: not radio(window, "Always ask").instate(["disabled"]))
    assert not reads(window, "theme can only be")


def test_a_keeper_that_is_gone_is_told_where_something_was_under_way(desk: Desk) -> None:
    window = opened(desk, SETTINGS, RUNNING)
    press(desk, "alt+u")
    desk.link.close()
    until(desk.root, lambda: reads(window, "Tavernkeep has ended, so nothing can be changed now."))
