"""What the keeper does with servers that behave and that do not, through the real commands."""

import json
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tests.support.commands import Tavernkeep
from tests.support.leftovers import processes_of
from tests.support.machine import free_port, need
from tests.support.programs import SERVE, node_program
from tests.support.waiting import wait_until

Install = Callable[..., Path]


@pytest.fixture
def pc(home: Path) -> Iterator[Tavernkeep]:
    need("node")
    pc = Tavernkeep(home)
    yield pc
    pc.run("quit")


@pytest.fixture
def install(tmp_path: Path, pc: Tavernkeep) -> Install:
    """Puts a small server in place and makes Tavernkeep use it."""

    def install_it(script: str = SERVE, port: int | None = None) -> Path:
        folder = node_program(tmp_path / "st", script, port or free_port())
        pc.do("use", str(folder))
        return folder

    return install_it


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_start_stop_start_restart_quit(pc: Tavernkeep, install: Install) -> None:
    install()
    pc.do("start")
    first = pc.status()
    assert answers(first["port"])
    pc.do("restart")
    second = pc.status()
    assert second["pid"] != first["pid"]
    pc.do("stop")
    assert pc.status()["pid"] is None
    pc.do("start")
    pc.do("quit")
    assert pc.status()["keeper_pid"] is None
    assert not answers(first["port"])


def test_start_twice_at_once_starts_one(pc: Tavernkeep, install: Install) -> None:
    folder = install(SERVE + "require('fs').appendFileSync('starts', 'x');")
    both = [pc.popen("start"), pc.popen("start")]
    assert [process.wait(30) for process in both] == [0, 0]
    assert (folder / "starts").read_text("utf-8") == "x"


def test_two_keepers_for_one_home_cannot_exist(pc: Tavernkeep, home: Path) -> None:
    keepers = [pc.popen("keeper") for _ in range(6)]
    wait_until(lambda: sum(keeper.poll() is None for keeper in keepers) == 1, what="one keeper is left")
    assert {keeper.wait() for keeper in keepers if keeper.poll() is not None} == {0}
    survivor = next(keeper for keeper in keepers if keeper.poll() is None)
    assert pc.status()["keeper_pid"] == survivor.pid
    pc.do("quit")
    assert survivor.wait(10) == 0


def test_a_crash_is_started_again_and_told(pc: Tavernkeep, install: Install) -> None:
    install()
    pc.do("start")
    first = pc.status()["pid"]
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: pc.status()["pid"] not in (None, first), timeout_s=15, what="a new server runs")


def test_a_server_that_ends_with_0_before_it_was_ready_is_a_failure(pc: Tavernkeep, install: Install) -> None:
    install("console.log('bye'); process.exit(0)")
    done = pc.run("start", "--json")
    assert done.returncode == 3
    error = json.loads(done.stdout)["error"]
    assert error["title"] == "SillyTavern ended before it was ready."
    assert "bye" in error["advice"]
    assert "SillyTavern ended before it was ready." in done.stderr
    status = pc.status()
    assert status["state"] == "crashed"
    assert status["error"] == error


def test_a_server_that_answers_without_a_word_is_ready(pc: Tavernkeep, install: Install) -> None:
    install(SERVE.replace("console.log('SillyTavern is listening on IPv4: 0.0.0.0:' + port);", ""))
    pc.do("start")
    assert pc.status()["state"] == "running"


def test_a_taken_port_names_its_owner_and_a_free_one(pc: Tavernkeep, install: Install) -> None:
    port = free_port()
    install(port=port)
    with socket.socket() as other:
        other.bind(("0.0.0.0", port))
        other.listen()
        done = pc.run("start", "--json")
    assert done.returncode == 3
    error = json.loads(done.stdout)["error"]
    assert f"{port}" in error["title"]
    assert str(os.getpid()) in error["title"] + error["advice"]


def test_missing_modules_are_told_before_anything_is_started(pc: Tavernkeep, install: Install) -> None:
    folder = install()
    package = json.loads((folder / "package.json").read_text("utf-8"))
    (folder / "package.json").write_text(json.dumps({**package, "dependencies": {"express": "*"}}), "utf-8")
    done = pc.run("start", "--json")
    assert (done.returncode, json.loads(done.stdout)["error"]["title"]) == (
        3,
        "SillyTavern is not completely installed.",
    )


def test_a_broken_configuration_is_told_with_its_line_and_left_alone(pc: Tavernkeep, install: Install) -> None:
    folder = install()
    broken = "port: 8000\nlisten: [true\n"
    (folder / "config.yaml").write_text(broken, "utf-8")
    done = pc.run("start", "--json")
    assert done.returncode == 3
    error = json.loads(done.stdout)["error"]
    assert "config.yaml" in error["title"] + error["advice"]
    assert "ine " in error["title"] + error["advice"]
    assert (folder / "config.yaml").read_text("utf-8") == broken


def test_stop_works_while_it_starts(pc: Tavernkeep, install: Install) -> None:
    install("setInterval(() => {}, 1000)")
    starting = pc.popen("start")
    wait_until(lambda: pc.status()["pid"])
    pid = pc.status()["pid"]
    pc.do("stop")
    assert starting.wait(10) == 1
    assert gone(pid)


