"""The devices that were here last, each with what it is, where it is, and whether it gets in."""

import time
import tkinter as tk
from tkinter import ttk

from launcher.faces.device_words import beside_name, called
from launcher.faces.window.actions import Actions
from launcher.faces.window.buttons import button
from launcher.faces.window.sentences import clock_time
from launcher.faces.window.texts import label
from launcher.faces.window.theme import RING, Theme
from launcher.keeper.messages import AllowDevice
from launcher.keeper.view import Device, View

MOST_SHOWN = 3
NOW_S = 60.0
LOOK_AGAIN_MS = 30_000
LONGEST_NAME, LONGEST_KIND = 20, 16


def state_words(device: Device, now: float) -> str:
    """in · now, or in · 10:42: when a device that may come was last seen."""
    return "in · now" if now - device.last_seen < NOW_S else f"in · {clock_time(device.last_seen, now)}"


def shortened(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


class DevicesCard(ttk.Frame):
    """Part of the card “Who can get in”. Takes no room while no device has been here."""

    def __init__(self, parent: tk.Misc, theme: Theme, actions: Actions) -> None:
        super().__init__(parent, style="Card.TFrame")
        self._devices: tuple[Device, ...] = ()
        self.columnconfigure(0, weight=1)
        self._rows = [_DeviceRow(self, theme, actions) for _ in range(MOST_SHOWN)]
        for number, row in enumerate(self._rows):
            row.grid(row=number, column=0, sticky="ew")
        self._look_again()

    def show(self, view: View) -> None:
        self._devices = view.devices
        if not view.devices:
            self.grid_remove()
            return
        now = time.time()
        for number, row in enumerate(self._rows):
            row.show(view.devices[number] if number < len(view.devices) else None, now)
        self.grid()

    def _look_again(self) -> None:
        """“now” does not stay true by itself."""
        now = time.time()
        for row, device in zip(self._rows, self._devices, strict=False):
            row.show(device, now)
        self.after(LOOK_AGAIN_MS, self._look_again)


class _DeviceRow(ttk.Frame):
    def __init__(self, parent: tk.Misc, theme: Theme, actions: Actions) -> None:
        super().__init__(parent, style="Card.TFrame")
        self._device: Device | None = None
        px = theme.px
        line = ttk.Frame(self, style="Line.TFrame", height=max(1, px(1)))
        line.grid(row=0, column=0, columnspan=4, sticky="ew", pady=theme.pair(2, 2))
        # As high as one with a button, so that nothing moves when a device is let in.
        self.columnconfigure(2, weight=1)
        self._name = label(self, "Strong")
        self._name.grid(row=1, column=0, sticky="w")
        self._kind = label(self, "Small")
        self._kind.grid(row=1, column=1, sticky="w", padx=theme.pair(6, 0))
        self._address = label(self, "Quiet")
        self._address.grid(row=1, column=2, sticky="e", padx=px(8))
        self._badge = label(self, "GoodBadge")
        self._allow = button(self, "Allow", lambda: actions.ask(AllowDevice(self._address_now)))
        self._badge.grid(row=1, column=3, sticky="e", padx=theme.pair(0, RING))
        self._allow.grid(row=1, column=3, sticky="e")
        self.rowconfigure(1, minsize=self._allow.winfo_reqheight())

    @property
    def _address_now(self) -> str:
        return self._device.address if self._device else ""

    def show(self, device: Device | None, now: float) -> None:
        self._device = device
        if device is None:
            self.grid_remove()
            return
        self._name.configure(text=shortened(called(device), LONGEST_NAME))
        self._kind.configure(text=shortened(beside_name(device), LONGEST_KIND))
        self._address.configure(text=device.address)
        if device.let_in:
            self._badge.configure(text=state_words(device, now))
            self._badge.grid()
            self._allow.grid_remove()
        else:
            self._badge.grid_remove()
            self._allow.grid()
        self.grid()
