"""Who can get in: how open SillyTavern is and why, and the three modes."""

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

from launcher.access.exposure import Mode
from launcher.keeper.messages import SetAccess
from launcher.keeper.view import View
from launcher.ui.window.access import access_words
from launcher.ui.window.child_window import NO_VIEW, ChildWindow
from launcher.ui.window.outcome import OutcomeBar, Send, effect, save_words, saved_words, saving_words
from launcher.ui.window.widgets.bars import Meter
from launcher.ui.window.widgets.buttons import bind_arrows, button, make_main, radio_button, rename
from launcher.ui.window.widgets.layout import Card, Layout
from launcher.ui.window.widgets.texts import key_to, label, paragraph, split_key, tell
from launcher.ui.window.widgets.theme import Theme

WIDTH = 540
CONFIRM = "I have read this and want &it"


class WhoWindow(ChildWindow):
    """Follows the view until the user chooses something else."""

    unsaved_text = "Who can get in is not changed yet."

    def __init__(
        self,
        parent: tk.Tk,
        theme: Theme,
        send: Send,
        show_whitelist: Callable[[], None],
        show_login: Callable[[Callable[[], None] | None], None],
    ) -> None:
        """`show_login` gets what to do once there is a login, or None."""
        super().__init__(parent, theme, "Who can get in")
        self._show_login = show_login
        self._chosen = tk.StringVar(self.window)
        self._read = tk.BooleanVar(self.window)
        self._layout = Layout(self.window, theme, WIDTH)
        body = self._layout.body
        label(body, "Title", "Who can get in").grid(row=0, column=0, sticky="w")
        self._make_exposure()
        self._make_choices(show_whitelist)
        self._make_warning()
        self._outcome = OutcomeBar(body, theme, send, self._states)
        self._outcome.grid(row=4, column=0, sticky="ew", pady=theme.pair(12, 0))
        self._outcome.grid_remove()
        self._make_foot()

    def _make_exposure(self) -> None:
        theme = self._theme
        shown = ttk.Frame(self._layout.body)
        shown.grid(row=1, column=0, sticky="ew", pady=theme.pair(6, 12))
        shown.columnconfigure(1, weight=1)
        self._meter = Meter(shown, theme)
        self._meter.grid(row=0, column=0)
        self._level = label(shown, "GoodBadge")
        self._level.grid(row=0, column=1, sticky="w", padx=theme.pair(8, 0))
        self._who = paragraph(shown, "Strong")
        self._who.grid(row=1, column=0, columnspan=2, sticky="ew", pady=theme.pair(6, 0))
        self._warnings = paragraph(shown, "CarefulSaid")
        self._warnings.grid(row=2, column=0, columnspan=2, sticky="ew", pady=theme.pair(4, 0))
        self._reasons = paragraph(shown, "Small")
        self._reasons.grid(row=3, column=0, columnspan=2, sticky="ew", pady=theme.pair(4, 0))

    def _make_choices(self, show_whitelist: Callable[[], None]) -> None:
        theme = self._theme
        shown = Card(self._layout.body, theme)
        shown.grid(row=2, column=0, sticky="ew")
        self._radios: dict[str, ttk.Radiobutton] = {}
        self._effects: dict[str, ttk.Label] = {}
        for row, choice in enumerate(access_words.mode_choices(NO_VIEW)):
            radio = radio_button(shown, choice.words, choice.mode.value, self._chosen, self._choose)
            radio.grid(row=2 * row, column=0, columnspan=2, sticky="w", pady=theme.pair(10 if row else 0, 0))
            told = paragraph(shown, "Quiet")
            told.grid(row=2 * row + 1, column=0, sticky="ew", padx=theme.pair(30, 0))
            self._radios[choice.mode], self._effects[choice.mode] = radio, told
        bind_arrows(list(self._radios.values()))
        self._list = button(shown, "&Whitelist…", show_whitelist)
        self._list.grid(row=3, column=1, sticky="ne", padx=theme.pair(8, 0))
        self._login = button(shown, "&Password…", lambda: self._show_login(None))
        self._login.grid(row=5, column=1, sticky="ne", padx=theme.pair(8, 0))

    def _make_warning(self) -> None:
        theme = self._theme
        self._warning = Card(self._layout.body, theme)
        self._warning.grid(row=3, column=0, sticky="ew", pady=theme.pair(12, 0))
        self._warning.columnconfigure(0, weight=0)
        self._warning.columnconfigure(1, weight=1)
        label(self._warning, "Careful", "!").grid(row=0, column=0, sticky="n", padx=theme.pair(0, 10))
        self._danger = paragraph(self._warning)
        self._danger.grid(row=0, column=1, sticky="ew")
        text, underline = split_key(CONFIRM)
        self._tick = ttk.Checkbutton(
            self._warning,
            text=text,
            underline=underline,
            variable=self._read,
            command=self._states,
            style="Card.TCheckbutton",
        )
        self._tick.grid(row=1, column=1, sticky="w", pady=theme.pair(8, 0))
        key_to(self.window, CONFIRM, self._tick.invoke)
        self._warning.grid_remove()

    def _make_foot(self) -> None:
        theme = self._theme
        foot = self._layout.foot
        self._effect = paragraph(foot, "Quiet")
        self._effect.grid(row=0, column=0, sticky="ew", padx=theme.pair(0, 8))
        self._save = button(foot, "&Save", self._set, main=True)
        self._save.grid(row=0, column=1)
        button(foot, "&Close", self.close).grid(row=0, column=2)

    # --- what is shown -----------------------------------------------------------------------------------------------

    def show(self, view: View) -> None:
        first, begun = self._view is NO_VIEW, self.unsaved
        self._view = view
        if not begun or self._mode == self._chosen.get():
            self._chosen.set(self._mode)
        bars, tone, words = access_words.exposure_meter(view)
        self._meter.show(bars, tone)
        self._level.configure(text=words, style=f"{tone}Badge.TLabel")
        tell(self._who, view.access.who if view.access else "")
        told = access_words.exposure_reasons(view)
        serious = [said for said in told if said.tone != "Quiet"]
        tell(self._warnings, "\n".join(said.text for said in serious))
        if serious:
            self._warnings.configure(style=f"{serious[0].tone}Said.TLabel")
        tell(self._reasons, "\n".join(said.text for said in told if said not in serious))
        for choice in access_words.mode_choices(view):
            self._effects[choice.mode].configure(text=choice.effect)
        self._danger.configure(text=access_words.everyone_warning(view))
        self._states()
        if first:
            self._radios.get(self._chosen.get(), self._radios[Mode.THIS_PC]).focus_force()

    def lost(self) -> None:
        self._outcome.lost()

    @property
    def _mode(self) -> str:
        return self._view.access.mode or "" if self._view.access else ""

    @property
    def unsaved(self) -> bool:
        return self._chosen.get() != self._mode

    def _states(self) -> None:
        busy, to_everyone = self._outcome.busy, self._chosen.get() == Mode.EVERYONE and self.unsaved
        if to_everyone:
            self._warning.grid()
        else:
            self._warning.grid_remove()
            self._read.set(False)
        known = self._view.installation is not None
        for widget in (*self._radios.values(), self._tick, self._list, self._login):
            widget.state(["disabled" if busy or not known else "!disabled"])
        ready = self.unsaved and known and not busy and (self._read.get() or not to_everyone)
        open_to_all = self._mode == Mode.EVERYONE and not access_words.login_ready(self._view)
        make_main(self._login, open_to_all and not self.unsaved)
        self._save.state(["!disabled" if ready else "disabled"])
        rename(self._save, save_words(self._view))
        self._effect.configure(text=effect(self._view) if self.unsaved and not busy else "")

    # --- what the user does ------------------------------------------------------------------------------------------

    def _choose(self) -> None:
        self._outcome.clear()
        if self._chosen.get() == Mode.EVERYONE and self.unsaved and not access_words.login_ready(self._view):
            # Stays unchosen until there is a login.
            self._chosen.set(self._mode)
            self._states()
            self._show_login(self._login_is_set)
            return
        self._states()

    def _login_is_set(self) -> None:
        if not self.window.winfo_exists():
            return
        self.window.lift()
        self._chosen.set(Mode.EVERYONE)
        self._states()
        self._tick.focus_force()

    def _set(self) -> None:
        mode = Mode(self._chosen.get())
        self._outcome.ask(SetAccess(mode), saving_words(self._view), lambda: saved_words(self._view))
