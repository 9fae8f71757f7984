"""A phone that is refused shows up on the PC, is asked about, and gets in by one answer: two hosts, real servers."""

import json
import os
import re
import select
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from launcher.keeper.channel import Link, connect
from launcher.keeper.messages import AnswerQuestion, ApprovalChoice, Changed, Hello, Request, UIMessage, Watch
from launcher.keeper.view import Question, View
from launcher.system.folders import Folders, our_folders
from tests.e2e.test_main_job import URL, listening
from tests.support.commands import Tavernkeep
from tests.support.hosts import PC_ADDRESS, PHONE_ADDRESS, Hosts
from tests.support.machine import free_port
from tests.support.programs import node_program
from tests.support.waiting import wait_until

VERSIONS = ["1.19.0", *(pytest.param(version, marks=pytest.mark.sweep) for version in ("1.12.12", "1.9.7"))]
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.4 Mobile/15E148 Safari/604.1"
)


def visit(hosts: Hosts, *headers: str, user_agent: str = IPHONE, url: str = URL) -> int:
    """The HTTP status that the phone gets with these headers; 0 when it reaches nothing."""
    command = ["curl", "--silent", "--max-time", "10", "--output", "/dev/null", "-w", "%{http_code}"]
    command += ["-A", user_agent, *(part for header in headers for part in ("-H", header)), url]
    done = subprocess.run(hosts.on_phone(*command), capture_output=True, text=True, check=False)
    return int(done.stdout or 0)


def devices(pc: Tavernkeep) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pc.json("devices")["devices"]
    return found


