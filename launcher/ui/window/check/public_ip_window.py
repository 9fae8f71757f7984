"""From outside: the address that the Internet knows, what lies between, how to use it, and why rather not."""

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

from launcher.keeper.view import View
from launcher.network.public_ip import PublicIp, PublicIpLookup, ServiceAnswer
from launcher.problem import Problem, TavernkeepError
from launcher.ui import public_ip_words as words
from launcher.ui.window.background import Put
from launcher.ui.window.check.public_ip_way import PublicIpWay
from launcher.ui.window.check.run import Run, RunWindow
from launcher.ui.window.widgets.bars import ProgressBar
from launcher.ui.window.widgets.buttons import ButtonRow, button, focus_main, make_main
from launcher.ui.window.widgets.layout import Card, Layout
from launcher.ui.window.widgets.texts import label, paragraph, tell
from launcher.ui.window.widgets.theme import Theme

TITLE = "From outside"
WIDTH = 640
NOT_NEEDED = "On your own Wi-Fi you need none of this: scan the code in the main window."
LOOKING = "Asking which address the Internet knows you by…"
CANCELLED = Problem("Your public address is not known.", "The search for it was cancelled.")
BEFORE = "Before you open your router"

# How many services are asked, each answer, and at last the address or why there is none.
Told = int | ServiceAnswer | PublicIp | Problem


class PublicIpLook(Run[Told]):
    """Ask the services of the settings. Begins at once."""

    def __init__(self, put: Put, told: Callable[[Told], None]) -> None:
        super().__init__(put, told)
        self._cancelled = False
        self._lookup: PublicIpLookup | None = None
        self.start(self._ask, "public address", lambda problem: problem)

    def close(self) -> None:
        self._cancelled = True
        if self._lookup:
            self._lookup.cancel()
        super().close()

    def _ask(self) -> None:
        from launcher.system import settings
        from launcher.system.folders import our_folders

        try:
            lookup = PublicIpLookup(settings.load(our_folders().settings_file).public_ip_services)
        except TavernkeepError as error:
            self.tell(error.problem)
            return
        self._lookup = lookup
        # Checked after that line: `close` then either cancels this lookup or is seen here.
        if self._cancelled:
            return
        self.tell(len(lookup.asked))
        found = lookup.ask(self.tell)
        if found:
            self.tell(found)


