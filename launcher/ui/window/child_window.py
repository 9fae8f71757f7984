"""What the windows beside the main one share: they follow the view, and ask before typed text is lost."""

import tkinter as tk

from launcher.keeper.view import View
from launcher.ui.window.widgets.dialog import ask, child_window
from launcher.ui.window.widgets.theme import Theme

NO_VIEW = View()


class ChildWindow:
    """A window beside the main one. `window` is its Toplevel."""

    unsaved_text = ""

    def __init__(self, parent: tk.Tk, theme: Theme, title: str) -> None:
        theme.draw_fields()
        self._parent, self._theme = parent, theme
        # The last view; NO_VIEW until there is one.
        self._view = NO_VIEW
        self.window = child_window(parent, theme, title, self.close)

    def show(self, view: View) -> None:
        """Follow `view`."""
        self._view = view

    def lost(self) -> None:
        """Say that the keeper is gone, where that matters."""

    @property
    def unsaved(self) -> bool:
        """Closing would lose something."""
        return False

    def close(self) -> None:
        """Close, or first ask where something would be lost: `unsaved_text` says what."""
        if not self.unsaved:
            self.window.destroy()
            return
        choices = (("&Keep it open", lambda: None), ("&Close without saving", self.window.destroy))
        ask(self.window, self._theme, "Close without saving?", self.unsaved_text, choices)
