"""More ▾: what is needed now and then."""

import tkinter as tk
from collections.abc import Callable, Iterator
from tkinter import ttk

from launcher.keeper.messages import Restart
from launcher.keeper.view import View
from launcher.ui.window.actions import Actions
from launcher.ui.window.other_windows import ABOUT, ACCESS, DEVICES, LOGIN, PUBLIC_IP, WHITELIST
from launcher.ui.window.widgets.buttons import MenuLine, menu_button
from launcher.ui.window.widgets.theme import Theme


def more_button(parent: tk.Misc, theme: Theme, actions: Actions, view: Callable[[], View]) -> ttk.Menubutton:
    """The button with its menu, which is that of the view of the moment."""
    return menu_button(parent, theme, "&More ▾", lambda: _lines(actions, view()))


def _lines(actions: Actions, view: View) -> Iterator[MenuLine]:
    yield "&Restart SillyTavern", lambda: actions.ask(Restart())
    if len(view.addresses or ()) > 1 and not (view.access and view.access.listens is False):
        yield "Another &address…", actions.show_addresses
    yield "From &outside…", lambda: actions.show_window(PUBLIC_IP)
    yield "&Who can get in…", lambda: actions.show_window(ACCESS)
    yield "W&hitelist…", lambda: actions.show_window(WHITELIST)
    if view.devices:
        yield "All &devices…", lambda: actions.show_window(DEVICES)
    yield "&User name and password…", lambda: actions.show_window(LOGIN)
    yield "A&bout…", lambda: actions.show_window(ABOUT)
