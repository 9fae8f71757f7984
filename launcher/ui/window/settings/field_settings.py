"""Settings that are typed, and checked while they are: the port, and the services that tell the public address."""

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

from launcher.keeper.messages import SetPort
from launcher.keeper.view import View
from launcher.network.port_check import problem_with_port
from launcher.network.public_ip import problem_with_service
from launcher.problem import Problem, TavernkeepError
from launcher.server.launch import check_port
from launcher.system.settings import Value
from launcher.ui.window.background import in_background
from launcher.ui.window.outcome import OutcomeBar, Send, effect, save_words, saved_words, saving_words
from launcher.ui.window.settings import settings_words as words
from launcher.ui.window.settings.setting_rows import Answered, SettingNote, appear, reset_button
from launcher.ui.window.widgets.buttons import button, rename
from launcher.ui.window.widgets.texts import Field, field_label
from launcher.ui.window.widgets.theme import RING, Theme

USUAL = 8000
MOST_DIGITS = 5
NO_NUMBER = Problem("A port is a number from 1 to 65535.", f"{USUAL} is the usual one.")
HINT = "The number at the end of the address. Phones need the new code after it changes."
CHECKING = "Looking whether it is free…"


class PortSetting(ttk.Frame):
    """Return or Save lets it count; a running SillyTavern restarts."""

    def __init__(self, parent: ttk.Frame, theme: Theme, send: Send) -> None:
        super().__init__(parent, style="Card.TFrame")
        self._view = View()
        self._shown = ""
        self._looked: tuple[int, Problem | None] | None = None
        self._looking: int | None = None
        self.columnconfigure(2, weight=1)
        self._field = Field(self, self._edited, width=8)
        field_label(self, "&Port", self._field, "Strong").grid(row=0, column=0, sticky="w", padx=theme.pair(0, 8))
        self._field.grid(row=0, column=1, sticky="w")
        self._save = button(self, "&Save", self._save_typed)
        self._save.grid(row=0, column=2, sticky="w", padx=theme.pair(2, 0))
        self._reset = reset_button(self, theme, lambda: self._field.put(str(USUAL)))
        self._reset.grid(row=0, column=3, sticky="e")
        notes = ttk.Frame(self, style="Card.TFrame")
        notes.grid(row=1, column=0, columnspan=4, sticky="ew", pady=theme.pair(2, 0))
        notes.columnconfigure(0, weight=1)
        self._note = SettingNote(notes, theme, 0, 0)
        self.outcome = OutcomeBar(self, theme, send, self._check)
        self.outcome.grid(row=2, column=0, columnspan=4, sticky="ew", pady=theme.pair(6, 0))
        self.outcome.grid_remove()
        for key in ("<Return>", "<KP_Enter>"):
            self._field.bind(key, self._return)

    @property
    def unsaved(self) -> bool:
        return self._field.text.strip() != self._shown

    def show(self, view: View) -> None:
        """What counts now. What the user is typing stays."""
        typing = self.unsaved
        self._view = view
        self._shown = str(view.port or "")
        if not typing and self._field.text != self._shown:
            self._field.put(self._shown)
        appear(self._reset, view.port not in (None, USUAL))
        self._check()

    def _edited(self) -> None:
        self.outcome.clear()
        self._check()

    def _check(self) -> None:
        """What can be said about the number now. Whether it is free is found out beside."""
        problem, ready, hint = self._judged()
        self._note.answered(problem)
        self._note.hint("" if problem else hint)
        known = self._view.installation is not None and not self.outcome.busy
        self._field.state(["!disabled" if known else "disabled"])
        self._reset.state(["!disabled" if known else "disabled"])
        self._save.state(["!disabled" if ready and known else "disabled"])
        rename(self._save, save_words(self._view))

    def _judged(self) -> tuple[Problem | None, bool, str]:
        """Why the number cannot be, whether it can be saved, and what else there is to say."""
        if not self.unsaved:
            return None, False, HINT
        text = self._field.text.strip()
        if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
            return NO_NUMBER, False, ""
        number = int(text)
        if problem := problem_with_port(number):
            return problem, False, ""
        if self._looked and self._looked[0] == number:
            return self._looked[1], self._looked[1] is None, f"Port {number} is free. {effect(self._view)}"
        self._look(number)
        return None, False, CHECKING

    def _look(self, number: int) -> None:
        if self._looking == number:
            return
        self._looking = number

        def looked(problem: Problem | None) -> None:
            self._looked = (number, problem)
            if self._looking == number:
                self._looking = None
                self._check()

        in_background(self, lambda: _who_has(number), looked, looked)

    def _return(self, _event: "tk.Event[tk.Misc]") -> str:
        self._save.invoke()
        return "break"

    def _save_typed(self) -> None:
        number = int(self._field.text)
        self._looked = None
        self.outcome.ask(SetPort(number), saving_words(self._view), lambda: saved_words(self._view))


