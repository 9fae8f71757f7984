"""Everything that can be set. Each setting is checked where it stands, takes effect at once, and can be reset."""

import tkinter as tk
from collections.abc import Callable, Mapping
from tkinter import ttk

from launcher.keeper.messages import ApplyFix, ChangeSettings, Reply
from launcher.keeper.view import View
from launcher.problem import Problem
from launcher.system.settings import PUT_ASIDE, Settings, Value
from launcher.ui.window.outcome import OutcomeBar, Send
from launcher.ui.window.settings import settings_words as words
from launcher.ui.window.settings.field_settings import PortSetting, ServicesSetting
from launcher.ui.window.settings.installation_setting import InstallationSetting
from launcher.ui.window.settings.setting_rows import Answered, ChoiceSetting, LoginStartSetting, SwitchSetting
from launcher.ui.window.widgets.buttons import button
from launcher.ui.window.widgets.dialog import Choice, ask, child_window, never_as_a_whole
from launcher.ui.window.widgets.layout import CARD_GAP, Card, Layout
from launcher.ui.window.widgets.texts import label, paragraph
from launcher.ui.window.widgets.theme import Theme

TITLE = "Settings"
WIDTH = 560
DEFAULTS = Settings()
CANCEL: Choice = ("&Cancel", lambda: None)


