"""Remove Tavernkeep: what goes, what stays, and only then the button. Chats go only when asked for twice.

A process of its own and no UI of the keeper, which ends on the way.
"""

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

from launcher.problem import Problem, TavernkeepError
from launcher.server.uninstall import Thing, UninstallPlan, UninstallResult, plan
from launcher.system.folders import Folders
from launcher.ui.uninstall import leave, problem_of, size_in_words, where
from launcher.ui.window.background import Inbox, Put, in_background
from launcher.ui.window.root import NoDisplayError, open_root
from launcher.ui.window.widgets.bars import ProgressBar
from launcher.ui.window.widgets.buttons import bind_keys, button, make_main
from launcher.ui.window.widgets.layout import CARD_GAP, Layout, titled_card
from launcher.ui.window.widgets.pictures import give_icon
from launcher.ui.window.widgets.texts import Field, field_label, key_to, label, paragraph, tell
from launcher.ui.window.widgets.theme import RING, Theme

TITLE = "Remove Tavernkeep"
WIDTH = 560
DELETE_WORDS = "delete my chats"
LOOKING = "Looking at what there is…"
NO_WAY_BACK = "Chats cannot be brought back."
TOO = "Delete the chats and settings &too"


class Remover:
    """What the window does. Both block, and are called in another thread."""

    def __init__(self, folders: Folders) -> None:
        self._folders = folders

    def plans(self) -> tuple[UninstallPlan, UninstallPlan]:
        """Return the plan that keeps the chats, and the one that deletes them."""
        return plan(self._folders, with_data=False), plan(self._folders, with_data=True)

    def leave(self, planned: UninstallPlan, tell: Callable[[str], None]) -> UninstallResult:
        """Carry out the plan; `tell` gets each step as a sentence. Raises TavernkeepError."""
        return leave(self._folders, planned, tell)


