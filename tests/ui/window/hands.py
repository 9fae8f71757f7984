"""Real keys and a real mouse on a window of this process, and what a person reads in its dialogs."""

import subprocess
import tkinter as tk
from tkinter import ttk
from typing import TypeVar

from launcher.keeper.messages import Reply, Request
from launcher.keeper.view import View
from launcher.problem import Problem
from launcher.ui.window.other_windows import OtherWindow
from launcher.ui.window.widgets.texts import Field
from tests.support.displays import Display
from tests.ui.window.desk import Desk
from tests.ui.window.seen import settled, texts, until, visible
from tests.ui.window.x11 import keys

W = TypeVar("W", bound=tk.Misc)


def opened(desk: Desk, name: str, view: View) -> tk.Toplevel:
    """The window `name` with this view, in front and with the keys going there."""
    desk.show(view)
    desk.app.show_window(name)
    window = dialog(desk, name).window
    until(desk.root, lambda: has_focus(window), f"{name} has the focus")
    settled(desk.root)
    return window


def dialog(desk: Desk, name: str) -> OtherWindow:
    return desk.app.other_windows.opened(name)


def has_focus(window: tk.Toplevel) -> bool:
    focused = window.focus_get()
    return focused is not None and focused.winfo_toplevel() is window


def screen(desk: Desk) -> Display:
    return Display(desk.root.winfo_screen(), round(96 * desk.theme.scale))


def press(desk: Desk, *names: str) -> None:
    """Press keys, as xdotool names them."""
    keys(screen(desk), *names)
    settled(desk.root)


def write(desk: Desk, text: str) -> None:
    """Type `text` into what has the focus."""
    subprocess.run(["xdotool", "type", "--clearmodifiers", text], env=screen(desk).environment, check=True)
    field = desk.root.focus_get()
    if isinstance(field, Field):
        until(desk.root, lambda: field.text.endswith(text), f"“{text}” is typed")
    settled(desk.root)


def click(desk: Desk, widget: tk.Misc) -> None:
    """Click the middle of `widget` with the mouse."""
    x, y = widget.winfo_rootx() + widget.winfo_width() // 2, widget.winfo_rooty() + widget.winfo_height() // 2
    command = ["xdotool", "mousemove", str(x), str(y)]
    subprocess.run(command, env=screen(desk).environment, check=True)
    settled(desk.root)
    subprocess.run(["xdotool", "click", "1"], env=screen(desk).environment, check=True)
    settled(desk.root)


def answer(desk: Desk, kind: type[Request], problem: Problem | None = None, refused: bool = False) -> None:
    """Reply to the newest request of this kind."""
    desk.asked(kind)
    number = max(at for at, request in enumerate(desk.link.requests, 1) if isinstance(request, kind))
    desk.link.push(Reply(number, problem, refused))


def one(window: tk.Misc, kind: type[W], number: int = 0) -> W:
    """The first (or another) widget of this kind that can be seen."""
    return [widget for widget in visible(window) if isinstance(widget, kind)][number]


def named(window: tk.Misc, text: str) -> ttk.Button:
    """The button with this text; waits for it."""

    def found() -> list[ttk.Button]:
        return [w for w in visible(window) if isinstance(w, ttk.Button) and str(w.cget("text")) == text]

    return until(window, found, f"a button “{text}”")[0]


def enabled(window: tk.Misc, text: str) -> bool:
    return not named(window, text).instate(["disabled"])


def reads(window: tk.Misc, part: str) -> bool:
    """Whether `part` can be read in the window."""
    return any(part in text for text in texts(window))


def question(desk: Desk, title: str) -> tk.Toplevel:
    """The question with this title; waits for it."""

    def found() -> list[tk.Toplevel]:
        return [w for w in visible(desk.root) if isinstance(w, tk.Toplevel) and w.title() == title]

    return until(desk.root, found, f"“{title}”")[0]
