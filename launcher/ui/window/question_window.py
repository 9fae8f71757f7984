"""Ask whether to let a device in: a small window above all others that never takes the keyboard."""

import time
import tkinter as tk
from collections.abc import Callable
from time import localtime, strftime
from tkinter import ttk

from launcher.keeper.messages import AnswerQuestion, ApprovalChoice
from launcher.keeper.view import Question
from launcher.problem import Problem
from launcher.ui.device_words import beside_name, called, this_device
from launcher.ui.window.widgets import focus
from launcher.ui.window.widgets.buttons import ButtonRow, bind_keys, button, main_button
from launcher.ui.window.widgets.palette import Tone
from launcher.ui.window.widgets.texts import key_to, label, paragraph, split_key, tell
from launcher.ui.window.widgets.theme import RING, Theme

MEANING = "It would see and change everything in SillyTavern."
RESTART = "SillyTavern restarts, about 3 seconds."
CHATTING = "Someone is chatting now. A restart cuts off the answer that is being written."


def heading(question: Question) -> str:
    return f"Let {this_device(question)} in?"


def who(question: Question, asked_at: float, now: float) -> str:
    """Safari · 192.168.0.20 · asked just now. Times are seconds of the Unix clock."""
    since = "asked just now" if now - asked_at < 60 else f"asked at {strftime('%H:%M', localtime(asked_at))}"
    return " · ".join(part for part in (beside_name(question), question.address, since) if part)


def network_words(question: Question) -> str:
    """What allowing the network means; empty when that is not offered."""
    if not question.network:
        return ""
    from launcher.access.entry_meaning import meaning

    return f"The network, {question.network}: {meaning(question.network).text}."


def replaced(question: Question) -> str:
    """What becomes of the entry for its earlier address."""
    if not question.replaces:
        return ""
    known = f"your {called(question)}" if question.name else f"a {called(question)} that you let in"
    return f"This looks like {known} with a new address; its old entry {question.replaces} is replaced."


def waiting(question: Question) -> str:
    """How many others wait."""
    if not question.more:
        return ""
    return "1 more is waiting." if question.more == 1 else f"{question.more} more are waiting."


TITLE = "Someone asks to come in"
WIDTH, MARGIN = 460, 20
# Who was typing or clicking when the window came did not mean it.
DELIBERATE_AFTER_S = 0.5
NO_LONGER_JUST_NOW_MS = 61_000


