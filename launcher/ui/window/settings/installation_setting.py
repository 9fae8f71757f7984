"""Which SillyTavern is used: the one that is, the others on this computer, another folder, another version."""

import re
import tkinter as tk
from collections.abc import Callable, Sequence
from pathlib import Path
from tkinter import ttk

from launcher.keeper.messages import Cancel, Install, Reply, Request, Update, Use
from launcher.keeper.view import Phase, View
from launcher.problem import Problem
from launcher.server.installation import Installation, find_installations
from launcher.system.folders import our_folders
from launcher.ui.window.background import in_background
from launcher.ui.window.outcome import OutcomeBar, Send, saved_words
from launcher.ui.window.settings import settings_words as words
from launcher.ui.window.widgets.buttons import ButtonRow, button
from launcher.ui.window.widgets.dialog import child_window
from launcher.ui.window.widgets.texts import Field, field_label, label, paragraph, tell
from launcher.ui.window.widgets.theme import RING, Theme
from launcher.ui.window.widgets.tooltips import tooltip

UPDATE_HINT = "Puts the newest SillyTavern beside this one and changes to it. When it does not start, this one stays."


class InstallationSetting(ttk.Frame):
    """Looks beside the Tk thread for what else there is, anew whenever another one is used."""

    def __init__(self, parent: ttk.Frame, theme: Theme, send: Send) -> None:
        super().__init__(parent, style="Card.TFrame")
        self._theme, self._send = theme, send
        self._view = View()
        self._enabled = True
        self._looked_for: str | None = None
        self._uses: list[ttk.Button] = []
        self.columnconfigure(0, weight=1)
        self._name = label(self, "Strong")
        self._name.grid(row=0, column=0, sticky="w")
        self._folder = paragraph(self, "Small")
        self._folder.grid(row=1, column=0, sticky="ew", pady=theme.pair(2, 0))
        self._others = ttk.Frame(self, style="Card.TFrame")
        self._others.grid(row=2, column=0, sticky="ew")
        self._others.columnconfigure(0, weight=1)
        self._others.grid_remove()
        self._row = ButtonRow(self, theme)
        self._row.grid(row=3, column=0, sticky="ew", pady=theme.pair(8, 0))
        self._choose = button(self._row, "Choose &folder…", self._choose_folder)
        self._install = button(self._row, "&Install a version…", self._ask_version)
        self._update = button(self._row, "&Update", self._do_update)
        self._cancel = button(self._row, "Ca&ncel", self._do_cancel)
        tooltip(self._choose, theme, lambda: "The folder of a SillyTavern that you have already")
        tooltip(self._update, theme, lambda: UPDATE_HINT)
        self._progress = paragraph(self, "Quiet")
        self._progress.grid(row=4, column=0, sticky="ew", pady=theme.pair(6, 0))
        self.outcome = OutcomeBar(self, theme, send, self._states)
        self.outcome.grid(row=5, column=0, sticky="ew", pady=theme.pair(6, 0))
        self.outcome.grid_remove()
        self._row.arrange(self._choose, self._install)

    def take_focus(self) -> None:
        (self._cancel if self._choose.instate(["disabled"]) else self._choose).focus_force()

    def show(self, view: View) -> None:
        self._view = view
        here = view.installation
        self._name.configure(text=words.installed(here))
        tell(self._folder, here.folder if here else "")
        tell(self._progress, words.progress(view))
        used = here.folder if here else ""
        if used != self._looked_for:
            self._looked_for = used
            in_background(self, lambda: _found(used), self._show_others)
        self._states()

    def enable(self, wanted: bool) -> None:
        self._enabled = wanted
        self._states()

    def _states(self) -> None:
        view = self._view
        under_way = view.progress is not None or view.phase is Phase.INSTALLING
        free = self._enabled and not self.outcome.busy and not under_way
        for each in (self._choose, self._install, self._update, *self._uses):
            each.state(["!disabled" if free else "disabled"])
        ours = view.installation is not None and view.installation.ours
        self._row.arrange(
            self._choose, self._install, *([self._update] if ours else []), *([self._cancel] if under_way else [])
        )
        # A button that cannot be pressed does not show that it has the focus.
        if under_way and self.focus_lastfor() in (self.winfo_toplevel(), self._choose, self._install, self._update):
            self._cancel.focus_set()

    def _show_others(self, found: Sequence[Installation]) -> None:
        for old in self._others.winfo_children():
            old.destroy()
        self._uses = []
        theme, used = self._theme, self._looked_for
        others = [each for each in found if str(each.folder) != used]
        if not others:
            self._others.grid_remove()
            return
        head = label(self._others, "Quiet", "Also on this computer:")
        head.grid(row=0, column=0, sticky="w", pady=theme.pair(10, 0))
        for at, each in enumerate(others):
            self._show_other(2 * at + 1, each)
        self._others.grid()
        self._states()

    def _show_other(self, row: int, found: Installation) -> None:
        theme = self._theme
        said = label(self._others, "", words.version_words(found.version, found.ours))
        said.grid(row=row, column=0, sticky="w", pady=theme.pair(6, 0))
        folder = paragraph(self._others, "Small", str(found.folder))
        folder.grid(row=row + 1, column=0, sticky="ew")
        use = button(self._others, "Use", lambda: self._use(str(found.folder)))
        use.grid(row=row, column=1, rowspan=2, padx=theme.pair(8 - RING, 0))
        tooltip(use, theme, lambda: words.restart_words(self._view))
        self._uses.append(use)

    # --- what the user does ------------------------------------------------------------------------------------------

    def _choose_folder(self) -> None:
        from tkinter import filedialog

        folder = filedialog.askdirectory(parent=self, title="The folder of your SillyTavern", mustexist=True)
        if folder:
            self._use(folder)

    def _use(self, folder: str) -> None:
        self._ask(Use(folder), "Changing to it…")

    def _ask_version(self) -> None:
        InstallQuestion(self.winfo_toplevel(), self._theme, words.restart_words(self._view), self._do_install)

    def _do_install(self, version: str | None) -> None:
        self._ask(Install(version), "Installing…")

    def _do_update(self) -> None:
        self._ask(Update(), "Updating…")

    def _ask(self, request: Request, doing: str) -> None:
        self.outcome.ask(request, doing, lambda: saved_words(self._view))

    def _do_cancel(self) -> None:
        def answered(reply: Reply) -> None:
            if reply.problem and self.winfo_exists():
                self._refused(reply.problem)

        self._send(Cancel(), answered)

    def _refused(self, problem: Problem) -> None:
        if not self.outcome.busy:
            self.outcome.refuse(problem)


