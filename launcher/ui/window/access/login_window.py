"""User name and password, which every device is asked for."""

import secrets
import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

from launcher.keeper.messages import LoginOff, SetLogin
from launcher.keeper.view import View
from launcher.ui.window.access import access_words
from launcher.ui.window.child_window import ChildWindow
from launcher.ui.window.outcome import OutcomeBar, Send, effect, restarts, save_words, saved_words, saving_words
from launcher.ui.window.widgets.bars import Meter
from launcher.ui.window.widgets.buttons import button, rename, say_copied
from launcher.ui.window.widgets.dialog import Choice, ask, fit_height, never_as_a_whole
from launcher.ui.window.widgets.layout import Card
from launcher.ui.window.widgets.texts import Field, field_label, label, paragraph, tell
from launcher.ui.window.widgets.theme import RING, Theme

MARGIN, WIDTH = 20, 480
DOT = "•"
COPY = "&Copy"
FIRST_THIS = "Before everyone is let in, set a user name and a password of your own."
CANCEL: Choice = ("&Cancel", lambda: None)


class LoginWindow(ChildWindow):
    """The password stays in its field until the window closes, so that it can still be copied after saving."""

    unsaved_text = "The user name and password typed here are not saved yet."

    def __init__(self, parent: tk.Tk, theme: Theme, send: Send, copy: Callable[[str], None]) -> None:
        super().__init__(parent, theme, "User name and password")
        self._copy = copy
        self._saved: tuple[str, str] | None = None
        self._stored = ""
        self._then: Callable[[], None] | None = None
        self.window.resizable(True, False)
        self.window.minsize(theme.px(WIDTH), 1)
        self._frame = frame = ttk.Frame(
            self.window, padding=theme.edges(MARGIN - RING, MARGIN, MARGIN - RING, MARGIN - RING)
        )
        frame.grid(sticky="new")
        self.window.columnconfigure(0, weight=1)
        frame.columnconfigure(0, weight=1)
        frame.bind("<Configure>", lambda _event: fit_height(self.window, theme, WIDTH, frame))
        edge = theme.px(RING)
        label(frame, "Title", "User name and password").grid(row=0, column=0, sticky="w", padx=edge)
        self._first = paragraph(frame, "Careful")
        self._first.grid(row=1, column=0, sticky="ew", padx=edge, pady=theme.pair(6, 0))
        self._state = paragraph(frame, "Quiet")
        self._state.grid(row=2, column=0, sticky="ew", padx=edge, pady=theme.pair(4, 12))
        self._make_fields()
        self._outcome = OutcomeBar(frame, theme, send, self._states)
        self._outcome.grid(row=4, column=0, sticky="ew", padx=edge, pady=theme.pair(12, 0))
        self._outcome.grid_remove()
        self._make_foot()
        tell(self._first, "")
        self._typed()
        self._user.focus_force()
        never_as_a_whole(self.window, self._user.focus_force)

    def _make_fields(self) -> None:
        theme = self._theme
        fields = Card(self._frame, theme)
        fields.grid(row=3, column=0, sticky="ew", padx=theme.px(RING))
        self._user = Field(fields, self._typed)
        self._password = Field(fields, self._typed)
        self._password.configure(show=DOT)
        edge = theme.pair(RING, RING)
        field_label(fields, "&User name", self._user).grid(row=0, column=0, sticky="w", padx=edge)
        self._user.grid(row=1, column=0, columnspan=2, sticky="ew")
        field_label(fields, "&Password", self._password).grid(
            row=2, column=0, sticky="w", padx=edge, pady=theme.pair(8, 0)
        )
        self._password.grid(row=3, column=0, sticky="ew")
        self._show = button(fields, "S&how", self._toggle)
        self._show.grid(row=3, column=1)
        row = ttk.Frame(fields, style="Card.TFrame")
        row.grid(row=4, column=0, columnspan=2, sticky="ew", pady=theme.pair(2, 0))
        self._generate = button(row, "&Generate", self._make_password)
        self._copy_button = button(row, COPY, self._copy_password)
        self._generate.grid(row=0, column=0)
        self._copy_button.grid(row=0, column=1, padx=theme.pair(2, 10))
        self._meter = Meter(row, theme, 24)
        self._meter.grid(row=0, column=2)
        self._strength = paragraph(fields, "QuietSaid")
        self._strength.grid(row=5, column=0, columnspan=2, sticky="ew", padx=edge, pady=theme.pair(6, 0))
        self._flaw = paragraph(fields, "Bad")
        self._flaw.grid(row=6, column=0, columnspan=2, sticky="ew", padx=edge, pady=theme.pair(6, 0))
        self._kept = paragraph(fields, "Small")
        self._kept.grid(row=7, column=0, columnspan=2, sticky="ew", padx=edge, pady=theme.pair(6, 0))

    def _make_foot(self) -> None:
        theme = self._theme
        self._effect = paragraph(self._frame, "Quiet")
        self._effect.grid(row=5, column=0, sticky="ew", padx=theme.px(RING), pady=theme.pair(12, 6))
        foot = ttk.Frame(self._frame)
        foot.grid(row=6, column=0, sticky="ew")
        foot.columnconfigure(1, weight=1)
        self._off = button(foot, "&Turn off…", self._ask_off)
        self._off.grid(row=0, column=0)
        self._save = button(foot, "&Save", self._set, main=True)
        self._save.grid(row=0, column=2)
        button(foot, "Clos&e", self.close).grid(row=0, column=3)

    # --- what is shown -----------------------------------------------------------------------------------------------

    def show(self, view: View) -> None:
        self._view = view
        stored = view.login.username or "" if view.login else ""
        if stored != self._stored:
            # What the user has typed stays.
            if self._user.text == self._stored:
                self._user.put(stored)
            self._stored = stored
        said = access_words.login_state(view.login)
        self._state.configure(text=said.text, style=f"{said.tone}Said.TLabel")
        self._typed()

    def ask_first(self, then: Callable[[], None]) -> None:
        """Say that a login is needed first. Once there is one, close this window and call `then`."""
        self._then = then
        tell(self._first, FIRST_THIS)

    def lost(self) -> None:
        self._outcome.lost()

    @property
    def _version(self) -> str:
        return self._view.installation.version if self._view.installation else ""

    @property
    def unsaved(self) -> bool:
        return bool(self._password.text) and self._saved != (self._user.text, self._password.text)

    def _typed(self) -> None:
        user, password = self._user.text, self._password.text
        bars, tone, words = access_words.password_quality(password)
        self._meter.show(bars, tone)
        found = access_words.typed_problem(user, password, self._version)
        tell(self._strength, words if not found else "")
        self._strength.configure(style=f"Card.{tone}Said.TLabel")
        tell(self._flaw, f"✕ {found.title} {found.advice}".strip() if found else "")
        kept = access_words.has_password(self._view.login) and not password
        tell(self._kept, access_words.STORED if kept else "")
        self._states()

    def _states(self) -> None:
        busy, password = self._outcome.busy, self._password.text
        on = bool(self._view.login and self._view.login.on)
        may_save = self.unsaved and access_words.may_save(self._user.text, password, self._version)
        for widget, wanted in (
            (self._user, True),
            (self._password, True),
            (self._show, True),
            (self._generate, True),
            (self._copy_button, bool(password)),
            (self._off, on),
            (self._save, may_save),
        ):
            widget.state(["!disabled" if wanted and not busy else "disabled"])
        rename(self._save, save_words(self._view))
        self._effect.configure(text=effect(self._view) if self.unsaved and not busy else "")

    # --- what the user does ------------------------------------------------------------------------------------------

    def _toggle(self) -> None:
        hidden = str(self._password.cget("show")) == DOT
        self._password.configure(show="" if hidden else DOT)
        rename(self._show, "&Hide" if hidden else "S&how")

    def _make_password(self) -> None:
        from launcher.access.login import readable_password

        self._password.put(readable_password(secrets.choice))
        if str(self._password.cget("show")) == DOT:
            self._toggle()

    def _copy_password(self) -> None:
        self._copy(self._password.text)
        say_copied(self._copy_button, COPY)

    def _set(self) -> None:
        typed = (self._user.text, self._password.text)

        def done() -> str:
            self._saved = typed
            if self._then:
                then, self._then = self._then, None
                # Through the parent: a window's own `after` calls end with it.
                self._parent.after_idle(self.window.destroy)
                self._parent.after_idle(then)
            return f"{saved_words(self._view)} Devices are asked for them from now on."

        self._outcome.ask(SetLogin(*typed), saving_words(self._view), done)

    def _ask_off(self) -> None:
        words = "&Turn off and restart" if restarts(self._view) else "&Turn off"
        text = f"{access_words.about_off(self._view)} {effect(self._view)}"
        ask(self.window, self._theme, "Ask nobody for a password?", text, ((words, self._turn_off), CANCEL))

    def _turn_off(self) -> None:
        told = "SillyTavern no longer asks for user name and password."
        self._outcome.ask(LoginOff(), saving_words(self._view), lambda: told)
