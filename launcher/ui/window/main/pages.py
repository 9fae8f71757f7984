"""What the main window shows for each state of the server, and the card above it when something went wrong."""

import tkinter as tk
from itertools import count
from tkinter import ttk
from typing import TypeVar

from launcher.keeper.messages import ApplyFix, Cancel, Install, Start
from launcher.keeper.view import Phase, View
from launcher.problem import Problem
from launcher.ui.window.actions import Actions
from launcher.ui.window.main.sentences import packages, time_left
from launcher.ui.window.other_windows import LOG, REACH
from launcher.ui.window.widgets.bars import ProgressBar
from launcher.ui.window.widgets.buttons import ButtonRow, button, make_main, rename
from launcher.ui.window.widgets.layout import Card
from launcher.ui.window.widgets.pictures import Mug
from launcher.ui.window.widgets.texts import label, paragraph, tell
from launcher.ui.window.widgets.theme import RING, Theme

WELCOME = (
    "Tavernkeep downloads SillyTavern (about 430 MB on disk), starts it and shows a code. Scan the code with your "
    "phone, and chat."
)
SAFETY = "Only this PC gets in at first. You decide about every other device."
START_HINT = "Start it, and the code for your phone appears here."
CANCEL_HINT = "You can close this window meanwhile. Cancel leaves nothing behind."
SILENCE = "It printed nothing."

WAITING_BAR_PX = 200
LAST_ROW = 9
MOST_LINES = 14
MOST_CHARACTERS = 300

Part = TypeVar("Part", bound=tk.Widget)


class Page(Card):
    """A page with its parts in the middle. `below`: how many times the room above them is left below."""

    def __init__(self, parent: tk.Misc, theme: Theme, below: int = 1) -> None:
        super().__init__(parent, theme)
        self._theme = theme
        self._rows = count(1)
        self.rowconfigure(0, weight=1)
        self.rowconfigure(LAST_ROW, weight=below)

    def add(self, part: Part, above: int = 0, below: int = 0, sticky: str = "") -> Part:
        """Add `part` at the end, with this much room around it at 96 dpi."""
        part.grid(row=next(self._rows), column=0, sticky=sticky, pady=self._theme.pair(above, below))
        return part


def reach_button(parent: tk.Misc, actions: Actions) -> ttk.Button:
    return button(parent, "Can my &phone reach this PC?", lambda: actions.show_window(REACH))


class FirstRun(Page):
    """There is no SillyTavern yet: install it, or point at the one that is there?"""

    def __init__(self, parent: tk.Misc, theme: Theme, actions: Actions) -> None:
        super().__init__(parent, theme, below=2)
        self.add(Mug(self, theme), below=12)
        self.add(paragraph(self, "Big", "Put SillyTavern on this PC?", centred=True), sticky="ew")
        self.add(paragraph(self, "", WELCOME, centred=True), above=8, sticky="ew")
        self.add(paragraph(self, "Quiet", SAFETY, centred=True), above=8, below=20, sticky="ew")
        self.add(button(self, "&Install SillyTavern", lambda: actions.ask(Install(start=True)), main=True))
        self.add(button(self, "I already &have it…", actions.choose_folder), above=4)
        self.add(reach_button(self, actions), above=4)

    def show(self, view: View) -> None:
        """Nothing on this page depends on the view."""


class Installing(Page):
    """How far the installation is: step, bar, packages, megabytes, time left, and Cancel."""

    def __init__(self, parent: tk.Misc, theme: Theme, actions: Actions) -> None:
        super().__init__(parent, theme, below=2)
        self._step = self.add(paragraph(self, "Big"), sticky="ew")
        self._bar = self.add(ProgressBar(self), above=12, below=8, sticky="ew")
        self._packages = self.add(paragraph(self, "Quiet"), sticky="ew")
        self._left = self.add(paragraph(self, "Quiet"), sticky="ew")
        self.add(paragraph(self, "Small", CANCEL_HINT), above=12, sticky="ew")
        self.add(button(self, "&Cancel", lambda: actions.ask(Cancel())), above=20, sticky="w")

    def show(self, view: View) -> None:
        progress = view.progress
        self._step.configure(text=progress.step if progress else "Getting ready")
        known = progress is not None and progress.expected > 0
        self._bar.show(progress.done / progress.expected if progress and known else None)
        self._packages.configure(text=packages(progress) if progress else "")
        self._left.configure(text=time_left(progress.seconds_left) if progress else "")


