"""One setting in a row: a choice of a few values, or a tick, with Reset and what became of a change."""

import tkinter as tk
from collections.abc import Callable, Sequence
from tkinter import ttk
from typing import Generic, TypeVar

from launcher.problem import Problem, TavernkeepError
from launcher.system import autostart
from launcher.system.autostart import Autostart, AutostartState
from launcher.system.settings import Value
from launcher.ui.window.background import in_background
from launcher.ui.window.settings import settings_words as words
from launcher.ui.window.settings.settings_words import Choosing, Switching
from launcher.ui.window.widgets.buttons import bind_arrows, radio_button
from launcher.ui.window.widgets.scrolling import LOOK_HERE
from launcher.ui.window.widgets.texts import key_to, on_card, paragraph, split_key, tell
from launcher.ui.window.widgets.theme import Theme
from launcher.ui.window.widgets.tooltips import tooltip

# What stands below a radio button or a tick begins where their text does.
RADIO_INDENT, TICK_INDENT = 30, 26

V = TypeVar("V", str, bool)
Answered = Callable[[Problem | None], None]
Choose = Callable[[Value, Answered], None]


def reset_button(parent: tk.Misc, theme: Theme, reset: Callable[[], None]) -> ttk.Button:
    """A small button; `appear` shows it while there is something to reset."""
    made = ttk.Button(parent, text="Reset", command=reset, style=f"{on_card(parent)}Quiet.TButton")
    tooltip(made, theme, lambda: "Back to the default")
    return made


def appear(widget: ttk.Widget, wanted: bool) -> None:
    """Show or hide a widget of a grid. One that has the focus hands it to the next."""
    if wanted:
        widget.grid()
        return
    if widget.winfo_ismapped() and widget.focus_lastfor() is widget:
        following = widget.tk_focusNext()
        if following is not None:
            following.focus_set()
    widget.grid_remove()


class SettingNote:
    """Two lines below a setting: what it does, and why a change failed. They take no room while empty."""

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
        tell(self._problem, words.failure(problem))


class SettingRow(ttk.Frame, Generic[V]):
    """What a choice and a tick share. `choose` gets the value, None for the default, and whom to tell the outcome."""

    _note: SettingNote
    _controls: Sequence[ttk.Widget]

    def __init__(self, parent: ttk.Frame, theme: Theme, default: V, put: Callable[[V], None], choose: Choose) -> None:
        """`put` shows a value in the controls."""
        super().__init__(parent, style="Card.TFrame")
        self._default: V = default
        self._saved: V = default
        self._put: Callable[[V], None] = put
        self._choose = choose
        self.columnconfigure(0, weight=1)
        self._reset = reset_button(self, theme, lambda: self._ask(None))
        self._reset.grid(row=0, column=1, sticky="e")

    def show(self, value: V, hint: str = "") -> None:
        """Show the saved value."""
        self._saved = value
        self._put(value)
        self._note.hint(hint)
        appear(self._reset, value != self._default)

    def enable(self, wanted: bool) -> None:
        for widget in (*self._controls, self._reset):
            widget.state(["!disabled" if wanted else "disabled"])

    def _ask(self, value: V | None) -> None:
        self._note.answered(None)
        self._choose(value, self._answered)

    def _answered(self, problem: Problem | None) -> None:
        self._put(self._saved)
        self._note.answered(problem)


class ChoiceSetting(SettingRow[str]):
    """A setting with a few values."""

    def __init__(self, parent: ttk.Frame, theme: Theme, said: Choosing, choose: Choose) -> None:
        chosen = self._chosen = tk.StringVar(parent, said.default)
        super().__init__(parent, theme, said.default, chosen.set, choose)
        text, underline = split_key(said.title)
        title = ttk.Label(self, text=text, underline=underline, style="Card.Strong.TLabel")
        title.grid(row=0, column=0, sticky="w")
        self.rowconfigure(0, minsize=self._reset.winfo_reqheight())
        self._radios: list[ttk.Radiobutton] = []
        for row, option in enumerate(said.options):
            radio = radio_button(self, option.text, option.value, chosen, lambda: self._ask(chosen.get()), "Plain.")
            radio.grid(row=2 * row + 1, column=0, columnspan=2, sticky="w")
            self._radios.append(radio)
            if option.hint:
                hint = paragraph(self, "Quiet", option.hint)
                edge = theme.pair(RADIO_INDENT, 0)
                hint.grid(row=2 * row + 2, column=0, columnspan=2, sticky="ew", padx=edge, pady=theme.pair(0, 4))
        self._controls = self._radios
        self._note = SettingNote(self, theme, 2 * len(said.options) + 1, RADIO_INDENT)
        # Tab goes on to the next setting.
        bind_arrows(self._radios)
        key_to(self, said.title, self.take_focus)

    def take_focus(self) -> None:
        """Focus the chosen value."""
        next((radio for radio in self._radios if radio.instate(["selected"])), self._radios[0]).focus_set()


class SwitchSetting(SettingRow[bool]):
    """A setting that is on or off."""

    def __init__(self, parent: ttk.Frame, theme: Theme, said: Switching, choose: Choose) -> None:
        self._said = said
        on = self._on = tk.BooleanVar(parent, said.default)
        super().__init__(parent, theme, said.default, on.set, choose)
        text, underline = split_key(said.title)
        tick = self._tick = ttk.Checkbutton(
            self,
            text=text,
            underline=underline,
            variable=on,
            command=lambda: self._ask(on.get()),
            style="Card.TCheckbutton",
        )
        tick.grid(row=0, column=0, sticky="w")
        # Tab comes to the tick before Reset.
        self._reset.lift()
        self._controls = [tick]
        self._note = SettingNote(self, theme, 1, TICK_INDENT)
        key_to(self, said.title, self._press)

    def show(self, value: bool, hint: str = "") -> None:
        """Show the saved value. `hint` follows what the setting does."""
        super().show(value, f"{self._said.hint} {hint}".strip())

    def _press(self) -> None:
        self._tick.focus_set()
        self._tick.invoke()


class LoginStartSetting(SwitchSetting):
    """Start at login. Asks the system at first and whenever the user returns to the window: others change it too."""

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
        """There is something to reset."""
        return self._found is not None and self._found.state in (AutostartState.ON, AutostartState.ELSEWHERE)

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
