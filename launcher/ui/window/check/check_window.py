"""Check connection: what lies between this PC and the phone, what is in the way, and the buttons that fix it."""

import time
import tkinter as tk
from collections.abc import Callable, Iterator
from functools import partial
from tkinter import ttk

from launcher.doctor.check import Finding, Status
from launcher.doctor.checks import CHECKS
from launcher.keeper.view import Phase, View
from launcher.problem import Problem
from launcher.ui.window.background import Put
from launcher.ui.window.check import check_words
from launcher.ui.window.check.doctor_run import Cured, Doctor, DoctorRun, DoctorSays, Examined
from launcher.ui.window.check.finding_row import FindingRow
from launcher.ui.window.check.run import RunWindow
from launcher.ui.window.child_window import NO_VIEW
from launcher.ui.window.widgets.bars import ProgressBar
from launcher.ui.window.widgets.buttons import (
    ButtonRow,
    MenuLine,
    button,
    focus_main,
    make_main,
    menu_button,
    say_copied,
)
from launcher.ui.window.widgets.dialog import fit_height
from launcher.ui.window.widgets.layout import Card
from launcher.ui.window.widgets.scrolling import Scrolling
from launcher.ui.window.widgets.texts import Field, field_label, label, paragraph, tell
from launcher.ui.window.widgets.theme import RING, Theme

TITLE = "Check connection"
MARGIN, WIDTH, HEIGHT = 20, 560, 660
COPY = "&Copy report"
# Between two checks that a device sets off, so that a flood of devices does not keep it checking.
LOOK_AGAIN_S = 4.0
MOST_IN_MENU = 10


