"""Is there a tray on this Linux desktop? Asked of the session bus, and of X for the older kind."""

import asyncio
from collections.abc import Callable

from dbus_fast import BusType, Message, MessageType, Variant
from dbus_fast.aio import MessageBus
from dbus_fast.errors import AuthError, DBusError, InvalidAddressError

WATCHER = "org.kde.StatusNotifierWatcher"
WATCHER_PATH = "/StatusNotifierWatcher"
BUS = "org.freedesktop.DBus"
BUS_PATH = "/org/freedesktop/DBus"

BUS_IS_GONE = (OSError, EOFError, DBusError)


async def session_bus() -> MessageBus | None:
    """The session bus, connected; None when there is none."""
    try:
        return await MessageBus(bus_type=BusType.SESSION).connect()
    except (OSError, EOFError, AuthError, InvalidAddressError, KeyError):
        return None  # KeyError: dbus-fast wants HOME when there is no address.


async def call(
    bus: MessageBus, to: str, path: str, method: str, signature: str = "", *body: object
) -> list[object] | None:
    """What `method` (with its interface) answers; None when nobody answers or the answer is an error."""
    interface, _, member = method.rpartition(".")
    message = Message(
        destination=to, path=path, interface=interface, member=member, signature=signature, body=list(body)
    )
    reply = await bus.call(message)
    return list(reply.body) if reply.message_type is MessageType.METHOD_RETURN else None


async def status_notifier_host(bus: MessageBus) -> bool:
    """Whether a panel shows StatusNotifierItems right now."""
    owned = await call(bus, BUS, BUS_PATH, f"{BUS}.NameHasOwner", "s", WATCHER)
    if owned != [True]:
        return False
    properties = "org.freedesktop.DBus.Properties.Get"
    answer = await call(bus, WATCHER, WATCHER_PATH, properties, "ss", WATCHER, "IsStatusNotifierHostRegistered")
    return answer is not None and isinstance(answer[0], Variant) and answer[0].value is True


async def follow_hosts(bus: MessageBus, watcher_came: Callable[[], None], host_changed: Callable[[], None]) -> None:
    """Call `watcher_came` for every new watcher, `host_changed` when it goes or hears of a panel."""
    await _match(bus, f"type='signal',sender='{BUS}',interface='{BUS}',member='NameOwnerChanged',arg0='{WATCHER}'")
    await _match(bus, f"type='signal',interface='{WATCHER}',path='{WATCHER_PATH}'")

    def heard(message: Message) -> None:
        if message.message_type is not MessageType.SIGNAL:
            return
        if message.member == "NameOwnerChanged" and message.body[:1] == [WATCHER]:
            (watcher_came if message.body[2] else host_changed)()
        elif message.interface == WATCHER and str(message.member).startswith("StatusNotifierHost"):
            host_changed()

    bus.add_message_handler(heard)


async def _match(bus: MessageBus, rule: str) -> None:
    await call(bus, BUS, BUS_PATH, f"{BUS}.AddMatch", "s", rule)


def older_tray() -> bool:
    """Whether the X display has a tray of the XEMBED kind. False without a display."""
    from Xlib import X, display, error

    try:
        screen = display.Display()
    except (error.DisplayError, error.ConnectionClosedError, OSError):
        return False
    try:
        selection = screen.intern_atom(f"_NET_SYSTEM_TRAY_S{screen.get_default_screen()}")
        return bool(screen.get_selection_owner(selection) != X.NONE)
    finally:
        screen.close()


def app_indicator() -> bool:
    """Whether pystray's AppIndicator icon could run: PyGObject with the Ayatana typelib or the one before it."""
    try:
        import gi
    except ImportError:
        return False
    versions = gi.Repository.get_default().enumerate_versions
    return bool(versions("Gtk")) and bool(versions("AyatanaAppIndicator3") or versions("AppIndicator3"))


async def can_fall_back() -> bool:
    """Whether an AppIndicator would be seen here although no panel shows StatusNotifierItems."""
    return await asyncio.to_thread(lambda: app_indicator() and older_tray())
