"""Whether Tavernkeep starts at login: what the system says, which others may change as well."""

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

from launcher.problem import Problem, TavernkeepError
from launcher.system import autostart
from launcher.system.autostart import Autostart, State
from launcher.system.settings import Value
from launcher.ui.window.background import in_background
from launcher.ui.window.settings import settings_words as words
from launcher.ui.window.settings.setting_note import Answered
from launcher.ui.window.settings.switch_setting import SwitchSetting
from launcher.ui.window.widgets.theme import Theme


class LoginStartSetting(SwitchSetting):
    """Asks the system when it appears and whenever the user comes back to its window."""

    def __init__(self, parent: ttk.Frame, theme: Theme, found_out: Callable[[], None]) -> None:
        """`found_out` is called whenever `changed` may have changed."""
        super().__init__(parent, theme, words.AT_LOGIN, self._turn)
        self._found: Autostart | None = None
        self._tell = found_out
        self.enable(False)
        self._look()
        self.winfo_toplevel().bind("<FocusIn>", self._came_back, add=True)

    @property
    def changed(self) -> bool:
        """Whether there is something to reset."""
        return self._found is not None and self._found.state in (State.ON, State.ELSEWHERE)

    def reset(self) -> None:
        if self.changed:
            self._ask(None)

    def _came_back(self, event: "tk.Event[tk.Misc]") -> None:
        if event.widget is self.winfo_toplevel():
            self._look()

    def _look(self) -> None:
        in_background(self, autostart.look, self._found_out)

    def _found_out(self, found: Autostart) -> None:
        self._found = found
        self.enable(True)
        self.show(self.changed, words.about_login(found))
        self._tell()

    def _turn(self, value: Value, answered: Answered) -> None:
        def turn() -> Problem | None:
            try:
                autostart.turn_on() if value else autostart.turn_off()
            except TavernkeepError as error:
                return error.problem
            return None

        def turned(problem: Problem | None) -> None:
            answered(problem)
            self._look()

        in_background(self, turn, turned, turned)
