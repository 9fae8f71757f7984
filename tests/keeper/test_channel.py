"""The channel with real sockets: for friends, and against clients that lie, hang or break off."""

import contextlib
import os
import socket
import struct
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Client
from pathlib import Path

import pytest

from launcher.keeper import channel
from launcher.keeper.channel import ChannelServer, Link, connect, place_of
from launcher.keeper.messages import Changed, Envelope, Reply, Start, Stop, Watch
from launcher.keeper.view import View
from launcher.problem import TavernkeepError
from launcher.system.folders import Folders
from tests.support.waiting import wait_until


@dataclass
class House:
    """A door without a keeper behind it: remembers who asked for what."""

    folders: Folders
    asked: list[tuple[int, Envelope]] = field(default_factory=list)
    left: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.place = place_of(self.folders)
        self.door = ChannelServer(
            self.place, lambda client, envelope: self.asked.append((client, envelope)), self.left.append
        )

    def friend(self) -> Link:
        link = connect(self.folders)
        assert link
        return link


def folders_in(home: Path) -> Folders:
    folders = Folders(home, home / "data", home / "logs", home / "run")
    folders.make()
    return folders


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(folders_in(tmp_path))
    yield house
    house.door.close(0.1)


def test_a_request_arrives_and_its_reply_comes_back(house: House) -> None:
    link = house.friend()
    number = link.send(Start("/st"))
    wait_until(lambda: house.asked)
    client, envelope = house.asked[0]
    assert envelope == Envelope(number, Start("/st"))
    house.door.send(client, Reply(number))
    assert link.receive() == Reply(number)


def test_only_the_user_can_reach_the_channel(house: House) -> None:
    assert Path(house.place.address).parent.stat().st_mode & 0o077 == 0
    assert house.place.key_file.stat().st_mode & 0o077 == 0


def test_a_client_without_the_key_is_dropped(house: House) -> None:
    with pytest.raises(Exception, match="digest"):
        Client(house.place.address, house.place.family, authkey=b"wrong")
    assert house.asked == []
    assert_still_open(house)


def assert_still_open(house: House) -> None:
    before = len(house.asked)
    house.friend().send(Stop())
    wait_until(lambda: len(house.asked) > before, what="the channel takes a friend's request")


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'{"id": 1}',
        b'{"id": "x", "request": {"type": "stop"}}',
        b'{"id": 1, "request": {"type": "no such thing"}}',
        b'{"id": 1, "request": {"type": "stop", "more": 1}}',
        b'{"id": 1, "request": {"type": "start", "folder": 7}}',
        b"\xff\xfe\x00",
        b"[" * 60_000,
        b"x" * (channel.LONGEST_REQUEST_BYTES + 1),
    ],
    ids=lambda message: repr(message[:40]),
)
def test_a_client_that_sends_nonsense_is_dropped_and_nobody_else(house: House, message: bytes) -> None:
    bystander = house.friend()
    bystander.send(Watch())
    wait_until(lambda: len(house.asked) == 1)
    liar = Client(house.place.address, house.place.family, authkey=house.place.key_file.read_bytes())
    with contextlib.suppress(ConnectionError):  # A long message may be cut off while it is still being sent.
        liar.send_bytes(message)
    wait_until(lambda: house.left == [2], what="the liar is dropped")
    house.door.send(1, Changed(View()))
    assert bystander.receive() == Changed(View())
    assert_still_open(house)


def test_a_client_that_announces_more_than_it_may_send_is_dropped(house: House) -> None:
    liar = Client(house.place.address, house.place.family, authkey=house.place.key_file.read_bytes())
    os.write(liar.fileno(), struct.pack("!i", 0x7FFFFFFF))
    wait_until(lambda: house.left == [1])
    assert_still_open(house)


def test_a_client_that_never_says_a_word_holds_up_nobody(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel, "HANDSHAKE_PATIENCE_S", 0.2)
    silent = socket.socket(socket.AF_UNIX)
    silent.connect(house.place.address)
    assert_still_open(house)
    silent.settimeout(5)
    while silent.recv(1000):
        pass  # Its challenge, and then the end: it was dropped.


def test_a_face_that_takes_nothing_never_blocks_the_keeper(house: House) -> None:
    hung, friend = house.friend(), house.friend()
    for count, link in enumerate((hung, friend), start=1):
        link.send(Watch())
        wait_until(lambda count=count: len(house.asked) == count)  # type: ignore[misc]
    clients = [client for client, _ in house.asked]
    big = View(notices=("x" * 100_000,))
    done = threading.Event()

    def flood() -> None:
        for number in range(2000):
            house.door.send(clients[0], Reply(number))
            house.door.send(clients[0], Changed(big))
        done.set()

    threading.Thread(target=flood, daemon=True).start()
    assert done.wait(10)
    house.door.send(clients[1], Reply(7))
    assert friend.receive() == Reply(7)
    wait_until(lambda: house.left == [clients[0]], what="the face that hangs is dropped")


def test_of_many_views_only_the_newest_has_to_arrive(house: House) -> None:
    link = house.friend()
    link.send(Watch())
    wait_until(lambda: house.asked)
    for port in range(1, 101):
        house.door.send(1, Changed(View(port=port)))
    seen = 0
    while seen < 100:
        event = link.receive()
        assert isinstance(event, Changed)
        assert event.view.port
        assert event.view.port > seen
        seen = event.view.port


def test_what_was_sent_before_the_end_arrives(house: House) -> None:
    link = house.friend()
    number = link.send(Stop())
    wait_until(lambda: house.asked)
    house.door.send(1, Reply(number, leaving=True))
    house.door.close()
    assert link.receive() == Reply(number, leaving=True)
    assert link.receive() is None


def test_a_face_that_leaves_is_noticed(house: House) -> None:
    link = house.friend()
    link.send(Watch())
    wait_until(lambda: house.asked)
    link.close()
    wait_until(lambda: house.left == [1])


def test_without_a_keeper_there_is_no_channel(tmp_path: Path) -> None:
    assert connect(folders_in(tmp_path)) is None


def test_a_dead_keeper_s_socket_is_no_channel_and_in_nobody_s_way(tmp_path: Path) -> None:
    folders = folders_in(tmp_path)
    ChannelServer(place_of(folders), lambda client, envelope: None, lambda client: None).close(0.1)
    assert connect(folders) is None
    house = House(folders)
    assert_still_open(house)
    house.door.close(0.1)


def test_a_home_too_deep_for_a_socket_gets_a_short_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runtime = tmp_path / "r"
    runtime.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    deep = tmp_path.joinpath(*["a-folder-with-a-long-name"] * 6)
    house = House(folders_in(deep))
    assert len(house.place.address) <= channel.LONGEST_SOCKET_PATH_BYTES
    assert_still_open(house)
    house.door.close(0.1)


def test_a_short_folder_that_others_can_enter_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runtime = tmp_path / "r"
    (runtime / "tavernkeep").mkdir(parents=True)
    (runtime / "tavernkeep").chmod(0o777)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    with pytest.raises(TavernkeepError, match="not private"):
        place_of(folders_in(tmp_path.joinpath(*["a-folder-with-a-long-name"] * 6)))
