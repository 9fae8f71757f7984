"""The whitelist: its entries and what each means. Changes are collected, then saved together."""

import socket
import tkinter as tk
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from tkinter import ttk
from typing import TypeVar

from launcher.access.entry_problems.suggestion import host_name
from launcher.keeper.messages import EditWhitelist, MoveWhitelist, UndoWhitelist
from launcher.keeper.view import View, Whitelist, WhitelistLine
from launcher.problem import Problem
from launcher.ui.window.access.access_words import line_of, login_ready
from launcher.ui.window.access.whitelist_draft import (
    Draft,
    entries_after,
    followed,
    refusal,
    rows,
    toggled,
    with_added,
    with_fixed,
)
from launcher.ui.window.access.whitelist_fields import AddEntry, AddressCheck, ListInWindow
from launcher.ui.window.background import in_background
from launcher.ui.window.child_window import ChildWindow
from launcher.ui.window.outcome import OutcomeBar, Send, effect, restarts, save_words, saved_words, saving_words
from launcher.ui.window.widgets.buttons import button, make_main, rename
from launcher.ui.window.widgets.dialog import Choice, ask, never_as_a_whole
from launcher.ui.window.widgets.entry_list import EntryList
from launcher.ui.window.widgets.texts import label, paragraph, tell
from launcher.ui.window.widgets.theme import RING, Theme

MARGIN, WIDTH, HEIGHT = 20, 640, 620
TASKBAR_PX = 72
TXT, CONFIG = "txt", "config"
NOTHING = Whitelist("", "", "", None)
UNDO_TITLE = "Bring back the list as it was before the last change?"
UNDO_TEXT = "This undoes the last change, made here or with a command."
MOVE_TO_TXT = "whitelist.txt then holds the list, and SillyTavern no longer reads the one in its configuration."
MOVE_TO_CONFIG = "The list moves to {config}, and whitelist.txt is removed. A backup is kept."
CANCEL: Choice = ("&Cancel", lambda: None)
LOOKUP_TIMEOUT_MS = 5000

T = TypeVar("T")


