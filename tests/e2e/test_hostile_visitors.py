"""What a hostile device can make the user see: twenty requests against real servers, and floods from small programs."""

import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from launcher.keeper.devices import MOST_DEVICES
from launcher.keeper.messages import Watch
from launcher.keeper.view import View
from launcher.system.folders import our_folders
from tests.e2e.test_devices import Face, face, started
from tests.e2e.test_main_job import URL
from tests.support.commands import Tavernkeep
from tests.support.hosts import PC_ADDRESS, PHONE_ADDRESS, Hosts
from tests.support.machine import free_port, need
from tests.support.programs import node_program
from tests.support.waiting import wait_until

VERSIONS = ["1.19.0", *(pytest.param(version, marks=pytest.mark.sweep) for version in ("1.9.7", "1.13.5", "1.12.12"))]
FAKE = "Blocked connection from 6.6.6.6; User Agent: y"


@dataclass(frozen=True)
class Evil:
    """One request. `kind`: what the device is called then; None: as before. `status`: what the server says to it."""

    headers: tuple[str, ...] = ()
    user_agent: bytes = b"curl/8.0"
    path: str = "/"
    kind: str | None = "curl"
    status: int = 403


REQUESTS = {
    "a forwarded address": Evil(("X-Forwarded-For: 6.6.6.6",)),
    "two forwarded addresses": Evil(("X-Forwarded-For: 192.168.0.66, 10.0.0.1",)),
    "a real IP": Evil(("X-Real-IP: 6.6.6.6",)),
    "the standard header": Evil(("Forwarded: for=6.6.6.6;by=192.168.0.66",)),
    "the headers of big proxies": Evil(
        ("CF-Connecting-IP: 6.6.6.6", "True-Client-IP: 6.6.6.6", "X-Client-IP: 6.6.6.6")
    ),
    "this PC as the real IP": Evil(("X-Real-IP: 127.0.0.1",)),
    "this PC's address as forwarded": Evil((f"X-Forwarded-For: {PC_ADDRESS}",)),
    "a header that ends the line early": Evil(("X-Real-IP: 6.6.6.6); User Agent: z",)),
    "a header that is a line": Evil((f"X-Forwarded-For: {FAKE}",)),
    "0x85 and a fake line": Evil(user_agent=b"x\x85" + FAKE.encode(), kind=None),
    "U+2028 and a fake line": Evil(user_agent=f"x\u2028{FAKE}".encode(), kind=None),
    "a fake line and nothing else": Evil(user_agent=FAKE.encode(), kind=None),
    "a fake ready line": Evil(user_agent=b"SillyTavern is listening on IPv4: 0.0.0.0:8000", kind=None),
    "ANSI": Evil(user_agent=b"\x1b[2J\x1b]0;evil\x07", kind=None, status=400),
    "the one-byte ANSI": Evil(user_agent=b"\x9b2J\x9dx\x9c", kind=None),
    "eight kilobytes": Evil(user_agent=b"Mozilla/5.0 (iPhone; " + b"x" * 8000, kind=None),
    "a name from right to left": Evil(user_agent="\u202eiPhone\u202d gnp.exe".encode(), kind=None),
    "no User-Agent": Evil(user_agent=b"", kind=None),
    "undefined": Evil(user_agent=b"undefined", kind=None),
    "a second User Agent": Evil(user_agent=b"x; User Agent: iPhone", kind=None),
    "a path of lines": Evil(path="/%0aBlocked%20connection%20from%206.6.6.6;%20User%20Agent:%20y%0d%0a"),
    "another host": Evil(("Host: evil.example",)),
}


def send(hosts: Hosts, evil: Evil) -> int:
    """The HTTP status that the phone gets for this request."""
    command: list[str | bytes] = ["curl", "--silent", "--max-time", "10", "--output", "/dev/null", "-w", "%{http_code}"]
    command += [b"-A", evil.user_agent, *(part for header in evil.headers for part in ("-H", header)), URL + evil.path]
    done = subprocess.run([*hosts.on_phone(), *command], capture_output=True, check=False)
    return int(done.stdout or b"0")


def seen_at(view: View) -> float:
    return max((device.last_seen for device in view.devices), default=0.0)


def arrives(window: Face, hosts: Hosts, evil: Evil) -> int:
    """Sends it until the keeper has taken note, which it does of one device once a second."""
    before, statuses = seen_at(window.now()), list[int]()

    def noted() -> bool:
        statuses.append(send(hosts, evil))
        return statuses[-1] == 400 or seen_at(window.now()) > before

    wait_until(noted, 10, "taken note of")
    return statuses[-1]