class Stopped(Page):
    """SillyTavern is stopped: one big Start, and which installation it would start."""

    def __init__(self, parent: tk.Misc, theme: Theme, actions: Actions) -> None:
        super().__init__(parent, theme)
        self.add(Mug(self, theme), below=12)
        self._start = self.add(button(self, "&Start SillyTavern", lambda: actions.ask(Start()), main=True))
        self._start.configure(padding=theme.pair(28, 14))
        self.add(paragraph(self, "Quiet", START_HINT, centred=True), above=12, sticky="ew")
        self._folder = self.add(paragraph(self, "Small", "", centred=True), above=8, sticky="ew")
        self.add(reach_button(self, actions), above=16)

    def show(self, view: View) -> None:
        # There is one main button, and a fix comes first.
        make_main(self._start, not has_fix(view))
        theirs = view.installation is not None and not view.installation.ours
        tell(self._folder, f"Yours, in {view.installation.folder}" if view.installation and theirs else "")


class Waiting(Page):
    """Something takes a moment: starting, stopping, or looking for the keeper."""

    def __init__(self, parent: tk.Misc, theme: Theme) -> None:
        super().__init__(parent, theme)
        self.add(ProgressBar(self, theme.px(WAITING_BAR_PX)))
        self._what = self.add(paragraph(self, "Quiet", "", centred=True), above=12, sticky="ew")

    def show(self, view: View) -> None:
        self._what.configure(text=view.waiting_for)


class Crashed(Card):
    """The last lines of the log. The problem card above says what they mean and what to do."""

    def __init__(self, parent: tk.Misc, theme: Theme, actions: Actions) -> None:
        super().__init__(parent, theme)
        self._actions = actions
        label(self, "Strong", "What SillyTavern said last").grid(row=0, column=0, sticky="w", pady=theme.pair(0, 8))
        self._lines = paragraph(self, "Fixed")
        self._lines.grid(row=1, column=0, sticky="ew")
        reach_button(self, actions).grid(row=2, column=0, sticky="w", pady=theme.pair(12, 0))

    def show(self, view: View) -> None:
        """Read the log again: it is not part of the view."""
        lines = [line[:MOST_CHARACTERS] for line in self._actions.last_lines(MOST_LINES)]
        self._lines.configure(text="\n".join(lines).strip() or SILENCE)


class Lost(Page):
    """There is no keeper: why, and the button that starts one."""

    def __init__(self, parent: tk.Misc, theme: Theme, actions: Actions) -> None:
        super().__init__(parent, theme)
        self._title = self.add(paragraph(self, "Big", "", centred=True), sticky="ew")
        self._advice = self.add(paragraph(self, "Quiet", "", centred=True), above=8, below=16, sticky="ew")
        self._again = self.add(button(self, "", actions.reconnect, main=True))

    def tell(self, problem: Problem, again: str) -> None:
        """Say what happened. `again`: the words on the button."""
        self._title.configure(text=problem.title)
        self._advice.configure(text=problem.advice)
        rename(self._again, again)


class ProblemCard(Card):
    """What went wrong, what it means, and the button that fixes it."""

    def __init__(self, parent: tk.Misc, theme: Theme, actions: Actions) -> None:
        super().__init__(parent, theme)
        self._fix_id = ""
        self.columnconfigure(0, weight=0)
        self.columnconfigure(1, weight=1)
        label(self, "Bad", "✕").grid(row=0, column=0, sticky="n", padx=theme.pair(0, 8 - RING))
        self._title = paragraph(self, "Strong")
        self._title.grid(row=0, column=1, sticky="ew", padx=theme.pair(RING, 0))
        self._advice = paragraph(self, "Quiet")
        self._advice.grid(row=1, column=1, sticky="ew", padx=theme.pair(RING, 0), pady=theme.pair(4, 0))
        self._buttons = ButtonRow(self, theme)
        self._buttons.grid(row=2, column=1, sticky="ew", pady=theme.pair(8, 0))
        self._fix = button(self._buttons, "", lambda: actions.ask(ApplyFix(self._fix_id)), main=True)
        self._again = button(self._buttons, "Start a&gain", lambda: actions.ask(Start()))
        self._log = button(self._buttons, "Show &log", lambda: actions.show_window(LOG))
        self._dismiss = button(self._buttons, "O&K", actions.dismiss)

    def show(self, view: View, refusal: Problem | None) -> None:
        """Show `refusal`, why the last request was not done, or else the view's problem."""
        problem = refusal or view.problem
        if problem is None:
            return
        self._title.configure(text=problem.title)
        tell(self._advice, problem.advice)
        wanted: list[ttk.Widget] = []
        if problem.fix:
            self._fix_id = problem.fix.id
            rename(self._fix, f"&{problem.fix.label}")
            wanted.append(self._fix)
        crashed = view.phase is Phase.CRASHED and refusal is None
        if crashed and not (problem.fix and problem.fix.id == "start"):
            wanted.append(self._again)
        if crashed or (view.phase is Phase.STOPPED and view.installation):
            wanted.append(self._log)
        if refusal is not None and not problem.fix:
            wanted.append(self._dismiss)
        self._buttons.arrange(*wanted)


def has_fix(view: View) -> bool:
    """The problem card shows a button that fixes the view's problem."""
    return view.problem is not None and view.problem.fix is not None
