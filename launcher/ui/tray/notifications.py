"""Notifications of the desktop through `org.freedesktop.Notifications`. Without a service for them nothing happens."""

import asyncio
from html import escape

from dbus_fast import Variant
from dbus_fast.aio import MessageBus

from launcher.ui.tray.host import call
from launcher.ui.tray.notes import Note
from launcher.ui.tray.pixmaps import assets

SERVICE = "org.freedesktop.Notifications"
PATH = "/org/freedesktop/Notifications"
USUAL_TIME = -1


class Notifications:
    """One after the other, in the order of the calls: a new notification takes the place of our last."""

    def __init__(self, bus: MessageBus) -> None:
        self._bus = bus
        self._last = 0
        self._one_at_a_time = asyncio.Lock()

    async def notify(self, note: Note) -> None:
        """Show `note`. Returns when the desktop has taken it, or at once when it has no notifications."""
        async with self._one_at_a_time:
            await self._notify(note)

    async def take_back(self) -> None:
        """Remove our last notification, if it is still shown."""
        async with self._one_at_a_time:
            if self._last:
                await call(self._bus, SERVICE, PATH, f"{SERVICE}.CloseNotification", "u", self._last)
                self._last = 0

    async def _notify(self, note: Note) -> None:
        able = await call(self._bus, SERVICE, PATH, f"{SERVICE}.GetCapabilities")
        if not able:
            return
        markup = isinstance(able[0], list) and "body-markup" in able[0]
        text = escape(note.text, quote=False) if markup else note.text
        icon = (assets() / "tavernkeep.png").as_uri()
        hints = {"desktop-entry": Variant("s", "tavernkeep")}
        body: tuple[object, ...] = ("Tavernkeep", self._last, icon, note.title, text, [], hints, USUAL_TIME)
        answer = await call(self._bus, SERVICE, PATH, f"{SERVICE}.Notify", "susssasa{sv}i", *body)
        if answer and isinstance(answer[0], int):
            self._last = answer[0]
