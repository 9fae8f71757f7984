"""A part of a window that scrolls when it does not fit, and fills its room when it does."""

import sys
import tkinter as tk
from tkinter import ttk

from launcher.ui.window.widgets.theme import Theme

WHEEL_STEP_PX = 48
# What a widget sends that has something new to say.
LOOK_HERE = "<<LookHere>>"


class Scrolling(ttk.Frame):
    """Put one widget into row 0 of `inside`, with a margin. Whatever gets the focus, or sends LOOK_HERE, is
    scrolled into sight.

    The bar lies over the right margin: were it beside the content, its coming would make texts wrap and grow, and its
    going make them fit, for ever.
    """

    def __init__(self, parent: tk.Misc, theme: Theme) -> None:
        super().__init__(parent)
        self._theme = theme
        # Any size will do but 1: `grid` does not lay out again what asks for no more than that.
        self._canvas = tk.Canvas(self, highlightthickness=0, borderwidth=0, width=10, height=10)
        self._bar = ttk.Scrollbar(self, orient="vertical", command=self._canvas.yview)
        self._canvas.configure(yscrollcommand=self._bar.set, yscrollincrement=1)
        self._canvas.grid(row=0, column=0, sticky="nsew")
        self.columnconfigure(0, weight=1)
        self.rowconfigure(0, weight=1)
        self.inside = ttk.Frame(self._canvas)
        self._window = self._canvas.create_window(0, 0, window=self.inside, anchor="nw")
        self.inside.columnconfigure(0, weight=1)
        self.inside.rowconfigure(0, weight=1)
        self.inside.bind("<Configure>", lambda _event: self._fit())
        self._canvas.bind("<Configure>", lambda _event: self._fill())
        self.bind("<<ThemeChanged>>", lambda _event: self._colour())
        self._colour()
        top = self.winfo_toplevel()
        top.bind("<FocusIn>", self._follow_focus, add=True)
        # Only then is it known how high all is together.
        top.bind(LOOK_HERE, lambda event: self._canvas.after_idle(self._follow_focus, event), add=True)
        for event in ("<MouseWheel>", "<Button-4>", "<Button-5>"):
            top.bind(event, self._wheel, add=True)
        top.bind("<Next>", lambda _event: self._scroll(self._canvas.winfo_height() - theme.px(WHEEL_STEP_PX)), add=True)
        top.bind(
            "<Prior>", lambda _event: self._scroll(theme.px(WHEEL_STEP_PX) - self._canvas.winfo_height()), add=True
        )

    def _colour(self) -> None:
        self._canvas.configure(background=self._theme.palette.background)

    def _fill(self) -> None:
        # A least height rather than a fixed one: `inside` must tell (<Configure>) when its content wants more.
        self.inside.rowconfigure(0, minsize=self._canvas.winfo_height())
        self._canvas.itemconfigure(self._window, width=self._canvas.winfo_width())
        self._fit()

    def _fit(self) -> None:
        height, room = self.inside.winfo_height(), self._canvas.winfo_height()
        self._canvas.configure(scrollregion=(0, 0, self._canvas.winfo_width(), height))
        if height > room > 1:
            self._bar.place(relx=1, rely=0, relheight=1, anchor="ne")
        else:
            self._bar.place_forget()
            self._canvas.yview_moveto(0)

    def _too_high(self) -> bool:
        return self.inside.winfo_height() > self._canvas.winfo_height()

    def _scroll(self, pixels: int) -> None:
        if self._too_high():
            self._canvas.yview_scroll(pixels, "units")

    def _wheel(self, event: "tk.Event[tk.Misc]") -> None:
        if not str(event.widget).startswith(str(self)):
            return
        step = self._theme.px(WHEEL_STEP_PX)
        if event.num in (4, 5):
            self._scroll(-step if event.num == 4 else step)
        else:
            notches = event.delta if sys.platform == "darwin" else event.delta / 120
            self._scroll(round(-notches * step))

    def _follow_focus(self, event: "tk.Event[tk.Misc]") -> None:
        if str(event.widget).startswith(f"{self.inside}."):
            self.see(event.widget)

    def see(self, widget: tk.Misc) -> None:
        """Scroll `widget`, which is inside, into sight."""
        if not self._too_high():
            return
        margin = self._theme.px(8)
        # Not against the canvas: `inside` moves only when it is painted again.
        top = round(widget.winfo_rooty() - self.inside.winfo_rooty() - self._canvas.canvasy(0))
        below = top + widget.winfo_height() - self._canvas.winfo_height()
        if top < margin:
            self._scroll(top - margin)
        elif below > -margin:
            self._scroll(below + margin)
