"""The list of entries: a canvas, because a thousand rows of widgets would take seconds to open.

Only what can be seen of the buttons exists.
"""

import sys
import tkinter as tk
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from tkinter import font, ttk

from launcher.ui.window.widgets.palette import Tone
from launcher.ui.window.widgets.scrolling import WHEEL_STEP_PX
from launcher.ui.window.widgets.theme import Theme

ENTRY_SHARE, ENTRY_MOST_PX = 0.34, 190
ROW_PADDING, ROW_LEAST_PX, BUTTON_STEP_PX, GAP = 8, 40, 30, 12
ALL = 1 << 30
PILLS = {Tone.BAD: "BadPill.TButton", Tone.CAREFUL: "CarefulPill.TButton"}


@dataclass(frozen=True)
class EntryRow:
    """One entry. `act` is the word on its button, `fix` that on the button which repairs it; empty: no such button.

    `leaving`: the entry is about to go.
    """

    entry: str
    meaning: str
    detail: str = ""
    tone: Tone = Tone.QUIET
    note: str = ""
    fix: str = ""
    act: str = ""
    leaving: bool = False


@dataclass(frozen=True)
class _RowSpan:
    top: int
    bottom: int


class EntryList(ttk.Frame):
    """`act`, `fix` and `chose` are called with the place of the row. Up and Down choose, Delete acts, Return fixes."""

    def __init__(
        self,
        parent: tk.Misc,
        theme: Theme,
        act: Callable[[int], None],
        fix: Callable[[int], None],
        chose: Callable[[int], None] = lambda _number: None,
    ) -> None:
        super().__init__(parent, style="CardBorder.TFrame", padding=theme.px(4))
        self._theme, self._act, self._fix, self._chose = theme, act, fix, chose
        self._rows: list[EntryRow] = []
        self._places: list[_RowSpan] = []
        self._buttons: dict[int, list[ttk.Button]] = {}
        self._chosen: int | None = None
        self._enabled = True
        self._laid_out_for = 0
        self._strong = font.Font(self, name="TavernStrong", exists=True)
        self._small = font.Font(self, name="TavernSmallStrong", exists=True)
        self.columnconfigure(0, weight=1)
        self.rowconfigure(0, weight=1)
        self._canvas = tk.Canvas(self, takefocus=True, width=theme.px(200), height=theme.px(120), yscrollincrement=1)
        self._canvas.configure(highlightthickness=0, borderwidth=0)
        self._canvas.grid(row=0, column=0, sticky="nsew")
        self._bar = ttk.Scrollbar(self, orient="vertical", command=self._canvas.yview)
        self._canvas.configure(yscrollcommand=self._scrolled)
        self._listen()

    def _listen(self) -> None:
        canvas = self._canvas
        canvas.bind("<Configure>", lambda _event: self._resized())
        self.bind("<<ThemeChanged>>", lambda _event: self._draw())
        canvas.bind("<FocusIn>", lambda _event: self._focused())
        canvas.bind("<FocusOut>", lambda _event: self._unfocused())
        canvas.bind("<Button-1>", self._clicked)
        for key, step in (("<Up>", -1), ("<Down>", 1), ("<Home>", -ALL), ("<End>", ALL)):
            canvas.bind(key, lambda _event, step=step: self._move(step))  # type: ignore[misc]
        canvas.bind("<Prior>", lambda _event: self._move(-self._page()))
        canvas.bind("<Next>", lambda _event: self._move(self._page()))
        canvas.bind("<Delete>", lambda _event: self._press(self._act))
        canvas.bind("<BackSpace>", lambda _event: self._press(self._act))
        for key in ("<Return>", "<KP_Enter>", "<space>"):
            canvas.bind(key, lambda _event: self._press(self._repair))
        for event in ("<MouseWheel>", "<Button-4>", "<Button-5>"):
            canvas.bind(event, self._wheel)

    @property
    def chosen_number(self) -> int | None:
        """Its place."""
        return self._chosen

    @property
    def chosen(self) -> EntryRow | None:
        """The row that the keys mean."""
        return self._rows[self._chosen] if self._chosen is not None else None

    def show(self, rows: Sequence[EntryRow]) -> None:
        """Show these rows. The place and the chosen row stay."""
        if list(rows) == self._rows:
            return
        self._rows = list(rows)
        if self._chosen is not None:
            self._chosen = min(self._chosen, len(rows) - 1) if rows else None
        self._draw()

    def enable(self, enabled: bool) -> None:
        """Whether the buttons can be pressed."""
        self._enabled = enabled
        for made in self._buttons.values():
            for each in made:
                each.state(["!disabled" if enabled else "disabled"])

    def take_focus(self) -> None:
        """Let the keys go here."""
        self._canvas.focus_force()

    def see_last(self) -> None:
        """Scroll to the end, and choose what stands there."""
        self._choose(len(self._rows) - 1)

    # --- drawing -----------------------------------------------------------------------------------------------------

    def _resized(self) -> None:
        if self._canvas.winfo_width() != self._laid_out_for:
            self._draw()
        else:
            self._scrolled(*self._canvas.yview())

    def _draw(self) -> None:
        canvas, colours = self._canvas, self._theme.palette
        self._laid_out_for = canvas.winfo_width()
        canvas.configure(background=colours.card)
        if self._laid_out_for <= 1:
            return
        for seen in list(self._buttons):
            self._forget(seen)
        at = canvas.yview()[0] if self._places else 0.0
        canvas.delete("all")
        self._places = []
        self._chosen_mark = canvas.create_rectangle(0, 0, 0, 0, width=0, fill=colours.accent, state="hidden")
        top = 0
        for number, row in enumerate(self._rows):
            bottom = self._draw_row(row, top, bool(number))
            self._places.append(_RowSpan(top, bottom))
            top = bottom
        canvas.configure(scrollregion=(0, 0, self._laid_out_for, top))
        canvas.yview_moveto(at)
        self._mark()
        self._scrolled(*canvas.yview())

    def _draw_row(self, row: EntryRow, top: int, line: bool) -> int:
        canvas, colours, px = self._canvas, self._theme.palette, self._theme.px
        width, inset = self._laid_out_for, px(GAP)
        if line:
            canvas.create_line(inset, top, width - inset, top, fill=colours.border, width=max(1, px(1)))
        entry_width = min(round(width * ENTRY_SHARE), px(ENTRY_MOST_PX))
        y = top + px(ROW_PADDING + 4)
        entry = canvas.create_text(inset, y, anchor="nw", text=row.entry or "(an empty line)", font="TavernStrong")
        canvas.itemconfigure(entry, width=entry_width, fill=colours.quiet if row.leaving else colours.text)
        left = inset + entry_width + px(GAP)
        room = max(width - left - inset - self._buttons_width(row), px(80))
        meaning = canvas.create_text(left, y, anchor="nw", text=row.meaning, width=room)
        warned = row.tone is not Tone.QUIET
        colour = {Tone.BAD: colours.bad, Tone.CAREFUL: colours.careful}.get(row.tone, colours.quiet)
        canvas.itemconfigure(meaning, font="TavernStrong" if warned else "TavernText", fill=colour)
        bottom = max(canvas.bbox(entry)[3], canvas.bbox(meaning)[3])
        for more, style, fill in (
            (row.detail, "TavernSmall", colours.quiet),
            (row.note, "TavernSmallStrong", colours.quiet if row.leaving else colours.good),
        ):
            if more:
                below = canvas.create_text(
                    left, bottom + px(2), anchor="nw", text=more, width=room, font=style, fill=fill
                )
                bottom = canvas.bbox(below)[3]
        buttons = 1 if not row.fix or not row.act else 2
        return int(max(bottom + px(ROW_PADDING + 4), top + px(ROW_LEAST_PX) + px(BUTTON_STEP_PX) * (buttons - 1)))

    def _buttons_width(self, row: EntryRow) -> int:
        px = self._theme.px
        return max(self._small.measure(words) + px(28) if words else 0 for words in (row.fix, row.act))

    def _scrolled(self, first: str | float, last: str | float) -> None:
        self._bar.set(first, last)
        if float(first) <= 0 and float(last) >= 1:
            self._bar.grid_remove()
        else:
            self._bar.grid(row=0, column=1, sticky="ns")
        top = self._canvas.canvasy(0)
        bottom = top + self._canvas.winfo_height()
        seen = {n for n, place in enumerate(self._places) if place.bottom > top and place.top < bottom}
        for row in set(self._buttons) - seen:
            self._forget(row)
        for row in seen - set(self._buttons):
            self._make_buttons(row)

    def _make_buttons(self, number: int) -> None:
        row, place, made = self._rows[number], self._places[number], []
        right = self._laid_out_for - self._theme.px(GAP - 6)
        middle = place.top + self._theme.px(ROW_LEAST_PX) // 2
        for words, style, press in (
            (row.fix, PILLS.get(row.tone, "CarefulPill.TButton"), self._fix),
            (row.act, "Quiet.TButton", self._act),
        ):
            if not words:
                continue
            one = ttk.Button(self._canvas, text=words, style=f"Card.{style}", takefocus=False)
            one.configure(command=lambda press=press: press(number))  # type: ignore[misc]
            one.state(["!disabled" if self._enabled else "disabled"])
            for event in ("<MouseWheel>", "<Button-4>", "<Button-5>"):
                one.bind(event, self._wheel)
            self._canvas.create_window(right, middle, window=one, anchor="e", tags=f"of{number}")
            middle += self._theme.px(BUTTON_STEP_PX)
            made.append(one)
        self._buttons[number] = made

    def _forget(self, number: int) -> None:
        self._canvas.delete(f"of{number}")
        for one in self._buttons.pop(number):
            one.destroy()

    # --- keys and mouse ----------------------------------------------------------------------------------------------

    def _unfocused(self) -> None:
        self.configure(style="CardBorder.TFrame")
        self._mark()

    def _focused(self) -> None:
        self.configure(style="CardFocus.TFrame")
        if self._chosen is None and self._rows:
            self._chosen = 0
            self._chose(0)
        self._mark()

    def _clicked(self, event: "tk.Event[tk.Canvas]") -> None:
        self._canvas.focus_set()
        y = self._canvas.canvasy(event.y)
        found = [number for number, place in enumerate(self._places) if place.top <= y < place.bottom]
        if found:
            self._choose(found[0])

    def _move(self, step: int) -> str:
        if self._rows:
            self._choose(min(max((self._chosen or 0) + step, 0), len(self._rows) - 1))
        return "break"

    def _choose(self, number: int) -> None:
        self._chosen = number
        self._chose(number)
        self._mark()
        if 0 <= number < len(self._places):
            place, canvas = self._places[number], self._canvas
            top, room = canvas.canvasy(0), canvas.winfo_height()
            if place.top < top:
                canvas.yview_scroll(round(place.top - top), "units")
            elif place.bottom > top + room:
                canvas.yview_scroll(round(place.bottom - top - room), "units")

    def _mark(self) -> None:
        if not self._places or self._chosen is None or self._chosen >= len(self._places):
            return
        place = self._places[self._chosen]
        focused = self._canvas.focus_get() is self._canvas
        edge = self._theme.px(6)
        self._canvas.coords(self._chosen_mark, 0, place.top + edge, self._theme.px(4), place.bottom - edge)
        self._canvas.itemconfigure(self._chosen_mark, state="normal" if focused else "hidden")

    def _press(self, act: Callable[[int], None]) -> str:
        if self._enabled and self._chosen is not None:
            act(self._chosen)
        return "break"

    def _repair(self, number: int) -> None:
        if self._rows[number].fix:
            self._fix(number)

    def _page(self) -> int:
        seen = len(self._buttons)
        return max(seen - 1, 1)

    def _wheel(self, event: "tk.Event[tk.Misc]") -> str:
        step = self._theme.px(WHEEL_STEP_PX)
        if event.num in (4, 5):
            self._canvas.yview_scroll(-step if event.num == 4 else step, "units")
        else:
            notches = event.delta if sys.platform == "darwin" else event.delta / 120
            self._canvas.yview_scroll(round(-notches * step), "units")
        return "break"
