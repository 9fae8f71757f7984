"""Keeps the windows of this process light or dark: as chosen in the settings, else as the system has it."""

import sys
import time
import tkinter as tk

from launcher.ui.window.widgets import appearance
from launcher.ui.window.widgets.theme import Theme

ASK_AGAIN_S = 5.0
WATCH_MS = 5_000


class Look:
    """Made before the first window, so that none has to change in front of the user; `follow` keeps it right."""

    def __init__(self) -> None:
        self._told = appearance.told_by_environment()
        self._choice = appearance.chosen()
        self._asked = appearance.ask() if self._by_system else appearance.Asked(None)
        self._asked_at = time.monotonic()
        self._root: tk.Tk
        self._theme: Theme

    @property
    def dark(self) -> bool:
        """What is known now; light while it is not."""
        if self._told is not None:
            return self._told
        return bool(self._asked.answer()) if self._by_system else self._choice == "dark"

    @property
    def _by_system(self) -> bool:
        return self._told is None and self._choice == "system"

    def follow(self, root: tk.Tk, theme: Theme) -> None:
        """Switch `theme` when the system answers.

        It is asked again when the user comes back to a window, and now and then while one can be seen.
        """
        self._root, self._theme = root, theme
        self._listen()
        root.bind("<FocusIn>", lambda _event: self._came_back(), add=True)
        self._next = root.after(WATCH_MS, self._watch)
        root.bind("<Destroy>", self._destroyed, add=True)

    def choose(self, choice: str) -> None:
        """`system`, `light` or `dark`: what the settings say now."""
        if choice == self._choice:
            return
        self._choice = choice
        if self._by_system:
            self._ask()
        elif self._told is None:
            self._switch(choice == "dark")

    def _came_back(self) -> None:
        if self._by_system and time.monotonic() - self._asked_at > ASK_AGAIN_S:
            self._ask()

    def _watch(self) -> None:
        if any(window.winfo_viewable() for window in (self._root, *self._root.winfo_children())):
            self._came_back()
        self._next = self._root.after(WATCH_MS, self._watch)

    def _destroyed(self, event: "tk.Event[tk.Misc]") -> None:
        if event.widget is self._root:
            self._root.after_cancel(self._next)

    def _ask(self) -> None:
        if self._asked.fd is None:
            self._asked, self._asked_at = appearance.ask(), time.monotonic()
            self._listen()

    def _listen(self) -> None:
        if sys.platform == "win32" or self._asked.fd is None:
            self._heard()
        else:
            self._root.createfilehandler(self._asked.fd, tk.READABLE, lambda *_: self._heard())

    def _heard(self) -> None:
        if sys.platform != "win32" and self._asked.fd is not None:
            self._root.deletefilehandler(self._asked.fd)
        dark = self._asked.answer()
        if dark is not None and self._by_system:
            self._switch(dark)

    def _switch(self, dark: bool) -> None:
        if dark != (self._theme.palette.name == "dark"):
            self._theme.switch(dark)
