"""The two fields of the whitelist window: add an entry, and try whether an address gets in."""

import tkinter as tk
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from tkinter import ttk

from launcher.keeper.view import Device, View
from launcher.network.addresses import network_entry
from launcher.ui.device_words import called
from launcher.ui.window.access.access_words import Remark, check_address, check_entry
from launcher.ui.window.main.sentences import network_of
from launcher.ui.window.widgets.buttons import button, rename
from launcher.ui.window.widgets.field import Field, field_label
from launcher.ui.window.widgets.menu_button import Line, menu_button
from launcher.ui.window.widgets.texts import label, paragraph
from launcher.ui.window.widgets.theme import RING, Theme
from launcher.ui.window.widgets.tooltips import tooltip

HINT = "An address such as 192.168.0.20, or a network such as 192.168.0.*"


@dataclass(frozen=True)
class Known:
    """What an entry is checked against. `protected`: user name and password are asked for."""

    entries: tuple[str, ...] = ()
    version: str = ""
    protected: bool = False


class AddEntry(ttk.Frame):
    """`add` is called with an entry that may be added. `typed` after every change of the text."""

    def __init__(
        self, parent: tk.Misc, theme: Theme, add: Callable[[tuple[str, ...]], None], typed: Callable[[], None]
    ) -> None:
        super().__init__(parent)
        self._add, self._typed = add, typed
        self._known = Known()
        self._refused: list[Device] = []
        self._said = Remark("")
        self._enabled = True
        self._network: tuple[str, str] | None = None
        self.columnconfigure(0, weight=1)
        self.field = Field(self, self._check)
        self.field.grid(row=0, column=0, sticky="ew", padx=theme.pair(0, 4))
        self.field.bind("<Return>", lambda _event: self._press())
        self.field.bind("<KP_Enter>", lambda _event: self._press())
        self._button = button(self, "&Add", self._press)
        self._button.grid(row=0, column=1)
        self._this = button(self, "This &network", self._add_network)
        self._this.grid(row=0, column=2)
        tooltip(self._this, theme, self._network_words)
        self._seen = menu_button(self, theme, "Seen &devices ▾", self._seen_devices)
        self._seen.grid(row=0, column=3)
        tooltip(self._seen, theme, lambda: "Devices that were here and were refused")
        self._words = paragraph(self, "Quiet", HINT)
        self._words.grid(row=1, column=0, columnspan=4, sticky="ew", padx=theme.px(RING), pady=theme.pair(2, 0))
        self._instead = button(self, "", lambda: self._add_and_clear(self._said.instead))
        self._instead.grid(row=2, column=0, columnspan=4, sticky="w", pady=theme.pair(2, 0))
        self._instead.grid_remove()

    @property
    def text(self) -> str:
        """What stands in the field."""
        return self.field.text.strip()

    def show(self, view: View, known: Known) -> None:
        best = next((address for address in view.addresses or () if address.local), None)
        self._network = None
        if best:
            entry = network_entry(best.address, best.netmask)
            self._network = (entry, network_of(best)) if entry != best.address else None
        self._known = known
        # One whose request named another address needs that one in the list too.
        self._refused = [device for device in view.devices if not device.let_in and not device.forwarded]
        self._check()

    def enable(self, enabled: bool) -> None:
        self._enabled = enabled
        self._states()

    def _check(self) -> None:
        known = self._known
        self._said = (
            check_entry(self.text, known.entries, known.version, known.protected) if known.version else Remark("")
        )
        self._words.configure(text=self._said.text or HINT, style=f"{self._said.tone}Remark.TLabel")
        if self._said.instead:
            rename(self._instead, f"Add {' and '.join(self._said.instead)} &instead")
            self._instead.grid()
        else:
            self._instead.grid_remove()
        self._states()
        self._typed()

    def _states(self) -> None:
        self.field.state(["!disabled" if self._enabled else "disabled"])
        self._instead.state(["!disabled" if self._enabled else "disabled"])
        self._button.state(["!disabled" if self._enabled and self._said.entry else "disabled"])
        self._button.configure(style="Main.TButton" if self.text else "TButton")
        self._this.state(["!disabled" if self._enabled and self._network else "disabled"])
        self._seen.state(["!disabled" if self._enabled and self._refused else "disabled"])

    def _press(self) -> str:
        if self._enabled and self._said.entry:
            self._add_and_clear((self._said.entry,))
        return "break"

    def _add_and_clear(self, entries: tuple[str, ...]) -> None:
        self.field.put("")
        self._add(entries)
        self.field.focus_set()

    def _seen_devices(self) -> list[Line]:
        return [
            (f"{called(device)} · {device.address}".replace("&", "&&"), partial(self._offer, device.address))
            for device in self._refused
        ]

    def _add_network(self) -> None:
        if self._network:
            self._offer(self._network[0])

    def _offer(self, entry: str) -> None:
        """Add `entry`; where it would change nothing, the field says why."""
        said = check_entry(entry, self._known.entries, self._known.version, self._known.protected)
        if said.entry and not said.covered:
            self._add((entry,))
        else:
            self.field.put(entry)
            self.field.focus_set()

    def _network_words(self) -> str:
        if self._network is None:
            return "Tavernkeep does not know a network of this PC now."
        return f"Let in every device on this network: {self._network[0]}, {self._network[1]}"


class AddressCheck(ttk.Frame):
    """A field for an address, and the answer beside it with its reason."""

    def __init__(self, parent: tk.Misc, theme: Theme) -> None:
        super().__init__(parent)
        self._entries: Sequence[str] = ()
        self._left_out = 0
        self._version = self._open = ""
        self.columnconfigure(3, weight=1)
        field = Field(self, self._check, width=16)
        self._field = field
        field_label(self, "&Would", field, "Quiet").grid(row=0, column=0)
        field.grid(row=0, column=1, padx=theme.px(2))
        # Return here asks nothing more: the answer stands there already.
        field.bind("<Return>", lambda _event: "break")
        label(self, "Quiet", "get in?").grid(row=0, column=2)
        self._answer = paragraph(self, "QuietSaid")
        self._answer.grid(row=0, column=3, sticky="ew", padx=theme.pair(8, 0))

    def show(self, entries: Sequence[str], left_out: int, version: str, enforced: bool | None) -> None:
        """`entries` as they are in the window, saved or not."""
        self._entries, self._left_out, self._version = entries, left_out, version
        self._open = " (The whitelist is off now.)" if enforced is False else ""
        self._check()

    def _check(self) -> None:
        said = check_address(self._field.text, self._entries, self._left_out, self._version)
        text = f"{said.text}{self._open}" if said.text else ""
        self._answer.configure(text=text, style=f"{said.tone}Remark.TLabel")
