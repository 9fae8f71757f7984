"""A card: content that belongs together, on a surface with round corners. And a row of buttons that wraps."""

import tkinter as tk
from tkinter import ttk

from launcher.ui.window.widgets.texts import on_card
from launcher.ui.window.widgets.theme import Theme

CARD_PADDING = 16
# How much of the room that is left stands before the buttons.
SHARE_BEFORE = {"left": 0.0, "center": 0.5, "right": 1.0}


def card(parent: tk.Misc, theme: Theme) -> ttk.Frame:
    """An empty card whose first column takes all the width."""
    frame = ttk.Frame(parent, style="CardBorder.TFrame", padding=theme.px(CARD_PADDING))
    frame.columnconfigure(0, weight=1)
    return frame


class ButtonRow(ttk.Frame):
    """Buttons side by side, in further rows when they do not fit. `arrange` them when one comes, goes or is renamed.

    Each button has its RING around it: what stands flush with their edges needs that much room as well.
    """

    def __init__(self, parent: tk.Misc, theme: Theme, align: str = "left") -> None:
        super().__init__(parent, style=f"{on_card(parent)}TFrame", height=1)
        self._theme = theme
        self._align = align
        self._buttons: list[ttk.Widget] = []
        self.bind("<Configure>", lambda _event: self._place())

    def arrange(self, *buttons: ttk.Widget) -> None:
        """Show these and no others, in this order."""
        for gone in self._buttons:
            if gone not in buttons:
                gone.place_forget()
        self._buttons = list(buttons)
        for button in buttons:
            button.lift()  # Tab follows the stacking order.
        self._place()

    def _place(self) -> None:
        gap = self._theme.px(2)
        y = 0
        for row in self._rows(gap):
            width = sum(button.winfo_reqwidth() for button in row) + gap * (len(row) - 1)
            x = round((self.winfo_width() - width) * SHARE_BEFORE[self._align])
            for button in row:
                button.place(x=x, y=y)
                x += button.winfo_reqwidth() + gap
            y += max(button.winfo_reqheight() for button in row)
        if self.winfo_reqheight() != max(y, 1):
            self.configure(height=max(y, 1))

    def _rows(self, gap: int) -> list[list[ttk.Widget]]:
        rows: list[list[ttk.Widget]] = []
        room = 0
        for button in self._buttons:
            needed = button.winfo_reqwidth() + gap
            if not rows or needed > room:
                rows.append([])
                room = max(self.winfo_width(), 1)
            rows[-1].append(button)
            room -= needed
        return rows
