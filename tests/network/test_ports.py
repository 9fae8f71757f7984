"""Real sockets and real programs that hold a port, and what a person is told about them."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from launcher.network.port_check import REFUSED_BY_BROWSERS
from launcher.network.ports import (
    PortOwner,
    PortState,
    answers,
    is_free,
    next_free_port,
    owner,
    port_problem,
    program_name,
)
from launcher.problem import Fix

NODE = shutil.which("node")
LISTEN = """
const host = process.argv[2] || '0.0.0.0', port = Number(process.argv[3] || 0);
const server = require('net').createServer();
server.on('error', error => { console.log(error.code); process.exit(1); });
server.listen({port, host}, () => console.log(server.address().port));
process.stdin.on('end', () => process.exit(0)).resume();
"""

needs_node = pytest.mark.skipif(NODE is None, reason="needs node")


@contextmanager
def listening(host: str = "127.0.0.1") -> Iterator[int]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as listener:
        listener.bind((host, 0))
        listener.listen()
        yield listener.getsockname()[1]


@contextmanager
def node(script: Path, *arguments: str) -> Iterator[tuple[int, str]]:
    """A real node that listens; gives its pid and what it said first: the port, or the code of its error."""
    assert NODE
    command = [NODE, script.name, *arguments]
    with subprocess.Popen(
        command, cwd=script.parent, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        yield process.pid, process.stdout.readline().strip()
        process.communicate()


@pytest.fixture
def script(tmp_path: Path) -> Path:
    file = tmp_path / "server.js"
    file.write_text(LISTEN, "utf-8")
    return file


def unused_port() -> int:
    with listening("0.0.0.0") as port:
        return port


def test_a_port_nobody_uses_is_free() -> None:
    assert is_free(unused_port()) is PortState.FREE


def test_a_port_is_still_free_after_it_was_looked_at() -> None:
    port = unused_port()
    assert [is_free(port), is_free(port), is_free(port)] == [PortState.FREE] * 3


def test_a_port_somebody_listens_on_is_taken() -> None:
    with listening("0.0.0.0") as port:
        assert is_free(port) is PortState.TAKEN
    assert is_free(port) is PortState.FREE


def test_a_port_that_is_no_port_is_unknown() -> None:
    assert is_free(70000) is PortState.UNKNOWN


def test_an_address_of_another_computer_is_unknown() -> None:
    assert is_free(unused_port(), "203.0.113.9") is PortState.UNKNOWN


def test_a_connection_that_just_ended_does_not_make_the_port_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)) as client:
            served, _ = listener.accept()
            served.close()
            client.recv(1)
    assert is_free(port) is PortState.FREE


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="becoming another user needs root")
def test_a_port_below_1024_is_reserved_for_the_administrator() -> None:
    first = Path("/proc/sys/net/ipv4/ip_unprivileged_port_start")
    if not first.exists() or int(first.read_text("utf-8")) < 1024:
        pytest.skip("this system lets everybody use every port")
    ask = "import os, sys; from launcher.network.ports import is_free; os.setuid(65534); print(is_free(81))"
    assert python(ask) == "reserved"


def python(code: str, *arguments: str) -> str:
    import launcher

    root = str(Path(launcher.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env={**os.environ, "PYTHONPATH": root},
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


@needs_node
@pytest.mark.parametrize("host", ["0.0.0.0", "127.0.0.1", "::", "::1"])
@pytest.mark.parametrize("other", ["0.0.0.0", "127.0.0.1", "::1"])
def test_node_finds_the_port_as_we_said(script: Path, host: str, other: str) -> None:
    with listening(other) as port:
        expected = {PortState.FREE: str(port), PortState.TAKEN: "EADDRINUSE"}[is_free(port, host)]
        with node(script, host, str(port)) as (_, said):
            assert said == expected


def test_the_next_free_port_leaves_out_those_in_use() -> None:
    with listening("0.0.0.0") as port:
        if port + 20 > 65535:
            pytest.skip("the system gave one of the last ports")
        found = next_free_port(port - 1)
        assert found is not None
        assert found > port
        assert is_free(found) is PortState.FREE


def test_the_next_free_port_leaves_out_one_used_on_this_pc_only() -> None:
    with listening("127.0.0.1") as port:
        assert next_free_port(port - 1) != port


@pytest.mark.parametrize("after", [6664, 9999, 10079])
def test_the_next_free_port_is_one_that_browsers_open(after: int) -> None:
    found = next_free_port(after)
    assert found is not None
    assert found not in REFUSED_BY_BROWSERS


@pytest.mark.parametrize("after", [80, 443, 65535])
def test_there_is_a_next_port_after_a_reserved_one_and_after_the_last(after: int) -> None:
    found = next_free_port(after)
    assert found is not None
    assert 8000 <= found < 10000


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "0.0.0.0", "::"])
def test_a_server_answers(host: str) -> None:
    with listening(host) as port:
        assert answers(port, 2)


def test_a_server_on_ipv6_alone_is_not_looked_for_when_nobody_asked() -> None:
    with listening("::1") as port:
        assert not answers(port, 2, ("127.0.0.1",))


def test_nobody_answers() -> None:
    assert not answers(unused_port(), 0.5)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a connection meet itself")
def test_a_connection_that_meets_itself_is_no_answer() -> None:
    """Linux picks the near end from a range, by preference as even or odd as its first; try until it hits the port."""
    first, last = Path("/proc/sys/net/ipv4/ip_local_port_range").read_text("utf-8").split()
    port = next(port for port in range(int(first) + 1000, int(last), 2) if is_free(port) is PortState.FREE)
    assert not any(answers(port, 1, ("127.0.0.1",)) for _ in range(40_000))


def test_nobody_owns_a_free_port() -> None:
    assert owner(unused_port()) is None


def test_the_owner_of_a_port_is_this_program() -> None:
    with listening() as port:
        found = owner(port)
    assert found is not None
    assert found.pid == os.getpid()
    assert found.mine
    assert found.is_sillytavern is False


def test_a_connection_to_a_port_does_not_own_it() -> None:
    with listening() as port, socket.create_connection(("127.0.0.1", port)) as client:
        own_end = client.getsockname()[1]
        assert owner(own_end) is None


@needs_node
def test_a_node_program_is_named_with_its_process(script: Path) -> None:
    with node(script) as (pid, port):
        found = owner(int(port))
        assert found is not None
        assert (found.pid, found.is_sillytavern, found.mine) == (pid, False, True)
        assert found.name.startswith("node")
        assert found.command.endswith("server.js")
        assert is_free(int(port)) is PortState.TAKEN


@needs_node
def test_another_sillytavern_is_recognised(script: Path) -> None:
    (script.parent / "package.json").write_text('{"name": "sillytavern", "version": "1.13.0"}', "utf-8")
    with node(script, "::") as (pid, port):
        assert owner(int(port)) == PortOwner(pid, name_of(pid), command_of(pid)[:80], True, True, str(script.parent))


@needs_node
@pytest.mark.parametrize("package", ["[]", "{", '{"name": "sillytavern-extras"}', '{"name": ["sillytavern"]}'])
def test_another_program_of_node_is_not_taken_for_sillytavern(script: Path, package: str) -> None:
    with node(script) as (_, port):
        (script.parent / "package.json").write_text(package, "utf-8")
        found = owner(int(port))
        assert found is not None
        assert found.is_sillytavern is False


@needs_node
def test_a_program_given_on_the_command_line_is_no_file(tmp_path: Path) -> None:
    assert NODE
    with subprocess.Popen(
        [NODE, "-e", LISTEN + "//" + "x" * 5000, "0.0.0.0"],
        cwd=tmp_path,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        found = owner(int(process.stdout.readline()))
        process.communicate()
    assert found is not None
    assert found.is_sillytavern is False
    assert len(found.command) <= 80
    assert found.command.isprintable()


def name_of(pid: int) -> str:
    """Node 24 calls its process MainThread."""
    process = psutil.Process(pid)
    return Path(process.exe()).name if process.name() == "MainThread" else process.name()


def command_of(pid: int) -> str:
    return " ".join(psutil.Process(pid).cmdline())


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="becoming another user needs root")
def test_a_program_of_another_user_stays_another_program() -> None:
    ask = """
