"""The devices that were here last, each with what it is, where it is, and whether it gets in."""

import time
import tkinter as tk
from tkinter import font, ttk

from launcher.keeper.messages import AllowDevice
from launcher.keeper.view import Device, View
from launcher.ui.device_words import beside_name, called
from launcher.ui.window.actions import Actions
from launcher.ui.window.main.sentences import clock_time
from launcher.ui.window.widgets.buttons import button
from launcher.ui.window.widgets.texts import label
from launcher.ui.window.widgets.theme import RING, Theme

MOST_SHOWN = 3
NOW_S = 60.0
LOOK_AGAIN_MS = 30_000
LONGEST_ADDRESS = 21
USUAL_WIDTH, GAP = 366, 8


def state_words(device: Device, now: float) -> str:
    """in · now, or in · 10:42: when a device that may come was last seen."""
    return "in · now" if now - device.last_seen < NOW_S else f"in · {clock_time(device.last_seen, now)}"


def fitting(text: str, face: font.Font, room_px: int) -> str:
    """`text`, or as much of its beginning as has room."""
    if face.measure(text) <= room_px:
        return text
    while text and face.measure(f"{text}…") > room_px:
        text = text[:-1].rstrip()
    return f"{text}…"


def address_words(address: str) -> str:
    """The address; of a long one its beginning and its end."""
    if len(address) <= LONGEST_ADDRESS:
        return address
    half = (LONGEST_ADDRESS - 1) // 2
    return f"{address[:half]}…{address[-half:]}"


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
        self._theme = theme
        self._device: Device | None = None
        self._width = theme.px(USUAL_WIDTH)
        self.bind("<Configure>", self._resized)
        self._strong = font.Font(self, name="TavernStrong", exists=True)
        self._small = font.Font(self, name="TavernSmall", exists=True)
        px = theme.px
        line = ttk.Frame(self, style="Line.TFrame", height=max(1, px(1)))
        line.grid(row=0, column=0, columnspan=4, sticky="ew", pady=theme.pair(2, 2))
        # As high as one with a button, so that nothing moves when a device is let in.
        self.columnconfigure(2, weight=1)
        self._name = label(self, "Strong")
        self._name.grid(row=1, column=0, sticky="w")
        self._kind = label(self, "Small")
        self._kind.grid(row=1, column=1, sticky="w", padx=theme.pair(GAP, 0))
        self._address = label(self, "Quiet")
        self._address.grid(row=1, column=2, sticky="e", padx=px(GAP))
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
        self._address.configure(text=address_words(device.address))
        if device.let_in:
            self._badge.configure(text=state_words(device, now))
            self._badge.grid()
            self._allow.grid_remove()
        else:
            self._badge.grid_remove()
            self._allow.grid()
        self._show_name(device)
        self.grid()

    def _resized(self, event: "tk.Event[tk.Misc]") -> None:
        if event.width != self._width and self._device:
            self._width = event.width
            self._show_name(self._device)

    def _show_name(self, device: Device) -> None:
        """Its name as far as there is room, and what else it is when all of that fits."""
        px = self._theme.px
        state = self._badge if device.let_in else self._allow
        room = self._width - self._address.winfo_reqwidth() - state.winfo_reqwidth() - px(4 * GAP)
        name = fitting(called(device), self._strong, room)
        room -= self._strong.measure(name) + px(GAP)
        self._name.configure(text=name)
        self._kind.configure(text=beside_name(device) if self._small.measure(beside_name(device)) <= room else "")
