"""A desktop portal that answers one question, and what the window makes of it: run under dbus-run-session."""

import asyncio
import select
import sys
from typing import Annotated

from dbus_fast import Variant
from dbus_fast.aio import MessageBus
from dbus_fast.annotations import DBusSignature, DBusStr
from dbus_fast.service import ServiceInterface, dbus_method

from launcher.ui.window.widgets import appearance


class Settings(ServiceInterface):
    """org.freedesktop.portal.Settings, as far as it is asked."""

    def __init__(self, scheme: int) -> None:
        super().__init__("org.freedesktop.portal.Settings")
        self._scheme = scheme

    @dbus_method()
    def Read(self, namespace: DBusStr, key: DBusStr) -> Annotated[Variant, DBusSignature("v")]:  # noqa: N802
        assert (namespace, key) == ("org.freedesktop.appearance", "color-scheme")
        return Variant("v", Variant("u", self._scheme))


async def main(scheme: int) -> None:
    bus = await MessageBus().connect()
    bus.export("/org/freedesktop/portal/desktop", Settings(scheme))
    await bus.request_name("org.freedesktop.portal.Desktop")
    asked = appearance.ask_system()
    assert asked.fd is not None
    await asyncio.to_thread(select.select, [asked.fd], [], [], 10)
    sys.stdout.write(f"{asked.answer()}\n")


asyncio.run(main(int(sys.argv[1])))