def _who_has(port: int) -> Problem | None:
    """Why a server could not listen there now. Looks through all processes when it is taken."""
    try:
        check_port(port)
    except TavernkeepError as error:
        return error.problem
    return None


class ServicesSetting(ttk.Frame):
    """Checked while they are typed; Return or Save lets them count."""

    def __init__(self, parent: ttk.Frame, theme: Theme, choose: Callable[[Value, Answered], None]) -> None:
        super().__init__(parent, style="Card.TFrame")
        self._choose = choose
        self._counts: tuple[str, ...] = ()
        self._enabled = True
        self.columnconfigure(0, weight=1)
        self._field = Field(self, self._typed)
        title = field_label(self, words.SERVICES, self._field, "Strong")
        title.grid(row=0, column=0, sticky="w")
        self._reset = reset_button(self, theme, lambda: self._ask(None))
        self._reset.grid(row=0, column=1, sticky="e")
        self.rowconfigure(0, minsize=self._reset.winfo_reqheight())
        self._field.grid(row=1, column=0, sticky="ew", padx=theme.pair(0, 2), pady=theme.pair(4, 0))
        self._save = button(self, "Sa&ve", self._save_typed)
        self._save.grid(row=1, column=1, pady=theme.pair(4, 0))
        self._note = SettingNote(self, theme, 2, RING)
        self._note.hint(words.SERVICES_HINT)
        for key in ("<Return>", "<KP_Enter>"):
            self._field.bind(key, self._return)
        appear(self._reset, False)
        self._typed()

    @property
    def unsaved(self) -> bool:
        return self._words != self._counts

    def show(self, services: tuple[str, ...]) -> None:
        """What counts now. What the user is typing stays."""
        typing = self.unsaved
        self._counts = services
        if not typing:
            self._field.put(" ".join(services))
        appear(self._reset, bool(services))
        self._typed()

    def forget(self) -> None:
        """What was typed and not saved."""
        self._field.put(" ".join(self._counts))

    def enable(self, wanted: bool) -> None:
        self._enabled = wanted
        for widget in (self._field, self._reset):
            widget.state(["!disabled" if wanted else "disabled"])
        self._typed()

    @property
    def _words(self) -> tuple[str, ...]:
        return tuple(self._field.text.split())

    def _typed(self) -> None:
        found = next(((word, why) for word in self._words if (why := problem_with_service(word))), None)
        problem = Problem(f"{found[0]}: {found[1].title}", found[1].advice) if found and self.unsaved else None
        self._note.answered(problem)
        ready = self.unsaved and not found and self._enabled
        self._save.state(["!disabled" if ready else "disabled"])

    def _return(self, _event: "tk.Event[tk.Misc]") -> str:
        self._save.invoke()
        return "break"

    def _save_typed(self) -> None:
        self._ask(self._words or None)

    def _ask(self, value: tuple[str, ...] | None) -> None:
        def answered(problem: Problem | None) -> None:
            if problem is None:
                self._field.put(" ".join(value or ()))
            self._note.answered(problem)

        self._choose(value, answered)
