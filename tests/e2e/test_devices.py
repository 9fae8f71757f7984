"""A phone that is refused shows up on the PC, is asked about, and gets in by one answer: two hosts, real servers."""

import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from launcher.keeper.channel import Link, connect
from launcher.keeper.messages import Answer, Changed, Event, Hello, Request, Verdict, Watch
from launcher.keeper.view import Question, View
from launcher.system.folders import Folders, our_folders
from tests.e2e.test_main_job import URL, listening
from tests.support.commands import Tavernkeep
from tests.support.hosts import PHONE_ADDRESS, Hosts
from tests.support.waiting import wait_until

VERSIONS = ["1.19.0", "1.12.12", "1.9.7"]
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

    def ask(self, request: Request) -> Event:
        from launcher.faces.keeper_link import ask

        return ask(self._link, request, self._take)

    def _take(self, event: Event) -> None:
        if isinstance(event, Changed):
            self.view = event.view

    def now(self) -> View:
        self.ask(Watch())
        return self.view

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
    if version == "1.12.12":
        text = (folder / "config.yaml").read_text("utf-8")
        (folder / "config.yaml").write_text(text.replace("\nlisten: false", "\nlisten: true"), "utf-8")
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


def test_one_answer_lets_the_phone_in_and_another_its_whole_network(
    hosts: Hosts, home: Path, sillytavern: Callable[[str], Path]
) -> None:
    pc = started(Tavernkeep(home, hosts.on_pc()), sillytavern("1.19.0"), "1.19.0")
    with face(our_folders()) as window:
        assert visit(hosts) == 403
        window.question()
        window.ask(Answer(PHONE_ADDRESS, Verdict.DEVICE))
        assert visit(hosts) == 200
        hosts.move_phone("192.168.0.77")
        assert visit(hosts) == 403
        question = window.question()
        assert (question.address, question.replaces) == ("192.168.0.77", PHONE_ADDRESS)
        window.ask(Answer("192.168.0.77", Verdict.NETWORK))
        assert visit(hosts) == 200
        hosts.move_phone("192.168.0.78")
        assert visit(hosts) == 200
    pc.do("quit")