import os, sys, psutil, launcher.network.ports as ports
os.setuid(65534)
print(ports.owner(int(sys.argv[1])))
"""
    with listening("0.0.0.0") as port:
        assert python(ask, str(port)) == str(PortOwner(None))


PYTHON = PortOwner(1234, "python3", "python3 -m http.server 8000", False, True)


def test_a_taken_port_names_the_program_and_offers_another() -> None:
    problem = port_problem(8000, PortState.TAKEN, PYTHON, 8001)
    assert problem.title == "Port 8000 is already used by python3 (process 1234)."
    assert "“python3 -m http.server 8000”" in problem.advice
    assert problem.fix == Fix("port 8001", "Use port 8001 instead")


def test_another_sillytavern_is_called_that() -> None:
    problem = port_problem(8000, PortState.TAKEN, PortOwner(77, "node", "node server.js", True, True), 8001)
    assert problem.title == "Another SillyTavern already uses port 8000 (process 77)."
    assert problem.advice.startswith("Stop that one first")


@pytest.mark.parametrize("unseen", [None, PortOwner(None)])
def test_a_program_nobody_may_see_is_another_program(unseen: PortOwner | None) -> None:
    problem = port_problem(8000, PortState.TAKEN, unseen, 8001)
    assert problem.title == "Port 8000 is already used by another program."
    assert "administrator" in problem.advice


def test_a_port_reserved_by_windows_is_told_from_a_taken_one() -> None:
    problem = port_problem(8000, PortState.RESERVED, None, 8101)
    assert problem.title == "Windows has reserved port 8000 for itself."
    assert problem.fix == Fix("port 8101", "Use port 8101 instead")


def test_a_low_port_is_for_the_administrator() -> None:
    assert "administrator" in port_problem(80, PortState.RESERVED, None, 8000).title


def test_when_windows_says_reserved_but_a_program_has_it_the_program_is_named() -> None:
    assert "python3" in port_problem(8000, PortState.RESERVED, PYTHON).title


def test_without_another_free_port_nothing_is_promised() -> None:
    for state in PortState:
        problem = port_problem(8000, state, None)
        assert problem.fix is None
        assert problem.title and problem.advice


def test_a_port_that_became_free_asks_for_another_try() -> None:
    assert port_problem(8000, PortState.FREE, None, 8001).advice == "Start SillyTavern again."


RENAMED = """
import pathlib, socket, sys
pathlib.Path("/proc/self/comm").write_text("MainThread")
with socket.create_server(("127.0.0.1", 0)) as listener:
    print(listener.getsockname()[1], flush=True)
    sys.stdin.read()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="programs rename themselves this way on Linux")
