"""All addresses of this PC, each with its network and its own code."""

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

from launcher.keeper.view import View
from launcher.network.addresses import LocalAddress
from launcher.ui.qr_code import matrix
from launcher.ui.window.child_window import ChildWindow
from launcher.ui.window.main.sentences import network_of, scan_hint
from launcher.ui.window.widgets.buttons import button
from launcher.ui.window.widgets.dialog import never_as_a_whole
from launcher.ui.window.widgets.layout import Card
from launcher.ui.window.widgets.pictures import QrImage
from launcher.ui.window.widgets.texts import paragraph
from launcher.ui.window.widgets.theme import Theme

MARGIN = 16


class AddressesWindow(ChildWindow):
    """A choice of addresses, and the code of the chosen one. It stays chosen as long as it exists."""

    def __init__(self, parent: tk.Tk, theme: Theme, copy: Callable[[str], None]) -> None:
        super().__init__(parent, theme, "Addresses of this PC")
        self.window.minsize(theme.px(360), theme.px(420))
        self.window.columnconfigure(0, weight=1)
        self.window.rowconfigure(1, weight=1)
        self._chosen = tk.StringVar(self.window)
        self._choices = ttk.Frame(self.window, padding=theme.edges(MARGIN, MARGIN, MARGIN, 12))
        self._choices.grid(row=0, column=0, sticky="ew")
        self._choices.columnconfigure(0, weight=1)
        code = Card(self.window, theme)
        code.grid(row=1, column=0, sticky="nsew", padx=theme.px(MARGIN))
        code.rowconfigure(0, weight=1)
        self._qr = QrImage(code, theme)
        self._qr.grid(row=0, column=0, sticky="nsew")
        self._url = paragraph(code, "Big", "", centred=True)
        self._url.grid(row=1, column=0, sticky="ew", pady=theme.pair(8, 0))
        self._hint = paragraph(code, "Quiet", "", centred=True)
        self._hint.grid(row=2, column=0, sticky="ew", pady=theme.pair(4, 0))
        buttons = ttk.Frame(self.window, padding=theme.pair(MARGIN - 3, 12))
        buttons.grid(row=2, column=0, sticky="ew")
        self._copy = button(buttons, "&Copy address", lambda: copy(self._chosen_url()), main=True)
        self._copy.pack(side="left")
        button(buttons, "Clos&e", self.close).pack(side="right")
        never_as_a_whole(self.window, self._take_focus)

    def show(self, view: View) -> None:
        addresses = view.addresses or ()
        if addresses != self._view.addresses:
            for old in self._choices.winfo_children():
                old.destroy()
            choices = [self._choice(address) for address in addresses]
            for row, choice in enumerate(choices):
                choice.grid(row=row, column=0, sticky="ew")
            if choices and self._view.addresses is None:
                choices[0].focus_force()
            elif choices:
                choices[0].focus_set()
        self._view = view
        if self._chosen.get() not in [address.address for address in addresses]:
            self._chosen.set(addresses[0].address if addresses else "")
        self._show_chosen()

    def _take_focus(self) -> None:
        chosen = [each for each in self._choices.winfo_children() if str(each.cget("takefocus")) == "1"]
        (chosen or [self._copy])[0].focus_force()

    def _choice(self, address: LocalAddress) -> ttk.Radiobutton:
        made = ttk.Radiobutton(
            self._choices,
            text=f"{address.address}   {network_of(address)}",
            value=address.address,
            variable=self._chosen,
            command=self._show_chosen,
        )
        # Tk's arrow keys move the focus without choosing.
        made.bind("<FocusIn>", lambda _event: made.invoke())
        return made

    def _chosen_url(self) -> str:
        return self._view.url_at(self._chosen.get()) or ""

    def _show_chosen(self) -> None:
        for choice in self._choices.winfo_children():
            # Tab skips the others: each would be chosen when it gets the focus.
            choice.configure(takefocus=str(choice.cget("value")) == self._chosen.get())  # type: ignore[call-arg]
        chosen = next((a for a in self._view.addresses or () if a.address == self._chosen.get()), None)
        url = self._chosen_url()
        if chosen and url:
            self._qr.show(matrix(url))
            self._url.configure(text=url)
            self._hint.configure(text=scan_hint(chosen))
