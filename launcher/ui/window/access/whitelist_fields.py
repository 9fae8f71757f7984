"""The two fields of the whitelist window: one adds an entry, the other tells whether an address can connect."""

import tkinter as tk
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from tkinter import ttk

from launcher.keeper.view import Device, View
from launcher.ui.device_words import called
from launcher.ui.window.access.access_words import Remark, check_address, check_entry, this_network
from launcher.ui.window.main.sentences import network_of
from launcher.ui.window.widgets.buttons import MenuLine, button, menu_button, rename
from launcher.ui.window.widgets.texts import Field, field_label, label, paragraph
from launcher.ui.window.widgets.theme import RING, Theme
from launcher.ui.window.widgets.tooltips import tooltip

HINT = "An address such as 192.168.0.20, or a network such as 192.168.0.*"


@dataclass(frozen=True)
class ListInWindow:
    """The list as the window shows it, saved or not.

    `left_out`: how many more entries are only in the file. `enforced` None: it is not known whether the whitelist is
    on. `protected`: a login is asked for.
    """

    entries: Sequence[str] = ()
    left_out: int = 0
    version: str = ""
    enforced: bool | None = None
    protected: bool = False


class AddEntry(ttk.Frame):
    """The field for a new entry, what it would let in, this network, and seen devices.

    `add` gets entries that may be added. `typed` is called after every change of the text.
    """

    def __init__(
        self, parent: tk.Misc, theme: Theme, add: Callable[[tuple[str, ...]], None], typed: Callable[[], None]
    ) -> None:
        super().__init__(parent)
        self._add, self._typed = add, typed
        self._list = ListInWindow()
        self._refused: list[Device] = []
        self._remark = Remark("")
        self._enabled = True
        self._network: tuple[str, str] | None = None
        self.columnconfigure(0, weight=1)
        self.field = Field(self, self._check)
        self.field.grid(row=0, column=0, sticky="ew", padx=theme.pair(0, 4))
        for key in ("<Return>", "<KP_Enter>"):
            self.field.bind(key, lambda _event: self._press())
        self._button = button(self, "&Add", self._press)
        self._button.grid(row=0, column=1)
        self._this = button(self, "This &network", self._add_network)
        self._this.grid(row=0, column=2)
        tooltip(self._this, theme, self._network_words)
        self._seen = menu_button(self, theme, "Seen &devices ▾", self._seen_devices)
        self._seen.grid(row=0, column=3)
        tooltip(self._seen, theme, lambda: "Devices that tried to connect and were refused")
        self._words = paragraph(self, "Quiet", HINT)
        self._words.grid(row=1, column=0, columnspan=4, sticky="ew", padx=theme.px(RING), pady=theme.pair(2, 0))
        self._instead = button(self, "", lambda: self._add_and_clear(self._remark.instead))
        self._instead.grid(row=2, column=0, columnspan=4, sticky="w", pady=theme.pair(2, 0))
        self._instead.grid_remove()

    @property
    def text(self) -> str:
        """What stands in the field."""
        return self.field.text.strip()

    def show(self, view: View, shown: ListInWindow) -> None:
        found = this_network(view)
        # Where the netmask is not known there is only this PC's own address, which is no network.
        self._network = (found[1], network_of(found[0])) if found and found[1] != found[0].address else None
        self._list = shown
        # A device whose request named another address needs that one in the list too.
        self._refused = [device for device in view.devices if not device.let_in and not device.forwarded]
        self._check()

    def enable(self, enabled: bool) -> None:
        self._enabled = enabled
        self._states()

    def _remark_on(self, entry: str) -> Remark:
        shown = self._list
        return check_entry(entry, shown.entries, shown.version, shown.protected)

    def _check(self) -> None:
        self._remark = self._remark_on(self.text) if self._list.version else Remark("")
        self._words.configure(text=self._remark.text or HINT, style=f"{self._remark.tone}Said.TLabel")
        if self._remark.instead:
            rename(self._instead, f"Add {' and '.join(self._remark.instead)} &instead")
            self._instead.grid()
        else:
            self._instead.grid_remove()
        self._states()
        self._typed()

    def _states(self) -> None:
        for widget, wanted in (
            (self.field, True),
            (self._instead, True),
            (self._button, self._remark.entry),
            (self._this, self._network),
            (self._seen, self._refused),
        ):
            widget.state(["!disabled" if self._enabled and wanted else "disabled"])
        self._button.configure(style="Main.TButton" if self.text else "TButton")

    def _press(self) -> str:
        if self._enabled and self._remark.entry:
            self._add_and_clear((self._remark.entry,))
        return "break"

    def _add_and_clear(self, entries: tuple[str, ...]) -> None:
        self.field.put("")
        self._add(entries)
        self.field.focus_set()

    def _seen_devices(self) -> list[MenuLine]:
        return [
            (f"{called(device)} · {device.address}".replace("&", "&&"), partial(self._offer, device.address))
            for device in self._refused
        ]

    def _add_network(self) -> None:
        if self._network:
            self._offer(self._network[0])

    def _offer(self, entry: str) -> None:
        """Add `entry`. Where it would change nothing, put it into the field, which says why."""
        remark = self._remark_on(entry)
        if remark.entry and not remark.covered:
            self._add((entry,))
        else:
            self.field.put(entry)
            self.field.focus_set()

    def _network_words(self) -> str:
        if self._network is None:
            return "Tavernkeep does not know a network of this PC now."
        return f"Let in every device on this network: {self._network[0]}, {self._network[1]}"


class AddressCheck(ttk.Frame):
    """A field for an address, and beside it whether that address can connect, with the reason."""

    def __init__(self, parent: tk.Misc, theme: Theme) -> None:
        super().__init__(parent)
        self._list = ListInWindow()
        self.columnconfigure(3, weight=1)
        field = Field(self, self._check, width=16)
        self._field = field
        field_label(self, "&Can", field, "Quiet").grid(row=0, column=0)
        field.grid(row=0, column=1, padx=theme.px(2))
        # Return must not press the main button of the window: the answer stands here already.
        field.bind("<Return>", lambda _event: "break")
        label(self, "Quiet", "connect?").grid(row=0, column=2)
        self._answer = paragraph(self, "QuietSaid")
        self._answer.grid(row=0, column=3, sticky="ew", padx=theme.pair(8, 0))

    def show(self, shown: ListInWindow) -> None:
        self._list = shown
        self._check()

    def _check(self) -> None:
        shown = self._list
        remark = check_address(self._field.text, shown.entries, shown.left_out, shown.version)
        off = " (The whitelist is off now.)" if shown.enforced is False else ""
        self._answer.configure(text=f"{remark.text}{off}" if remark.text else "", style=f"{remark.tone}Said.TLabel")
