"""The server as a real process of a real Node, with its guard."""

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil
import pytest

from launcher.server.output import OutputEvent, Ready
from launcher.server.server_process import GUARD, LaunchPlan, ServerProcess
from launcher.system.logs import RotatingLog, tail
from tests.support.machine import free_port, need
from tests.support.programs import SERVE, node_program
from tests.support.waiting import wait_until


class Run:
    """A server that was started, what it told, and how it ended."""

    def __init__(self, folder: Path, log: Path, environment: dict[str, str] | None = None) -> None:
        need("node")
        self.events: list[OutputEvent] = []
        self.end: tuple[int, Sequence[str]] | None = None
        self.gone = threading.Event()
        plan = LaunchPlan(Path(shutil.which("node") or ""), ("--port=1",), folder, environment or dict(os.environ))
        self.process = ServerProcess(plan, RotatingLog(log), self.events.append, self._ended)
        self.process.watch()

    def _ended(self, code: int, lines: Sequence[str]) -> None:
        self.end = code, lines
        self.gone.set()

    def ready(self) -> None:
        wait_until(lambda: Ready() in self.events, what="the server is ready")

    def code(self) -> int:
        assert self.gone.wait(10), "the server did not end"
        assert self.end
        return self.end[0]


@pytest.fixture
def start(tmp_path: Path) -> Callable[..., Run]:
    def start_it(script: str = SERVE, **more: dict[str, str]) -> Run:
        return Run(node_program(tmp_path / "st", script, free_port()), tmp_path / "server.log", **more)

    return start_it


def test_closing_the_pipe_ends_it_as_sigterm_would(start: Callable[..., Run], tmp_path: Path) -> None:
    run = start()
    run.ready()
    run.process.close_input()
    assert run.code() == 0
    assert "goodbye" in tail(tmp_path / "server.log", 10)


def test_closing_the_pipe_before_there_is_a_handler_ends_it_too(start: Callable[..., Run]) -> None:
    run = start("setInterval(() => {}, 1000); console.log('SillyTavern is listening on IPv4: x')")
    run.ready()
    run.process.close_input()
    assert run.code() == 0


def test_a_server_that_will_not_end_is_killed_with_its_children(start: Callable[..., Run]) -> None:
    run = start(
        """
        process.on('SIGTERM', () => {});
        const child = require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
        console.log('child ' + child.pid);
        console.log('SillyTavern is listening on IPv4: x');
        setInterval(() => {}, 1000);
        """
    )
    run.ready()
    child = psutil.Process(run.process.pid).children()[0]
    run.process.close_input()
    assert not run.gone.wait(0.3)
    run.process.kill_tree()
    run.code()
    wait_until(lambda: not child.is_running())


def test_children_that_outlive_their_server_are_ended_too(start: Callable[..., Run]) -> None:
    run = start(
        """
        const child = require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
        console.log('SillyTavern is listening on IPv4: x');
        setTimeout(() => process.exit(3), 300);
        """
    )
    run.ready()
    child = psutil.Process(run.process.pid).children()[0]
    assert run.code() == 3
    wait_until(lambda: not child.is_running())


def test_its_last_words_are_kept(start: Callable[..., Run]) -> None:
    run = start("console.error('Error: no roof'); process.exit(1)")
    assert run.code() == 1
    assert run.end
    assert "Error: no roof" in run.end[1]


def test_the_guard_does_nothing_in_workers_and_forked_children(start: Callable[..., Run]) -> None:
    run = start(
        """
        const { Worker, isMainThread } = require('worker_threads');
        const { fork } = require('child_process');
        if (process.argv.includes('forked')) { process.send('alive'); setTimeout(() => process.exit(0), 200); }
        else {
            const count = 'require("worker_threads").parentPort.postMessage(process.stdin.listenerCount("error"))';
            new Worker(count, { eval: true })
                .on('message', (n) => console.log('worker listeners ' + n))
                .on('exit', () => {
                    fork(__filename, ['forked']).on('exit', (code) => {
                        console.log('forked ' + code);
                        console.log('SillyTavern is listening on IPv4: x');
                    });
                });
        }
        """
    )
    run.ready()
    # Nothing but the pipe is left to wait for, and the pipe must not keep it alive.
    assert run.code() == 0
    assert run.end
    assert "forked 0" in run.end[1]
    assert "worker listeners 0" in run.end[1]


@pytest.mark.parametrize(
    "how", ["require('open')('http://x')", "import('open').then((open) => open.default('http://x'))"]
)
def test_old_versions_open_no_browser(start: Callable[..., Run], tmp_path: Path, how: str) -> None:
    module = tmp_path / "st/node_modules/open"
    module.mkdir(parents=True)
    (module / "index.js").write_text("module.exports = () => console.log('a browser opens')", "utf-8")
    script = how + ";setTimeout(() => console.log('SillyTavern is listening on IPv4: x'), 100)"
    run = start(script, environment={**os.environ, "TAVERNKEEP_NO_BROWSER": "1"} if "require" in how else None)
    run.ready()
    run.code()
    assert run.end
    assert ("a browser opens" in run.end[1]) == ("import" in how)


def test_a_server_does_not_outlive_a_keeper_that_was_killed(tmp_path: Path) -> None:
    need("node")
    folder = node_program(tmp_path / "st", port=free_port())
    keeper = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import subprocess, sys, time\n"
            f"child = subprocess.Popen(['node', '--require', {str(GUARD)!r}, 'server.js'], cwd={str(folder)!r},"
            " stdin=subprocess.PIPE, start_new_session=True)\n"
            "print(child.pid, flush=True)\n"
            "child.wait()",
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert keeper.stdout
    pid = int(keeper.stdout.readline())
    assert "listening" in keeper.stdout.readline()
    server = psutil.Process(pid)
    began_s = time.monotonic()
    keeper.kill()
    keeper.wait()
    wait_until(lambda: not server.is_running() or server.status() == psutil.STATUS_ZOMBIE, what="the server is gone")
    assert time.monotonic() - began_s < 5


def test_a_flood_is_read_and_its_log_stays_small(start: Callable[..., Run], tmp_path: Path) -> None:
    run = start(
        """
        const block = ('x'.repeat(99) + '\\n').repeat(10000);
        for (let i = 0; i < 30; i++) require('fs').writeSync(1, block);
        console.log('SillyTavern is listening on IPv4: x');
        """
    )
    run.ready()
    run.code()
    log = tmp_path / "server.log"
    assert log.stat().st_size < 9_000_000
    assert tail(log, 1) == ["SillyTavern is listening on IPv4: x"]
