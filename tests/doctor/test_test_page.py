"""The test page: who is told what, and what hostile requests come to."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from launcher.doctor import readings
from launcher.doctor.check_input import Patient
from launcher.doctor.test_page import page_server
from launcher.doctor.test_page.messages import Came, Ending
from launcher.doctor.test_page.outcome import VisitOutcome, outcome
from launcher.doctor.test_page.page import page
from launcher.doctor.test_page.page_server import LONGEST_HEAD_BYTES, MOST_OF_ONE, PageServer, listen
from launcher.doctor.test_page.session import PageSession
from launcher.keeper.view import View
from launcher.network import port_lease, ports
from launcher.problem import TavernkeepError
from launcher.server.resolve_settings import EffectiveSettings, decide
from launcher.system.folders import Folders, our_folders
from tests.support.waiting import wait_until

PHONE = "192.168.0.20"
CONFIG = {"listen": True, "whitelistMode": True, "whitelist": ["127.0.0.1", "192.168.0.7"]}


def effect(**changes: object) -> EffectiveSettings:
    return decide("1.19.0", CONFIG | changes, None, (), {})


@pytest.mark.parametrize(
    ("settings", "nearby", "expected"),
    [
        (effect(), True, VisitOutcome.REFUSED),
        (effect(), False, VisitOutcome.STRANGER),
        (effect(), None, VisitOutcome.STRANGER),
        (effect(whitelist=[PHONE]), True, VisitOutcome.LET_IN),
        (effect(whitelist=["192.168.0.*"]), False, VisitOutcome.LET_IN),
        (effect(whitelistMode=False, basicAuthMode=True), True, VisitOutcome.LET_IN),
        (effect(listen=False), True, VisitOutcome.REFUSED),
        (effect(whitelist="192.168.0.*"), True, VisitOutcome.REFUSED),
        (None, True, VisitOutcome.LET_IN),
        (None, False, VisitOutcome.STRANGER),
    ],
)
def test_the_whitelist_says_who_is_told_what(
    settings: EffectiveSettings | None, nearby: bool | None, expected: VisitOutcome
) -> None:
    assert outcome(PHONE, own=False, nearby=nearby, effect=settings) is expected


def test_this_pc_proves_nothing_and_unreadable_settings_are_not_known() -> None:
    assert outcome(PHONE, own=True, nearby=True, effect=None) is VisitOutcome.THIS_PC
    assert outcome(PHONE, own=False, nearby=True, effect=None, readable=False) is VisitOutcome.UNKNOWN
    assert outcome(PHONE, own=False, nearby=False, effect=None, readable=False) is VisitOutcome.STRANGER


def test_the_page_shows_nothing_of_the_users_and_says_what_to_do() -> None:
    refused = page(VisitOutcome.REFUSED, PHONE)
    assert "may not come in yet" in refused
    assert "Press “Let it in” on the PC" in refused
    assert PHONE in refused
    assert 'http-equiv="refresh"' in refused
    assert 'http-equiv="refresh"' not in page(VisitOutcome.LET_IN, PHONE)
    assert "{{" not in refused
    assert "&lt;b&gt;" in page(VisitOutcome.LET_IN, "<b>")


# --- hostile requests ------------------------------------------------------------------------------------------------


@pytest.fixture
def asked() -> list[tuple[str, str]]:
    return []


@pytest.fixture
def served(asked: list[tuple[str, str]]) -> Iterator[PageServer]:
    def judge(address: str, user_agent: str) -> VisitOutcome:
        asked.append((address, user_agent))
        return VisitOutcome.STRANGER if user_agent == "stranger" else VisitOutcome.LET_IN

    made = listen("127.0.0.1", 0, judge)
    yield made
    made.close()


def connected(served: PageServer) -> socket.socket:
    return socket.create_connection(("127.0.0.1", served.server_port), 10)


def answer(served: PageServer, request: bytes) -> bytes:
    with connected(served) as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def test_a_phone_gets_the_page_and_a_stranger_an_empty_refusal(
    served: PageServer, asked: list[tuple[str, str]]
) -> None:
    got = answer(served, b"GET /?x HTTP/1.1\r\nHost: pc\r\nUser-Agent: phone\r\n\r\n")
    assert got.startswith(b"HTTP/1.0 200 ")
    assert b"This device reaches your PC" in got
    assert b"Content-Security-Policy: default-src 'none'" in got
    assert b"Server:" not in got
    assert asked == [("127.0.0.1", "phone")]
    refused = answer(served, b"GET / HTTP/1.1\r\nUser-Agent: stranger\r\n\r\n")
    assert refused.startswith(b"HTTP/1.0 403 ")
    assert refused.endswith(b"\r\n\r\n")


@pytest.mark.parametrize("path", [b"/favicon.ico", b"/../../etc/passwd", b"//x", b"/%2e%2e/", b"http://other/"])
def test_there_is_one_page_and_no_file(served: PageServer, path: bytes) -> None:
    assert answer(served, b"GET " + path + b" HTTP/1.1\r\n\r\n").startswith(b"HTTP/1.0 404 ")


@pytest.mark.parametrize(
    "request_",
    [
        b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello",
        b"<script>alert(1)</script> / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 120 + b"\r\n",
        b"\r\n\r\n",
    ],
)
def test_what_is_no_request_gets_nothing_back_of_what_it_sent(
    served: PageServer, asked: list[tuple[str, str]], request_: bytes
) -> None:
    got = answer(served, request_)
    assert b"script" not in got
    assert b"200" not in got
    assert b"<" not in got
    assert not asked


def test_a_head_without_end_is_dropped(served: PageServer, asked: list[tuple[str, str]]) -> None:
    with connected(served) as connection:
        sent = 0
        try:
            while sent < LONGEST_HEAD_BYTES * 64:
                sent += connection.send(b"GET / HTTP/1.1\r\nX: " + b"a" * 8192)
            assert connection.recv(10) == b""
        except (BrokenPipeError, ConnectionResetError):
            pass
    assert not asked


def test_who_says_nothing_is_dropped_and_holds_up_nobody(
    served: PageServer, monkeypatch: pytest.MonkeyPatch, asked: list[tuple[str, str]]
) -> None:
    monkeypatch.setattr(page_server, "HEAD_PATIENCE_S", 0.5)
    with ExitStack() as stack:
        silent = [stack.enter_context(connected(served)) for _ in range(MOST_OF_ONE)]
        began = time.monotonic()
        wait_until(lambda: served._here.total() == MOST_OF_ONE, what="all are in")
        # Of one device no more come in for now.
        assert answer_or_reset(served) == b""
        for each in silent:
            assert each.recv(10) == b""
        assert time.monotonic() - began < 5
    wait_until(lambda: served._here.total() == 0, what="all are out")
    assert answer(served, b"GET / HTTP/1.0\r\n\r\n").startswith(b"HTTP/1.0 200 ")


def answer_or_reset(served: PageServer) -> bytes:
    try:
        return answer(served, b"GET / HTTP/1.0\r\n\r\n")
    except (BrokenPipeError, ConnectionResetError):
        return b""


def test_a_slow_drip_has_one_limit_for_the_whole(served: PageServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_server, "HEAD_PATIENCE_S", 0.5)
    with connected(served) as connection:
        began = time.monotonic()
        connection.settimeout(0.05)
        closed = False
        while not closed and time.monotonic() - began < 5:
            try:
                connection.send(b"a")
                closed = connection.recv(1) == b""
            except TimeoutError:
                continue
            except OSError:
                closed = True
        assert closed
        assert time.monotonic() - began < 3


# --- from its opening to its end ------------------------------------------------------------------------------------


@pytest.fixture
def folders(home: Path) -> Folders:
    folders = our_folders()
    folders.make()
    return folders


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> int:
    """The one that SillyTavern would have, were it there."""
    found = ports.next_free_port(18000)
    assert found
    monkeypatch.setattr(ports, "FIRST_CHOICE", found)
    return found


@contextmanager
def opened(folders: Folders, lasts_s: float = 60, came: Callable[[Came], None] = lambda _: None) -> Iterator["Open"]:
    visit = Open(folders, lasts_s, came)
    try:
        yield visit
    finally:
        visit.asked.set()
        visit.thread.join(10)


class Open:
    """A page that waits in a thread."""

    def __init__(self, folders: Folders, lasts_s: float, came: Callable[[Came], None]) -> None:
        self.visit, self.asked = PageSession(folders, None, came), threading.Event()
        self.endings: list[Ending] = []
        self.thread = threading.Thread(target=lambda: self.endings.append(self.visit.wait(self.asked, lasts_s)))
        self.thread.start()

    def ending(self) -> Ending:
        self.thread.join(10)
        return self.endings[0]


def test_it_ends_by_itself_and_gives_up_the_port(folders: Folders, port: int) -> None:
    with opened(folders, lasts_s=0.3) as page:
        assert page.ending() is Ending.TIME
    assert ports.is_free(port) is ports.PortState.FREE
    assert not folders.reach_page.exists()


def test_a_start_of_sillytavern_has_the_port_back(folders: Folders, port: int) -> None:
    with opened(folders) as page:
        assert ports.is_free(port) is ports.PortState.TAKEN
        port_lease.revoke(folders.reach_page, port)
        assert ports.is_free(port) is ports.PortState.FREE
        assert page.ending() is Ending.TAKEN


def test_the_doctor_takes_the_page_for_no_other_program(folders: Folders, port: int) -> None:
    with opened(folders):
        found = readings.server_port(Patient(folders, View(port=port)))
        assert found
        assert found.state is ports.PortState.FREE
    folders.reach_page.write_text("999999999 left over", "ascii")
    with socket.create_server(("127.0.0.1", port)):
        found = readings.server_port(Patient(folders, View(port=port)))
        assert found
        assert found.state is ports.PortState.TAKEN


def test_a_second_page_takes_over(folders: Folders, port: int) -> None:
    with opened(folders) as first, opened(folders) as second:
        assert first.ending() is Ending.TAKEN
        second.asked.set()
        assert second.ending() is Ending.ASKED
    assert not folders.reach_page.exists()


def test_a_taken_port_is_refused_even_when_it_is_for_this_pc_only(folders: Folders, port: int) -> None:
    with socket.create_server(("127.0.0.1", port)):
        with pytest.raises(TavernkeepError) as refused:
            PageSession(folders, None, lambda _: None)
        assert f"Port {port} is already used" in refused.value.problem.title
    assert not folders.reach_page.exists()


def test_every_device_is_told_once(folders: Folders, port: int) -> None:
    told: list[Came] = []
    with opened(folders, came=told.append):
        for agent in (b"curl/8", b"curl/8", b"curl/9"):
            with socket.create_connection(("127.0.0.1", port), 5) as connection:
                connection.sendall(b"GET / HTTP/1.0\r\nUser-Agent: " + agent + b"\r\n\r\n")
                assert connection.recv(100)
    assert told == [Came("127.0.0.1", "curl", VisitOutcome.THIS_PC)]