def _found(used: str) -> Sequence[Installation]:
    return find_installations(our_folders(), Path(used) if used else None)


TITLE = "Install a version of SillyTavern"
TEXT = "It takes about 430 MB beside what there is, and your chats stay as they are. It is used from then on."
NO_VERSION = "✕ A version has three numbers, such as 1.13.5."
VERSION = re.compile(r"\d{1,4}(\.\d{1,4}){2}")
WIDTH, MARGIN = 400, 20


class InstallQuestion:
    """`install` gets the version, None for the newest, and the window is gone then."""

    def __init__(
        self, parent: tk.Tk | tk.Toplevel, theme: Theme, more: str, install: Callable[[str | None], None]
    ) -> None:
        """`more` is said besides what it does."""
        self._install = install
        self.window = window = child_window(parent, theme, TITLE)
        frame = ttk.Frame(window, padding=theme.px(MARGIN - RING))
        frame.pack(fill="both", expand=True)
        frame.columnconfigure(0, weight=1)
        inner, edge = theme.px(WIDTH - 2 * MARGIN), theme.px(RING)
        for row, (style, said) in enumerate((("Big", TITLE), ("", f"{TEXT} {more}".strip()))):
            shown = paragraph(frame, style, said)
            shown.configure(wraplength=inner)
            shown.grid(row=row, column=0, sticky="ew", padx=edge, pady=theme.pair(0, 10))
        self._field = Field(frame, self._typed)
        field_label(frame, "&Version, empty for the newest", self._field).grid(row=2, column=0, sticky="w", padx=edge)
        self._field.grid(row=3, column=0, sticky="ew")
        self._wrong = paragraph(frame, "BadSaid")
        self._wrong.configure(wraplength=inner)
        self._wrong.grid(row=4, column=0, sticky="ew", padx=edge)
        foot = ttk.Frame(frame)
        foot.grid(row=5, column=0, sticky="e", pady=theme.pair(12, 0))
        self._do = button(foot, "&Install", self._chosen, main=True)
        self._do.grid(row=0, column=0)
        button(foot, "&Cancel", window.destroy).grid(row=0, column=1)
        self._typed()
        self._field.focus_force()
        window.resizable(False, False)
        window.wait_visibility()
        window.grab_set()

    def _typed(self) -> None:
        text = self._field.text.strip()
        fits = not text or VERSION.fullmatch(text) is not None
        tell(self._wrong, "" if fits else NO_VERSION)
        self._do.state(["!disabled" if fits else "disabled"])

    def _chosen(self) -> None:
        version = self._field.text.strip() or None
        self.window.destroy()
        self._install(version)
