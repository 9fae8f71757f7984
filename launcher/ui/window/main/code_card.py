"""The page of a running server: the code for the phone, or why there is none, and what can be done now."""

import tkinter as tk
from collections.abc import Iterator

from launcher.access.exposure import Mode
from launcher.keeper.messages import Restart, SetAccess
from launcher.keeper.view import View
from launcher.ui.qr_code import matrix
from launcher.ui.window.actions import Actions
from launcher.ui.window.main import sentences
from launcher.ui.window.main.pages import has_fix
from launcher.ui.window.other_windows import ABOUT, ACCESS, ADDRESSES, DEVICES, LOGIN, PUBLIC_IP, WHITELIST
from launcher.ui.window.widgets.buttons import ButtonRow, MenuLine, button, make_main, menu_button, say_copied
from launcher.ui.window.widgets.layout import Card
from launcher.ui.window.widgets.pictures import QrImage
from launcher.ui.window.widgets.texts import paragraph, tell
from launcher.ui.window.widgets.theme import Theme
from launcher.ui.window.widgets.tooltips import tooltip

COPY = "&Copy address"
UNKNOWN_REACH = "! Tavernkeep could not find out whether other devices can reach it."
LOOKING = "Looking for the address of this PC…"


class CodeCard(Card):
    """Shows the best address as a code."""

    def __init__(self, parent: tk.Misc, theme: Theme, actions: Actions) -> None:
        super().__init__(parent, theme)
        self._actions = actions
        self._view = View()
        self._qr = QrImage(self, theme)
        self._qr.grid(row=0, column=0, sticky="nsew")
        self._title = paragraph(self, "Big", "", centred=True)
        self._title.grid(row=1, column=0, sticky="sew", pady=theme.pair(8, 0))
        self._text = paragraph(self, "Quiet", "", centred=True)
        self._text.grid(row=2, column=0, sticky="new", pady=theme.pair(4, 0))
        self._careful = paragraph(self, "Careful", "", centred=True)
        self._careful.grid(row=3, column=0, sticky="ew", pady=theme.pair(4, 0))
        self._buttons = ButtonRow(self, theme, align="center")
        self._buttons.grid(row=4, column=0, sticky="new", pady=theme.pair(12, 0))
        self._open = button(self._buttons, "&Open on this PC", self._open_page, main=True)
        self._copy = button(self._buttons, COPY, self._copy_address)
        self._let = button(
            self._buttons, "Let my &devices reach it", lambda: actions.ask(SetAccess(Mode.WHITELIST)), main=True
        )
        self._more = menu_button(self._buttons, theme, "&More ▾", lambda: more_lines(actions, self._view))
        tooltip(self._open, theme, lambda: f"Open {self._view.local_url} in the browser of this PC")
        tooltip(self._copy, theme, lambda: f"Copy {self._view.url}")

    def show(self, view: View) -> None:
        self._view = view
        best = next((address for address in view.addresses or () if address.local), None)
        only_here = view.access is not None and view.access.listens is False
        unknown = view.access is not None and view.access.listens is None
        if only_here:
            self._no_code(sentences.ONLY_THIS_PC_TITLE, sentences.ONLY_THIS_PC_ADVICE)
        elif view.addresses is None or view.port is None:
            self._no_code(LOOKING, "")
        elif best is None or view.url is None:
            self._no_code(sentences.NO_NETWORK_TITLE, sentences.NO_NETWORK_ADVICE)
        else:
            self._code(view.url, sentences.scan_hint(best))
        tell(self._careful, UNKNOWN_REACH if unknown else "")
        make_main(self._open, not only_here and not has_fix(view))
        first = [self._let] if only_here else []
        copy = [self._copy] if view.url and not only_here else []
        self._buttons.arrange(*first, self._open, *copy, self._more)

    def _code(self, url: str, hint: str) -> None:
        self._qr.show(matrix(url))
        self._qr.grid()
        self.rowconfigure(0, weight=1)
        self.rowconfigure((1, 4), weight=0)
        self._title.configure(text=url)
        tell(self._text, hint)

    def _no_code(self, title: str, text: str) -> None:
        self._qr.grid_remove()
        self.rowconfigure(0, weight=0)
        self.rowconfigure((1, 4), weight=1)
        self._title.configure(text=title)
        tell(self._text, text)

    def _open_page(self) -> None:
        if self._view.local_url:
            self._actions.open_page(self._view.local_url)

    def _copy_address(self) -> None:
        if self._view.url:
            self._actions.copy(self._view.url)
            say_copied(self._copy, COPY)


def more_lines(actions: Actions, view: View) -> Iterator[MenuLine]:
    """Yield the lines of the menu “More”: what is needed now and then."""
    yield "&Restart SillyTavern", lambda: actions.ask(Restart())
    if len(view.addresses or ()) > 1 and not (view.access and view.access.listens is False):
        yield "Another &address…", lambda: actions.show_window(ADDRESSES)
    yield "From &outside…", lambda: actions.show_window(PUBLIC_IP)
    yield "&Who can get in…", lambda: actions.show_window(ACCESS)
    yield "W&hitelist…", lambda: actions.show_window(WHITELIST)
    if view.devices:
        yield "All &devices…", lambda: actions.show_window(DEVICES)
    yield "&User name and password…", lambda: actions.show_window(LOGIN)
    yield "A&bout…", lambda: actions.show_window(ABOUT)
