"""The router is asked what it is called outside: a real miniupnpd, and routers that lie."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from launcher.network.router import address_in, location_in, services_in
from tests.support.internet import GATEWAY, Internet, internet
from tests.support.machine import REPOSITORY, need
from tests.support.waiting import wait_until

HOME, CARRIER = "81.2.69.142", "100.64.9.9"
ASK = """
import json, threading, time
from launcher.network.router import outside_address
from launcher.network.fetch import ConnectionGroup
begun = time.monotonic()
group = ConnectionGroup(begun + 5)
timer = threading.Timer(1.5, group.close)
timer.daemon = True
timer.start()
print(json.dumps([outside_address(group), time.monotonic() - begun]))
"""
LOOK = """
import json, sys
from launcher.network.public_ip import PublicIpLookup
found = PublicIpLookup(sys.argv[1:]).ask()
print(json.dumps([found.ipv4, found.ipv6, found.route, found.router, [a.error for a in found.answers]]))
"""
UPNP = """
ext_ifname=wan0
listening_ip=lan0
enable_upnp=yes
enable_natpmp=no
http_port=0
uuid=6f4f2d5e-0000-4000-8000-000000000001
"""


def on_pc(hosts: Internet, program: str, *words: str) -> Any:  # noqa: ANN401 - JSON is anything
    more = [f"{name}={value}" for name, value in (hosts.environment | {"PYTHONPATH": str(REPOSITORY)}).items()]
    command = hosts.on_pc("env", *more, sys.executable, "-P", "-c", program, *words)
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True, timeout=30).stdout)


@contextmanager
def upnp(hosts: Internet) -> Iterator[None]:
    """The real thing, as many routers have it."""
    need("miniupnpd")
    (hosts.folder / "upnp.conf").write_text(UPNP, "utf-8")
    command = ["miniupnpd", "-d", "-f", str(hosts.folder / "upnp.conf"), "-P", str(hosts.folder / "upnp.pid")]
    with hosts.running(hosts.router, *command):
        wait_until(lambda: listens_for_searches(hosts), what="miniupnpd listens")
        yield


@contextmanager
def fake(hosts: Internet, manner: str, answer: str = "", own: str = GATEWAY) -> Iterator[None]:
    program = [sys.executable, "-P", "-m", "tests.network.fake_router", own, manner, answer]
    with hosts.running(hosts.router, "env", f"PYTHONPATH={REPOSITORY}", *program):
        wait_until(lambda: listens_for_searches(hosts), what="the router listens")
        yield


def listens_for_searches(hosts: Internet) -> bool:
    command = ["ip", "netns", "exec", hosts.router, "ss", "-Hlun", "sport = :1900"]
    return ":1900" in subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_a_real_router_and_services_that_agree_with_it(tmp_path: Path) -> None:
    with internet(tmp_path, HOME) as hosts, upnp(hosts), hosts.services(HOME, f"{HOME}|2a02:8071:2::5") as urls:
        ipv4, ipv6, route, router, errors = on_pc(hosts, LOOK, *urls)
    assert (ipv4, route, router) == (HOME, "open", HOME)
    assert ipv6 == "2a02:8071:2::5"
    assert [error for error in errors if error] == [f"It was asked over IPv6 and answered {HOME}."]


def test_a_router_with_a_carriers_address_is_behind_carrier_nat(tmp_path: Path) -> None:
    with internet(tmp_path, CARRIER) as hosts, fake(hosts, "honest", CARRIER), hosts.services(HOME, HOME) as urls:
        ipv4, _ipv6, route, router, _errors = on_pc(hosts, LOOK, *urls)
    assert (ipv4, route, router) == (HOME, "carrier", CARRIER)


@pytest.mark.sweep
def test_a_router_behind_another_one_says_so(tmp_path: Path) -> None:
    with internet(tmp_path, "10.77.0.9") as hosts, fake(hosts, "honest", "10.77.0.9"), hosts.services(HOME) as urls:
        _ipv4, _ipv6, route, router, _errors = on_pc(hosts, LOOK, *urls)
    assert (route, router) == ("routers", "10.77.0.9")


def test_without_any_network_nothing_is_found_and_nothing_waits(tmp_path: Path) -> None:
    with internet(tmp_path) as hosts:
        subprocess.run(["ip", "-n", hosts.pc, "link", "set", "lan0", "down"], check=True)
        begun = time.monotonic()
        ipv4, ipv6, route, router, errors = on_pc(hosts, LOOK)
    assert time.monotonic() - begun < 4
    assert (ipv4, ipv6, route, router) == (None, None, "unknown", None)
    assert set(errors) == {"It could not be reached."}


@pytest.mark.sweep
def test_a_router_that_lies_costs_no_more_than_the_limit(tmp_path: Path) -> None:
    with internet(tmp_path) as hosts:
        for manner in ("bomb", "huge", "dripping"):
            with fake(hosts, manner):
                found, took_s = on_pc(hosts, ASK)
            assert found is None
            assert took_s < 2.5, manner


@pytest.mark.sweep
def test_another_device_that_answers_as_a_router_is_not_believed(tmp_path: Path) -> None:
    with internet(tmp_path) as hosts:
        subprocess.run(["ip", "-n", hosts.router, "addr", "add", "192.168.0.66/24", "dev", "lan0"], check=True)
        with fake(hosts, "honest", HOME, own="192.168.0.66"):
            found, took_s = on_pc(hosts, ASK)
    assert found is None
    assert took_s < 3


NOTICE = "HTTP/1.1 200 OK\r\nST: x\r\nLOCATION: {}\r\n\r\n"


@pytest.mark.parametrize(
    "location", ["http://192.168.0.1:5000/root.xml", "http://192.168.0.1/", "http://192.168.0.1:1/a?b"]
)
def test_a_description_on_the_router_is_read(location: str) -> None:
    assert location_in(NOTICE.format(location).encode(), GATEWAY) == location


@pytest.mark.parametrize(
    "location",
    [
        *("http://192.168.0.2/root.xml", "http://example.org/", "https://192.168.0.1/", "file:///etc/passwd", ""),
        *("http://192.168.0.1@example.org/", "http://me@192.168.0.1/", "http://192.168.0.1.example.org/", "/root.xml"),
        *("http://192.168.0.1:99999/", "http://127.0.0.1/", "http://[::1/", "http://192.168.0.1:x/"),
    ],
)
def test_a_description_anywhere_else_is_not(location: str) -> None:
    assert location_in(NOTICE.format(location).encode("latin-1"), GATEWAY) is None


@pytest.mark.parametrize(
    "notice",
    [b"", b"\xff\xfe\0", b"NOTIFY * HTTP/1.1\r\nLOCATION: http://192.168.0.1/\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n"]
    + [b"HTTP/1.1 404 No\r\nLOCATION: http://192.168.0.1/\r\n\r\n", b"LOCATION: http://192.168.0.1/"],
)
def test_what_is_no_answer_to_a_search_is_left_alone(notice: bytes) -> None:
    assert location_in(notice, GATEWAY) is None


def described(*services: tuple[str, str]) -> str:
    inside = "".join(
        f"<service><serviceType>{t}</serviceType><controlURL>{c}</controlURL></service>" for t, c in services
    )
    return f"<root><device><serviceList>{inside}</serviceList></device></root>"


IP, PPP = "urn:schemas-upnp-org:service:WANIPConnection:1", "urn:schemas-upnp-org:service:WANPPPConnection:1"
AT = "http://192.168.0.1:5000/dir/root.xml"


def test_the_services_that_know_the_outside_are_found_on_the_router_alone() -> None:
    text = described(
        ("urn:schemas-upnp-org:service:Layer3Forwarding:1", "/l3"),
        (IP, "/ctl?a=1&amp;b=2"),
        (PPP, "ppp"),
    )
    expected = [(IP, "http://192.168.0.1:5000/ctl?a=1&b=2"), (PPP, "http://192.168.0.1:5000/dir/ppp")]
    assert services_in(text, AT, GATEWAY) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<service>" * 10_000,
        described((IP, "http://192.168.0.2/ctl")),
        described((IP, "//example.org/ctl")),
        described((IP, "https://192.168.0.1/ctl")),
        described((IP, "http://[/ctl")),
        described((IP + '#x"\r\nX: y', "/ctl")),
        described((IP, "")),
        described(("urn:schemas-upnp-org:service:WANIPConnection:9", "/ctl")),
    ],
)
def test_other_services_are_not_asked(text: str) -> None:
    assert services_in(text, AT, GATEWAY) == []


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ("81.2.69.142", "81.2.69.142"),
        (" 100.64.0.1\n", "100.64.0.1"),
        *((text, None) for text in ("", "0.0.0.0", "999.1.1.1", "1.2.3", "::1", "224.0.0.1", "<b>1.2.3.4</b>")),
    ],
)
def test_the_address_in_the_answer(inside: str, expected: str | None) -> None:
    assert address_in(f"<s:Body><NewExternalIPAddress>{inside}</NewExternalIPAddress></s:Body>") == expected
