"""The local connection between the keeper and its UIs: JSON messages, for this user alone.

A UNIX socket in a folder of mode 0700 (a named pipe on Windows) and a key from a file that only the user can read.
Every client has threads of its own in the keeper, so one that hangs or lies holds up nobody and is dropped.
"""

import hashlib
import os
import queue
import secrets
import socket
import stat
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client as connect_to
from multiprocessing.connection import Connection, Listener, answer_challenge, deliver_challenge
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from launcher.keeper.messages import Changed, Envelope, Ping, Reply, Request, UIMessage
from launcher.problem import TavernkeepError
from launcher.system import atomic_file, safety_net
from launcher.system.folders import Folders

if TYPE_CHECKING:
    if sys.platform == "win32":
        from multiprocessing.connection import PipeConnection

        Line = Connection | PipeConnection
    else:
        Line = Connection

LONGEST_SOCKET_PATH_BYTES = 103  # Linux takes 107, macOS 103.
LONGEST_REQUEST_BYTES = 64 << 10
LONGEST_EVENT_BYTES = 4 << 20
MOST_CLIENTS = 64
MOST_EVENTS_WAITING = 200
HANDSHAKE_PATIENCE_S = 10.0
CONNECT_PATIENCE_S = 10.0
QUIET_PATIENCE_S = 30.0
CONNECT_TRIES = 3
# The requests of a UI are numbered from 1.
PING_ID = 0
KEY_BYTES = 32

_decode_envelope = msgspec.json.Decoder(Envelope).decode
_decode_event: Callable[[bytes], UIMessage] = msgspec.json.Decoder(UIMessage).decode
_encode = msgspec.json.Encoder().encode

BROKEN = (OSError, EOFError, AuthenticationError, msgspec.MsgspecError, AssertionError)


@dataclass(frozen=True)
class Place:
    """Where the channel of one home is."""

    address: str
    family: str
    key_file: Path
    address_file: Path


def place_of(folders: Folders) -> Place:
    """Where a keeper of these folders opens its channel: deep folders get the socket in the user's runtime folder."""
    key_file, address_file = folders.run / "channel.key", folders.channel_address
    name = hashlib.sha256(os.fsencode(folders.run)).hexdigest()[:16]
    if sys.platform == "win32":
        return Place(rf"\\.\pipe\tavernkeep-{name}", "AF_PIPE", key_file, address_file)
    else:
        path = folders.run / "channel"
        if len(os.fsencode(path)) > LONGEST_SOCKET_PATH_BYTES:
            path = _short_folder() / name
        return Place(str(path), "AF_UNIX", key_file, address_file)


if sys.platform != "win32":

    def _short_folder() -> Path:
        """A private folder with a short name. Raises TavernkeepError when someone else's lies in its place."""
        runtime = os.environ.get("XDG_RUNTIME_DIR")
        folder = Path(runtime, "tavernkeep") if runtime else Path(tempfile.gettempdir(), f"tavernkeep-{os.getuid()}")
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
            raise TavernkeepError(f"The folder {folder} is not private.", "Remove it, then start Tavernkeep again.")
        return folder


