"""The public address, asked of real servers on this PC: honest ones, mistaken ones and hostile ones."""

import itertools
import socket
import threading
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from launcher.network import public_ip
from launcher.network.cards import NetworkCard
from launcher.network.public_ip import (
    PublicIp,
    PublicIpLookup,
    Route,
    ServiceAnswer,
    problem_with_service,
    read_answer,
    route,
)
from launcher.problem import TavernkeepError
from tests.support.services import Talk, certificate, service, telling
from tests.support.waiting import wait_until

HOME, OTHER, SIX = "81.2.69.142", "81.2.69.160", "2a02:8071:1::7"
SOON_S = 2.0


def asked(*talks: Talk, host: str = "127.0.0.1") -> PublicIp:
    """What comes of asking one server for each of `talks`."""
    with ExitStack() as servers:
        urls = [servers.enter_context(service(talk, host)) for talk in talks]
        found = PublicIpLookup(urls).ask()
    assert found
    return found


def no_thread_is_left() -> bool:
    return not any(thread.name == "public-ip" for thread in threading.enumerate())


def test_two_services_that_agree_are_believed() -> None:
    found = asked(telling(HOME.encode()), telling(f"{HOME}\n".encode()))
    assert found.ipv4 == HOME
    assert found.ipv6 is None
    assert [answer.address for answer in found.answers] == [HOME, HOME]


def test_when_two_services_differ_none_is_chosen_and_both_are_told() -> None:
    found = asked(telling(HOME.encode()), telling(OTHER.encode()))
    assert found.ipv4 is None
    assert found.differ
    assert [answer.address for answer in found.answers] == [HOME, OTHER]
    assert not found.offline


def test_one_of_two_is_enough_when_the_other_fails() -> None:
    found = asked(telling(b"busy", status="503 Service Unavailable"), telling(HOME.encode()))
    assert found.ipv4 == HOME
    assert [answer.error for answer in found.answers] == ["It answered with error 503.", ""]


def test_both_families_are_asked_side_by_side() -> None:
    with service(telling(HOME.encode())) as four, service(telling(SIX.encode()), "::1") as six:
        found = PublicIpLookup([four, six]).ask()
    assert found
    assert (found.ipv4, found.ipv6) == (HOME, SIX)