class WhitelistWindow(ChildWindow):
    """Follows the list. What the user has begun stays, as far as it still makes sense."""

    unsaved_text = "Your changes to the whitelist are not saved yet."

    def __init__(self, parent: tk.Tk, theme: Theme, send: Send) -> None:
        super().__init__(parent, theme, "Whitelist")
        self._list = NOTHING
        self._draft = Draft()
        self._history: list[Draft] = []
        self.window.columnconfigure(0, weight=1)
        self.window.rowconfigure(1, weight=1)
        self._make_head()
        self._entries = EntryList(self.window, theme, self._act, self._fix)
        self._entries.grid(row=1, column=0, sticky="nsew", padx=theme.px(MARGIN))
        self._left_out = paragraph(self.window, "Small")
        self._left_out.grid(row=2, column=0, sticky="ew", padx=theme.px(MARGIN), pady=theme.pair(4, 0))
        self._add = AddEntry(self.window, theme, self._add_entries, self._states)
        self._add.grid(row=3, column=0, sticky="ew", padx=theme.px(MARGIN - RING), pady=theme.pair(10, 0))
        self._check = AddressCheck(self.window, theme)
        self._check.grid(row=4, column=0, sticky="ew", padx=theme.px(MARGIN), pady=theme.pair(8, 0))
        self._outcome = OutcomeBar(self.window, theme, send, self._states)
        self._outcome.grid(row=5, column=0, sticky="ew", padx=theme.px(MARGIN), pady=theme.pair(10, 0))
        self._outcome.grid_remove()
        self._make_foot()
        self._fit()
        self._add.field.focus_force()
        never_as_a_whole(self.window, self._add.field.focus_force)

    def _make_head(self) -> None:
        theme = self._theme
        head = ttk.Frame(self.window, padding=theme.edges(MARGIN - RING, MARGIN, MARGIN, 10))
        head.grid(row=0, column=0, sticky="ew")
        head.columnconfigure(0, weight=1)
        edge = theme.pair(RING, 0)
        label(head, "Title", "Whitelist").grid(row=0, column=0, sticky="w", padx=edge)
        self._why = paragraph(head, "Quiet")
        self._why.grid(row=1, column=0, sticky="ew", padx=edge, pady=theme.pair(4, 0))
        self._off = paragraph(head, "Careful")
        self._off.grid(row=2, column=0, sticky="ew", padx=edge, pady=theme.pair(4, 0))
        self._move = ttk.Button(head, style="Link.TButton", command=self._ask_move)
        self._move.grid(row=3, column=0, sticky="w", pady=theme.pair(2, 0))

    def _make_foot(self) -> None:
        theme = self._theme
        foot = ttk.Frame(self.window, padding=theme.edges(MARGIN, 10, MARGIN - RING, MARGIN - RING))
        foot.grid(row=6, column=0, sticky="ew")
        foot.columnconfigure(0, weight=1)
        self._effect = paragraph(foot, "Quiet")
        self._effect.grid(row=0, column=0, sticky="ew", padx=theme.pair(0, 8))
        self._undo = button(foot, "&Undo", self._take_back)
        self._undo.grid(row=0, column=1)
        self._save = button(foot, "&Save", self._ask_save, main=True)
        self._save.grid(row=0, column=2)

    def _fit(self) -> None:
        px, window = self._theme.px, self.window
        height = min(px(HEIGHT), window.winfo_screenheight() - px(TASKBAR_PX))
        window.geometry(f"{min(px(WIDTH), window.winfo_screenwidth())}x{height}")
        window.minsize(px(480), px(440))

    # --- what is shown -----------------------------------------------------------------------------------------------

    def show(self, view: View) -> None:
        self._view = view
        self._list = view.whitelist or NOTHING
        draft = followed(self._draft, self._list.lines)
        if draft != self._draft:
            self._draft, self._history = draft, []
        self._refresh()

    def lost(self) -> None:
        self._outcome.lost()

    def _refresh(self) -> None:
        found, version = self._list, self._version
        tell(self._why, f"These may get in. {found.why}" if found.why else "These may get in.")
        off = "! The whitelist is off now: this list lets nobody in and keeps nobody out."
        tell(self._off, off if found.enforced is False else "")
        self._move.configure(text=f"Keep it in {self._other_file} instead…")
        if found.file:
            self._move.grid()
        else:
            self._move.grid_remove()
        added = [line_of(entry, version) for entry in self._draft.added]
        self._entries.show(rows(found.lines, self._draft, added))
        tell(self._left_out, left_out_words(found))
        entries = entries_after(found.lines, self._draft)
        shown = ListInWindow(entries, found.left_out, version, found.enforced, login_ready(self._view))
        self._add.show(self._view, shown)
        self._check.show(shown)
        self._states()

    def _states(self) -> None:
        changed, busy = self._draft != Draft(), self._outcome.busy
        known = self._view.whitelist is not None and self._view.installation is not None
        self._entries.enable(not busy)
        self._add.enable(not busy)
        self._move.state(["disabled" if busy or changed else "!disabled"])
        rename(self._undo, "&Undo" if changed else "&Undo last change…")
        self._undo.state(["!disabled" if not busy and (changed or self._list.can_undo) else "disabled"])
        rename(self._save, save_words(self._view))
        self._save.state(["!disabled" if changed and known and not busy else "disabled"])
        # One main button: while something is typed it is Add.
        make_main(self._save, not self._add.text)
        self._effect.configure(text=self._effect_words(changed))

    def _effect_words(self, changed: bool) -> str:
        if self._outcome.busy:
            return ""
        return effect(self._view) if changed else "Nothing to save."

    @property
    def _version(self) -> str:
        return self._view.installation.version if self._view.installation else ""

    @property
    def _to(self) -> str:
        return CONFIG if self._list.source.startswith("whitelist.") else TXT

    @property
    def _other_file(self) -> str:
        if self._to == TXT:
            return "whitelist.txt"
        conf = self._view.installation is not None and "conf" in self._view.installation.era
        return "config.conf" if conf else "config.yaml"

    # --- what the user does ------------------------------------------------------------------------------------------

    def _become(self, draft: Draft) -> bool:
        problem = refusal(self._list.lines, draft, self._version)
        if problem:
            self._outcome.refuse(problem)
            return False
        self._history.append(self._draft)
        self._draft = draft
        self._outcome.clear()
        self._refresh()
        return True

    def _add_entries(self, entries: tuple[str, ...]) -> None:
        draft = self._draft
        for entry in entries:
            draft = toggled(draft, entry) if entry in draft.removed else with_added(draft, entry)
        if self._become(draft):
            self._entries.see_last()

    def _act(self, row: int) -> None:
        lines = self._list.lines
        entry = lines[row].entry if row < len(lines) else self._draft.added[row - len(lines)]
        self._become(toggled(self._draft, entry))

    def _fix(self, row: int) -> None:
        if row >= len(self._list.lines):
            return
        line = self._list.lines[row]
        name = None if line.instead else host_name(line.entry)
        if name:
            self._outcome.tell(f"Looking for {name} in this network…")
            look_up(
                self.window,
                name,
                lambda address: self._name_is(line, name, address),
                lambda problem: self._outcome.warn(f"{problem.title} {problem.advice}"),
            )
        else:
            self._become(with_fixed(self._draft, line))

    def _name_is(self, line: WhitelistLine, name: str, address: str | None) -> None:
        if address is None:
            self._outcome.warn(f"This network knows no device called {name}. Look its address up on the device itself.")
        elif line.entry not in self._draft.going:
            self._become(with_fixed(self._draft, replace(line, instead=(address,))))

    def _take_back(self) -> None:
        if self._draft != Draft():
            self._draft = self._history.pop() if self._history else Draft()
            self._outcome.clear()
            self._refresh()
            return
        words = ("&Bring it back and restart" if restarts(self._view) else "&Bring it back", self._undo_last)
        ask(self.window, self._theme, UNDO_TITLE, f"{UNDO_TEXT} {effect(self._view)}", (words, CANCEL))

    def _undo_last(self) -> None:
        self._outcome.ask(UndoWhitelist(), saving_words(self._view), lambda: "The list is as it was before.")

    def _ask_move(self) -> None:
        text = MOVE_TO_TXT if self._to == TXT else MOVE_TO_CONFIG.format(config=self._other_file)
        words = ("&Move it and restart" if restarts(self._view) else "&Move it", self._move_list)
        title = f"Keep the list in {self._other_file}?"
        ask(self.window, self._theme, title, f"{text} {effect(self._view)}", (words, CANCEL))

    def _move_list(self) -> None:
        where = self._other_file
        self._outcome.ask(MoveWhitelist(self._to), saving_words(self._view), lambda: f"The list is in {where} now.")

    def _ask_save(self) -> None:
        draft = self._draft

        def saved() -> str:
            if self._draft == draft:
                self._draft, self._history = Draft(), []
            self._refresh()
            return saved_words(self._view)

        self._outcome.ask(EditWhitelist(draft.coming, draft.going), saving_words(self._view), saved)

    @property
    def unsaved(self) -> bool:
        return self._draft != Draft() or bool(self._add.text)


def left_out_words(found: Whitelist) -> str:
    """Say what the list does not show."""
    words = f"{found.left_out:,} more are in {found.source}." if found.left_out else ""
    computed = "" if found.complete else f" Some entries are computed by {found.source} itself and cannot be shown."
    return (words + computed).strip()


def address_of(name: str) -> str | None:
    """Return the first IPv4 address of a device, None when the network knows no such name. Blocks for seconds."""
    try:
        found = socket.getaddrinfo(name, None, socket.AF_INET, socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return None
    return str(found[0][4][0]) if found else None


def look_up(widget: tk.Misc, name: str, then: Callable[[str | None], None], failed: Callable[[Problem], None]) -> None:
    """Call `then` in the Tk thread with the address, or with None after five seconds; never once `widget` is gone.

    `failed` gets the sentence about a bug instead.
    """
    answered = False

    def answer(tell: Callable[[T], None], what: T) -> None:
        nonlocal answered
        if not answered and widget.winfo_exists():
            answered = True
            tell(what)

    # The system may wait much longer for a network that does not answer.
    in_background(widget, lambda: address_of(name), partial(answer, then), partial(answer, failed))
    widget.nametowidget(".").after(LOOKUP_TIMEOUT_MS, partial(answer, then, None))