class ChannelServer:
    """The keeper's end. `on_request(client, envelope)` and `on_left(client)` are called in the clients' threads."""

    def __init__(
        self, place: Place, on_request: Callable[[int, Envelope], None], on_left: Callable[[int], None]
    ) -> None:
        self._on_request, self._on_left = on_request, on_left
        self._key = secrets.token_bytes(KEY_BYTES)
        self._guests: dict[int, _Guest] = {}
        self._lock = threading.Lock()
        self._next = 1
        self._closed = False
        _write_private(place.key_file, self._key)
        self._address_file = place.address_file
        _write_private(_pid_file(place.address_file), str(os.getpid()).encode())
        _write_private(place.address_file, place.address.encode())
        if place.family == "AF_UNIX":
            Path(place.address).unlink(missing_ok=True)
        # Without a key here: its handshake would let one silent client hold up all others.
        self._listener = Listener(place.address, place.family, backlog=16)
        safety_net.start_thread(self._accept, "door")

    def send(self, client: int, event: UIMessage) -> None:
        """Send `event`; never blocks. A client that has gone or takes nothing is dropped."""
        with self._lock:
            guest = self._guests.get(client)
        if guest:
            guest.send(event)

    def stop_accepting(self) -> None:
        """Let nobody in any more: who comes now has to start the next keeper."""
        self._closed = True
        with suppress(PermissionError):  # Windows, while a UI reads it; it then lies there as after a crash.
            self._address_file.unlink(missing_ok=True)
            _pid_file(self._address_file).unlink(missing_ok=True)
        self._listener.close()

    def close(self, patience_s: float = 1.0) -> None:
        """Let what is on its way arrive, then hang up on everyone."""
        if not self._closed:
            self.stop_accepting()
        with self._lock:
            guests = list(self._guests.values())
        for guest in guests:
            guest.finish(patience_s)

    def _accept(self) -> None:
        while not self._closed:
            try:
                connection = self._listener.accept()
            except OSError:
                continue
            with self._lock:
                if len(self._guests) >= MOST_CLIENTS:
                    connection.close()
                    continue
                number, self._next = self._next, self._next + 1
                guest = _Guest(connection)
                self._guests[number] = guest
            safety_net.start_thread(partial(self._serve, number, guest), f"guest {number}", guest.drop)

    def _serve(self, number: int, guest: "_Guest") -> None:
        known = False
        try:
            guest.handshake(self._key)
            known = True
            while True:
                self._on_request(number, _decode_envelope(guest.connection.recv_bytes(LONGEST_REQUEST_BYTES)))
        except BROKEN:
            pass  # Whatever it was, this client is dropped; the others notice nothing.
        finally:
            with self._lock:
                self._guests.pop(number, None)
            guest.drop()
            if known:
                self._on_left(number)


class _Guest:
    """One client as the keeper sees it: a connection and a thread that sends."""

    def __init__(self, connection: "Line") -> None:
        self.connection = connection
        self._outbox: queue.SimpleQueue[UIMessage | None] = queue.SimpleQueue()
        self._newest_view: Changed | None = None
        self._sender: threading.Thread | None = None

    def handshake(self, key: bytes) -> None:
        watchdog = threading.Timer(HANDSHAKE_PATIENCE_S, self.drop)
        watchdog.daemon = True
        watchdog.start()
        deliver_challenge(self.connection, key)
        answer_challenge(self.connection, key)
        watchdog.cancel()
        self._sender = safety_net.start_thread(self._send_all, "sending", self.drop)

    def send(self, event: UIMessage) -> None:
        if isinstance(event, Changed):
            self._newest_view = event
        if self._outbox.qsize() > MOST_EVENTS_WAITING:
            self.drop()
        else:
            self._outbox.put(event)

    def finish(self, patience_s: float) -> None:
        self._outbox.put(None)
        if self._sender and self._sender.is_alive():
            self._sender.join(patience_s)
        self.drop()

    def drop(self) -> None:
        """Hang up, also on a thread that is in the middle of reading or writing."""
        self._outbox.put(None)
        _hang_up(self.connection)

    def _send_all(self) -> None:
        while (event := self._outbox.get()) is not None:
            outdated = isinstance(event, Changed) and event is not self._newest_view
            if not outdated and not self._send(event):
                return

    def _send(self, event: UIMessage) -> bool:
        try:
            self.connection.send_bytes(_encode(event))
        except BROKEN:
            self.drop()
            return False
        return True


def _hang_up(connection: "Line") -> None:
    """Close `connection` so that a thread blocked in it wakes up."""
    try:
        if sys.platform != "win32":
            with socket.socket(fileno=os.dup(connection.fileno())) as twin:
                twin.shutdown(socket.SHUT_RDWR)
        else:
            connection.close()
    except OSError:
        return  # It is closed already.


