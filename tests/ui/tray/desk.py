"""What the tray tests stand on: a session bus of their own, a panel written in Python, the tray as a process."""

import asyncio
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, TypeVar

import msgspec
from dbus_fast import Message, MessageType, Variant
from dbus_fast.aio import MessageBus
from dbus_fast.annotations import DBusBool, DBusDict, DBusInt32, DBusSignature, DBusStr, DBusUInt32
from dbus_fast.constants import PropertyAccess
from dbus_fast.service import ServiceInterface, dbus_method, dbus_property, dbus_signal

from launcher.keeper.messages import Changed, Envelope, Request, UIMessage
from launcher.keeper.view import View

LIMIT_S = 20.0
HERE = Path(__file__).parent
ROOT = HERE.parents[2]
WATCHER = "org.kde.StatusNotifierWatcher"

Names = Annotated[list[str], DBusSignature("as")]
Found = TypeVar("Found")


@contextmanager
def session_bus(folder: Path) -> Iterator[str]:
    """The address of a D-Bus daemon of our own. What it starts finds its settings under `folder`."""
    address = f"unix:path={folder / 'bus'}"
    environment = {k: v for k, v in os.environ.items() if not k.startswith("XDG_")} | {"HOME": str(folder)}
    daemon = subprocess.Popen(
        ["dbus-daemon", "--session", "--nofork", "--nopidfile", f"--address={address}", "--print-address"],
        stdout=subprocess.PIPE,
        env=environment,
    )
    assert daemon.stdout
    try:
        assert daemon.stdout.readline()
        yield address
    finally:
        daemon.terminate()
        daemon.wait(LIMIT_S)
        daemon.stdout.close()