class Face:
    """A window as the keeper sees one: it watches, and it answers."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self.view = View()

    def ask(self, request: Request) -> UIMessage:
        from launcher.ui.keeper_connection import ask

        return ask(self._link, request, self._take)

    def _take(self, event: UIMessage) -> None:
        if isinstance(event, Changed):
            self.view = event.view

    def now(self) -> View:
        self.ask(Watch())
        return self.view

    def next_view(self) -> bool:
        """Waits for the next event; whether it was a changed view."""
        event = self._link.receive()
        assert event, "the keeper is there"
        self._take(event)
        return isinstance(event, Changed)

    def question(self) -> Question:
        wait_until(lambda: self.now().question, 10, "a question")
        assert self.view.question
        return self.view.question


@contextmanager
def face(folders: Folders, name: str = "window") -> Iterator[Face]:
    link = connect(folders)
    assert link, "the keeper is there"
    shown = Face(link)
    shown.ask(Hello(name))
    shown.ask(Watch())
    try:
        yield shown
    finally:
        link.close()


def started(pc: Tavernkeep, folder: Path, version: str) -> Tavernkeep:
    config = folder / "config.yaml"
    if config.exists():
        config.write_text(re.sub(r"(?m)^listen: false", "listen: true", config.read_text("utf-8")), "utf-8")
    pc.do("use", str(listening(folder, version)))
    pc.do("start")
    return pc


@pytest.mark.parametrize("version", VERSIONS)
def test_a_refused_phone_is_listed_and_asked_about_and_gets_in_by_a_command(
    version: str, hosts: Hosts, home: Path, sillytavern: Callable[[str], Path]
) -> None:
    pc = started(Tavernkeep(home, hosts.on_pc()), sillytavern(version), version)
    with face(our_folders()) as window:
        assert visit(hosts) == 403
        question = window.question()
        assert (question.address, question.network) == (PHONE_ADDRESS, "192.168.0.*")
        assert question.kind == ("" if version == "1.9.7" else "iPhone · Safari")
        [phone] = devices(pc)
        assert (phone["address"], phone["let_in"], phone["by"]) == (PHONE_ADDRESS, False, None)
        assert phone["mac"].count(":") == 5

        pc.do("devices", "allow", PHONE_ADDRESS)

        assert visit(hosts) == 200
        assert window.now().question is None
        [phone] = devices(pc)
        assert (phone["let_in"], phone["by"]) == (True, PHONE_ADDRESS)
    pc.do("devices", "refuse", PHONE_ADDRESS)
    assert visit(hosts) == 403
    pc.do("quit")
    assert [device["address"] for device in devices(pc)] == [PHONE_ADDRESS]
    assert json.loads((home / "data/devices.json").read_text("utf-8"))
    assert (home / "data/devices.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.sweep
def test_one_answer_lets_the_phone_in_and_another_its_whole_network(
    hosts: Hosts, home: Path, sillytavern: Callable[[str], Path]
) -> None:
    pc = started(Tavernkeep(home, hosts.on_pc()), sillytavern("1.19.0"), "1.19.0")
    with face(our_folders()) as window:
        subprocess.run(hosts.on_pc("curl", "--silent", "--output", "/dev/null", URL), check=True)
        wait_until(lambda: f"from {PC_ADDRESS}" in pc.do("logs"), 5, "the refusal of this PC by its own address")
        assert visit(hosts) == 403
        assert (window.question().address, window.question().more) == (PHONE_ADDRESS, 0)
        assert [device.address for device in window.view.devices] == [PHONE_ADDRESS]
        window.ask(AnswerQuestion(PHONE_ADDRESS, ApprovalChoice.DEVICE))
        assert visit(hosts) == 200
        hosts.move_phone("192.168.0.77")
        assert visit(hosts) == 403
        question = window.question()
        assert (question.address, question.replaces) == ("192.168.0.77", PHONE_ADDRESS)
        window.ask(AnswerQuestion("192.168.0.77", ApprovalChoice.NETWORK))
        assert visit(hosts) == 200
        hosts.move_phone("192.168.0.78")
        assert visit(hosts) == 200
    pc.do("quit")


# Answers /stream only when /done is asked for, as an AI that writes slowly does.
SLOW = """
const http = require('http');
const fs = require('fs');
const port = __PORT__;
let waiting = [];
http.createServer((request, response) => {
    if (request.url === '/stream') { response.write('Once upon a time'); waiting.push(response); return; }
    if (request.url === '/done') { waiting.forEach((one) => one.end()); waiting = []; }
    response.end('hello');
}).listen(port, '0.0.0.0', () => {
    console.log('SillyTavern is listening on IPv4: 0.0.0.0:' + port);
    console.log('Blocked connection from 192.168.0.20; User Agent: curl/8.0');
});
process.on('SIGTERM', () => process.exit(0));
"""


def test_a_device_comes_in_when_the_answer_that_is_being_written_is_done(home: Path) -> None:
    port = free_port()
    pc = Tavernkeep(home)
    folder = node_program(home.parent / "st", SLOW, port)
    pc.do("use", str(folder))
    pc.do("start")
    before = pc.status()["pid"]
    with face(our_folders()) as window, socket.create_connection(("127.0.0.1", port)) as chat:
        assert not window.question().busy
        chat.sendall(b"GET /stream HTTP/1.1\r\nHost: x\r\n\r\n")
        wait_until(lambda: window.question().busy, 5, "the keeper has noticed the chat")
        answering = threading.Thread(
            target=window.ask, args=(AnswerQuestion(PHONE_ADDRESS, ApprovalChoice.DEVICE, when_idle=True),)
        )
        answering.start()
        wait_until(lambda: "finished the answer" in window.view.waiting_for, 5, "the window says what it waits for")
        assert pc.status()["pid"] == before
        assert not (folder / "whitelist.txt").exists()

        urlopen(f"http://127.0.0.1:{port}/done").read()

        answering.join(20)
        assert not answering.is_alive()
        assert b"0\r\n\r\n" in chat.recv(65536) + chat.recv(65536)
    assert pc.status()["pid"] != before
    assert PHONE_ADDRESS in [row["entry"] for row in pc.json("whitelist")["entries"]]
    pc.do("quit")


def test_serve_asks_in_the_terminal_and_takes_the_answer(home: Path) -> None:
    port = free_port()
    folder = node_program(home.parent / "st", SLOW, port)
    master, slave = os.openpty()
    pc = Tavernkeep(home)
    process = subprocess.Popen(
        pc.command("serve", "--folder", str(folder)), env=pc.environment, stdin=slave, stdout=slave, stderr=slave
    )
    os.close(slave)
    said = bytearray()

    def shows(text: str) -> bool:
        while select.select([master], [], [], 0)[0]:
            said.extend(os.read(master, 65536))
        return text in said.decode("utf-8", "replace")

    wait_until(lambda: shows(f"{PHONE_ADDRESS} (curl) wants to come in."), 20, "the question")
    os.write(master, b"perhaps\n")
    wait_until(lambda: shows("Type y = yes"), 5, "what may be typed")

    def answered() -> bool:
        os.write(master, b"y\n")
        return PHONE_ADDRESS in [row["entry"] for row in pc.json("whitelist", "--folder", str(folder))["entries"]]

    wait_until(answered, 20, "the entry")
    wait_until(lambda: shows("SillyTavern is stopping.") and said.count(b"Ctrl+C stops it") == 2, 20, "the restart")
    process.send_signal(2)
    assert process.wait(20) == 0
    os.close(master)


def test_serve_without_someone_who_types_tells_the_command(home: Path) -> None:
    port = free_port()
    pc = Tavernkeep(home)
    process = pc.popen("serve", "--folder", str(node_program(home.parent / "st", SLOW, port)))
    assert process.stdout
    lines = iter(process.stdout.readline, "")
    assert f"To let it in: tavernkeep devices allow {PHONE_ADDRESS}\n" in lines
    process.send_signal(2)
    assert process.wait(20) == 0


def test_a_wider_entry_is_named_when_a_device_cannot_be_kept_out(home: Path) -> None:
    folder = node_program(home.parent / "st", port=free_port())
    (folder / "whitelist.txt").write_text("127.0.0.1\n192.168.0.*\n", "utf-8")
    pc = Tavernkeep(home)
    pc.do("use", str(folder))
    done = pc.run("devices", "refuse", PHONE_ADDRESS)
    assert done.returncode == 1
    assert "“192.168.0.*” lets in others with it" in done.stderr
    assert pc.run("devices", "allow", "0.0.0.0/0").returncode == 1
    assert pc.do("devices").strip() == "No other device has been here yet."
    pc.do("devices", "allow", "192.168.7.7")
    assert "192.168.7.7\n" in (folder / "whitelist.txt").read_text("utf-8")
    pc.do("devices", "refuse", "192.168.7.7")
    assert "192.168.7.7\n" not in (folder / "whitelist.txt").read_text("utf-8")


def test_the_settings_file_decides_at_once_when_questions_are_asked(home: Path) -> None:
    pc = Tavernkeep(home)
    pc.do("use", str(node_program(home.parent / "st", SLOW, free_port())))
    pc.do("start")
    with face(our_folders(), "tray") as tray:
        wait_until(lambda: tray.now().devices, 5, "the device is listed")
        assert tray.now().question is None
        with (home / "settings.toml").open("a", encoding="utf-8") as file:
            file.write('asking = "always"\n')
        wait_until(lambda: tray.now().question, 15, "the question")
    pc.do("quit")