def _write_private(path: Path, data: bytes) -> None:
    if sys.platform == "win32":
        # A file that a UI reads cannot be replaced there. Half a key is no key, and the UI tries again.
        path.write_bytes(data)
        return
    atomic_file.write(path, data)


class Link:
    """A UI's end. One thread may `receive` while others `send`."""

    def __init__(self, connection: "Line", folders: Folders) -> None:
        self._connection, self._folders = connection, folders
        self._lock = threading.Lock()
        self._last = 0

    def send(self, request: Request) -> int:
        """Send `request` and return the id that its `Reply` will carry. Raises ConnectionError when nobody is there."""
        with self._lock:
            self._last += 1
            number = self._last
            try:
                self._connection.send_bytes(_encode(Envelope(number, request)))
            except (OSError, ValueError) as error:
                raise ConnectionError("the keeper is gone") from error
        return number

    def receive(self, patience_s: float = QUIET_PATIENCE_S) -> UIMessage | None:
        """Wait for the next event; None: the keeper is gone.

        A keeper that says nothing for `patience_s` is asked for a sign of life, and has as long again to give one.
        Raises NoAnswerError when none comes: its process is suspended, or its loop hangs.
        """
        try:
            while True:
                if not self._connection.poll(patience_s):
                    with self._lock:
                        self._connection.send_bytes(_encode(Envelope(PING_ID, Ping())))
                    if not self._connection.poll(patience_s):
                        raise NoAnswerError(self._folders)
                event = _decode_event(self._connection.recv_bytes(LONGEST_EVENT_BYTES))
                if not (isinstance(event, Reply) and event.id == PING_ID):
                    return event
        except BROKEN:
            return None

    def close(self) -> None:
        _hang_up(self._connection)


def connect(folders: Folders, patience_s: float = CONNECT_PATIENCE_S) -> Link | None:
    """Return the channel to the keeper of these folders; None when none is there.

    Raises NoAnswerError when there is one that has not answered within `patience_s`, as when its process is suspended.
    """
    give_up_at = time.monotonic() + patience_s
    for _ in range(CONNECT_TRIES):
        try:
            key = (folders.run / "channel.key").read_bytes()
            address = folders.channel_address.read_text("utf-8")
            return Link(_connected(address, key, give_up_at), folders)
        except TimeoutError as error:
            raise NoAnswerError(folders) from error
        except (FileNotFoundError, ConnectionRefusedError):
            return None
        except (*BROKEN, ValueError):  # ValueError: half an address.
            continue  # Somebody is there: a keeper that is just coming, just going, or very busy.
    return None


def _connected(address: str, key: bytes, give_up_at: float) -> "Line":
    """Connect in a thread of its own: neither connecting nor the handshake has a limit. Raises TimeoutError."""
    found: queue.SimpleQueue[Line | Exception] = queue.SimpleQueue()
    given_up = threading.Event()

    def attempt() -> None:
        try:
            line = connect_to(address, authkey=key)
        except (*BROKEN, ValueError) as error:
            found.put(error)
            return
        found.put(line)
        if given_up.is_set():
            _hang_up(line)

    safety_net.start_thread(attempt, "connecting", lambda: found.put(ConnectionRefusedError("a bug")))
    try:
        result = found.get(timeout=max(0.0, give_up_at - time.monotonic()))
    except queue.Empty:
        given_up.set()
        raise TimeoutError from None
    if isinstance(result, Exception):
        raise result
    return result


class NoAnswerError(TavernkeepError):
    """The keeper is there, but does not answer."""

    def __init__(self, folders: Folders) -> None:
        try:
            pid = f"process {int(_pid_file(folders.channel_address).read_text('ascii'))}"
        except (OSError, ValueError):
            pid = "another process"
        super().__init__(
            f"Tavernkeep's background part ({pid}) does not answer.", "End that process, then start Tavernkeep again."
        )


def _pid_file(address_file: Path) -> Path:
    return address_file.with_name("keeper.pid")