def test_a_server_that_ignores_the_end_is_killed_after_ten_seconds(pc: Tavernkeep, install: Install) -> None:
    install(SERVE + "process.removeAllListeners('SIGTERM'); process.on('SIGTERM', () => {});")
    pc.do("start")
    pid = pc.status()["pid"]
    pc.do("stop", timeout_s=30)
    assert gone(pid)


def test_kill_9_of_the_keeper_ends_the_server_and_the_next_start_works(pc: Tavernkeep, install: Install) -> None:
    install()
    pc.do("start")
    status = pc.status()
    os.kill(status["keeper_pid"], signal.SIGKILL)
    wait_until(lambda: gone(status["pid"]), what="the server ends with its keeper")
    assert pc.status()["state"] == "stopped"
    pc.do("start")
    assert pc.status()["state"] == "running"


def test_sigterm_of_the_keeper_is_a_quit(pc: Tavernkeep, install: Install, home: Path) -> None:
    install()
    pc.do("start")
    os.kill(pc.status()["keeper_pid"], signal.SIGTERM)
    wait_until(lambda: processes_of(home) == [])


def test_kill_9_of_a_command_that_waits_ends_nothing(pc: Tavernkeep, install: Install) -> None:
    install("setTimeout(() => {" + SERVE + "}, 1000)")
    starting = pc.popen("start")
    wait_until(lambda: pc.status()["pid"])
    starting.kill()
    starting.wait()
    wait_until(lambda: pc.status()["state"] == "running")


def test_stray_settings_in_the_environment_are_kept_out_and_told(pc: Tavernkeep, install: Install) -> None:
    folder = install(SERVE + "require('fs').writeFileSync('env', JSON.stringify(process.env));")
    stray = Tavernkeep(pc.home, more={"SILLYTAVERN_LISTEN": "true", "SILLY_TAVERN_PORT": "1"})
    stray.do("start")
    environment = json.loads((folder / "env").read_text("utf-8"))
    assert not [name for name in environment if name.startswith("SILLY")]
    assert "SILLYTAVERN_LISTEN" in pc.do("status")


def test_logs_show_what_it_printed_and_follow(pc: Tavernkeep, install: Install) -> None:
    install(SERVE + "for (let i = 0; i < 10; i++) console.log('line ' + i);")
    pc.do("start")
    assert pc.json("logs", "-n", "3")["lines"][-1].startswith("SillyTavern is listening")
    following = pc.popen("logs", "-n", "1", "-f")
    follows, heard = threading.Event(), threading.Event()

    def listen() -> None:
        for line in following.stdout or ():
            follows.set()
            if line.startswith("goodbye"):
                heard.set()
                return

    threading.Thread(target=listen, daemon=True).start()
    assert follows.wait(10)
    pc.do("stop")
    assert heard.wait(10)
    following.send_signal(signal.SIGINT)
    following.wait(5)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["no-such-command"], 2),
        (["start", "--no-such-flag"], 2),
        (["logs", "-n", "-1"], 2),
        (["use", "/no/such/folder"], 3),
        (["start", "--folder", "/no/such/folder"], 3),
        (["url", "--folder", "/no/such/folder"], 3),
        (["stop"], 0),
        (["status"], 0),
        (["quit"], 0),
    ],
)
def test_exit_codes(pc: Tavernkeep, words: list[str], code: int) -> None:
    done = pc.run(*words)
    assert done.returncode == code, done.stderr
    assert bool(done.stderr) == bool(code)
    assert "Traceback" not in done.stderr


def test_a_folder_that_is_none_is_told_what_is_missing(pc: Tavernkeep, tmp_path: Path) -> None:
    done = pc.run("use", str(tmp_path), "--json")
    assert done.returncode == 3
    assert "server.js" in done.stdout


def test_settings_that_make_no_sense_are_told_and_left_alone(pc: Tavernkeep, home: Path) -> None:
    (home / "settings.toml").write_text("folder = [\n", "utf-8")
    done = pc.run("start")
    assert done.returncode == 3
    assert "cannot read its own settings" in done.stderr
    assert pc.run("use", "/anywhere").returncode == 3
    assert (home / "settings.toml").read_text("utf-8") == "folder = [\n"


def test_a_home_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    done = Tavernkeep(tmp_path / "file" / "home").run("start")
    assert done.returncode == 3
    assert "cannot use its folder" in done.stderr


def test_folders_lists_what_is_used(pc: Tavernkeep, install: Install) -> None:
    folder = install()
    rows = pc.json("folders")["folders"]
    assert {"folder": str(folder), "version": "1.19.0", "ours": False, "used": True} in rows


def test_one_command_after_the_other_always_does_what_it_says(pc: Tavernkeep, install: Install) -> None:
    install()
    for ending in ("stop", "quit", "stop", "quit"):
        pc.do("start")
        assert pc.status()["state"] == "running"
        pc.do(ending)
        assert pc.status()["state"] == "stopped"


def test_whoever_comes_while_the_keeper_ends_gets_an_answer(pc: Tavernkeep, install: Install) -> None:
    install()
    for _ in range(4):
        pc.do("start")
        quitting = [pc.popen("quit"), pc.popen("stop"), pc.popen("quit")]
        assert [process.wait(30) for process in quitting] == [0, 0, 0]
        assert pc.status()["state"] == "stopped"