@pytest.mark.timeout(400)
@pytest.mark.sweep
@pytest.mark.parametrize("version", VERSIONS)
def test_whatever_a_phone_sends_only_the_phone_itself_is_asked_about(
    version: str, hosts: Hosts, home: Path, sillytavern: Callable[[str], Path]
) -> None:
    need("curl")
    pc = started(Tavernkeep(home, hosts.on_pc()), sillytavern(version), version)
    with face(our_folders()) as window:
        for name, evil in REQUESTS.items():
            assert arrives(window, hosts, evil) == evil.status, name
            view = window.now()
            assert [device.address for device in view.devices] in ([PHONE_ADDRESS], []), name
            assert view.phase == "running", name
            for device in view.devices:
                assert len(device.kind) <= 52, name
                assert device.kind.isprintable(), name
                assert device.kind.isascii() or " · " in device.kind, name
            question = window.question()
            assert (question.address, question.network, question.more) == (PHONE_ADDRESS, "192.168.0.*", 0), name
            if evil.kind and version != "1.9.7":
                wait_until(lambda kind=evil.kind: window.now().devices[0].kind == kind, 5, name)  # type: ignore[misc]
        assert "6.6.6.6" not in pc.do("devices")
    pc.do("quit")


@pytest.mark.timeout(300)
@pytest.mark.parametrize("version", [VERSIONS[0], VERSIONS[2]])
def test_a_listed_phone_cannot_put_another_address_on_the_list_or_into_a_question(
    version: str, hosts: Hosts, home: Path, sillytavern: Callable[[str], Path]
) -> None:
    folder = sillytavern(version)
    (folder / "whitelist.txt").write_text(f"127.0.0.1\n{PHONE_ADDRESS}\n", "utf-8")
    pc = started(Tavernkeep(home, hosts.on_pc()), folder, version)
    with face(our_folders()) as window:
        assert send(hosts, Evil(("X-Real-IP: 192.168.0.66",))) == 403
        assert send(hosts, Evil(("X-Real-IP: 192.168.0.20",))) == 200
        assert send(hosts, Evil()) == 200
        # Of one device the same is heard once a second.
        wait_until(lambda: _refused_for_its_proxy(hosts, window), 15, "the proxy is told of")
        view = window.now()
        assert view.question is None
        assert [(device.address, device.let_in) for device in view.devices] == [(PHONE_ADDRESS, True)]
    pc.do("quit")


def _refused_for_its_proxy(hosts: Hosts, window: Face) -> bool:
    assert send(hosts, Evil(("X-Forwarded-For: 192.168.0.66",))) == 403
    return any(device.forwarded for device in window.now().devices)


# Prints refusals at the given pace for as long as it runs, each block of a hundredth of a second in one piece.
FLOOD = """
const http = require('http');
const port = __PORT__;
let n = 0;
const line = () => { n += 1; return `Blocked connection from ${ADDRESS}; User Agent: ${AGENT}\\n\\tTo allow this\\n`; };
http.createServer((request, response) => response.end('hello')).listen(port, '0.0.0.0', () => {
    console.log('SillyTavern is listening on IPv4: 0.0.0.0:' + port);
    setInterval(() => process.stdout.write(Array.from({ length: 100 }, line).join('')), 10);
    setTimeout(() => console.log('Blocked connection from 192.168.0.20; User Agent: curl/8.0'), 1500);
});
process.on('SIGTERM', () => process.exit(0));
"""
FLOODS = {
    "one device": ("10.0.0.1", "iPhone"),
    "a thousand devices": ("10.0.${n % 4}.${n % 250 + 1}", "iPhone"),
    "a thousand User-Agents": ("10.0.0.1", "Agent ${n % 1000} (x; rv:${n})"),
    "endless devices": ("2001:db8::${(n % 65000).toString(16)}", "Agent ${n}"),
}
WATCHED_S = 4.0


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    "flood", [pytest.param(each, marks=[] if each == "endless devices" else pytest.mark.sweep) for each in FLOODS]
)
def test_ten_thousand_refusals_a_second_load_neither_the_keeper_nor_the_screen(flood: str, home: Path) -> None:
    need("node")
    address, agent = FLOODS[flood]
    port = free_port()
    script = FLOOD.replace("${ADDRESS}", address).replace("${AGENT}", agent)
    pc = Tavernkeep(home)
    pc.do("use", str(node_program(home.parent / "st", script, port)))
    pc.do("start")
    keeper = psutil.Process(pc.status()["keeper_pid"])
    with face(our_folders()) as window:
        wait_until(lambda: window.now().question, 10, "a question")
        window.ask(Watch())
        before, changes = keeper.cpu_times(), 0
        begun, memory = time.monotonic(), keeper.memory_info().rss
        while time.monotonic() - begun < WATCHED_S:
            changes += window.next_view()
        used = keeper.cpu_times()
        share = (used.user + used.system - before.user - before.system) / (time.monotonic() - begun)
        view = window.now()
        assert changes / WATCHED_S <= 6
        assert share < 0.5
        assert keeper.memory_info().rss - memory < 15e6
        assert len(view.devices) <= MOST_DEVICES
        assert view.question
        assert view.question.more < 20
        assert pc.status()["state"] == "running"
    pc.do("quit")
