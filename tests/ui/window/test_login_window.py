"""User name and password, used by keyboard and mouse."""

import tkinter as tk
from dataclasses import replace

import pytest

from launcher.access.login import PasswordLevel, login_problem, strength
from launcher.keeper.messages import LoginOff, SetLogin
from launcher.problem import Problem
from launcher.ui.window.other_windows import LOGIN
from launcher.ui.window.widgets.texts import Field
from tests.ui.window.access_states import GOOD_LOGIN, LOGGED_IN, RESTING, WHITELISTED
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
    write,
)
from tests.ui.window.seen import main_buttons, texts, until
from tests.ui.window.states import THEIRS

PASSWORD = "correct-horse-battery-9"


def fill(desk: Desk, user: str, password: str) -> None:
    press(desk, "alt+u", "ctrl+a")
    write(desk, user)
    press(desk, "alt+p", "ctrl+a")
    write(desk, password)


def shown(window: tk.Toplevel) -> bool:
    """Whether the password can be read."""
    return not str(one(window, Field, 1).cget("show"))


def test_they_are_typed_and_saved_by_keyboard_and_the_result_is_shown(desk: Desk) -> None:
    window = opened(desk, LOGIN, WHITELISTED)
    assert desk.root.focus_get() is one(window, Field)
    assert reads(window, "SillyTavern asks nobody for a user name and password.")
    press(desk, "ctrl+a")
    write(desk, "ada")
    press(desk, "Tab")
    write(desk, PASSWORD)
    assert reads(window, "SillyTavern restarts, about 3 seconds.")
    press(desk, "Return")
    assert desk.asked(SetLogin) == SetLogin("ada", PASSWORD)
    assert reads(window, "Saving, then restarting SillyTavern…")
    assert not enabled(window, "Save and restart")
    desk.show(LOGGED_IN)
    answer(desk, SetLogin)
    until(desk.root, lambda: reads(window, "Saved, and SillyTavern answers again."))
    assert reads(window, "✓ SillyTavern asks every device for them, this PC too.")
    assert one(window, Field, 1).text == PASSWORD, "to be copied"
    press(desk, "Escape")
    assert not window.winfo_exists()


def test_a_password_is_hidden_until_it_is_asked_for(desk: Desk) -> None:
    window = opened(desk, LOGIN, WHITELISTED)
    fill(desk, "ada", PASSWORD)
    assert not shown(window)
    click(desk, named(window, "Show"))
    assert shown(window)
    press(desk, "alt+h")
    assert not shown(window)
    assert PASSWORD not in texts(desk.root)


def test_a_generated_password_can_be_read_and_is_strong(desk: Desk) -> None:
    window = opened(desk, LOGIN, WHITELISTED)
    click(desk, named(window, "Generate"))
    password = one(window, Field, 1).text
    assert password.count("-") == 4
    assert shown(window)
    assert strength(password).level is PasswordLevel.STRONG
    assert reads(window, "Strong: nobody guesses it.")


def test_copy_puts_it_on_the_clipboard(desk: Desk) -> None:
    window = opened(desk, LOGIN, WHITELISTED)
    assert not enabled(window, "Copy")
    fill(desk, "ada", PASSWORD)
    press(desk, "alt+c")
    assert desk.root.clipboard_get() == PASSWORD
    assert reads(window, "Copied ✓")


@pytest.mark.parametrize(("password", "words"), [("hello", "Weak"), ("correcthorsebatt", "Fair"), (PASSWORD, "Strong")])
def test_the_strength_is_told_in_words_while_typing(desk: Desk, password: str, words: str) -> None:
    window = opened(desk, LOGIN, WHITELISTED)
    fill(desk, "ada", password)
    assert reads(window, f"{words}:")


def test_what_this_version_cannot_take_is_told_while_typing(desk: Desk) -> None:
    old = replace(WHITELISTED, installation=THEIRS)
    window = opened(desk, LOGIN, old)
    fill(desk, "ada", "one:two:three")
    assert reads(window, "SillyTavern 1.12.14 cannot check a password with a “:” in it")
    assert not enabled(window, "Save and restart")
    desk.show(WHITELISTED)
    assert enabled(window, "Save and restart")
    assert not reads(window, "cannot check")


def test_the_password_that_everyone_knows_is_refused_at_once(desk: Desk) -> None:
    window = opened(desk, LOGIN, WHITELISTED)
    fill(desk, "user", "password")
    assert reads(window, "everyone knows it")
    assert not enabled(window, "Save and restart")


def test_a_stored_password_is_never_shown_and_another_user_name_needs_it_anew(desk: Desk) -> None:
    window = opened(desk, LOGIN, LOGGED_IN)
    assert one(window, Field).text == "ada"
    assert reads(window, "A password is set and stays hidden.")
    press(desk, "ctrl+a")
    write(desk, "bob")
    assert not enabled(window, "Save and restart")
    press(desk, "alt+g")
    assert enabled(window, "Save and restart")


def test_turning_it_off_says_what_that_means_and_asks(desk: Desk) -> None:
    window = opened(desk, LOGIN, LOGGED_IN)
    click(desk, named(window, "Turn off…"))
    asked = question(desk, "Ask nobody for a password?")
    assert reads(asked, "Devices in the whitelist then get in without a password. Everyone else stays refused.")
    assert reads(asked, "SillyTavern restarts, about 3 seconds.")
    until(desk.root, lambda: has_focus(asked))
    press(desk, "Return")
    assert desk.asked(LoginOff) == LoginOff()
    desk.show(WHITELISTED)
    answer(desk, LoginOff)
    until(desk.root, lambda: reads(window, "no longer asks for user name and password"))


def test_a_refusal_is_told_in_place_and_nothing_is_lost(desk: Desk) -> None:
    window = opened(desk, LOGIN, WHITELISTED)
    fill(desk, "ada", PASSWORD)
    press(desk, "Return")
    desk.asked(SetLogin)
    answer(desk, SetLogin, Problem("config.yaml cannot be written.", "(Permission denied)"))
    until(desk.root, lambda: reads(window, "config.yaml cannot be written."))
    assert (one(window, Field).text, one(window, Field, 1).text) == ("ada", PASSWORD)
    assert enabled(window, "Save and restart")


def test_a_user_name_from_elsewhere_is_shown_unless_one_is_being_typed(desk: Desk) -> None:
    window = opened(desk, LOGIN, WHITELISTED)
    desk.show(LOGGED_IN)
    assert one(window, Field).text == "ada"
    press(desk, "ctrl+a")
    write(desk, "bob")
    desk.show(replace(WHITELISTED, login=replace(GOOD_LOGIN, username="carla")))
    assert one(window, Field).text == "bob"


def test_closing_with_an_unsaved_password_asks(desk: Desk) -> None:
    window = opened(desk, LOGIN, WHITELISTED)
    fill(desk, "ada", PASSWORD)
    press(desk, "Escape")
    click(desk, named(question(desk, "Close without saving?"), "Keep it open"))
    assert one(window, Field, 1).text == PASSWORD


def test_a_stopped_server_is_not_restarted(desk: Desk) -> None:
    window = opened(desk, LOGIN, RESTING)
    fill(desk, "ada", PASSWORD)
    assert enabled(window, "Save")
    assert reads(window, "It takes effect at the next start.")


def test_there_is_one_main_button(desk: Desk) -> None:
    assert main_buttons(opened(desk, LOGIN, WHITELISTED)) == ["Save and restart"]
    assert login_problem("ada", PASSWORD, "1.9.7") is None
