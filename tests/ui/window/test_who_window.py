"""Who can get in, used by keyboard and mouse."""

import tkinter as tk
from dataclasses import replace
from tkinter import ttk

import pytest

from launcher.access.exposure import Mode
from launcher.keeper.messages import SetAccess, SetLogin, ShowYourself
from launcher.keeper.view import View
from launcher.problem import Problem
from launcher.ui.window.other_windows import ACCESS
from tests.ui.window.access_states import (
    ANYONE,
    EVERYONE_WITH_LOGIN,
    LOGGED_IN,
    OPEN_TO_ALL,
    RESTING,
    WHITELISTED,
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
    write,
)
from tests.ui.window.seen import buttons, main_buttons, settled, until, visible
from tests.ui.window.states import ONLY_HERE, UNREADABLE

ONLY_THIS_PC = "Only this PC"
EVERYONE = "Everyone who knows user name and password"


def choice(window: tk.Misc, words: str) -> ttk.Radiobutton:
    radios = [w for w in visible(window) if isinstance(w, ttk.Radiobutton)]
    return next(radio for radio in radios if str(radio.cget("text")) == words)


def chosen(window: tk.Misc) -> list[str]:
    radios = [w for w in visible(window) if isinstance(w, ttk.Radiobutton)]
    return [str(radio.cget("text")) for radio in radios if radio.instate(["selected"])]


def toplevel(desk: Desk, title: str) -> tk.Toplevel:
    found = question(desk, title)
    until(desk.root, lambda: has_focus(found))
    return found


@pytest.mark.parametrize(
    ("view", "badge", "part"),
    [
        (WHITELISTED, "closed to others", "whitelistMode is on in config.yaml"),
        (EVERYONE_WITH_LOGIN, "be careful", "! On plain http the password can be read"),
        (OPEN_TO_ALL, "open to everyone", "✕ The whitelist is off. No password is asked for."),
        (replace(WHITELISTED, access=UNREADABLE), "not known", "! Repair config.yaml first."),
    ],
)
def test_how_open_it_is_stands_beside_the_reasons(desk: Desk, view: View, badge: str, part: str) -> None:
    window = opened(desk, ACCESS, view)
    assert reads(window, badge)
    assert reads(window, part)
    assert view.access
    assert reads(window, view.access.who)


def test_the_modes_are_three_sentences_with_their_effect_on_this_network(desk: Desk) -> None:
    window = opened(desk, ACCESS, WHITELISTED)
    assert chosen(window) == ["This PC and the devices in the whitelist"]
    assert reads(
        window, "They are: 192.168.0.20, 192.168.0.*. Every other device on Wi-Fi (wlan0), 192.168.0.*, is refused."
    )
    assert reads(window, "no phone reaches it")
    assert desk.root.focus_get() is choice(window, "This PC and the devices in the whitelist")


def test_another_mode_is_chosen_and_saved_by_keyboard(desk: Desk) -> None:
    window = opened(desk, ACCESS, WHITELISTED)
    press(desk, "Up")
    assert chosen(window) == [ONLY_THIS_PC]
    assert reads(window, "SillyTavern restarts, about 3 seconds.")
    press(desk, "Return")
    assert desk.asked(SetAccess) == SetAccess(Mode.THIS_PC)
    assert not enabled(window, "Save and restart")
    desk.show(replace(WHITELISTED, access=ONLY_HERE))
    answer(desk, SetAccess)
    until(desk.root, lambda: reads(window, "Saved, and SillyTavern answers again."))
    assert reads(window, "Only this PC.")


def test_everyone_has_to_be_confirmed_after_reading_what_it_means(desk: Desk) -> None:
    window = opened(desk, ACCESS, LOGGED_IN)
    click(desk, choice(window, EVERYONE))
    assert reads(window, "SillyTavern is made for one person: everyone who logs in can see every chat")
    assert reads(window, "Over plain http others on the network can read the password")
    assert not enabled(window, "Save and restart")
    click(desk, one(window, ttk.Checkbutton))
    click(desk, named(window, "Save and restart"))
    assert desk.asked(SetAccess) == SetAccess(Mode.EVERYONE)


def test_a_confirmation_is_forgotten_when_something_else_is_chosen(desk: Desk) -> None:
    window = opened(desk, ACCESS, LOGGED_IN)
    press(desk, "alt+e", "alt+i")
    assert enabled(window, "Save and restart")
    press(desk, "alt+o", "alt+e")
    assert not enabled(window, "Save and restart")


