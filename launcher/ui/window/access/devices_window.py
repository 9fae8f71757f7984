"""Every device that connected or was refused: name it, let it in, or refuse it."""

import time
import tkinter as tk
from tkinter import ttk

from launcher.keeper.messages import AllowDevice, NameDevice, RefuseDevice
from launcher.keeper.view import Device, View
from launcher.ui.device_words import beside_name, called
from launcher.ui.window.child_window import ChildWindow
from launcher.ui.window.main.sentences import clock_time
from launcher.ui.window.outcome import OutcomeBar, Send, effect
from launcher.ui.window.widgets.buttons import button
from launcher.ui.window.widgets.dialog import never_as_a_whole
from launcher.ui.window.widgets.entry_list import EntryList, EntryRow
from launcher.ui.window.widgets.palette import Tone
from launcher.ui.window.widgets.texts import Field, field_label, label, paragraph, tell
from launcher.ui.window.widgets.theme import RING, Theme

TITLE = "All devices"
MARGIN, WIDTH, HEIGHT = 20, 600, 560
TASKBAR_PX = 72
NOBODY = "No other device has connected yet. Scan the code with your phone, and it appears here."
HOW = "Who has connected, and who gets in."


def row_of(device: Device, now: float) -> EntryRow:
    """Return one device as a row of the list."""
    what = " · ".join(part for part in (device.address, beside_name(device), device.mac or "") if part)
    seen = f"last seen {clock_time(device.last_seen, now)}"
    if not device.let_in:
        note = " · never asked about" if device.never_ask else ""
        return EntryRow(called(device), what, f"refused · {seen}{note}", act="Allow")
    by = f"let in by {device.by}" if device.by else "let in: the whitelist is off"
    if device.forwarded:
        return EntryRow(
            called(device), what, f"{by} · {seen} · comes through a proxy that names another address", act=""
        )
    return EntryRow(called(device), what, f"{by} · {seen}", Tone.QUIET, act="Refuse" if device.by else "")


class DevicesWindow(ChildWindow):
    """Follows the devices. Each keeps its place in the list while the window is open."""

    def __init__(self, parent: tk.Tk, theme: Theme, send: Send) -> None:
        super().__init__(parent, theme, TITLE)
        self._order: list[str] = []
        self._named: str | None = None
        window = self.window
        window.columnconfigure(0, weight=1)
        window.rowconfigure(1, weight=1)
        head = ttk.Frame(window, padding=theme.edges(MARGIN, MARGIN, MARGIN, 10))
        head.grid(row=0, column=0, sticky="ew")
        head.columnconfigure(0, weight=1)
        label(head, "Title", TITLE).grid(row=0, column=0, sticky="w")
        self._how = paragraph(head, "Quiet")
        self._how.grid(row=1, column=0, sticky="ew", pady=theme.pair(4, 0))
        self._list = EntryList(window, theme, self._act, lambda _number: None, self._chose)
        self._list.grid(row=1, column=0, sticky="nsew", padx=theme.px(MARGIN))
        self._make_naming()
        self._outcome = OutcomeBar(window, theme, send, self._states)
        self._outcome.grid(row=3, column=0, sticky="ew", padx=theme.px(MARGIN), pady=theme.pair(10, 0))
        self._outcome.grid_remove()
        foot = ttk.Frame(window, padding=theme.edges(MARGIN, 10, MARGIN - RING, MARGIN - RING))
        foot.grid(row=4, column=0, sticky="ew")
        foot.columnconfigure(0, weight=1)
        self._effect = paragraph(foot, "Quiet")
        self._effect.grid(row=0, column=0, sticky="ew", padx=theme.pair(0, 8))
        button(foot, "Clos&e", self.close).grid(row=0, column=1)
        height = min(theme.px(HEIGHT), window.winfo_screenheight() - theme.px(TASKBAR_PX))
        window.geometry(f"{min(theme.px(WIDTH), window.winfo_screenwidth())}x{height}")
        window.minsize(theme.px(420), theme.px(360))
        self._list.take_focus()
        never_as_a_whole(window, self._list.take_focus)

    def _make_naming(self) -> None:
        theme = self._theme
        naming = ttk.Frame(self.window)
        naming.grid(row=2, column=0, sticky="ew", padx=theme.px(MARGIN - RING), pady=theme.pair(10, 0))
        naming.columnconfigure(1, weight=1)
        self._field = Field(naming, self._states)
        self._whose = field_label(naming, "&Name", self._field)
        self._whose.grid(row=0, column=0, sticky="w", padx=theme.pair(RING, 8))
        self._field.grid(row=0, column=1, sticky="ew")
        self._rename = button(naming, "&Rename", self._do_rename)
        self._rename.grid(row=0, column=2)
        self._field.bind("<Return>", lambda _event: self._rename_by_key())

    # --- what is shown -----------------------------------------------------------------------------------------------

    def show(self, view: View) -> None:
        self._view = view
        here = {device.address: device for device in view.devices}
        self._order = [address for address in self._order if address in here]
        self._order += [address for address in here if address not in self._order]
        now = time.time()
        self._list.show([row_of(here[address], now) for address in self._order])
        tell(self._how, HOW if here else NOBODY)
        tell(self._effect, effect(view) if here else "")
        if self._named is None or self._named not in here:
            self._chose(self._list.chosen_number or 0)
        self._states()

    def lost(self) -> None:
        self._outcome.lost()

    def _device(self) -> Device | None:
        """Return the device whose name stands in the field."""
        return next((device for device in self._view.devices if device.address == self._named), None)

    def _chose(self, number: int) -> None:
        self._named = self._order[number] if number < len(self._order) else None
        device = self._device()
        self._whose.configure(text=f"Name of {device.address}" if device else "Name")
        self._field.put(device.name if device else "")
        self._states()

    def _states(self) -> None:
        device = self._device()
        can = device is not None and not self._outcome.busy and self._field.text.strip() != device.name
        self._rename.state(["!disabled" if can else "disabled"])
        self._field.state(["!disabled" if device else "disabled"])
        self._list.enable(not self._outcome.busy)

    # --- what the user does ------------------------------------------------------------------------------------------

    def _act(self, number: int) -> None:
        device = next((d for d in self._view.devices if d.address == self._order[number]), None)
        if device is None or not row_of(device, 0).act:
            return
        name = called(device)
        if device.let_in:
            self._outcome.ask(RefuseDevice(device.address), f"Refusing {name}…", lambda: f"{name} is refused now.")
        else:
            self._outcome.ask(AllowDevice(device.address), f"Letting {name} in…", lambda: f"{name} is let in now.")

    def _rename_by_key(self) -> str:
        if not self._rename.instate(["disabled"]):
            self._do_rename()
        return "break"

    def _do_rename(self) -> None:
        device = self._device()
        if device:
            name = self._field.text.strip()
            told = f"{device.address} is called {name} now." if name else f"{device.address} has no name now."
            self._outcome.ask(NameDevice(device.address, name), "Saving…", lambda: told)
