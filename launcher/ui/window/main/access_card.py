"""The card “Who can get in”: who, why, and the devices that were here last."""

import time
import tkinter as tk
from tkinter import font, ttk

from launcher.keeper.messages import AllowDevice
from launcher.keeper.view import Device, View
from launcher.ui.device_words import beside_name, called
from launcher.ui.window.actions import Actions
from launcher.ui.window.main.sentences import badge, clock_time
from launcher.ui.window.other_windows import ACCESS
from launcher.ui.window.widgets.buttons import button
from launcher.ui.window.widgets.layout import Card
from launcher.ui.window.widgets.texts import label, paragraph, tell
from launcher.ui.window.widgets.theme import RING, Theme

MOST_SHOWN = 3
NOW_S = 60.0
LOOK_AGAIN_MS = 30_000
LONGEST_ADDRESS = 21
USUAL_WIDTH, GAP = 366, 8


class AccessCard(Card):
    """Shows `view.access`: two words, a sentence, warnings, the settings that decide, and the newest devices."""

    def __init__(self, parent: tk.Misc, theme: Theme, actions: Actions) -> None:
        super().__init__(parent, theme)
        self.columnconfigure(0, weight=0)
        self.columnconfigure(1, weight=1)
        label(self, "Strong", "Who can get in").grid(row=0, column=0, sticky="w")
        self._badge = label(self, "GoodBadge")
        self._badge.grid(row=0, column=1, columnspan=2, sticky="w", padx=theme.pair(8, 0))
        change = button(self, "C&hange…", lambda: actions.show_window(ACCESS))
        # Beside what wraps: in a narrow window the two words above need all the width.
        change.grid(row=1, column=2, sticky="ne", padx=theme.pair(8, 0), pady=theme.pair(4, 0))
        self._who = paragraph(self)
        self._who.grid(row=1, column=0, columnspan=2, sticky="ew", pady=theme.pair(8, 0))
        self._warnings = paragraph(self, "Careful")
        self._warnings.grid(row=2, column=0, columnspan=3, sticky="ew", pady=theme.pair(4, 0))
        self._reasons = paragraph(self, "Small")
        self._reasons.grid(row=3, column=0, columnspan=3, sticky="ew", pady=theme.pair(4, 0))
        self._devices = DeviceRows(self, theme, actions)
        self._devices.grid(row=4, column=0, columnspan=3, sticky="ew", pady=theme.pair(4, 0))

    def show(self, view: View) -> None:
        if view.access is None:
            return
        words, tone = badge(view.access)
        self._badge.configure(text=words, style=f"Card.{tone}Badge.TLabel")
        self._who.configure(text=view.access.who)
        tell(self._warnings, "\n".join(f"! {warning}" for warning in view.access.warnings))
        tell(self._reasons, "\n".join(view.access.reasons))
        self._devices.show(view)


class DeviceRows(ttk.Frame):
    """The devices seen last. Takes no room while there is none."""

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
        """Turn “now” into a time when it is no longer true."""
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
        """Show the name as far as there is room, and the kind of device if that fits beside it."""
        px = self._theme.px
        state = self._badge if device.let_in else self._allow
        room = self._width - self._address.winfo_reqwidth() - state.winfo_reqwidth() - px(4 * GAP)
        name = fitting(called(device), self._strong, room)
        room -= self._strong.measure(name) + px(GAP)
        self._name.configure(text=name)
        self._kind.configure(text=beside_name(device) if self._small.measure(beside_name(device)) <= room else "")


def state_words(device: Device, now: float) -> str:
    """Return “in · now” or “in · 10:42”: when a device that gets in was last seen."""
    return "in · now" if now - device.last_seen < NOW_S else f"in · {clock_time(device.last_seen, now)}"


def fitting(text: str, face: font.Font, room_px: int) -> str:
    """Return `text`, or as much of its beginning as fits."""
    if face.measure(text) <= room_px:
        return text
    while text and face.measure(f"{text}…") > room_px:
        text = text[:-1].rstrip()
    return f"{text}…"


def address_words(address: str) -> str:
    """Return the address, without its middle when it is long."""
    if len(address) <= LONGEST_ADDRESS:
        return address
    half = (LONGEST_ADDRESS - 1) // 2
    return f"{address[:half]}…{address[-half:]}"