def test_over_https_nobody_is_warned_of_plain_http(desk: Desk) -> None:
    window = opened(desk, ACCESS, replace(LOGGED_IN, scheme="https"))
    press(desk, "alt+e")
    assert not reads(window, "plain http")


def test_everyone_without_a_login_leads_to_the_login_first_and_then_back(desk: Desk) -> None:
    window = opened(desk, ACCESS, WHITELISTED)
    press(desk, "alt+e")
    login = toplevel(desk, "User name and password")
    assert reads(login, "set a user name and a password of your own.")
    assert chosen(window) == ["This PC and the devices in the whitelist"]
    press(desk, "ctrl+a")
    write(desk, "ada")
    press(desk, "alt+g", "alt+s")
    desk.asked(SetLogin)
    desk.show(LOGGED_IN)
    answer(desk, SetLogin)
    until(desk.root, lambda: not login.winfo_exists())
    until(desk.root, lambda: chosen(window) == [EVERYONE] and has_focus(window))
    settled(desk.root)
    assert desk.root.focus_get() is one(window, ttk.Checkbutton)
    press(desk, "space", "alt+s")
    assert desk.asked(SetAccess) == SetAccess(Mode.EVERYONE)


def test_who_leaves_the_login_has_changed_nothing(desk: Desk) -> None:
    window = opened(desk, ACCESS, WHITELISTED)
    press(desk, "alt+e")
    toplevel(desk, "User name and password")
    press(desk, "Escape")
    assert chosen(window) == ["This PC and the devices in the whitelist"]
    assert not [request for request in desk.link.requests if isinstance(request, SetAccess)]


def test_a_refusal_is_told_in_place_and_the_choice_stays(desk: Desk) -> None:
    window = opened(desk, ACCESS, WHITELISTED)
    press(desk, "alt+o", "Return")
    desk.asked(SetAccess)
    answer(desk, SetAccess, Problem("listen is set on the command line.", "Change it there."), refused=True)
    until(desk.root, lambda: reads(window, "listen is set on the command line."))
    assert reads(window, "Change it there.")
    assert chosen(window) == [ONLY_THIS_PC]
    assert enabled(window, "Save and restart")


def test_it_follows_what_happens_elsewhere_until_something_is_chosen(desk: Desk) -> None:
    window = opened(desk, ACCESS, WHITELISTED)
    desk.show(replace(WHITELISTED, access=ONLY_HERE))
    assert chosen(window) == [ONLY_THIS_PC]
    press(desk, "alt+d")
    desk.show(replace(WHITELISTED, access=ANYONE))
    assert chosen(window) == ["This PC and the devices in the whitelist"]


def test_closing_with_another_mode_chosen_asks(desk: Desk) -> None:
    window = opened(desk, ACCESS, WHITELISTED)
    press(desk, "alt+o", "Escape")
    click(desk, named(question(desk, "Close without saving?"), "Close without saving"))
    assert not window.winfo_exists()


@pytest.mark.parametrize(("key", "title"), [("alt+w", "Whitelist"), ("alt+p", "User name and password")])
def test_the_other_windows_open_from_here(desk: Desk, key: str, title: str) -> None:
    opened(desk, ACCESS, WHITELISTED)
    press(desk, key)
    toplevel(desk, title)


def test_a_server_open_to_strangers_asks_for_a_password_first(desk: Desk) -> None:
    assert main_buttons(opened(desk, ACCESS, OPEN_TO_ALL))[0] == "Password…"


def test_a_stopped_server_is_not_restarted(desk: Desk) -> None:
    window = opened(desk, ACCESS, RESTING)
    press(desk, "alt+o")
    assert enabled(window, "Save")
    assert reads(window, "It takes effect at the next start.")


@pytest.mark.parametrize(
    ("view", "words"), [(WHITELISTED, "Change…"), (RESTING, "Who can get in")], ids=["running", "stopped"]
)
def test_it_opens_from_the_main_window(desk: Desk, view: View, words: str) -> None:
    desk.show(view)
    buttons(desk.root)[words].invoke()  # type: ignore[union-attr]
    toplevel(desk, "Who can get in")


@pytest.mark.parametrize(
    ("what", "title"),
    [("access", "Who can get in"), ("whitelist", "Whitelist"), ("login", "User name and password")],
)
def test_another_start_can_ask_for_it_by_name(desk: Desk, what: str, title: str) -> None:
    desk.show(WHITELISTED)
    desk.link.push(ShowYourself(what))
    toplevel(desk, title)
