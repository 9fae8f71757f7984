"""What stands beside a setting: Reset while it is not as it came, and what became of a change."""

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

from launcher.problem import Problem
from launcher.ui.window.settings import settings_words
from launcher.ui.window.widgets.scrolling import LOOK_HERE
from launcher.ui.window.widgets.texts import on_card, paragraph, tell
from launcher.ui.window.widgets.theme import Theme
from launcher.ui.window.widgets.tooltips import tooltip

Answered = Callable[[Problem | None], None]


def reset_button(parent: tk.Misc, theme: Theme, reset: Callable[[], None]) -> ttk.Button:
    """A small button; `appear` shows it while there is something to reset."""
    made = ttk.Button(parent, text="Reset", command=reset, style=f"{on_card(parent)}Quiet.TButton")
    tooltip(made, theme, lambda: "As it was when Tavernkeep came")
    return made


def appear(widget: ttk.Widget, wanted: bool) -> None:
    """Show a widget of a grid, or take it away. One that has the focus gives it to the next."""
    if wanted:
        widget.grid()
        return
    if widget.winfo_ismapped() and widget.focus_lastfor() is widget:
        following = widget.tk_focusNext()
        if following is not None:
            following.focus_set()
    widget.grid_remove()


class Note:
    """Two lines below a setting: what it does, and why a change was not done. They take no room while empty."""

    def __init__(self, parent: tk.Misc, theme: Theme, row: int, indent: int) -> None:
        self._hint = paragraph(parent, "Quiet")
        self._problem = paragraph(parent, "BadSaid")
        for at, shown in ((row, self._hint), (row + 1, self._problem)):
            shown.grid(row=at, column=0, columnspan=2, sticky="ew", padx=theme.pair(indent, 0))
            shown.grid_remove()
        self._problem.bind("<Configure>", lambda _event: self._problem.event_generate(LOOK_HERE), add=True)

    def hint(self, text: str) -> None:
        tell(self._hint, text)

    def answered(self, problem: Problem | None) -> None:
        tell(self._problem, settings_words.of(problem))