class PublicIpWindow(RunWindow):
    """Looks when it opens, and when the user asks it to."""

    def __init__(
        self,
        parent: tk.Tk,
        theme: Theme,
        copy: Callable[[str], None],
        put: Put,
        show_window: Callable[[str], None],
    ) -> None:
        """`put` brings calls into the Tk thread; `show_window` opens the window `login` or `access`."""
        super().__init__(parent, theme, TITLE, put)
        self._found: PublicIp | None = None
        self._problem = CANCELLED
        self._asked = self._answered = 0
        self._layout = Layout(self.window, theme, WIDTH)
        body = self._layout.body
        label(body, "Title", TITLE).grid(row=0, column=0, sticky="w")
        paragraph(body, "Quiet", NOT_NEEDED).grid(row=1, column=0, sticky="ew", pady=theme.pair(4, 12))
        self._make_facts()
        self._way = PublicIpWay(body, theme, copy, show_window)
        self._way.grid(row=3, column=0, sticky="ew", pady=theme.pair(12, 0))
        self._make_warnings()
        button(self._layout.foot, "Clos&e", self.close).grid(row=0, column=1)
        self._look()
        self.window.after_idle(self._take_focus)

    def _make_facts(self) -> None:
        theme = self._theme
        facts = Card(self._layout.body, theme)
        facts.grid(row=2, column=0, sticky="ew")
        label(facts, "Small", "Your public address").grid(row=0, column=0, sticky="w")
        below = theme.pair(4, 0)
        self._address = paragraph(facts, "Big")
        self._detail = paragraph(facts, "Quiet")
        self._lines = paragraph(facts, "Small")
        self._route = paragraph(facts)
        self._vpn = paragraph(facts, "CarefulSaid")
        told = (self._address, self._detail, self._lines, self._route, self._vpn)
        for row, each in enumerate(told, 1):
            each.grid(row=row, column=0, sticky="ew", pady=below)
        self._bar = ProgressBar(facts)
        self._bar.grid(row=7, column=0, sticky="ew", pady=theme.pair(8, 0))
        self._buttons = ButtonRow(facts, theme)
        self._buttons.grid(row=8, column=0, sticky="ew", pady=theme.pair(8, 0))
        self._cancel = button(self._buttons, "Cance&l", self._cancel_look)
        self._again = button(self._buttons, "Check a&gain", self._look)

    def _make_warnings(self) -> None:
        theme = self._theme
        shown = ttk.Frame(self._layout.body)
        shown.grid(row=4, column=0, sticky="ew", pady=theme.pair(16, 0))
        shown.columnconfigure(1, weight=1)
        label(shown, "Strong", BEFORE).grid(row=0, column=0, columnspan=2, sticky="w")
        self._warnings = [self._point(shown, row, "Careful", "!") for row in (1, 2, 3)]
        self._instead = self._point(shown, 4, "Good", "✓")

    def _point(self, parent: ttk.Frame, row: int, tone: str, sign: str) -> tuple[ttk.Label, ttk.Label]:
        edge = self._theme.pair(6, 0)
        shown = label(parent, tone, sign), paragraph(parent)
        shown[0].grid(row=row, column=0, sticky="n", padx=self._theme.pair(0, 10), pady=edge)
        shown[1].grid(row=row, column=1, sticky="ew", pady=edge)
        return shown

    # --- what is shown -----------------------------------------------------------------------------------------------

    def show(self, view: View) -> None:
        super().show(view)
        self._show()

    def lost(self) -> None:
        # The look itself needs no keeper.
        self._way.lost()

    def _take_focus(self) -> None:
        self.window.focus_force()
        self._cancel.focus_set()
        focus_main(self.window)

    def _hear(self, told: Told) -> None:
        match told:
            case int(asked):
                self._asked = asked
            case ServiceAnswer():
                self._answered += 1
            case PublicIp():
                self._found = told
                self._rest()
            case Problem():
                self._problem = told
                self._rest()
        self._show()

    def _show(self) -> None:
        found = self._found
        self._show_progress()
        tell(self._lines, "\n".join(words.lines_of(found)) if found else "")
        tell(self._route, words.route_words(found) if found else "")
        vpn = words.vpn_words(self._view) if found and found.ipv4 and found.behind_cgnat is None else ""
        tell(self._vpn, f"! {vpn}" if vpn else "")
        self._way.show(self._view, found)
        self._way.grid() if self._way.wanted else self._way.grid_remove()
        make_main(self._again, not self._way.wanted)
        self._warn()
        focus_main(self.window)

    def _show_progress(self) -> None:
        found, looking = self._found, self._busy
        title, detail = words.headline(found) if found else (self._problem.title, self._problem.advice)
        if looking:
            asked = words.asking(self._asked, self._answered, self._elapsed()) if self._asked else ""
            title, detail = LOOKING, asked
        tell(self._address, title)
        tell(self._detail, detail)
        self._bar.grid() if looking else self._bar.grid_remove()
        self._buttons.arrange(self._cancel if looking else self._again)

    def _warn(self) -> None:
        told = words.warnings(self._view)
        for at, (sign, text) in enumerate(self._warnings):
            tell(text, told[at] if at < len(told) else "")
            sign.grid() if at < len(told) else sign.grid_remove()
        self._instead[1].configure(text=words.instead(self._view))

    # --- what the user does ------------------------------------------------------------------------------------------

    def _look(self) -> None:
        self._found, self._asked, self._answered = None, 0, 0
        self._begin(lambda: PublicIpLook(self._put, self._hear))
        focused = self.window.focus_lastfor() is self._again
        self._show()
        if focused:
            self._cancel.focus_set()

    def _cancel_look(self) -> None:
        self._give_up()
        self._problem = CANCELLED
        self._show()
