"""The tray on Linux: one asyncio loop, one connection to the session bus, no GTK and no Pillow."""

import asyncio
import contextlib
import logging
import os
import signal
from collections.abc import Coroutine
from typing import Any

from dbus_fast.aio import MessageBus

from launcher.keeper.messages import UIMessage
from launcher.keeper.view import Tray, View
from launcher.ui.tray.dbus_menu import DBusMenu
from launcher.ui.tray.host import (
    BUS_IS_GONE,
    WATCHER,
    WATCHER_PATH,
    call,
    can_fall_back,
    follow_hosts,
    session_bus,
    status_notifier_host,
)
from launcher.ui.tray.menu import default_item, icon_state, menu, tooltip
from launcher.ui.tray.notes import Note
from launcher.ui.tray.notifications import Notifications
from launcher.ui.tray.status_notifier import ITEM_PATH, MENU_PATH, StatusNotifierItem
from launcher.ui.tray.tray_ui import ENDED, NO_TRAY, TrayUI

PANEL_RESTART_S = 2.0
LATE_PANEL_S = 120.0

log = logging.getLogger(__name__)


class AppIndicatorInstead(Exception):  # noqa: N818
    """No panel shows StatusNotifierItems, but an AppIndicator would be seen."""


async def run(ui: TrayUI, late_panel_s: float | None = LATE_PANEL_S) -> int:
    """The life of the icon. Returns ENDED, or NO_TRAY when no panel came within `late_panel_s` seconds; None: it stays.

    A panel that shows no icons yet, or restarts, gets `PANEL_RESTART_S` before the keeper is told that there is none.
    Raises AppIndicatorInstead.
    """
    bus = await session_bus()
    if bus is None:
        ui.say(Tray.NONE)
        return NO_TRAY
    try:
        return await _run_on(bus, ui, late_panel_s)
    except BUS_IS_GONE:
        return NO_TRAY
    finally:
        bus.disconnect()


async def _run_on(bus: MessageBus, ui: TrayUI, late_panel_s: float | None) -> int:
    icon = BusIcon(bus, ui)
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_on_unawaited)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, icon.end)
    await icon.look_around()

    def hand_over(event: UIMessage | None) -> None:
        with contextlib.suppress(RuntimeError):  # The loop has ended.
            loop.call_soon_threadsafe(ui.take, event, icon)

    panel = asyncio.create_task(_tell_of_panels(icon, ui, late_panel_s))
    gone = asyncio.create_task(bus.wait_for_disconnect())  # type: ignore[no-untyped-call]
    ended = asyncio.create_task(icon.ended.wait())
    ui.listen(hand_over)
    first, others = await asyncio.wait((panel, gone, ended), return_when=asyncio.FIRST_COMPLETED)
    for task in others:
        task.cancel()
    if ended in first:
        return ENDED
    if panel in first:
        panel.result()
    ui.say(Tray.NONE)
    return NO_TRAY


def _on_unawaited(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """A bus that ends while something is being written to it is no bug of ours, and nobody waits for that writing."""
    if isinstance(error := context.get("exception"), BUS_IS_GONE):
        log.info("the session bus is gone: %s", error)
    else:
        loop.default_exception_handler(context)


async def _tell_of_panels(icon: "BusIcon", ui: TrayUI, late_panel_s: float | None) -> None:
    """Tell the keeper whether the icon can be seen, as that changes. Returns when none came in time."""
    told = Tray.SHOWN if icon.seen.is_set() else Tray.UNKNOWN
    ui.say(told)
    patience_s, fall_back_too = late_panel_s, True
    while True:
        if await _within(PANEL_RESTART_S, icon.seen):
            patience_s, fall_back_too = None, False
            if told is not Tray.SHOWN:
                told = Tray.SHOWN
                ui.say(told)
            await icon.unseen.wait()
            continue
        if fall_back_too and await can_fall_back():
            raise AppIndicatorInstead
        told = Tray.NONE
        ui.say(told)
        if not await _within(patience_s, icon.seen):
            return


async def _within(seconds: float | None, event: asyncio.Event) -> bool:
    try:
        async with asyncio.timeout(seconds):
            return await event.wait()
    except TimeoutError:
        return False


class BusIcon:
    """The icon, its menu and its notifications on one bus. `seen` or `unseen` is set: whether a panel shows it."""

    def __init__(self, bus: MessageBus, ui: TrayUI) -> None:
        self._bus, self._ui = bus, ui
        self._item = StatusNotifierItem(self._activate)
        self._menu = DBusMenu(ui.choose)
        self._notifications = Notifications(bus)
        self._under_way: set[asyncio.Task[None]] = set()
        self._asking = asyncio.Lock()
        self._view: View | None = None
        self.seen, self.unseen, self.ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def look_around(self) -> None:
        """Find out whether there is a panel, and follow that from now on."""
        await follow_hosts(
            self._bus, lambda: self._later(self._greet_watcher()), lambda: self._later(self._look_for_panel())
        )
        await self._look_for_panel()

    def show(self, view: View) -> None:
        """Show `view`. The first one puts the icon in the panel: a tray that the keeper refuses never appears."""
        first, self._view = self._view is None, view
        self._item.show(icon_state(view), tooltip(view))
        self._menu.show(menu(view))
        if first and not self.ended.is_set():
            self._later(self._appear())

    def tell(self, note: Note) -> None:
        self._later(self._notifications.notify(note))

    def take_back(self) -> None:
        self._later(self._notifications.take_back())

    def end(self) -> None:
        self.ended.set()

    @property
    def _name(self) -> str:
        return f"org.kde.StatusNotifierItem-{os.getpid()}-1"

    def _activate(self) -> None:
        if self._view is not None:
            self._ui.choose(default_item(menu(self._view)))

    async def _appear(self) -> None:
        self._bus.export(ITEM_PATH, self._item)
        self._bus.export(MENU_PATH, self._menu)
        await self._bus.request_name(self._name)
        await self._greet_watcher()

    async def _greet_watcher(self) -> None:
        if self._view is not None:
            await call(self._bus, WATCHER, WATCHER_PATH, f"{WATCHER}.RegisterStatusNotifierItem", "s", self._name)
        await self._look_for_panel()

    async def _look_for_panel(self) -> None:
        async with self._asking:  # The last to ask has the last word.
            here = await status_notifier_host(self._bus)
            (self.unseen if here else self.seen).clear()
            (self.seen if here else self.unseen).set()

    def _later(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(_unless_the_bus_is_gone(work))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)


async def _unless_the_bus_is_gone(work: Coroutine[None, None, None]) -> None:
    with contextlib.suppress(*BUS_IS_GONE):  # `wait_for_disconnect` tells of that.
        await work
