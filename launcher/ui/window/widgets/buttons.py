"""Buttons with an access key each, and how keys reach them."""

import tkinter as tk
from collections.abc import Callable, Iterator
from tkinter import ttk

from launcher.ui.window.widgets.texts import on_card


def button(parent: tk.Misc, words: str, command: Callable[[], object], main: bool = False) -> ttk.Button:
    """A button. `&` stands before the letter that presses it together with Alt."""
    text, underline = split_key(words)
    style = f"{on_card(parent)}{'Main.' if main else ''}TButton"
    return ttk.Button(parent, text=text, underline=underline, command=command, style=style)


def rename(widget: ttk.Button, words: str) -> None:
    """Give `widget` other words, with their own key."""
    text, underline = split_key(words)
    widget.configure(text=text, underline=underline)


def make_main(widget: ttk.Button, main: bool) -> None:
    """Let it be the main button, or no longer: then it gives up the focus to the one that is."""
    style = f"{on_card(widget.master)}{'Main.' if main else ''}TButton"
    if str(widget.cget("style")) == style:
        return
    widget.configure(style=style)
    if not main and widget.focus_lastfor() is widget and not in_another_window(widget.winfo_toplevel()):
        widget.winfo_toplevel().focus_set()


def split_key(words: str) -> tuple[str, int]:
    """The text without `&`, and where its key is; -1: it has none. `&&` is an ampersand."""
    marked = words.replace("&&", "\0")
    return marked.replace("&", "", 1).replace("\0", "&"), marked.find("&")


def bind_keys(window: tk.Tk | tk.Toplevel) -> None:
    """Alt+letter presses the button with that letter in `window`, Return the focused or else the main one."""
    window.bind("<Alt-Key>", lambda event: press_key(window, event.keysym))
    window.bind("<Return>", lambda _event: press_main(window))
    window.bind("<KP_Enter>", lambda _event: press_main(window))


def press_key(window: tk.Misc, key: str) -> str | None:
    for widget in shown_buttons(window):
        text, at = str(widget.cget("text")), int(str(widget.cget("underline")))
        if 0 <= at < len(text) and text[at].lower() == key.lower():
            widget.focus_set()
            press(widget)
            return "break"
    return None


def press_main(window: tk.Tk | tk.Toplevel) -> None:
    focused = window.focus_get()
    if isinstance(focused, ttk.Button | ttk.Menubutton):
        press(focused)
        return
    main = main_button(window)
    if main:
        press(main)


def main_button(window: tk.Misc) -> ttk.Button | ttk.Menubutton | None:
    """The first main button that can be pressed now."""
    return next((widget for widget in shown_buttons(window) if "Main." in str(widget.cget("style"))), None)


def focus_main(window: tk.Tk | tk.Toplevel) -> None:
    """Give the main button the focus unless something else that can be seen has it, here or in another window."""
    window.update_idletasks()
    if in_another_window(window):
        return
    focused = window.focus_lastfor()
    main = main_button(window)
    if main and (focused is None or focused is window or not focused.winfo_viewable()):
        main.focus_set()


def in_another_window(window: tk.Misc) -> bool:
    """The user is at another window of ours, and must not be taken away from there."""
    # Not focus_get: it knows nothing of the windows that Tk makes itself, such as the one to choose a folder.
    now = str(window.tk.call("focus"))
    return bool(now) and str(window.tk.call("winfo", "toplevel", now)) != str(window)


def press(widget: ttk.Button | ttk.Menubutton) -> None:
    if isinstance(widget, ttk.Button):
        widget.invoke()
    else:
        widget.event_generate("<space>")


def shown_buttons(window: tk.Misc) -> Iterator[ttk.Button | ttk.Menubutton]:
    """The buttons of `window` that can be seen and pressed, without those of windows above it."""
    for child in window.winfo_children():
        if isinstance(child, tk.Toplevel):
            continue
        if isinstance(child, ttk.Button | ttk.Menubutton):
            if child.winfo_viewable() and not child.instate(["disabled"]):
                yield child
        else:
            yield from shown_buttons(child)
