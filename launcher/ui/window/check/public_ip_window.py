"""From outside: the address that the Internet knows, what lies between, how to use it, and why rather not."""

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

from launcher.keeper.view import View
from launcher.network.public_ip import PublicIp, PublicIpLookup, ServiceAnswer
from launcher.problem import Problem, TavernkeepError
from launcher.ui import public_ip_words as words
from launcher.ui.window.background import Background, Put, nothing
from launcher.ui.window.check.public_ip_way import OutsideWay
from launcher.ui.window.widgets.bars import ProgressBar
from launcher.ui.window.widgets.buttons import ButtonRow, button, focus_main, make_main
from launcher.ui.window.widgets.dialog import child_window
from launcher.ui.window.widgets.layout import Card, Layout
from launcher.ui.window.widgets.texts import label, paragraph, tell
from launcher.ui.window.widgets.theme import Theme

Told = Callable[["int | ServiceAnswer | PublicIp | Problem"], None]


class PublicIpLook:
    """Tells, through `put` and so in the Tk thread: how many are asked, each answer, at last what follows or why not.

    The services are those of the settings. Nothing is told after `cancel`.
    """

    def __init__(self, put: Put, told: Told) -> None:
        self._told = told
        self._cancelled = False
        self._question: PublicIpLookup | None = None
        self._background = Background(put)
        self._background.start(self._run, "public address", self._hear)

    def cancel(self) -> None:
        """Nobody waits for it any more."""
        self._cancelled = True
        self._told = nothing
        if self._question:
            self._question.cancel()
        self._background.close()

    def _run(self) -> None:
        try:
            question = self._asked()
        except TavernkeepError as error:
            self._tell(error.problem)
            return
        self._question = question
        if self._cancelled:  # Looked at last, so that `cancel` ends the question or is seen here.
            return
        self._tell(len(question.asked))
        found = question.ask(self._tell)
        if found:
            self._tell(found)

    def _asked(self) -> PublicIpLookup:
        from launcher.system import settings
        from launcher.system.folders import our_folders

        return PublicIpLookup(settings.load(our_folders().settings_file).public_ip_services)

    def _tell(self, told: "int | ServiceAnswer | PublicIp | Problem") -> None:
        self._background.tell(lambda: self._hear(told))

    def _hear(self, told: "int | ServiceAnswer | PublicIp | Problem") -> None:
        self._told(told)


TITLE = "From outside"
WIDTH = 640
NOT_NEEDED = "On your own Wi-Fi you need none of this: scan the code in the main window."
LOOKING = "Asking which address the Internet knows you by…"
CANCELLED = Problem("Your public address is not known.", "Asking for it was cancelled.")
BEFORE = "Before you open your router"


class PublicIpWindow:
    """Looks when it opens and when it is asked to; the look ends with the window."""

    def __init__(
        self,
        parent: tk.Tk,
        theme: Theme,
        copy: Callable[[str], None],
        put: Callable[[Callable[[], None]], None],
        show_window: Callable[[str], None],
    ) -> None:
        """`put` brings calls into the Tk thread; `show_window` opens the window `login` or `access`."""
        theme.draw_fields()
        self._theme, self._put = theme, put
        self._view = View()
        self._found: PublicIp | None = None
        self._look: PublicIpLook | None = None
        self._problem = CANCELLED
        self._asked = self._answered = 0
        self.window = window = child_window(parent, theme, TITLE)
        self._layout = Layout(window, theme, WIDTH)
        body = self._layout.body
        label(body, "Title", TITLE).grid(row=0, column=0, sticky="w")
        paragraph(body, "Quiet", NOT_NEEDED).grid(row=1, column=0, sticky="ew", pady=theme.pair(4, 12))
        self._make_facts()
        self._way = OutsideWay(body, theme, copy, show_window)
        self._way.grid(row=3, column=0, sticky="ew", pady=theme.pair(12, 0))
        self._make_warnings()
        self._make_foot()
        window.bind("<Destroy>", self._destroyed)
        self._begin()
        window.after_idle(self._take_focus)

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
        self._cancel = button(self._buttons, "Cance&l", self._cancelled)
        self._again = button(self._buttons, "Check a&gain", self._begin)

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

    def _make_foot(self) -> None:
        button(self._layout.foot, "Clos&e", self.close).grid(row=0, column=1)

    # --- what is shown -----------------------------------------------------------------------------------------------

    def show(self, view: View) -> None:
        self._view = view
        self._show()

    def lost(self) -> None:
        """There is no keeper any more. The look needs none."""
        self._way.lost()

    @property
    def unsaved(self) -> bool:
        return False

    def close(self) -> None:
        self.window.destroy()

    def _destroyed(self, event: "tk.Event[tk.Misc]") -> None:
        if event.widget is self.window:
            self._stop_looking()

    def _take_focus(self) -> None:
        self.window.focus_force()
        self._cancel.focus_set()
        focus_main(self.window)

    def _told(self, told: "int | ServiceAnswer | PublicIp | Problem") -> None:
        if not self.window.winfo_exists():
            return
        match told:
            case int(asked):
                self._asked = asked
            case ServiceAnswer():
                self._answered += 1
            case PublicIp():
                self._look, self._found = None, told
            case Problem():
                self._look, self._problem = None, told
        self._show()

    def _show(self) -> None:
        found, looking = self._found, self._look is not None
        if found:
            title, detail = words.headline(found)
        elif looking:
            title, detail = LOOKING, words.asking(self._asked, self._answered) if self._asked else ""
        else:
            title, detail = self._problem.title, self._problem.advice
        tell(self._address, title)
        tell(self._detail, detail)
        tell(self._lines, "\n".join(words.lines_of(found)) if found else "")
        tell(self._route, words.route_words(found) if found else "")
        vpn = words.vpn_words(self._view) if found and found.ipv4 and found.behind_cgnat is None else ""
        tell(self._vpn, f"! {vpn}" if vpn else "")
        self._bar.grid() if looking else self._bar.grid_remove()
        self._buttons.arrange(self._cancel if looking else self._again)
        self._way.show(self._view, found)
        self._way.grid() if self._way.wanted else self._way.grid_remove()
        make_main(self._again, not self._way.wanted)
        self._warn()
        focus_main(self.window)

    def _warn(self) -> None:
        told = words.warnings(self._view)
        for at, (sign, text) in enumerate(self._warnings):
            tell(text, told[at] if at < len(told) else "")
            sign.grid() if at < len(told) else sign.grid_remove()
        self._instead[1].configure(text=words.instead(self._view))

    # --- what the user does ------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        self._stop_looking()
        self._found, self._asked, self._answered = None, 0, 0
        self._look = PublicIpLook(self._put, self._told)
        held = self.window.focus_lastfor() is self._again
        self._show()
        if held:
            self._cancel.focus_set()

    def _cancelled(self) -> None:
        self._stop_looking()
        self._problem = CANCELLED
        self._show()

    def _stop_looking(self) -> None:
        if self._look:
            self._look.cancel()
            self._look = None
