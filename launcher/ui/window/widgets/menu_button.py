"""A button that opens a menu, made anew whenever it opens."""

import tkinter as tk
from collections.abc import Callable, Iterable
from tkinter import ttk

from launcher.ui.window.widgets.buttons import split_key
from launcher.ui.window.widgets.texts import on_card
from launcher.ui.window.widgets.theme import Theme

Line = tuple[str, Callable[[], None]]


def menu_button(parent: tk.Misc, theme: Theme, words: str, lines: Callable[[], Iterable[Line]]) -> ttk.Menubutton:
    """`words` and those of the `lines` (words, what then) may mark their key with `&`."""
    text, underline = split_key(words)
    made = ttk.Menubutton(parent, text=text, underline=underline, style=f"{on_card(parent)}TMenubutton")
    menu = tk.Menu(made, tearoff=False, font="TavernText", borderwidth=1, relief="raised")

    def open_menu() -> None:
        colours = theme.palette
        menu.configure(
            background=colours.card,
            foreground=colours.text,
            activebackground=colours.button_hover,
            activeforeground=colours.text,
        )
        menu.delete(0, "end")
        for line, then in lines():
            shown, key = split_key(line)
            # Spaces, because menus of Tk have no room at their sides.
            menu.add_command(label=f"  {shown}  ", underline=key + 2 if key >= 0 else -1, command=then)

    menu.configure(postcommand=open_menu)
    made.configure(menu=menu)
    return made
