"""The window: the state and its button, the page that belongs to the state, who can get in, and the log.

It can be seen before the keeper is known and before most of this program is imported; `show(view)` brings the rest.
"""

import tkinter as tk
from tkinter import ttk
from typing import TYPE_CHECKING

from launcher.ui.window.widgets.buttons import bind_keys, button, focus_main
from launcher.ui.window.widgets.scrolling import Scrolling
from launcher.ui.window.widgets.texts import label, paragraph, tell
from launcher.ui.window.widgets.theme import RING, Theme

if TYPE_CHECKING:
    from launcher.keeper.view import View
    from launcher.problem import Problem
    from launcher.ui.window.actions import Actions
    from launcher.ui.window.main.body import Body

WIDTH, HEIGHT = 430, 760
LEAST_WIDTH, LEAST_HEIGHT = 330, 400
MARGIN = 16
TASKBAR_PX = 72
STOP_HINT = "End SillyTavern. Phones that have it open lose it."


class MainWindow:
    """All that is in the main window. Keeps no state: what `show` gets is all there is."""

    def __init__(self, root: tk.Tk, theme: Theme) -> None:
        self.root = root
        self._theme = theme
        self._body: Body
        self._stop: ttk.Button
        root.title("Tavernkeep")
        px = theme.px
        height = min(px(HEIGHT), root.winfo_screenheight() - px(TASKBAR_PX))
        root.geometry(f"{min(px(WIDTH), root.winfo_screenwidth())}x{height}")
        root.minsize(px(LEAST_WIDTH), px(LEAST_HEIGHT))
        root.columnconfigure(0, weight=1)
        root.rowconfigure(1, weight=1)
        self._make_header()
        self._scrolling = Scrolling(root, theme)
        self._scrolling.grid(row=1, column=0, sticky="nsew")
        self._skeleton = ttk.Frame(self._scrolling.inside, style="CardBorder.TFrame")
        self._skeleton.grid(sticky="nsew", padx=px(MARGIN), pady=(0, px(MARGIN)))
        bind_keys(root)

    def _make_header(self) -> None:
        px = self._theme.px
        self._header = header = ttk.Frame(self.root, padding=self._theme.edges(MARGIN, MARGIN, MARGIN - RING, 12))
        header.grid(row=0, column=0, sticky="ew")
        header.columnconfigure(1, weight=1)
        self._dot = label(header, "Quiet", "●")
        self._dot.grid(row=0, column=0, padx=(0, px(8)))
        self._title = paragraph(header, "Title", "Looking for SillyTavern…")
        self._title.grid(row=0, column=1, sticky="ew")
        self._detail = paragraph(header, "Quiet", " ")
        self._detail.grid(row=1, column=1, sticky="ew")

    def connect(self, actions: "Actions") -> None:
        """Fill the window. Imports what could wait until it was seen; nothing can be shown before."""
        from launcher.keeper.messages import Stop
        from launcher.ui.window.main.body import Body
        from launcher.ui.window.widgets.tooltips import tooltip

        self._theme.finish()
        self._stop = button(self._header, "&Stop", lambda: actions.ask(Stop()))
        self._stop.grid(row=0, column=2, rowspan=2, padx=self._theme.pair(8, 0))
        self._stop.grid_remove()
        tooltip(self._stop, self._theme, lambda: STOP_HINT)
        self._skeleton.grid_remove()
        self._body = Body(self._scrolling.inside, self._theme, actions)
        self._body.grid(row=0, column=0, sticky="nsew", padx=self._theme.px(MARGIN - RING))

    def show(self, view: "View", answer: "Problem | None", now: float) -> None:
        """`answer`: why the last request was not done. `now` is the Unix time."""
        from launcher.keeper.view import Phase
        from launcher.ui.window.main.sentences import heading

        told = heading(view, now)
        self._heading(told.title, told.detail, told.tone)
        if view.phase in (Phase.STARTING, Phase.RUNNING, Phase.STOPPING):
            self._stop.state(["disabled" if view.phase is Phase.STOPPING else "!disabled"])
            self._stop.grid()
        else:
            self._stop.grid_remove()
        self._body.show(view, answer)
        focus_main(self.root)

    def show_lost(self, problem: "Problem", again: str) -> None:
        """There is no keeper. `problem` says why, `again` is the button that starts one."""
        self._heading("Tavernkeep is not connected", "", "Bad")
        self._stop.grid_remove()
        self._body.show_lost(problem, again)
        focus_main(self.root)

    def show_waiting(self, title: str) -> None:
        """While the keeper is looked for."""
        self._heading(title, " ", "Quiet")
        self._stop.grid_remove()
        self._body.show_waiting()

    def _heading(self, title: str, detail: str, tone: str) -> None:
        self._title.configure(text=title)
        self._dot.configure(style=f"{tone}.TLabel")
        tell(self._detail, detail)
