"""The report for asking for help, of a real keeper and server: all that helps, and nothing secret."""

import getpass
import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.commands import Tavernkeep
from tests.support.machine import free_port
from tests.support.programs import SERVE, node_program

PASSWORD = "open sesame, quickly"
SAYS = """
console.log("Blocked connection from 8.8.4.4; User Agent: Secret Browser of Grace");
console.log("{ role: 'user', content: 'what was chatted' }");
console.log("Error: cannot reach https://grace:hunter22@api.example.org/v1?key=abc");
console.error("Error: Incorrect API key provided: sk-proj-abcdef0123456789");
"""


@pytest.fixture
def pc(home: Path, tmp_path: Path) -> Iterator[Tavernkeep]:
    pc = Tavernkeep(home, more={"XDG_CONFIG_HOME": str(tmp_path / "config"), "HOME": str(tmp_path), "USER": "grace"})
    yield pc
    pc.run("quit")


def test_the_report_says_what_helps_and_nothing_secret(pc: Tavernkeep, tmp_path: Path) -> None:
    folder = node_program(tmp_path / "grace" / "st", SERVE + SAYS, free_port())
    pc.do("use", str(folder))
    set_login = pc.run("login", "set", "gracehopper", stdin=f"{PASSWORD}\n")
    assert set_login.returncode == 0, set_login.stderr
    pc.do("whitelist", "add", "192.168.77.23", "9.9.9.9")
    pc.do("start")

    text = json.loads(pc.do("status", "--report", "--json"))["report"]

    for part in ("Tavernkeep: ", "SillyTavern: 1.19.0, your own", "Node.js: ", "Python: 3.", "SillyTavern: running"):
        assert part in text
    for part in ("Whitelist: config.yaml, ", "192.168.77.…", "Login: on, fit", "~/", "✓ server", "Blocked connection"):
        assert part in text
    for secret in (PASSWORD, "gracehopper", "grace", "hunter22", "sk-proj", "chatted", "Secret Browser", "77.23"):
        assert secret not in text
    for secret in ("9.9.9.9", "8.8.4.4", str(tmp_path)):
        assert secret not in text
    for name in (getpass.getuser(), socket.gethostname()):
        assert name in ("root", "localhost") or f"/{name}/" not in text


@pytest.mark.sweep
def test_there_is_a_report_when_nothing_is_there(pc: Tavernkeep) -> None:
    text = pc.do("status", "--report")
    assert "SillyTavern: not there yet" in text
    assert "✗ installation" in text
