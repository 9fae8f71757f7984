"""About: the versions that run, the folders, a report for asking for help, and removing Tavernkeep."""

import os
import tkinter as tk
from collections.abc import Callable
from pathlib import Path
from tkinter import ttk

from launcher.keeper.view import View
from launcher.problem import Problem, TavernkeepError
from launcher.system import open_folder
from launcher.system.folders import our_folders
from launcher.system.ourselves import start_detached
from launcher.ui.about import About, about
from launcher.ui.report import help_report
from launcher.ui.window.background import in_background
from launcher.ui.window.widgets.bars import ProgressBar
from launcher.ui.window.widgets.buttons import ButtonRow, button, make_main, rename
from launcher.ui.window.widgets.dialog import child_window
from launcher.ui.window.widgets.layout import CARD_GAP, Layout
from launcher.ui.window.widgets.pictures import Mug
from launcher.ui.window.widgets.texts import label, paragraph, tell
from launcher.ui.window.widgets.theme import Theme

TITLE = "About Tavernkeep"
WHAT_IT_IS = "Puts SillyTavern on your phone. Free software (MIT license); SillyTavern is a program of its own (AGPL)."
WIDTH = 560
COPY, COPIED = "&Copy a report", "&Copied ✓"
COPIED_MS = 4000
ABOUT_REPORT = (
    "The report is for asking for help. It holds what this window says, what “Check connection” finds, and the last "
    "lines of the logs. Names, passwords, keys and public addresses are left out."
)
WRITING = "Writing the report: the connection is checked for it…"
WRITTEN = "The report is copied. Paste it where you ask for help."


class AboutSource:
    """What the window shows and does. All but `uninstall` block, and are called in another thread."""

    def about(self, view: View) -> About:
        """Return the versions and folders, within milliseconds to seconds."""
        return about(our_folders(), view)

    def report(self, view: View) -> str:
        """Return the report for asking for help, within seconds."""
        return help_report(our_folders(), view)

    def open_folder(self, folder: Path) -> None:
        """Show `folder` in the desktop's file manager. Raises TavernkeepError where there is none."""
        open_folder.open_folder(folder)

    def uninstall(self) -> None:
        """Open the window that asks whether to remove Tavernkeep."""
        # A process of its own, since this one ends when Tavernkeep is removed; and no log of ours, which goes too.
        start_detached("window", "remove", log=Path(os.devnull))