class Tray:
    """The tray process. `requests` and `opened` are what it has sent and opened so far, oldest first."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / "tray_process.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", **environment},
        )
        self._said: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self._said.put(msgspec.json.decode(line))
        self._said.put(None)

    def next(self) -> Request | str:
        """What it says next: a request, or what it opens."""
        said = self._said.get(timeout=LIMIT_S)
        assert said is not None, "the tray has ended"
        return said["open"] if "open" in said else msgspec.convert(said, Envelope).request

    def quiet(self) -> bool:
        return self._said.empty()

    def hear(self, event: UIMessage) -> None:
        assert self.process.stdin
        self.process.stdin.write(msgspec.json.encode(event) + b"\n")
        self.process.stdin.flush()

    def show(self, view: View) -> None:
        self.hear(Changed(view))

    def keeper_gone(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()

    def ended(self) -> int:
        """The exit code, once it has ended."""
        return self.process.wait(LIMIT_S)

    def close(self) -> None:
        self.process.kill()
        self.process.wait(LIMIT_S)
        self._reader.join(LIMIT_S)
        for stream in (self.process.stdin, self.process.stdout):
            if stream:
                stream.close()


class _Watcher(ServiceInterface):
    def __init__(self, has_host: bool) -> None:
        super().__init__(WATCHER)
        self.items: list[str] = []
        self.has_host = has_host

    @dbus_method()
    def RegisterStatusNotifierItem(self, service: DBusStr) -> None:
        if service not in self.items:
            self.items.append(service)

    @dbus_method()
    def RegisterStatusNotifierHost(self, service: DBusStr) -> None: ...

    @dbus_property(access=PropertyAccess.READ)
    def RegisteredStatusNotifierItems(self) -> Names:
        return self.items

    @dbus_property(access=PropertyAccess.READ)
    def IsStatusNotifierHostRegistered(self) -> DBusBool:
        return self.has_host

    @dbus_property(access=PropertyAccess.READ)
    def ProtocolVersion(self) -> DBusInt32:
        return 0

    @dbus_signal()
    def StatusNotifierHostRegistered(self) -> None: ...

    @dbus_signal()
    def StatusNotifierHostUnregistered(self) -> None: ...


class _Notifications(ServiceInterface):
    def __init__(self, capabilities: list[str]) -> None:
        super().__init__("org.freedesktop.Notifications")
        self.capabilities = capabilities
        self.shown: list[tuple[int, str, str]] = []
        self.closed: list[int] = []

    @dbus_method()
    def GetCapabilities(self) -> Names:
        return self.capabilities

    @dbus_method()
    def Notify(
        self,
        app: DBusStr,
        replaces: DBusUInt32,
        icon: DBusStr,
        title: DBusStr,
        text: DBusStr,
        actions: Names,
        hints: DBusDict,
        timeout: DBusInt32,
    ) -> DBusUInt32:
        self.shown.append((replaces, title, text))
        return len(self.shown)

    @dbus_method()
    def CloseNotification(self, number: DBusUInt32) -> None:
        self.closed.append(number)


@dataclass
class Line:
    """One line of the menu as the panel reads it."""

    id: int
    label: str
    enabled: bool
    kind: str


@dataclass
class Panel:
    """A StatusNotifier watcher and host in one, on a connection and a thread of its own."""

    address: str
    has_host: bool = True
    notifications: list[str] | None = None
    signals: list[Message] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._watcher = _Watcher(self.has_host)
        self._notes = _Notifications(self.notifications or [])
        self._bus = self._do(self._appear())

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._bus.disconnect)
        self._do(self._bus.wait_for_disconnect())  # type: ignore[no-untyped-call]
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(LIMIT_S)
        self._loop.close()

    def host_comes(self) -> None:
        self._watcher.has_host = True
        self._loop.call_soon_threadsafe(self._watcher.StatusNotifierHostRegistered)

    def host_goes(self) -> None:
        self._watcher.has_host = False
        self._loop.call_soon_threadsafe(self._watcher.StatusNotifierHostUnregistered)

    @property
    def items(self) -> list[str]:
        return list(self._watcher.items)

    @property
    def notes(self) -> list[tuple[int, str, str]]:
        return list(self._notes.shown)

    @property
    def taken_back(self) -> list[int]:
        """The numbers of the notifications that were removed; the first one shown is 1."""
        return list(self._notes.closed)

    def read(self, name: str) -> Any:  # noqa: ANN401
        """A property of our icon."""
        item = "org.kde.StatusNotifierItem"
        found = self._call("/StatusNotifierItem", "org.freedesktop.DBus.Properties", "Get", "ss", item, name)[0]
        assert isinstance(found, Variant)
        return found.value

    def press(self, method: str) -> None:
        """Activate, SecondaryActivate or ContextMenu."""
        self._call("/StatusNotifierItem", "org.kde.StatusNotifierItem", method, "ii", 10, 10)

    def menu(self) -> list[Line]:
        _, (_, _, children) = self.menu_call("GetLayout", "iias", 0, -1, [])
        return [
            Line(
                number,
                found["label"].value if "label" in found else "",
                found["enabled"].value if "enabled" in found else True,
                found["type"].value if "type" in found else "standard",
            )
            for number, found, _ in (child.value for child in children)
        ]

    def enabled(self) -> list[str]:
        return [line.label for line in self.menu() if line.enabled and line.kind == "standard"]

    def click(self, label: str) -> None:
        line = next(line for line in self.menu() if line.label == label)
        self.menu_call("Event", "isvu", line.id, "clicked", Variant("i", 0), 0)

    def menu_call(self, method: str, signature: str, *body: Any) -> list[Any]:  # noqa: ANN401
        return self._call(self.read("Menu"), "com.canonical.dbusmenu", method, signature, *body)

    def heard(self, member: str) -> list[list[Any]]:
        """The bodies of the signals called `member` so far."""
        return [message.body for message in list(self.signals) if message.member == member]

    def _call(self, path: str, interface: str, member: str, signature: str, *body: Any) -> list[Any]:  # noqa: ANN401
        message = Message(self.items[-1], path, interface, member, signature=signature, body=list(body))
        reply = self._do(self._bus.call(message))
        assert reply.message_type is MessageType.METHOD_RETURN, reply.body
        return list(reply.body)

    async def _appear(self) -> MessageBus:
        bus = await MessageBus(bus_address=self.address).connect()
        bus.export("/StatusNotifierWatcher", self._watcher)
        rule = "type='signal',path_namespace='/StatusNotifierItem'"
        daemon = "org.freedesktop.DBus"
        await bus.call(Message(daemon, "/org/freedesktop/DBus", daemon, "AddMatch", signature="s", body=[rule]))
        bus.add_message_handler(self._hear)
        if self.notifications is not None:
            bus.export("/org/freedesktop/Notifications", self._notes)
            await bus.request_name("org.freedesktop.Notifications")
        await bus.request_name(WATCHER)
        return bus

    def _hear(self, message: Message) -> None:
        if message.message_type is MessageType.SIGNAL:
            self.signals.append(message)

    def _do(self, work: Coroutine[Any, Any, Found]) -> Found:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(LIMIT_S)