class CheckWindow(RunWindow):
    """Checks once it knows the view, and again when asked, after a fix, and when a device arrives."""

    def __init__(
        self,
        parent: tk.Tk,
        theme: Theme,
        doctor: Doctor,
        put: Put,
        copy: Callable[[str], None],
        try_page: Callable[[], None],
    ) -> None:
        """`put` brings calls into the Tk thread; `try_page` opens the test page."""
        super().__init__(parent, theme, TITLE, put)
        self._doctor, self._copy = doctor, copy
        self._found: dict[str, Finding] = {}
        self._phone: str | None = None
        self._look_again = self._untouched = False
        self._seconds: float | None = None
        self._resting = ""
        window = self.window
        window.columnconfigure(0, weight=1)
        window.rowconfigure(1, weight=1)
        self._head = ttk.Frame(window, padding=theme.edges(MARGIN, MARGIN, MARGIN, 10))
        self._head.grid(row=0, column=0, sticky="ew")
        self._head.columnconfigure(0, weight=1)
        self._scrolling = Scrolling(window, theme)
        self._scrolling.grid(row=1, column=0, sticky="nsew")
        self._body = ttk.Frame(self._scrolling.inside, padding=theme.edges(MARGIN, 0, MARGIN, 4))
        self._body.grid(row=0, column=0, sticky="new")
        self._body.columnconfigure(0, weight=1)
        self._make_head()
        self._make_phone()
        self._make_list()
        self._make_foot(try_page)
        window.minsize(theme.px(400), theme.px(300))
        for part in (self._head, self._body):
            part.bind("<Configure>", lambda _event: self._fit())
        # Until the user does something: what matters stays in sight while the window comes to its size.
        self._scrolling.bind("<Configure>", lambda _event: self.window.after_idle(self._look_at_what_matters), add=True)
        for event in ("<Key>", "<Button>", "<MouseWheel>"):
            window.bind(event, lambda _event: self._touched(), add=True)
        window.focus_force()

    def _make_head(self) -> None:
        theme = self._theme
        label(self._head, "Title", TITLE).grid(row=0, column=0, sticky="w")
        self._summary = paragraph(self._head, "Quiet", check_words.CHECKING)
        self._summary.grid(row=1, column=0, sticky="ew", pady=theme.pair(4, 0))
        self._told = paragraph(self._head, "Strong")
        self._told.grid(row=2, column=0, sticky="ew", pady=theme.pair(8, 0))
        self._advice = paragraph(self._head, "Quiet")
        self._advice.grid(row=3, column=0, sticky="ew", pady=theme.pair(2, 0))
        self._tell("")

    def _make_phone(self) -> None:
        theme = self._theme
        row = ttk.Frame(self._head)
        row.grid(row=4, column=0, sticky="ew", pady=theme.pair(10, 0))
        row.columnconfigure(1, weight=1)
        self._field = Field(row, self._typed)
        field_label(row, "Which &phone?", self._field).grid(row=0, column=0, padx=theme.pair(0, 8))
        self._field.grid(row=0, column=1, sticky="ew")
        self._seen = menu_button(row, theme, "&Seen devices ▾", lambda: self._device_lines())
        self._seen.grid(row=0, column=2)
        self._wrong = paragraph(row, "CarefulSaid", check_words.NO_ADDRESS)
        self._wrong.grid(row=1, column=1, columnspan=2, sticky="ew", pady=theme.pair(2, 0))
        self._wrong.grid_remove()
        self._field.bind("<Return>", lambda _event: self._entered())

    def _make_list(self) -> None:
        theme = self._theme
        self._list = Card(self._body, theme)
        self._list.grid(row=0, column=0, sticky="ew")
        self._rows = {name: FindingRow(self._list, theme, self._fix) for name in CHECKS}
        for at, row in enumerate(self._rows.values()):
            row.grid(row=at, column=0, sticky="ew")
            row.grid_remove()
        self._bar = ProgressBar(self._list)
        self._bar.grid(row=len(CHECKS), column=0, sticky="ew", pady=theme.pair(4, 4))

    def _make_foot(self, try_page: Callable[[], None]) -> None:
        theme = self._theme
        self._foot = foot = ttk.Frame(self.window, padding=theme.edges(MARGIN, 8, MARGIN - RING, MARGIN - RING))
        foot.grid(row=2, column=0, sticky="ew")
        foot.columnconfigure(1, weight=1)
        self._note = label(foot, "Quiet")
        self._note.grid(row=0, column=0)
        self._buttons = ButtonRow(foot, theme, align="right")
        self._buttons.grid(row=0, column=1, sticky="ew", padx=theme.pair(8, 0))
        self._report = button(self._buttons, COPY, self._copy_report)
        self._again = button(self._buttons, "Check &again", self.check)
        self._page = button(self._buttons, "&Try with a test page…", try_page)
        self._buttons.arrange(self._report, self._again)

    def _fit(self) -> None:
        fit_height(self.window, self._theme, WIDTH, self._head, self._body, self._foot, most=HEIGHT)

    def _touched(self) -> None:
        self._untouched = False

    # --- what is shown -----------------------------------------------------------------------------------------------

    def show(self, view: View) -> None:
        before = self._view
        super().show(view)
        if before is NO_VIEW:
            self.check()
            return
        if before.phase is not view.phase and view.phase in (Phase.RUNNING, Phase.STOPPED, Phase.CRASHED):
            self._look_again = True
        if before.devices != view.devices:
            self._look_when_rested()
        if self._look_again and not self._busy:
            self._examine()
        else:
            self._show()

    def _look_when_rested(self) -> None:
        """Check again soon: a device that came matters while none is known to have got in."""
        reached = self._found.get("reached")
        if self._resting or (reached is not None and reached.status is Status.OK):
            return
        rest_s = self._began + LOOK_AGAIN_S - time.monotonic()
        if rest_s > 0:
            self._resting = self.window.after(round(rest_s * 1000) + 1, self._rested)
        else:
            self._look_again = True

    def _rested(self) -> None:
        self._resting = ""
        if self._busy:
            self._look_again = True
        else:
            self._examine()

    def _destroyed(self, event: "tk.Event[tk.Misc]") -> None:
        if event.widget is self.window and self._resting:
            self.window.after_cancel(self._resting)
        super()._destroyed(event)

    def _findings(self) -> tuple[Finding, ...]:
        return check_words.in_order(tuple(self._found.values()))

    def _show(self) -> None:
        findings = self._findings()
        fixable = [finding for finding in findings if finding.fix and finding.status is Status.PROBLEM]
        free = not self._busy
        for at, finding in enumerate(findings):
            row = self._rows[finding.id]
            row.show(finding, main=fixable[:1] == [finding], free=free)
            row.lead(at == 0)
        self._show_progress()
        make_main(self._again, not fixable)
        for widget in (self._again, self._report, self._page, self._seen):
            widget.state(["!disabled" if free else "disabled"])
        stopped = self._view.phase in (Phase.STOPPED, Phase.CRASHED)
        self._buttons.arrange(*([self._page] if stopped else []), self._report, self._again)

    def _show_progress(self) -> None:
        findings = self._findings()
        if self._busy:
            self._summary.configure(text=check_words.CHECKING)
            words = check_words.progress(findings) if self._seconds is None else check_words.AGAIN
            tell(self._note, " · ".join(part for part in (words, self._elapsed()) if part))
        else:
            self._summary.configure(text=check_words.summary(findings))
            tell(self._note, check_words.took(self._seconds or 0.0))
        if self._busy and self._seconds is None:
            self._bar.show(len(findings) / len(CHECKS))
            self._bar.grid()
        else:
            self._bar.grid_remove()

    # --- what the user does, and what comes of it --------------------------------------------------------------------

    def check(self) -> None:
        """Do every check again."""
        self._tell("")
        self._examine()

    def _examine(self) -> None:
        if self._view is NO_VIEW:
            return
        self._look_again = False
        self._doctor_run().examine(self._view, self._phone)
        self._show()

    def _doctor_run(self) -> DoctorRun:
        return self._begin(lambda: DoctorRun(self._put, self._hear, self._doctor))

    def _hear(self, told: DoctorSays) -> None:
        match told:
            case Finding():
                self._found[told.id] = told
                self._show()
            case Examined():
                self._examined(told)
            case Cured(_, problem):
                self._cured(problem)
            case Problem():
                # What was found before the bug stays.
                self._rest()
                self._tell(told.title, told.advice, "Bad")
                self._show()

    def _examined(self, told: Examined) -> None:
        self._rest()
        self._seconds = told.seconds
        self._found = {finding.id: finding for finding in told.findings}
        for name, row in self._rows.items():
            if name not in self._found:
                row.grid_remove()
        if self._look_again:
            self._examine()
            return
        self._show()
        self._untouched = True
        self._look_at_what_matters()

    def _look_at_what_matters(self) -> None:
        if not self._untouched or not self.window.winfo_exists():
            return
        focus_main(self.window)
        wrong = next((each for each in self._findings() if each.status is Status.PROBLEM), None)
        if wrong:
            self.window.update_idletasks()
            self._scrolling.see(self._rows[wrong.id])

    def _fix(self, finding: Finding) -> None:
        if self._view is NO_VIEW or self._busy:
            return
        self._tell(check_words.CURING)
        self._doctor_run().cure(self._view, self._phone, finding)
        self._show()

    def _cured(self, problem: Problem | None) -> None:
        if problem:
            self._tell(problem.title, problem.advice, "Bad")
        else:
            self._tell(check_words.DONE, tone="Good")
        self._examine()

    def _tell(self, title: str, advice: str = "", tone: str = "Quiet") -> None:
        """Say above the list what became of a fix, or that there was a bug."""
        sign = {"Good": "✓ ", "Bad": "✕ "}.get(tone, "")
        tell(self._told, f"{sign}{title}" if title else "")
        self._told.configure(style=f"{tone}.TLabel")
        tell(self._advice, advice)

    def _typed(self) -> None:
        self._wrong.grid_remove()

    def _entered(self) -> str:
        try:
            self._phone = check_words.phone_of(self._field.text)
        except ValueError:
            self._wrong.grid()
        else:
            self.check()
        return "break"

    def _device_lines(self) -> Iterator[MenuLine]:
        for device in self._view.devices[:MOST_IN_MENU]:
            yield check_words.device_line(device), partial(self._choose, device.address)
        yield "Any phone", partial(self._choose, "")

    def _choose(self, address: str) -> None:
        self._field.put(address)
        self._entered()

    def _copy_report(self) -> None:
        if self._view is not NO_VIEW:
            self._copy(self._doctor.report(self._view, self._findings()))
            say_copied(self._report, COPY)
