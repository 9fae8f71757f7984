"""The services that are asked for the public address."""

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

from launcher.network.public_ip import problem_with_service
from launcher.problem import Problem
from launcher.system.settings import Value
from launcher.ui.window.settings import settings_words as words
from launcher.ui.window.settings.setting_note import Answered, Note, appear, reset_button
from launcher.ui.window.widgets.buttons import button
from launcher.ui.window.widgets.field import Field, field_label
from launcher.ui.window.widgets.theme import RING, Theme


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
        self._note = Note(self, theme, 2, RING)
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