class SettingsWindow:
    """Writes nothing itself: the keeper does, and the view tells what counts then."""

    def __init__(self, parent: tk.Tk, theme: Theme, send: Send, show_about: Callable[[], None]) -> None:
        theme.draw_fields()
        self._theme, self._send = theme, send
        self._view = View()
        self.window = window = child_window(parent, theme, TITLE, self.close)
        self._layout = Layout(window, theme, WIDTH, button_first=True)
        label(self._layout.body, "Title", TITLE).grid(row=0, column=0, sticky="w")
        self._make_broken()
        self._make_settings()
        self._make_foot(show_about)
        self._installation.take_focus()
        never_as_a_whole(window, self._take_focus)

    def _make_broken(self) -> None:
        theme = self._theme
        self._broken = broken = Card(self._layout.body, theme)
        broken.grid(row=1, column=0, sticky="ew", pady=theme.pair(CARD_GAP, 0))
        paragraph(broken, "Bad", f"✕ {words.BROKEN}").grid(row=0, column=0, sticky="ew")
        self._why = paragraph(broken)
        self._why.grid(row=1, column=0, sticky="ew", pady=theme.pair(4, 4))
        paragraph(broken, "Quiet", words.ASIDE).grid(row=2, column=0, sticky="ew", pady=theme.pair(0, 8))
        self._aside = button(broken, words.PUT_ASIDE, self._put_aside, main=True)
        self._aside.grid(row=3, column=0, sticky="w")
        self._mending = OutcomeBar(broken, theme, self._send, self._states)
        self._mending.grid(row=4, column=0, sticky="ew", pady=theme.pair(8, 0))
        self._mending.grid_remove()
        broken.grid_remove()

    def _make_settings(self) -> None:
        theme = self._theme
        program = self._layout.card(2, words.PROGRAM)
        self._installation = InstallationSetting(program, theme, self._send)
        self._port = PortSetting(program, theme, self._send)
        phones = self._layout.card(3, words.PHONES)
        self._asking = self._choice(phones, "asking", words.ASKING)
        self._page = SwitchSetting(phones, theme, words.WAITING_PAGE, self._chooses("waiting_page"))
        starting = self._layout.card(4, words.STARTING)
        self._at_login = LoginStartSetting(starting, theme, self._states)
        self._server = SwitchSetting(starting, theme, words.START_SERVER, self._chooses("start_server"))
        window = self._layout.card(5, words.WINDOW)
        self._colours = self._choice(window, "theme", words.THEME)
        self._closing = self._choice(window, "closing", words.CLOSING)
        internet = self._layout.card(6, words.INTERNET)
        self._services = ServicesSetting(internet, theme, self._chooses("public_ip_services"))
        parts = (
            (self._installation, self._port),
            (self._asking, self._page),
            (self._at_login, self._server),
            (self._colours, self._closing),
            (self._services,),
        )
        for group in parts:
            for row, part in enumerate(group):
                part.grid(row=row, column=0, sticky="ew", pady=theme.pair(CARD_GAP if row else 0, 0))

    def _choice(self, parent: ttk.Frame, name: str, said: words.Choosing) -> ChoiceSetting:
        return ChoiceSetting(parent, self._theme, said, self._chooses(name))

    def _make_foot(self, show_about: Callable[[], None]) -> None:
        theme = self._theme
        foot = self._layout.foot
        foot.columnconfigure(0, weight=0)
        foot.columnconfigure(1, weight=1)
        self._reset = button(foot, "&Reset all…", self._ask_reset)
        self._reset.grid(row=0, column=0)
        self._said = paragraph(foot, "Quiet")
        self._said.grid(row=0, column=1, sticky="ew", padx=theme.px(8))
        button(foot, "A&bout…", show_about).grid(row=0, column=2)
        button(foot, "Clos&e", self.close).grid(row=0, column=3)

    # --- what is shown -----------------------------------------------------------------------------------------------

    def show(self, view: View) -> None:
        self._view = view
        chosen = view.settings
        self._installation.show(view)
        self._port.show(view)
        self._asking.show(chosen.asking)
        self._page.show(chosen.waiting_page, words.about_page(view))
        self._server.show(chosen.start_server)
        self._colours.show(chosen.theme)
        self._closing.show(chosen.closing, words.about_closing(view))
        self._services.show(chosen.public_ip_services)
        problem = view.settings_problem
        if problem:
            self._why.configure(text=problem.advice)
            if not self._broken.winfo_ismapped():
                self._broken.grid()
                self._aside.focus_force()
        else:
            self._broken.grid_remove()
        self._states()

    def _take_focus(self) -> None:
        if self._view.settings_problem:
            self._aside.focus_force()
        else:
            self._installation.take_focus()

    def lost(self) -> None:
        """There is no keeper any more."""
        for outcome in (self._mending, self._installation.outcome, self._port.outcome):
            outcome.lost()

    @property
    def unsaved(self) -> bool:
        return self._port.unsaved or self._services.unsaved

    def _states(self) -> None:
        readable = self._view.settings_problem is None
        for each in (self._asking, self._page, self._server, self._colours, self._closing, self._services):
            each.enable(readable)
        self._installation.enable(readable)
        self._aside.state(["disabled" if self._mending.busy else "!disabled"])
        self._reset.state(["!disabled" if readable and (self._changed or self._at_login.changed) else "disabled"])

    @property
    def _changed(self) -> list[str]:
        return [name for name in words.RESET if getattr(self._view.settings, name) != getattr(DEFAULTS, name)]

    # --- what the user does ------------------------------------------------------------------------------------------

    def _chooses(self, name: str) -> Callable[[Value, Answered], None]:
        return lambda value, answered: self._choose({name: value}, answered)

    def _choose(self, changes: Mapping[str, Value], answered: Answered) -> None:
        def replied(reply: Reply) -> None:
            if self.window.winfo_exists():
                answered(reply.problem)

        self._send(ChangeSettings(dict(changes)), replied)

    def _put_aside(self) -> None:
        self._mending.ask(ApplyFix(PUT_ASIDE.id), "Putting the file aside…", lambda: "Done.")

    def _ask_reset(self) -> None:
        file = words.RESET_ALL_TEXT
        ask(self.window, self._theme, "Reset all settings?", file, (("&Reset all", self._reset_all), CANCEL))

    def _reset_all(self) -> None:
        self._services.forget()
        self._at_login.reset()
        if self._changed:
            self._choose(dict.fromkeys(self._changed), self._was_reset)

    def _was_reset(self, problem: Problem | None) -> None:
        self._said.configure(text=words.failure(problem) or "Done.")

    def close(self) -> None:
        if not self.unsaved:
            self.window.destroy()
            return
        stay: Choice = ("&Keep it open", lambda: None)
        leave: Choice = ("&Close without saving", self.window.destroy)
        ask(self.window, self._theme, "Close without saving?", words.CLOSE_TEXT, (stay, leave))
