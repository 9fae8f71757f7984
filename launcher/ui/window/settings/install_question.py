"""Which version of SillyTavern to install: the newest, or one that is typed."""

import re
import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

from launcher.ui.window.widgets.buttons import button
from launcher.ui.window.widgets.dialog import child_window
from launcher.ui.window.widgets.field import Field, field_label
from launcher.ui.window.widgets.texts import paragraph, tell
from launcher.ui.window.widgets.theme import RING, Theme

TITLE = "Install a version of SillyTavern"
TEXT = "It takes about 430 MB beside what there is, and your chats stay as they are. It is used from then on."
NO_VERSION = "✕ A version has three numbers, such as 1.13.5."
VERSION = re.compile(r"\d{1,4}(\.\d{1,4}){2}")
WIDTH, MARGIN = 400, 20


class InstallQuestion:
    """`install` gets the version, None for the newest, and the window is gone then."""

    def __init__(
        self, parent: tk.Tk | tk.Toplevel, theme: Theme, more: str, install: Callable[[str | None], None]
    ) -> None:
        """`more` is said besides what it does."""
        self._install = install
        self.window = window = child_window(parent, theme, TITLE)
        frame = ttk.Frame(window, padding=theme.px(MARGIN - RING))
        frame.pack(fill="both", expand=True)
        frame.columnconfigure(0, weight=1)
        inner, edge = theme.px(WIDTH - 2 * MARGIN), theme.px(RING)
        for row, (style, words) in enumerate((("Big", TITLE), ("", f"{TEXT} {more}".strip()))):
            shown = paragraph(frame, style, words)
            shown.configure(wraplength=inner)
            shown.grid(row=row, column=0, sticky="ew", padx=edge, pady=theme.pair(0, 10))
        self._field = Field(frame, self._typed)
        field_label(frame, "&Version, empty for the newest", self._field).grid(row=2, column=0, sticky="w", padx=edge)
        self._field.grid(row=3, column=0, sticky="ew")
        self._wrong = paragraph(frame, "BadSaid")
        self._wrong.configure(wraplength=inner)
        self._wrong.grid(row=4, column=0, sticky="ew", padx=edge)
        foot = ttk.Frame(frame)
        foot.grid(row=5, column=0, sticky="e", pady=theme.pair(12, 0))
        self._do = button(foot, "&Install", self._chosen, main=True)
        self._do.grid(row=0, column=0)
        button(foot, "&Cancel", window.destroy).grid(row=0, column=1)
        self._typed()
        self._field.focus_force()
        window.resizable(False, False)
        window.wait_visibility()
        window.grab_set()

    def _typed(self) -> None:
        text = self._field.text.strip()
        fits = not text or VERSION.fullmatch(text) is not None
        tell(self._wrong, "" if fits else NO_VERSION)
        self._do.state(["!disabled" if fits else "disabled"])

    def _chosen(self) -> None:
        version = self._field.text.strip() or None
        self.window.destroy()
        self._install(version)
