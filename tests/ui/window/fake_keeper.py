"""A keeper for one window: hand-written, it says what the test has it say and remembers what it was asked."""

import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Self

import msgspec

from launcher.keeper.messages import Changed, Envelope, Reply, Request, UIMessage
from launcher.keeper.view import View
from launcher.problem import Problem
from tests.support.displays import Display
from tests.support.waiting import wait_until

PROGRAM = Path(__file__).parent / "window_on_pipes.py"
PATIENCE_S = 10.0


class FakeKeeper:
    """Starts the window as a process and is the other end of its channel."""

    def __init__(self, display: Display, home: Path, **environment: str) -> None:
        self.home = home
        self.requests: list[Envelope] = []
        self.errors = home / "stderr.txt"
        root = Path(__file__).parents[3]
        inherited = {k: v for k, v in display.environment.items() if k != "DBUS_SESSION_BUS_ADDRESS"}
        self.process = subprocess.Popen(
            [sys.executable, str(PROGRAM)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors.open("wb"),
            env={
                **inherited,
                "TAVERNKEEP_HOME": str(home),
                "PYTHONPATH": str(root),
                "NO_AT_BRIDGE": "1",
                **environment,
            },
        )
        threading.Thread(target=self._listen, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(PATIENCE_S)

    def push(self, event: UIMessage) -> None:
        assert self.process.stdin
        self.process.stdin.write(msgspec.json.encode(event) + b"\n")
        self.process.stdin.flush()

    def show(self, view: View) -> None:
        self.asked("Watch")
        self.push(Changed(view))

    def answer(self, name: str, problem: Problem | None = None, refused: bool = False) -> None:
        self.push(Reply(self.asked(name).id, problem, refused))

    def hang_up(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()

    def asked(self, name: str) -> Envelope:
        """The newest request of this kind; waits for it."""
        found = wait_until(lambda: [e for e in self.requests if type(e.request).__name__ == name], what=f"asked {name}")
        return found[-1]

    def all_of(self, kind: type[Request]) -> list[Request]:
        return [envelope.request for envelope in self.requests if isinstance(envelope.request, kind)]

    def ended(self) -> int:
        """The exit code; waits for it."""
        return self.process.wait(PATIENCE_S)

    def _listen(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.requests.append(msgspec.json.decode(line, type=Envelope))


# What the fixture `window_process` is: `window_process(TAVERNKEEP_THEME="dark")` starts one.
WindowProcess = Callable[..., FakeKeeper]