class AboutWindow:
    """Looks once, when it has the view for the first time, and again when another SillyTavern is used."""

    def __init__(self, parent: tk.Tk, theme: Theme, source: AboutSource, copy: Callable[[str], None]) -> None:
        self._theme, self._source, self._copy = theme, source, copy
        self._view: View | None = None
        self._copied: str | None = None
        self.window = window = child_window(parent, theme, TITLE)
        self._layout = Layout(window, theme, WIDTH, button_first=True)
        self._make_head()
        self._versions = self._card(1, "")
        self._places = self._card(2, "Folders")
        self._make_report()
        self._make_foot()
        window.after_idle(self._report.focus_force)

    def _make_head(self) -> None:
        theme = self._theme
        head = ttk.Frame(self._layout.body)
        head.grid(row=0, column=0, sticky="ew")
        head.columnconfigure(1, weight=1)
        Mug(head, theme).grid(row=0, column=0, rowspan=2, padx=theme.pair(0, 16))
        label(head, "Title", "Tavernkeep").grid(row=0, column=1, sticky="sw")
        paragraph(head, "Quiet", WHAT_IT_IS).grid(row=1, column=1, sticky="new", pady=theme.pair(2, 0))

    def _card(self, row: int, title: str) -> ttk.Frame:
        inner = self._layout.card(row, title)
        inner.columnconfigure(0, weight=0)
        inner.columnconfigure(1, weight=1)
        return inner

    def _make_report(self) -> None:
        theme = self._theme
        said = ttk.Frame(self._layout.body)
        said.grid(row=3, column=0, sticky="ew", pady=theme.pair(CARD_GAP, 0))
        said.columnconfigure(0, weight=1)
        self._said = paragraph(said, "Quiet", ABOUT_REPORT)
        self._said.grid(row=0, column=0, sticky="ew")
        self._advice = paragraph(said, "Quiet")
        self._advice.grid(row=1, column=0, sticky="ew")
        self._advice.grid_remove()
        self._bar = ProgressBar(said)
        self._bar.grid(row=2, column=0, sticky="ew", pady=theme.pair(8, 0))
        self._bar.grid_remove()

    def _make_foot(self) -> None:
        theme = self._theme
        foot = self._layout.foot
        row = ButtonRow(foot, theme)
        row.grid(row=0, column=0, sticky="ew")
        self._report = button(row, COPY, self._write, main=True)
        self._report.state(["disabled"])
        row.arrange(self._report, button(row, "&Remove Tavernkeep…", self._source.uninstall))
        button(foot, "Clos&e", self.close).grid(row=0, column=1, sticky="n")

    # --- what is shown -----------------------------------------------------------------------------------------------

    def show(self, view: View) -> None:
        before, self._view = self._view, view
        if before is None or before.installation != view.installation:
            in_background(self.window, lambda: self._source.about(view), self._show_about)
        if before is None:
            self._report.state(["!disabled"])

    def _show_about(self, found: About) -> None:
        theme = self._theme
        for shown in (self._versions, self._places):
            for child in shown.winfo_children():
                child.destroy()
        for row, (name, value) in enumerate(found.versions):
            above = theme.pair(6 if row else 0, 0)
            label(self._versions, "Quiet", name).grid(
                row=row, column=0, sticky="nw", padx=theme.pair(0, 16), pady=above
            )
            paragraph(self._versions, text=value).grid(row=row, column=1, sticky="ew", pady=above)
        for row, (name, folder) in enumerate(found.places):
            self._show_place(row, name, folder)

    def _show_place(self, row: int, name: str, folder: Path) -> None:
        theme = self._theme
        lines = ttk.Frame(self._places, style="Card.TFrame")
        lines.grid(row=row, column=0, columnspan=2, sticky="ew", pady=theme.pair(6 if row else 0, 0))
        lines.columnconfigure(0, weight=1)
        label(lines, "Strong", name).grid(row=0, column=0, sticky="w")
        paragraph(lines, "Small", str(folder)).grid(row=1, column=0, sticky="ew")
        opens = button(lines, "Open", lambda: self._open(folder))
        opens.grid(row=0, column=1, rowspan=2, padx=theme.pair(8, 0))

    def lost(self) -> None:
        """There is no keeper any more. What is shown stays true."""

    @property
    def unsaved(self) -> bool:
        return False

    def close(self) -> None:
        self.window.destroy()

    # --- what the user does ------------------------------------------------------------------------------------------

    def _open(self, folder: Path) -> None:
        def opened() -> Problem | None:
            try:
                self._source.open_folder(folder)
            except TavernkeepError as error:
                return error.problem
            return None

        in_background(self.window, opened, self._tell_problem, self._tell_problem)

    def _write(self) -> None:
        view = self._view
        if view is None:
            return
        self._report.state(["disabled"])
        self._tell(WRITING)
        self._bar.grid()
        in_background(self.window, lambda: self._source.report(view), self._written, self._not_written)

    def _written(self, text: str) -> None:
        self._copy(text)
        self._bar.grid_remove()
        self._report.state(["!disabled"])
        rename(self._report, COPIED)
        make_main(self._report, True)
        self._tell(f"✓ {WRITTEN}", tone="GoodSaid")
        # Not of this window, which may be closed by then.
        self.window.master.after(COPIED_MS, self._rename_back)

    def _not_written(self, problem: Problem) -> None:
        self._bar.grid_remove()
        self._report.state(["!disabled"])
        self._tell_problem(problem)

    def _rename_back(self) -> None:
        if self.window.winfo_exists():
            rename(self._report, COPY)

    def _tell_problem(self, problem: Problem | None) -> None:
        if problem:
            self._tell(problem.title, problem.advice, "BadSaid")

    def _tell(self, title: str, advice: str = "", tone: str = "Quiet") -> None:
        self._said.configure(text=title, style=f"{tone}.TLabel")
        tell(self._advice, advice)
