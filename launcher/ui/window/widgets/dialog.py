"""A question in a small window of its own."""

import tkinter as tk
from collections.abc import Callable, Sequence
from tkinter import ttk

from launcher.ui.window.widgets.buttons import ButtonRow, bind_keys, button
from launcher.ui.window.widgets.texts import paragraph
from launcher.ui.window.widgets.theme import RING, Theme

Choice = tuple[str, Callable[[], None]]

WIDTH = 400
MARGIN = 20
TASKBAR_PX = 72


def child_window(
    parent: tk.Tk | tk.Toplevel, theme: Theme, title: str, close: Callable[[], None] | None = None
) -> tk.Toplevel:
    """An empty window that belongs to `parent`; Escape closes it, or calls `close` where something may be lost.

    Give its first widget the focus with `focus_force`: a window manager may leave it where the opening key was pressed.
    """
    window = tk.Toplevel(parent, class_="Tavernkeep", background=theme.palette.background)
    window.title(title)
    window.transient(parent)
    for key in ("<Escape>", "<Control-w>"):
        window.bind(key, lambda _event: (close or window.destroy)())
    window.protocol("WM_DELETE_WINDOW", close or window.destroy)
    window.bind("<<ThemeChanged>>", lambda _event: window.configure(background=theme.palette.background))
    bind_keys(window)
    return window


def come_to_front(window: tk.Toplevel) -> None:
    """Show it above the others, with the focus where it was in it. A new one comes to the front by itself."""
    if window.winfo_viewable():
        window.lift()
        window.focus_lastfor().focus_force()  # type: ignore[union-attr]


def never_as_a_whole(window: tk.Toplevel, take_focus: Callable[[], object]) -> None:
    """Where the focus would be on `window` itself, which does not show it, have it taken by what is in it."""

    def look() -> None:
        if window.winfo_exists() and window.focus_get() is window:
            take_focus()

    def focused(event: "tk.Event[tk.Misc]") -> None:
        if event.widget is window:
            window.nametowidget(".").after_idle(look)

    window.bind("<FocusIn>", focused, add=True)


def fit_height(
    window: tk.Tk | tk.Toplevel, theme: Theme, width: int, *parts: tk.Widget, most: int | None = None
) -> None:
    """As high as the `parts` in it need together, as far as the screen or `most` goes; at first `width` wide.

    Lengths at 96 dpi. Call it when they change. A window that took its width from texts that wrap would never come to
    rest.
    """
    height = min(sum(part.winfo_reqheight() for part in parts), window.winfo_screenheight() - theme.px(TASKBAR_PX))
    if most is not None:
        height = min(height, theme.px(most))
    now = (window.winfo_width(), window.winfo_height())
    wanted = (now[0] if window.winfo_ismapped() else theme.px(width), height)
    if wanted != now:
        window.geometry(f"{wanted[0]}x{wanted[1]}")


def ask(parent: tk.Tk | tk.Toplevel, theme: Theme, title: str, text: str, choices: Sequence[Choice]) -> tk.Toplevel:
    """Ask; the first of `choices` (words, what then) is the main one. Escape and closing choose nothing."""
    window = child_window(parent, theme, title)
    frame = ttk.Frame(window, padding=theme.px(MARGIN))
    frame.pack(fill="both", expand=True)
    inner = theme.px(WIDTH - 2 * MARGIN)
    for style, words, below in (("Big", title, 8), ("", text, 16)):
        shown = paragraph(frame, style, words)
        shown.configure(wraplength=inner)
        shown.pack(fill="x", padx=theme.px(RING), pady=theme.pair(0, below))
    row = ButtonRow(frame, theme)
    row.configure(width=inner)
    row.pack(fill="x")
    made = [button(row, words, _then(window, then), main=not at) for at, (words, then) in enumerate(choices)]
    row.arrange(*made)
    made[0].focus_set()
    window.resizable(False, False)
    window.wait_visibility()
    window.grab_set()
    return window


def _then(window: tk.Toplevel, then: Callable[[], None]) -> Callable[[], None]:
    def chosen() -> None:
        window.destroy()
        then()

    return chosen
