"""Can my phone reach this PC? A code that opens a test page, and the devices that came to it.

The page needs no SillyTavern: it takes its place while this window is open.
"""

import subprocess
import threading
import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

from launcher.doctor.test_page.messages import Came, Ended, Opened, PageMessage
from launcher.doctor.test_page.outcome import VisitOutcome
from launcher.keeper.messages import AllowDevice
from launcher.keeper.view import Phase, View
from launcher.problem import Problem, TavernkeepError
from launcher.ui import test_page_words
from launcher.ui.qr_code import matrix
from launcher.ui.window.background import Put
from launcher.ui.window.check.run import Run, RunWindow
from launcher.ui.window.outcome import OutcomeBar, Send
from launcher.ui.window.widgets.bars import ProgressBar
from launcher.ui.window.widgets.buttons import button, focus_main, make_main
from launcher.ui.window.widgets.layout import CARD_PADDING, Card, Layout
from launcher.ui.window.widgets.pictures import QrImage
from launcher.ui.window.widgets.texts import label, paragraph, tell
from launcher.ui.window.widgets.theme import Theme

TITLE = "Can my phone reach this PC?"
WIDTH, BAR_WIDTH = 440, 200
MOST_ROWS, SIGN_WIDTH = 4, 20
OPENING = "Opening the test page…"
STARTS = Problem("SillyTavern runs now, so no test page is needed.", "The main window has its code for your phone.")
GONE = Problem("The test page has stopped by itself.", "Try again. The log of Tavernkeep may say why.")


class ReachPage(Run[PageMessage]):
    """The process with the test page, which ends with this process. Begins at once; `Ended` is told last."""

    def __init__(self, put: Put, told: Callable[[PageMessage], None]) -> None:
        super().__init__(put, told)
        self._closed = False
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self.start(self._follow, "test page", lambda problem: Ended(problem=problem))

    def close(self) -> None:
        with self._lock:
            self._closed = True
            if self._process and self._process.stdin:
                self._process.stdin.close()
        super().close()

    def _follow(self) -> None:
        import msgspec

        try:
            process = self._open()
        except TavernkeepError as error:
            self.tell(Ended(problem=error.problem))
            return
        if process is None or process.stdout is None:
            return
        decode = msgspec.json.Decoder(PageMessage).decode
        last: PageMessage | None = None
        for line in process.stdout:
            last = decode(line)
            self.tell(last)
        process.wait()
        if not isinstance(last, Ended):
            self.tell(Ended(problem=GONE))

    def _open(self) -> "subprocess.Popen[bytes] | None":
        from launcher.system.folders import our_folders
        from launcher.system.ourselves import start_attached

        folders = our_folders()
        folders.make()
        with self._lock:
            if not self._closed:
                self._process = start_attached("reach-page", log=folders.own_log)
            return self._process


