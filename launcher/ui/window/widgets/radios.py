"""Radio buttons that the keyboard goes through."""

import tkinter as tk
from collections.abc import Callable, Sequence
from functools import partial
from tkinter import ttk

from launcher.ui.window.widgets.texts import key_to, split_key


def radio_button(
    parent: tk.Misc, words: str, value: str, chosen: tk.StringVar, command: Callable[[], None], style: str = ""
) -> ttk.Radiobutton:
    """A radio button on a card. `&` stands before the letter that takes it together with Alt."""
    text, underline = split_key(words)
    made = ttk.Radiobutton(
        parent,
        text=text,
        underline=underline,
        value=value,
        variable=chosen,
        command=command,
        style=f"Card.{style}TRadiobutton",
    )
    key_to(parent, words, partial(take, made))
    return made


def bind_arrows(radios: Sequence[ttk.Radiobutton]) -> None:
    """Let Up and Down go through `radios`, in a circle."""
    for at, radio in enumerate(radios):
        for key, step in (("<Up>", -1), ("<Down>", 1)):
            radio.bind(key, partial(take, radios[(at + step) % len(radios)]))


def take(radio: ttk.Radiobutton, _event: object = None) -> str:
    """Focus and choose `radio` when it can be seen and pressed."""
    if radio.winfo_viewable() and not radio.instate(["disabled"]):
        radio.focus_set()
        radio.invoke()
    return "break"
