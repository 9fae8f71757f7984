"""The card with the address to use from outside and its code; or why there is none, and the button that helps."""

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

from launcher.keeper.view import View
from launcher.network.public_ip import PublicIp
from launcher.problem import Problem
from launcher.ui.public_ip_words import Way, by_public_address, by_tailscale, not_running, tailscale_address
from launcher.ui.qr_code import matrix
from launcher.ui.window.widgets.buttons import (
    ButtonRow,
    bind_arrows,
    button,
    make_main,
    radio_button,
    rename,
    say_copied,
)
from launcher.ui.window.widgets.layout import CARD_PADDING
from launcher.ui.window.widgets.pictures import QrImage
from launcher.ui.window.widgets.texts import paragraph, tell
from launcher.ui.window.widgets.theme import Theme

TAILSCALE, PUBLIC = "tailscale", "public"
CHOICES = {
    TAILSCALE: "&Tailscale: the better way, for your own devices only",
    PUBLIC: "&Public address: for the whole Internet",
}
HELP = {"login": "&User name and password…", "access": "&Who can get in…"}
LOST = Problem("Tavernkeep has ended, and SillyTavern with it.", "Start it again in the main window.")
COPY = "&Copy address"


class PublicIpWay(ttk.Frame):
    """Offers Tailscale first where there is one. `show` keeps the choice."""

    def __init__(
        self, parent: tk.Misc, theme: Theme, copy: Callable[[str], None], show_window: Callable[[str], None]
    ) -> None:
        super().__init__(parent, style="CardBorder.TFrame", padding=theme.px(CARD_PADDING))
        self._theme, self._copy, self._show_window = theme, copy, show_window
        self._view = View()
        self._found: PublicIp | None = None
        self._way = Way()
        self.columnconfigure(1, weight=1)
        self._chosen = tk.StringVar(self, TAILSCALE)
        self._make_choices()
        self._qr = QrImage(self, theme)
        self._qr.grid(row=1, column=0, rowspan=2, sticky="n", padx=theme.pair(0, CARD_PADDING))
        self._make_words()

    def _make_choices(self) -> None:
        self._choices = ttk.Frame(self, style="Card.TFrame")
        self._choices.grid(row=0, column=0, columnspan=2, sticky="ew", pady=self._theme.pair(0, 12))
        radios = [
            radio_button(self._choices, words, name, self._chosen, self._show_way) for name, words in CHOICES.items()
        ]
        for radio in radios:
            radio.grid(sticky="w")
        bind_arrows(radios)

    def _make_words(self) -> None:
        theme = self._theme
        words = ttk.Frame(self, style="Card.TFrame")
        words.grid(row=1, column=1, sticky="new")
        words.columnconfigure(0, weight=1)
        below = theme.pair(0, 6)
        self._url = paragraph(words, "Big")
        self._title = paragraph(words, "Strong")
        self._advice = paragraph(words, "Quiet")
        self._hint = paragraph(words)
        self._careful = paragraph(words, "CarefulSaid")
        self._stopped = paragraph(words, "CarefulSaid")
        for row, told in enumerate((self._url, self._title, self._advice, self._hint, self._careful, self._stopped)):
            told.grid(row=row, column=0, sticky="ew", pady=below)
        self._buttons = ButtonRow(self, theme)
        self._buttons.grid(row=2, column=1, sticky="sew")
        self._copy_button = button(self._buttons, COPY, self._copy_url, main=True)
        self._help = button(self._buttons, HELP["login"], self._open_help)

    def show(self, view: View, found: PublicIp | None) -> None:
        """`found` None: not known yet, or not to be found out."""
        self._view, self._found = view, found
        if tailscale_address(view):
            self._choices.grid()
        else:
            self._choices.grid_remove()
        self._show_way()

    def lost(self) -> None:
        """Give no address: without a keeper the login, and where SillyTavern listens, are no longer known."""
        self._show(Way(problem=LOST))

    @property
    def wanted(self) -> bool:
        """Return whether there is anything to show."""
        return tailscale_address(self._view) is not None or (self._found is not None and self._found.ipv4 is not None)

    def _show_way(self) -> None:
        tailscale = by_tailscale(self._view) if self._chosen.get() == TAILSCALE else None
        self._show(tailscale or by_public_address(self._view, self._found))

    def _show(self, way: Way) -> None:
        self._way = way
        if way.url:
            self._qr.show(matrix(way.url))
            self._qr.grid()
        else:
            self._qr.grid_remove()
        tell(self._url, way.url)
        tell(self._title, way.problem.title if way.problem else "")
        tell(self._advice, way.problem.advice if way.problem else "")
        tell(self._hint, way.hint)
        tell(self._careful, f"! {way.careful}" if way.careful else "")
        stopped = not_running(self._view) if way.url else ""
        tell(self._stopped, f"! {stopped}" if stopped else "")
        if way.helps:
            rename(self._help, HELP[way.helps])
        make_main(self._help, not way.url)
        shown = [self._copy_button] if way.url else []
        self._buttons.arrange(*shown, *([self._help] if way.helps else []))

    def _open_help(self) -> None:
        self._show_window(self._way.helps)

    def _copy_url(self) -> None:
        self._copy(self._way.url)
        say_copied(self._copy_button, COPY)