class ReachWindow(RunWindow):
    """The page is there as long as this window is."""

    def __init__(
        self,
        parent: tk.Tk,
        theme: Theme,
        send: Send,
        copy: Callable[[str], None],
        put: Put,
        open_page: Callable[[Put, Callable[[PageMessage], None]], Run[PageMessage]] = ReachPage,
    ) -> None:
        """`put` brings calls into the Tk thread."""
        super().__init__(parent, theme, TITLE, put)
        self._copy, self._open_page = copy, open_page
        self._opened: Opened | None = None
        self._came: dict[str, Came] = {}
        self._layout = Layout(self.window, theme, WIDTH)
        body = self._layout.body
        paragraph(body, "Title", TITLE).grid(row=0, column=0, sticky="ew")
        self._said = paragraph(body, "Quiet", OPENING)
        self._said.grid(row=1, column=0, sticky="ew", pady=theme.pair(4, 0))
        self._make_code()
        self._make_arrivals(send)
        self._make_foot()
        self._open()
        self.window.after_idle(self._take_focus)

    def _make_code(self) -> None:
        theme = self._theme
        self._code = code = Card(self._layout.body, theme)
        code.grid(row=2, column=0, sticky="ew", pady=theme.pair(12, 0))
        self._bar = ProgressBar(code, theme.px(BAR_WIDTH))
        self._bar.grid(row=0, column=0, pady=theme.px(CARD_PADDING))
        self._qr = QrImage(code, theme)
        self._qr.grid(row=1, column=0)
        self._url = paragraph(code, "Big", "", centred=True)
        self._url.grid(row=2, column=0, sticky="ew", pady=theme.pair(8, 0))
        self._problem = paragraph(code, "Strong")
        self._problem.grid(row=3, column=0, sticky="ew")
        self._advice = paragraph(code, "Quiet")
        self._advice.grid(row=4, column=0, sticky="ew", pady=theme.pair(4, 0))

    def _make_arrivals(self, send: Send) -> None:
        theme = self._theme
        self._arrivals = ttk.Frame(self._layout.body)
        self._arrivals.grid(row=3, column=0, sticky="ew", pady=theme.pair(12, 0))
        self._arrivals.columnconfigure(0, weight=1)
        self._nobody = paragraph(self._arrivals, "Quiet", test_page_words.NOBODY)
        self._nobody.grid(row=0, column=0, sticky="ew")
        self._rows = [_ArrivalRow(self._arrivals, theme, self._let_in) for _ in range(MOST_ROWS)]
        for at, row in enumerate(self._rows, 1):
            row.grid(row=at, column=0, sticky="ew")
        self._change = OutcomeBar(self._layout.body, theme, send, self._show_arrivals)
        self._change.grid(row=4, column=0, sticky="ew", pady=theme.pair(8, 0))
        self._change.grid_remove()

    def _make_foot(self) -> None:
        theme = self._theme
        foot = self._layout.foot
        self._note = paragraph(foot, "Quiet")
        self._note.grid(row=0, column=0, sticky="ew", padx=theme.pair(0, 8))
        self._copy_button = button(foot, "&Copy address", self._copy_url, main=True)
        self._copy_button.grid(row=0, column=1)
        self._again = button(foot, "Try a&gain", self._open)
        self._again.grid(row=0, column=1)
        self._close = button(foot, "Clos&e", self.close)
        self._close.grid(row=0, column=2)

    # --- what is shown -----------------------------------------------------------------------------------------------

    def show(self, view: View) -> None:
        super().show(view)
        self._show_arrivals()

    def lost(self) -> None:
        # The page itself needs no keeper.
        self._change.lost()

    def _take_focus(self) -> None:
        self.window.focus_force()
        focus_main(self.window)

    def _open(self) -> None:
        self._opened = None
        self._came = {}
        self._show_page(OPENING)
        self._bar.grid()
        self._begin(lambda: self._open_page(self._put, self._hear))

    def _show_progress(self) -> None:
        tell(self._said, f"{OPENING} {self._elapsed()}".strip())

    def _hear(self, told: PageMessage) -> None:
        match told:
            case Opened():
                self._rest()
                self._opened = told
                self._show_page(test_page_words.SCAN)
            case Came():
                self._came.pop(told.address, None)
                self._came[told.address] = told
                self._show_arrivals()
            case Ended(why, problem):
                self._rest()
                self._opened = None
                self._show_page("", problem or self._why_ended(test_page_words.ENDINGS[why]))

    def _why_ended(self, words: str) -> Problem:
        runs = self._view.phase in (Phase.STARTING, Phase.RUNNING)
        return STARTS if runs else Problem(words)

    def _show_page(self, said: str, problem: Problem | None = None) -> None:
        self._bar.grid_remove()
        tell(self._said, said)
        url = self._opened.url if self._opened else ""
        tell(self._url, url)
        if url:
            self._qr.show(matrix(url))
            self._qr.grid()
        else:
            self._qr.grid_remove()
        tell(self._problem, problem.title if problem else "")
        tell(self._advice, problem.advice if problem else "")
        minutes = self._opened.seconds // 60 if self._opened else 0
        self._note.configure(text=f"The page closes by itself after {minutes} minutes." if minutes else "")
        again = problem is not None and problem is not STARTS
        for widget, wanted in ((self._copy_button, bool(url)), (self._again, again)):
            widget.grid() if wanted else widget.grid_remove()
            make_main(widget, wanted)
        make_main(self._close, problem is STARTS)
        self._show_arrivals()
        focus_main(self.window)

    def _show_arrivals(self) -> None:
        newest = list(reversed(self._came.values()))[:MOST_ROWS]
        for at, row in enumerate(self._rows):
            row.show(newest[at] if at < len(newest) else None, self._opened, not self._change.busy)
        self._nobody.grid() if self._opened and not newest else self._nobody.grid_remove()

    # --- what the user does ------------------------------------------------------------------------------------------

    def _copy_url(self) -> None:
        if self._opened:
            self._copy(self._opened.url)

    def _let_in(self, address: str) -> None:
        self._change.ask(AllowDevice(address), "Letting it in…", lambda: f"{address} is let in now.")


class _ArrivalRow(ttk.Frame):
    """One device that came."""

    def __init__(self, parent: tk.Misc, theme: Theme, let_in: Callable[[str], None]) -> None:
        super().__init__(parent)
        self._address = ""
        self.columnconfigure(0, minsize=theme.px(SIGN_WIDTH))
        self.columnconfigure(1, weight=1)
        self._sign = label(self, "Good")
        self._sign.grid(row=0, column=0, sticky="nw")
        self._title = paragraph(self, "Strong")
        self._title.grid(row=0, column=1, sticky="ew")
        self._advice = paragraph(self, "Quiet")
        self._advice.grid(row=1, column=1, sticky="ew", pady=theme.pair(2, 8))
        self._let = button(self, "&Let it in", lambda: let_in(self._address))
        self._let.grid(row=0, column=2, rowspan=2, padx=theme.pair(8, 0))

    def show(self, came: Came | None, opened: Opened | None, free: bool) -> None:
        if came is None:
            self.grid_remove()
            return
        self._address = came.address
        good = test_page_words.proves(came)
        self._sign.configure(text="✓" if good else "?", style="Good.TLabel" if good else "Careful.TLabel")
        self._title.configure(text=test_page_words.title(came))
        self._advice.configure(text=test_page_words.advice(came, opened) if opened else came.kind)
        if came.outcome is VisitOutcome.REFUSED and opened:
            self._let.state(["!disabled" if free else "disabled"])
            self._let.grid()
        else:
            self._let.grid_remove()
        self.grid()