def test_a_program_that_renamed_itself_is_called_by_its_file() -> None:
    """As Node 24 does."""
    command = [sys.executable, "-c", RENAMED]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        port = int(process.stdout.readline())
        assert psutil.Process(process.pid).name() == "MainThread"
        found = owner(port)
        process.communicate()
    assert found
    assert found.name == Path(sys.executable).resolve().name
    assert "MainThread" not in port_problem(port, PortState.TAKEN, found).title


@pytest.mark.parametrize(
    ("name", "executable", "arguments", "called"),
    [
        ("MainThread", "/opt/node/bin/node", ("node", "server.js"), "node"),
        ("MainThread", "", ("/usr/bin/node", "server.js"), "node"),
        ("MainThread", "", (), "MainThread"),
        ("node", "/opt/node/bin/node", ("node", "server.js"), "node"),
        ("gunicorn", "/usr/bin/python3.11", ("/usr/bin/python3", "/usr/bin/gunicorn"), "gunicorn"),
        ("python3", "/usr/bin/python3.11", ("python3", "-m", "http.server"), "python3"),
        ("a-very-long-nam", "/usr/bin/a-very-long-name-indeed", ("a-very-long-name-indeed",), "a-very-long-nam"),
        ("httpd", "/bin/busybox", ("httpd", "-p", "80"), "httpd"),
        ("", "", (), ""),
        ("", "/usr/bin/nginx", (), "nginx"),
    ],
)
def test_a_program_is_called_what_people_call_it(
    name: str, executable: str, arguments: tuple[str, ...], called: str
) -> None:
    assert program_name(name, executable, arguments) == called
