"""From `use` to `quit` on Windows: real Windows programs under Wine, a real node.exe."""

import json
import re
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.machine import REPOSITORY, free_port
from tests.support.programs import SERVE, node_program
from tests.support.windows import WindowsPC, windows_path

pytestmark = [pytest.mark.sweep, pytest.mark.timeout(600)]

IMPORT_ALL = """
import importlib, pathlib, sys
folder = pathlib.Path(sys.argv[1])
for file in sorted(folder.rglob("*.py")):
    name = ".".join(file.relative_to(folder.parent).with_suffix("").parts)
    if name.endswith("__main__"):
        continue
    try:
        importlib.import_module(name)
    except ImportError as error:
        print(name, error.name)
"""
# On Windows this ends a process at once, without a word to it.
KILL = "import os, signal, sys; os.kill(int(sys.argv[1]), signal.SIGTERM)"
WAIT_UNTIL_GONE = """
import psutil, sys
left = [psutil.Process(pid) for pid in map(int, sys.argv[1:]) if psutil.pid_exists(pid)]
print(psutil.wait_procs(left, timeout=5)[1])
"""
WITH_FILES_OPEN = """
import subprocess, sys
held = [open(file, "rb") for file in sys.argv[1:]]
for word in ("start", "quit"):
    subprocess.run([sys.executable, "-m", "launcher", word], check=True)
"""
HANGS_WHEN_ASKED = """
const { spawn } = require('child_process');
const http2 = require('http');
http2.createServer((request, response) => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    response.end(String(child.pid), () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
}).listen(__HANG__, '127.0.0.1');
"""
CTRL_C_SOON = """
import signal, sys, threading
from launcher import cli

class Heard:
    def __init__(self, stream): self.stream = stream
    def write(self, text):
        self.stream.write(text)
        if "Scan this" in text or "On this PC" in text:
            threading.Timer(1, signal.raise_signal, [signal.SIGINT]).start()
    def flush(self): self.stream.flush()
    def isatty(self): return False

cli._write_utf8()
sys.stdout = Heard(sys.stdout)
cli.main(["serve"])
"""