class QuestionWindow:
    """One question about one device; `answer` is called once. `show` follows what else becomes known of it."""

    def __init__(self, root: tk.Tk, theme: Theme, question: Question, answer: Callable[[AnswerQuestion], None]) -> None:
        self._theme, self._question, self._answer = theme, question, answer
        self._asked_at = time.time()
        self._seen_at: float | None = None
        self._grabbed_before: tk.Misc | None = None
        theme.finish()
        theme.draw_fields()
        self.window = window = tk.Toplevel(root, class_="Tavernkeep", background=theme.palette.background)
        window.withdraw()
        window.title(TITLE)
        window.resizable(False, False)
        self._never = tk.BooleanVar(window, False)
        self._make(window)
        self._listen(window)
        self.show(question, None)
        self._appear(root)

    @property
    def address(self) -> str:
        return self._question.address

    def show(self, question: Question, problem: Problem | None) -> None:
        """The same device; `problem`: why it could not be let in a moment ago."""
        self._question = question
        self._title.configure(text=heading(question))
        self._tell_who()
        tell(self._warning, f"! {question.warning}" if question.warning else "")
        tell(self._replaces, replaced(question))
        tell(self._problem, f"✗ {problem.title} {problem.advice}".strip() if problem else "")
        offered = [self._device, *([self._network] if question.network else []), self._not_now]
        self._row.arrange(*offered)
        tell(self._network_words, network_words(question))
        tell(self._more, waiting(question))
        if question.busy:
            self._chatting.grid()
        else:
            self._chatting.grid_remove()

    def to_front(self) -> None:
        """The user wants to see it: with the focus."""
        self.window.deiconify()
        self.window.lift()
        focused = self.window.focus_lastfor()
        (self._device if focused in (None, self.window) else focused).focus_force()

    def close(self) -> None:
        """Answered elsewhere, or no longer asked."""
        if self._grabbed_before is not None and self._grabbed_before.winfo_exists():
            self._grabbed_before.grab_set()
        self.window.destroy()

    # --- what is in it -----------------------------------------------------------------------------------------------

    def _make(self, window: tk.Toplevel) -> None:
        theme = self._theme
        inner = theme.px(WIDTH - 2 * MARGIN)
        frame = ttk.Frame(window, padding=theme.edges(MARGIN - RING, MARGIN, MARGIN - RING, 12))
        frame.grid(sticky="nsew")
        frame.columnconfigure(0, minsize=inner + 2 * theme.px(RING))

        def text(row: int, style: str, above: int = 0) -> ttk.Label:
            made = paragraph(frame, style)
            made.configure(wraplength=inner)
            made.grid(row=row, column=0, sticky="ew", padx=theme.px(RING), pady=theme.pair(above, 0))
            return made

        self._title = text(0, "Title")
        self._who = text(1, "Quiet", 4)
        self._warning = text(2, "Careful", 8)
        text(3, "", 8).configure(text=MEANING)
        self._replaces = text(4, "", 8)
        self._problem = text(5, Tone.BAD, 8)
        self._row = ButtonRow(frame, theme)
        self._row.configure(width=inner)
        self._row.grid(row=6, column=0, sticky="ew", pady=theme.pair(12, 0))
        self._device = button(self._row, "&Allow this device", lambda: self._allow(ApprovalChoice.DEVICE), main=True)
        self._network = button(self._row, "Allow &this network", lambda: self._allow(ApprovalChoice.NETWORK))
        self._not_now = button(self._row, "&Not now", self._turn_away)
        self._network_words = text(7, "Small", 4)
        self._make_last_line(frame)
        self._more = text(9, "Strong", 4)
        self._make_chatting(frame)

    def _make_last_line(self, frame: ttk.Frame) -> None:
        theme = self._theme
        line = ttk.Frame(frame)
        line.grid(row=8, column=0, sticky="ew", padx=theme.px(RING), pady=theme.pair(4, 0))
        line.columnconfigure(0, weight=1)
        label(line, "Small", RESTART).grid(row=0, column=0, sticky="w")
        words, underline = split_key("Ne&ver ask for this device")
        never = ttk.Checkbutton(
            line, text=words, underline=underline, variable=self._never, command=self._never_changed, takefocus=True
        )
        never.grid(row=0, column=1, sticky="e")
        key_to(frame, "Ne&ver", never.invoke)

    def _make_chatting(self, frame: ttk.Frame) -> None:
        """Below all else: what comes and goes moves nothing that the mouse may be about to press."""
        theme = self._theme
        self._chatting = ttk.Frame(frame)
        self._chatting.grid(row=10, column=0, sticky="ew", pady=theme.pair(8, 0))
        self._chatting.columnconfigure(0, weight=1)
        words = paragraph(self._chatting, "Careful", f"! {CHATTING}")
        words.configure(wraplength=theme.px(WIDTH - 2 * MARGIN))
        words.grid(row=0, column=0, sticky="ew", padx=theme.px(RING))
        self._idle = button(
            self._chatting, "Allow &when they are done", lambda: self._allow(ApprovalChoice.DEVICE, when_idle=True)
        )
        self._idle.grid(row=1, column=0, sticky="w", pady=theme.pair(4, 0))

    def _tell_who(self) -> None:
        self._who.configure(text=who(self._question, self._asked_at, time.time()))

    # --- how it appears ----------------------------------------------------------------------------------------------

    def _listen(self, window: tk.Toplevel) -> None:
        theme = self._theme
        bind_keys(window)
        window.bind("<Escape>", lambda _event: self._turn_away())
        window.protocol("WM_DELETE_WINDOW", self._turn_away)
        window.bind("<<ThemeChanged>>", lambda _event: window.configure(background=theme.palette.background))
        window.bind("<Map>", self._mapped)
        window.bind("<FocusIn>", self._focused)
        window.after(NO_LONGER_JUST_NOW_MS, self._tell_who)

    def _appear(self, root: tk.Tk) -> None:
        takes_focus = focus.is_ours_to_take(root)
        if not takes_focus:
            focus.ask_for_none(self.window)
        # A dialog of ours that lets nobody click elsewhere has to let the user click here.
        self._grabbed_before = root.grab_current()  # type: ignore[no-untyped-call]
        self.window.attributes("-topmost", True)
        self.window.deiconify()
        self.window.lift()
        if takes_focus:
            self._device.focus_set()
        if self._grabbed_before is not None:
            self.window.wait_visibility()
            self.window.grab_set()

    def _mapped(self, event: "tk.Event[tk.Misc]") -> None:
        if event.widget is self.window and self._seen_at is None:
            self._seen_at = time.monotonic()

    def _focused(self, event: "tk.Event[tk.Misc]") -> None:
        if event.widget is self.window:
            main = main_button(self.window)
            if main:
                main.focus_set()

    # --- the answer --------------------------------------------------------------------------------------------------

    def _never_changed(self) -> None:
        """Who is never asked about again is not let in by the same click."""
        state = "disabled" if self._never.get() else "!disabled"
        for allowing in (self._device, self._network, self._idle):
            allowing.state([state])
        focused = self.window.focus_lastfor()
        if self._never.get() and focused in (self._device, self._network, self._idle):
            self._not_now.focus_set()

    def _allow(self, verdict: ApprovalChoice, when_idle: bool = False) -> None:
        if self._seen_at is not None and time.monotonic() - self._seen_at >= DELIBERATE_AFTER_S:
            self._answered(verdict, when_idle)

    def _turn_away(self) -> None:
        self._answered(ApprovalChoice.NEVER if self._never.get() else ApprovalChoice.NOT_NOW)

    def _answered(self, verdict: ApprovalChoice, when_idle: bool = False) -> None:
        self.close()
        self._answer(AnswerQuestion(self._question.address, verdict, when_idle))