class RemovalWindow:
    """Fills `window`, which is empty. `put` brings calls into the Tk thread; `close` is called when all is said."""

    def __init__(
        self, window: tk.Tk | tk.Toplevel, theme: Theme, remover: Remover, put: Put, close: Callable[[], None]
    ) -> None:
        theme.draw_fields()
        self.window, self._theme, self._remover, self._put, self._ended = window, theme, remover, put, close
        self._plans: tuple[UninstallPlan, UninstallPlan] | None = None
        self._busy = False
        self._too = tk.BooleanVar(window, False)
        window.title(TITLE)
        window.configure(background=theme.palette.background)
        window.bind("<<ThemeChanged>>", lambda _event: window.configure(background=theme.palette.background), add=True)
        window.protocol("WM_DELETE_WINDOW", self.close)
        for key in ("<Escape>", "<Control-w>"):
            window.bind(key, lambda _event: self.close())
        bind_keys(window)
        self._layout = Layout(window, theme, WIDTH, button_first=True)
        body = self._layout.body
        self._title = paragraph(body, "Title", TITLE)
        self._title.grid(row=0, column=0, sticky="ew")
        self._said = paragraph(body, "", LOOKING)
        self._said.grid(row=1, column=0, sticky="ew", pady=theme.pair(4, 0))
        self._bar = ProgressBar(body)
        self._bar.grid(row=2, column=0, sticky="ew", pady=theme.pair(12, 0))
        self._plan = ttk.Frame(body)
        self._plan.grid(row=3, column=0, sticky="ew")
        self._plan.columnconfigure(0, weight=1)
        self._make_plan()
        self._plan.grid_remove()
        self._make_foot()
        in_background(window, remover.plans, self._planned, self._not_planned)

    def _not_planned(self, problem: Problem) -> None:
        self._bar.grid_remove()
        self._title.configure(text=problem.title)
        tell(self._said, problem.advice)

    def _make_plan(self) -> None:
        theme, plan = self._theme, self._plan
        self._goes = self._card(0, "This is removed")
        self._besides = paragraph(plan, "Quiet")
        self._besides.grid(row=1, column=0, sticky="ew", pady=theme.pair(8, 0))
        self._stays_part, self._stays = titled_card(self._plan, self._theme, "This stays")
        self._stays_part.grid(row=2, column=0, sticky="ew", pady=theme.pair(CARD_GAP, 0))
        self._by_hand = paragraph(plan, "Quiet")
        self._by_hand.grid(row=3, column=0, sticky="ew", pady=theme.pair(8, 0))
        text = TOO.replace("&", "", 1)
        self._tick = ttk.Checkbutton(
            plan, text=text, underline=TOO.find("&"), variable=self._too, command=self._changed, style="TCheckbutton"
        )
        self._tick.grid(row=4, column=0, sticky="w", pady=theme.pair(CARD_GAP, 0), padx=theme.px(RING))
        key_to(self._tick, TOO, self._toggle)
        self._sure = sure = ttk.Frame(plan)
        sure.grid(row=5, column=0, sticky="ew", pady=theme.pair(4, 0))
        sure.columnconfigure(0, weight=1)
        paragraph(sure, "BadSaid", f"! {NO_WAY_BACK}").grid(row=0, column=0, sticky="ew")
        self._field = Field(sure, self._states, 24)
        asked = field_label(sure, f"T&ype “{DELETE_WORDS}”", self._field)
        asked.grid(row=1, column=0, sticky="w", pady=theme.pair(8, 4))
        self._field.grid(row=2, column=0, sticky="w")
        sure.grid_remove()

    def _card(self, row: int, title: str) -> ttk.Frame:
        outer, inner = titled_card(self._plan, self._theme, title)
        outer.grid(row=row, column=0, sticky="ew", pady=self._theme.pair(CARD_GAP, 0))
        return inner

    def _make_foot(self) -> None:
        foot = self._layout.foot
        self._remove = button(foot, "&Remove", self._begin)
        self._remove.grid(row=0, column=0, sticky="w")
        self._close = button(foot, "&Cancel", self.close, main=True)
        self._close.grid(row=0, column=1)
        self._states()
        self.window.after_idle(self._close.focus_force)

    # --- what is shown -----------------------------------------------------------------------------------------------

    def _planned(self, plans: tuple[UninstallPlan, UninstallPlan]) -> None:
        self._plans = plans
        self._bar.grid_remove()
        tell(self._said, "")
        self._plan.grid()
        if not self._has_chats:
            self._tick.grid_remove()
        self._changed()

    @property
    def _has_chats(self) -> bool:
        return self._plans is not None and len(self._plans[0].removes) != len(self._plans[1].removes)

    @property
    def _chosen(self) -> UninstallPlan | None:
        return self._plans[self._too.get()] if self._plans else None

    def _toggle(self) -> None:
        if self._tick.winfo_viewable():
            self._tick.focus_set()
            self._tick.invoke()

    def _changed(self) -> None:
        planned = self._chosen
        if planned is None:
            return
        self._show_things(self._goes, planned.removes)
        self._show_things(self._stays, planned.keeps)
        self._besides.configure(text=" ".join(planned.besides))
        tell(self._by_hand, planned.by_hand)
        self._stays_part.grid() if planned.keeps else self._stays_part.grid_remove()
        if self._too.get():
            self._sure.grid()
            self._field.focus_set()
        else:
            self._sure.grid_remove()
        self._states()

    def _show_things(self, shown: ttk.Frame, things: tuple[Thing, ...]) -> None:
        theme = self._theme
        for child in shown.winfo_children():
            child.destroy()
        if not things:
            paragraph(shown, "Quiet", "Nothing: no file of Tavernkeep is here.").grid(row=0, column=0, sticky="ew")
        for row, thing in enumerate(things):
            above = theme.pair(6 if row else 0, 0)
            paragraph(shown, "Strong", thing.what).grid(row=2 * row, column=0, sticky="ew", pady=above)
            size = label(shown, "Quiet", size_in_words(thing.bytes))
            size.grid(row=2 * row, column=1, sticky="ne", padx=theme.pair(12, 0), pady=above)
            paragraph(shown, "Small", where(thing)).grid(row=2 * row + 1, column=0, columnspan=2, sticky="ew")

    def _states(self) -> None:
        sure = not self._too.get() or " ".join(self._field.text.lower().split()) == DELETE_WORDS
        may = self._plans is not None and not self._busy and sure
        self._remove.state(["!disabled" if may else "disabled"])
        self._close.state(["disabled" if self._busy else "!disabled"])

    # --- what the user does, and what comes of it --------------------------------------------------------------------

    def close(self) -> None:
        """Nothing is done any more, unless it is being done now: then it is not left half done."""
        if not self._busy:
            self._ended()

    def _begin(self) -> None:
        planned = self._chosen
        if planned is None:
            return
        self._busy = True
        self._states()
        self._plan.grid_remove()
        self._bar.grid()
        self._title.configure(text="Removing Tavernkeep…")
        put = self._put

        def leave() -> UninstallResult | Problem:
            try:
                return self._remover.leave(planned, lambda step: put(lambda: tell(self._said, step)))
            except TavernkeepError as error:
                return error.problem

        in_background(self.window, leave, self._left, self._left)

    def _left(self, came: UninstallResult | Problem) -> None:
        self._busy = False
        self._bar.grid_remove()
        self._remove.grid_remove()
        problem = came if isinstance(came, Problem) else problem_of(came)
        by_hand = self._chosen.by_hand if self._chosen else ""
        if problem:
            self._title.configure(text=problem.title)
            tell(self._said, problem.advice)
        else:
            self._title.configure(text="Tavernkeep is removed.")
            tell(self._said, by_hand)
        self._close.configure(text="Close", underline=0)
        make_main(self._close, True)
        self._states()
        self._close.focus_set()


def run_removal(folders: Folders) -> int:
    """Ask, and do what is said; 0. Call it in the main thread. Where there is no display it ends at once: 0."""
    try:
        root, theme, _ = open_root()
    except NoDisplayError:
        return 0
    give_icon(root)
    theme.finish()

    def end() -> None:
        inbox.close()
        root.destroy()

    window: RemovalWindow | None = None
    inbox = Inbox(root, on_signal=lambda: window.close() if window else end())
    window = RemovalWindow(root, theme, Remover(folders), inbox.put, end)
    root.mainloop()
    return 0
