"""More ▾: what is needed now and then."""

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

from launcher.faces.window.actions import Actions
from launcher.faces.window.buttons import split_key
from launcher.faces.window.other_windows import ACCESS, LOGIN, WHITELIST
from launcher.faces.window.texts import on_card
from launcher.faces.window.theme import Theme
from launcher.keeper.messages import Restart
from launcher.keeper.view import View


def more_button(parent: tk.Misc, theme: Theme, actions: Actions, view: Callable[[], View]) -> ttk.Menubutton:
    """The button with its menu, which is made anew for the view of the moment whenever it opens."""
    text, underline = split_key("&More ▾")
    made = ttk.Menubutton(parent, text=text, underline=underline, style=f"{on_card(parent)}TMenubutton")
    menu = tk.Menu(made, tearoff=False, font="TavernText", borderwidth=1, relief="raised")

    def open_menu() -> None:
        _colour(menu, theme)
        _fill(menu, actions, view())

    menu.configure(postcommand=open_menu)
    made.configure(menu=menu)
    return made


def _colour(menu: tk.Menu, theme: Theme) -> None:
    colours = theme.palette
    menu.configure(
        background=colours.card,
        foreground=colours.text,
        activebackground=colours.button_hover,
        activeforeground=colours.text,
    )


def _fill(menu: tk.Menu, actions: Actions, view: View) -> None:
    menu.delete(0, "end")
    _add(menu, "&Restart SillyTavern", lambda: actions.ask(Restart()))
    if len(view.addresses or ()) > 1 and not (view.access and view.access.listens is False):
        _add(menu, "Another &address…", actions.show_addresses)
    _add(menu, "&Who can connect…", lambda: actions.show_window(ACCESS))
    _add(menu, "W&hitelist…", lambda: actions.show_window(WHITELIST))
    _add(menu, "&User name and password…", lambda: actions.show_window(LOGIN))
    _add(menu, "Show &log", actions.show_log)


def _add(menu: tk.Menu, words: str, command: Callable[[], None]) -> None:
    text, underline = split_key(words)
    # Spaces, because menus of Tk have no room at their sides.
    menu.add_command(label=f"  {text}  ", underline=underline + 2, command=command)
