"""A window under test in this process."""

import gc
import tkinter as tk
from pathlib import Path
from types import TracebackType
from typing import Self

from launcher.keeper.messages import Request, Watch
from launcher.keeper.view import View
from launcher.ui.window.app import App
from launcher.ui.window.widgets.appearance import Appearance
from launcher.ui.window.widgets.theme import Theme
from tests.ui.window.fake_link import FakeLink
from tests.ui.window.seen import settled, texts, until, visible


class Desk:
    """The real window with a FakeLink. An error in a Tk callback fails the test unless it is expected."""

    def __init__(self, folder: Path) -> None:
        self.links: list[FakeLink] = []
        self.log = folder / "server.log"
        self.root = tk.Tk(className="Tavernkeep")
        appearance = Appearance()
        self.theme = Theme(self.root, appearance.dark)
        appearance.follow(self.root, self.theme)
        self.app = App(self.root, self.theme, appearance, self._connect, "window", lambda: self.log)
        self.errors: list[BaseException] = []
        report = self.root.report_callback_exception

        def noted(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
            self.errors.append(error)
            report(kind, error, traceback)

        self.root.report_callback_exception = noted

    def _connect(self) -> FakeLink:
        self.links.append(FakeLink())
        return self.links[-1]

    @property
    def link(self) -> FakeLink:
        """The newest connection; waits until the window watches."""
        until(self.root, lambda: self.links and any(isinstance(r, Watch) for r in self.links[-1].requests))
        return self.links[-1]

    def show(self, view: View) -> list[str]:
        """Show `view`; returns the texts that can be read then."""
        self.link.show(view)
        until(self.root, lambda: self.app.view == view, "the view arrives")
        settled(self.root)
        return texts(self.root)

    def asked(self, kind: type[Request]) -> Request:
        """The newest request of this kind; waits for it."""
        return until(self.root, lambda: [r for r in self.link.requests if isinstance(r, kind)], f"{kind.__name__}")[-1]

    def tooltips(self) -> list[str]:
        """The texts that hover over the window now."""
        tips = [w for w in visible(self.root) if isinstance(w, tk.Message)]
        return [str(tip.getvar(str(tip.cget("textvariable")))) for tip in tips]

    def close(self) -> None:
        """What the window manager asks for when its close button is pressed."""
        self.root.tk.call(self.root.protocol("WM_DELETE_WINDOW"))

    @property
    def open(self) -> bool:
        try:
            self.root.update()
            self.root.winfo_exists()
        except tk.TclError:
            return False
        return True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.open:
            self.app.end()
        # Python's garbage collector may run in any thread; what is left of Tk may end in this one only.
        del self.app, self.theme, self.root
        gc.collect()
        assert not self.errors