def answer(port: int) -> str | None:
    """What the server on `port` of this PC says; None when nobody answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10) as response:
            return str(response.read().decode())
    except OSError:
        return None


def test_every_part_can_be_imported(pc: WindowsPC) -> None:
    failed = pc.python_says(IMPORT_ALL, windows_path(REPOSITORY / "launcher")).splitlines()
    # The tray of Linux speaks over D-Bus.
    assert [line for line in failed if not line.endswith(" dbus_fast")] == []
    assert all(".tray." in line for line in failed)


def test_an_empty_home_has_a_status_and_no_keeper(pc: WindowsPC) -> None:
    status = pc.status()
    assert (status["state"], status["keeper_pid"], status["folder"]) == ("stopped", None, None)
    assert pc.running() == []


def test_start_stop_and_quit(pc: WindowsPC, tmp_path: Path) -> None:
    port = free_port()
    # A name that Windows' own encodings do not have.
    folder = node_program(tmp_path / "Tür ☕ {1}" / "st", SERVE, port)
    pc.do("use", windows_path(folder))

    pc.do("start")

    status = pc.status()
    assert (status["state"], status["folder"], status["port"]) == ("running", windows_path(folder), port)
    assert answer(port) == "hello"
    assert "█" in pc.do("qr")

    # A second keeper sees the first and ends at once.
    assert pc.run("-m", "launcher", "keeper", time_limit_s=30) == (0, "")
    assert pc.running() == ["keeper start"]

    pc.do("restart")
    again = pc.status()
    assert (again["state"], again["keeper_pid"]) == ("running", status["keeper_pid"])
    assert again["pid"] != status["pid"]

    pc.do("stop")

    assert answer(port) is None
    assert pc.do("logs").splitlines() == [f"SillyTavern is listening on IPv4: 0.0.0.0:{port}", "goodbye"] * 2
    assert b"\r" not in (pc.home / "logs/server.log").read_bytes()
    pc.do("start")
    pc.do("quit")
    assert answer(port) is None
    assert pc.own_log() == ""


def test_letting_an_address_in_writes_the_file_and_restarts(pc: WindowsPC, tmp_path: Path) -> None:
    folder = node_program(tmp_path / "st", SERVE, free_port())
    before = f"# mine\r\nport: {free_port()}\r\nlisten: true\r\nwhitelist:\r\n  - 127.0.0.1 # me\r\n"
    (folder / "config.yaml").write_bytes(before.encode())
    pc.do("use", windows_path(folder))
    pc.do("start")
    first = pc.status()["pid"]

    pc.do("whitelist", "add", "192.168.0.23")

    assert pc.status()["pid"] not in (None, first)
    after = (folder / "config.yaml").read_bytes().decode()
    assert "\n" not in after.replace("\r\n", "")
    assert after.startswith(before)
    assert "192.168.0.23" in after
    pc.do("whitelist", "undo")
    assert (folder / "config.yaml").read_bytes().decode() == before


def test_a_killed_keeper_takes_the_server_along_also_when_that_hangs(pc: WindowsPC, tmp_path: Path) -> None:
    hang = free_port()
    script = SERVE + HANGS_WHEN_ASKED.replace("__HANG__", str(hang))
    pc.do("use", windows_path(node_program(tmp_path / "st", script, free_port())))
    pc.do("start")
    status = pc.status()
    child = answer(hang)
    assert child

    pc.python_says(KILL, str(status["keeper_pid"]))

    assert pc.python_says(WAIT_UNTIL_GONE, str(status["pid"]), child) == "[]"
    assert pc.status()["state"] == "stopped"
    # What the killed one left behind is in nobody's way, even while others read it.
    left = [windows_path(pc.home / "run" / name) for name in ("channel.key", "channel.address")]
    pc.python_says(WITH_FILES_OPEN, *left)


def test_a_killed_keeper_lets_the_server_end_in_peace(pc: WindowsPC, tmp_path: Path) -> None:
    pc.do("use", windows_path(node_program(tmp_path / "st", SERVE, free_port())))
    pc.do("start")
    status = pc.status()
    pc.python_says(KILL, str(status["keeper_pid"]))
    assert pc.python_says(WAIT_UNTIL_GONE, str(status["pid"])) == "[]"


def test_starts_at_the_same_time_start_one(pc: WindowsPC, tmp_path: Path) -> None:
    port = free_port()
    folder = node_program(tmp_path / "st", SERVE + "require('fs').appendFileSync('starts', 'x');", port)
    pc.do("use", windows_path(folder))
    starting = [pc.popen("-m", "launcher", "start") for _ in range(3)]
    assert [process.communicate(timeout=60)[0].splitlines()[:1] for process in starting] == [
        ["SillyTavern is running."]
    ] * 3
    assert answer(port) == "hello"
    assert (folder / "starts").read_text("utf-8") == "x"
    assert pc.running() == ["keeper start"]


def test_ctrl_c_ends_serve_and_the_server(pc: WindowsPC, tmp_path: Path) -> None:
    port = free_port()
    pc.do("use", windows_path(node_program(tmp_path / "st", SERVE, port)))
    status, output = pc.run("-c", CTRL_C_SOON, time_limit_s=60)
    assert (status, output.splitlines()[-1:]) == (0, ["Done."]), output
    assert answer(port) is None
    assert pc.do("logs", "-n", "1").strip() == "goodbye"


def test_a_real_sillytavern_starts_takes_a_login_and_stops(pc: WindowsPC, sillytavern: Callable[[str], Path]) -> None:
    port = free_port()
    folder = sillytavern("1.19.0")
    text = re.sub(r"(?m)^port: .*", f"port: {port}", (folder / "default/config.yaml").read_text("utf-8"))
    # It asks for a login only while it listens on the network.
    text = re.sub(r"(?m)^listen: .*", "listen: true", text)
    (folder / "config.yaml").write_text(text, "utf-8")
    pc.do("use", windows_path(folder))
    pc.do("start")
    assert "<title>SillyTavern</title>" in (answer(port) or "")
    pc.do("login", "generate")
    assert answer(port) is None, "it asks for the login"
    assert "The login is on" in pc.do("access")
    pc.do("stop")
    assert pc.status()["state"] == "stopped"


def test_errors_are_sentences(pc: WindowsPC, tmp_path: Path) -> None:
    status, output = pc.run("-m", "launcher", "use", windows_path(tmp_path), "--json")
    assert status == 3
    document = output[output.index("{") :]
    assert json.loads(document)["error"]["title"]
    assert "Traceback" not in output
    assert [file.name for file in tmp_path.iterdir()] == ["home"]