HOSTILE: dict[str, tuple[Talk, str]] = {
    "a page": (telling(b"<html>81.2.69.142</html>"), public_ip.NO_ADDRESS),
    "a huge page": (telling(b"81.2.69.142" + b" " * 5_000_000), "too long"),
    "two addresses": (telling(b"81.2.69.142\n81.2.69.160"), public_ip.NO_ADDRESS),
    "two on a line": (telling(b"81.2.69.142, 10.0.0.1"), public_ip.NO_ADDRESS),
    "the other family": (telling(SIX.encode()), "asked over IPv4"),
    "a home address": (telling(b"192.168.0.1"), "not an Internet address"),
    "a carrier's address": (telling(b"100.64.0.1"), "not an Internet address"),
    "this PC": (telling(b"127.0.0.1"), "not an Internet address"),
    "nowhere": (telling(b"0.0.0.0"), "not an Internet address"),
    "a group": (telling(b"239.255.255.250"), "not an Internet address"),
    "octal": (telling(b"081.002.069.142"), public_ip.NO_ADDRESS),
    "a number": (telling(b"1359102350"), public_ip.NO_ADDRESS),
    "a port": (telling(b"81.2.69.142:80"), public_ip.NO_ADDRESS),
    "nothing": (telling(b""), public_ip.NO_ADDRESS),
    "a control character": (telling(b"81.2.69.142\x1b[2J"), public_ip.NO_ADDRESS),
    "a NUL": (telling(b"81.2.69.142\0"), public_ip.NO_ADDRESS),
    "another byte 0x85": (telling(b"81.2.69.142\x85"), public_ip.NO_ADDRESS),
    "wide digits": (telling("８１.2.69.142".encode()), public_ip.NO_ADDRESS),
    "packed": (telling(b"\x1f\x8b\x08\0\0\0\0\0", "Content-Encoding: gzip"), public_ip.NO_ADDRESS),
    "a redirect": (telling(b"", "Location: http://127.0.0.1:1/", status="302 Found"), "redirects"),
    "not modified": (telling(HOME.encode(), status="206 Partial Content"), "error 206"),
    "cut short": (lambda line: line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n81.2.69.1"), ""),
    "no end": (lambda line: line.sendall(b"HTTP/1.1 200 OK\r\n\r\n81.2.69.14"), "cut off"),
    "no http": (lambda line: line.sendall(b"81.2.69.142\r\n\r\n"), "could not be reached"),
    "hangs up": (lambda line: None, "could not be reached"),
    "endless header": (lambda line: line.sendall(b"HTTP/1.1 200 OK\r\nA: " + b"a" * 3_000_000), "could not"),
    "many headers": (lambda line: line.sendall(b"HTTP/1.1 200 OK\r\n" + b"A: a\r\n" * 100_000), "could not"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_but_one_public_address_of_the_right_family_is_taken(name: str) -> None:
    talk, error = HOSTILE[name]
    found = asked(talk)
    assert found.ipv4 is None
    [answer] = found.answers
    assert answer.address is None
    assert error in answer.error
    assert answer.error


def test_a_chunked_answer_is_read_and_a_broken_one_is_not() -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    whole = asked(lambda line: line.sendall(head + b"4\r\n81.2\r\n7\r\n.69.142\r\n0\r\n\r\n"))
    assert whole.ipv4 == HOME
    broken = asked(lambda line: line.sendall(head + b"a\r\n81.2.69.14\r\n"))
    assert broken.ipv4 is None


def silent(line: socket.socket) -> None:
    """Until the other end hangs up."""
    while line.recv(100):
        pass


def drip(pieces: bytes, stop: threading.Event) -> Talk:
    def talk(line: socket.socket) -> None:
        for at in itertools.count():
            line.sendall(pieces[at : at + 1] or b"x")
            if stop.wait(0.05):
                return

    return talk


@pytest.mark.parametrize(
    "beginning", [b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n", b"HTTP/1.1 200 OK\r\nA: b"], ids=["body", "header"]
)
def test_a_server_that_drips_is_not_waited_for_and_leaves_nothing_behind(
    beginning: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(public_ip, "LIMIT_S", 0.5)
    stop = threading.Event()
    begun = time.monotonic()
    found = asked(drip(beginning, stop), telling(HOME.encode()))
    assert time.monotonic() - begun < SOON_S
    assert found.ipv4 == HOME
    assert "did not answer" in found.answers[0].error
    wait_until(no_thread_is_left, what="the threads end with the question")
    stop.set()


def test_a_server_that_says_nothing_takes_the_limit_and_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public_ip, "LIMIT_S", 0.5)
    begun = time.monotonic()
    found = asked(silent, silent)
    assert time.monotonic() - begun < SOON_S
    assert found.offline
    wait_until(no_thread_is_left)


def test_a_cancelled_question_returns_at_once() -> None:
    questions: list[PublicIpLookup] = []

    def asked_and_silent(line: socket.socket) -> None:
        questions[0].cancel()
        silent(line)

    with service(asked_and_silent) as url:
        questions.append(PublicIpLookup([url]))
        begun = time.monotonic()
        assert questions[0].ask() is None
        assert time.monotonic() - begun < SOON_S
        wait_until(no_thread_is_left, 3)


def test_answers_are_told_as_they_come() -> None:
    heard: list[ServiceAnswer] = []
    with service(telling(HOME.encode())) as one, service(telling(OTHER.encode())) as two:
        PublicIpLookup([one, two]).ask(heard.append)
    assert sorted(answer.address or "" for answer in heard) == [HOME, OTHER]


def test_a_closed_door_is_offline() -> None:
    with service(telling(b"")) as url:
        pass
    found = PublicIpLookup([url]).ask()
    assert found
    assert found.offline
    assert found.ipv4 is None


def test_over_https_the_certificate_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = certificate(tmp_path, "IP:127.0.0.1")
    with service(telling(HOME.encode()), certificate=file) as url:
        untrusted = PublicIpLookup([url]).ask()
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(file))
        trusted = PublicIpLookup([url]).ask()
    assert untrusted
    assert trusted
    assert untrusted.ipv4 is None
    assert not untrusted.offline
    assert "certificate" in untrusted.answers[0].error
    assert trusted.ipv4 == HOME


def test_a_certificate_for_another_name_does_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = certificate(tmp_path, "DNS:api.ipify.org")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(file))
    with service(telling(HOME.encode()), certificate=file) as url:
        found = PublicIpLookup([url]).ask()
    assert found
    assert found.ipv4 is None
    assert "certificate" in found.answers[0].error


def test_an_encrypted_drip_ends_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public_ip, "LIMIT_S", 0.7)
    file = certificate(tmp_path, "IP:127.0.0.1")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(file))
    stop = threading.Event()
    with service(drip(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n", stop), certificate=file) as url:
        found = PublicIpLookup([url]).ask()
        assert found
        assert "did not answer" in found.answers[0].error
        wait_until(no_thread_is_left)
        stop.set()


def test_the_proxy_of_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with service(telling(OTHER.encode())) as proxy, service(telling(HOME.encode())) as url:
        monkeypatch.setenv("http_proxy", proxy)
        monkeypatch.setenv("no_proxy", "")
        found = PublicIpLookup([url]).ask()
    assert found
    assert found.ipv4 == HOME


@pytest.mark.parametrize(
    "url",
    ["https://api.ipify.org/", "https://example.org:8443/ip?format=text", "http://127.0.0.1:80/", "http://[::1]/"],
)
def test_https_and_services_on_this_pc_can_be_asked(url: str) -> None:
    assert problem_with_service(url) is None


@pytest.mark.parametrize(
    "url",
    [
        *("", "api.ipify.org", "http://api.ipify.org/", "http://192.168.0.1/", "http://127.0.0.1.example.org/"),
        *("https://", "https:///x", "https://[::1/", "https://a:0x50/", "https://a:99999/", "file:///etc/passwd"),
        *("https://me:secret@example.org/", "https://a b/", "https://a\n/", "https://a/\x1b", "https://ä.example/"),
        *("http://me@127.0.0.1/", "ftp://127.0.0.1/", "https://a/" + "x" * 400),
    ],
)
def test_nothing_else_can(url: str) -> None:
    problem = problem_with_service(url)
    assert problem
    assert problem.title.endswith(".")
    with pytest.raises(TavernkeepError):
        PublicIpLookup([url])


def test_an_ipv4_address_in_an_ipv6_one_is_no_ipv6_address() -> None:
    answer = read_answer("s", 6, f"::ffff:{HOME}".encode())
    assert answer.error == f"It was asked over IPv6 and answered {HOME}."
    assert read_answer("s", 4, f"::ffff:{HOME}".encode()).address == HOME


@pytest.mark.parametrize("text", [SIX, "2606:4700::1111", "2A02:8071:1:0::7"])
def test_ipv6_addresses_are_read(text: str) -> None:
    assert read_answer("s", 6, text.encode()).address


@pytest.mark.parametrize(
    "text", ["fe80::1", "fe80::1%eth0", "fd00::1", "::1", "::", "::ffff:81.2.69.142", "ff02::1", HOME]
)
def test_ipv6_addresses_that_are_none_of_the_internet(text: str) -> None:
    answer = read_answer("s", 6, text.encode())
    assert answer.address is None
    assert answer.error


LAN = NetworkCard("wlan0", "192.168.0.5", gateway=True, wireless=True)
TAILSCALE = NetworkCard("tailscale0", "100.101.102.103", gateway=False)
NETBIRD = NetworkCard("wt0", "100.70.1.1", gateway=True)


@pytest.mark.parametrize(
    ("public", "cards", "router", "expected"),
    [
        (HOME, [LAN], None, Route.UNKNOWN),
        (HOME, [LAN], HOME, Route.OPEN),
        (HOME, [NetworkCard("eth0", HOME, gateway=True)], None, Route.OPEN),
        (HOME, [LAN], "100.64.1.1", Route.CARRIER),
        (HOME, [LAN], "100.127.255.255", Route.CARRIER),
        (HOME, [LAN], "100.128.0.1", Route.OTHER),
        (HOME, [LAN], "192.168.178.20", Route.ROUTERS),
        (HOME, [LAN], "10.3.4.5", Route.ROUTERS),
        (HOME, [LAN], OTHER, Route.OTHER),
        (HOME, [LAN], "169.254.1.1", Route.UNKNOWN),
        (None, [LAN], OTHER, Route.UNKNOWN),
        (None, [LAN], "100.64.1.1", Route.CARRIER),
        (HOME, [LAN, TAILSCALE], None, Route.UNKNOWN),
        (HOME, [LAN, NETBIRD], None, Route.UNKNOWN),
        (HOME, [NetworkCard("eth0", "100.64.7.7", gateway=True)], None, Route.CARRIER),
        (HOME, [NetworkCard("wwan0", "100.64.7.7", gateway=True)], None, Route.CARRIER),
        (HOME, [NetworkCard("eth1", "100.64.7.7", gateway=False), LAN], None, Route.UNKNOWN),
        (HOME, [NetworkCard("eth0", "100.64.7.7", gateway=True, up=False)], None, Route.UNKNOWN),
        (HOME, [NetworkCard("eth0", HOME, gateway=True, up=False)], None, Route.UNKNOWN),
    ],
)
def test_what_lies_between_is_told_only_when_it_is_known(
    public: str | None, cards: list[NetworkCard], router: str | None, expected: Route
) -> None:
    found = route(public, cards, router)
    assert found is expected
    behind = {Route.OPEN: False, Route.CARRIER: True}.get(expected)
    assert PublicIp(public, None, (), found, router).behind_cgnat is behind


def test_importing_it_brings_no_requests() -> None:
    import subprocess
    import sys

    code = "import sys, launcher.network.public_ip; assert 'requests' not in sys.modules and 'ssl' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
