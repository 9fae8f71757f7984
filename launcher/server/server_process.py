"""The server as a process: started with its guard, read, stopped. It cannot outlive the keeper that started it."""

import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from launcher.problem import TavernkeepError
from launcher.server.output import OutputEvent, OutputLines
from launcher.system import safety_net
from launcher.system.logs import RotatingLog
from launcher.system.process_tree import end_tree, popen_kwargs

GUARD = Path(__file__).parent / "guard.cjs"
BLOCK_BYTES = 64 << 10
LAST_WORDS_PATIENCE_S = 0.5


@dataclass(frozen=True)
class LaunchPlan:
    """Everything a start needs; `folder` is where server.js lies and becomes the working folder.

    `busy_file`: exists while a request takes long; None: nobody asks.
    """

    node: Path
    flags: tuple[str, ...]
    folder: Path
    environment: Mapping[str, str]
    busy_file: Path | None = None


class ServerProcess:
    """One running server. Its callbacks come from its own threads, and only after `watch` was called.

    `on_event` is called for each event in its output; `on_end(exit status, last lines)` once, when it is gone and
    nothing of its family is left.
    """

    def __init__(
        self,
        plan: LaunchPlan,
        log: RotatingLog,
        on_event: Callable[[OutputEvent], None],
        on_end: Callable[[int, Sequence[str]], None],
    ) -> None:
        self._log, self._on_event, self._on_end = log, on_event, on_end
        self._lines = OutputLines()
        self._busy_file = plan.busy_file
        environment = dict(plan.environment)
        if plan.busy_file:
            environment["TAVERNKEEP_BUSY_FILE"] = str(plan.busy_file)
        self._forget_requests()
        command = [str(plan.node), "--require", str(GUARD), "server.js", *plan.flags]
        try:
            self._popen = subprocess.Popen(
                command,
                cwd=plan.folder,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                bufsize=0,
                **popen_kwargs(),
            )
        except OSError as error:
            raise TavernkeepError("Node.js could not be started.", f"{plan.node}: {error.strerror}") from error

    def watch(self) -> None:
        """Begin to read its output and to wait for its end. Call it once."""
        reader = safety_net.start_thread(self._read, "server output")
        safety_net.start_thread(lambda: self._wait(reader), "server end")

    @property
    def pid(self) -> int:
        return self._popen.pid

    def busy(self) -> bool:
        """Whether a request takes long now, as an answer does that is being written: a restart would cut it off."""
        return self._busy_file is not None and self._busy_file.exists()

    def _forget_requests(self) -> None:
        if self._busy_file:
            with suppress(OSError):
                self._busy_file.unlink(missing_ok=True)

    def close_input(self) -> None:
        """Ask it to end: its guard sees the pipe close."""
        if self._popen.stdin:
            self._popen.stdin.close()

    def kill_tree(self) -> None:
        """End it and all its children by force. Returns at once; `on_end` follows."""
        safety_net.start_thread(lambda: end_tree(self._popen, 0.0), "ending the server by force")

    def _read(self) -> None:
        while self._popen.stdout and (block := self._popen.stdout.read(BLOCK_BYTES)):
            self._log.write(block)
            # Whatever happens, the pipe is read on: the server stands still when it is full.
            safety_net.attempt(partial(self._tell, block), "reading what the server prints")

    def _tell(self, block: bytes) -> None:
        for event in self._lines.feed(block, time.monotonic()):
            self._on_event(event)

    def _wait(self, reader: threading.Thread) -> None:
        code = self._popen.wait()
        end_tree(self._popen, 0.0)
        if reader.is_alive():
            reader.join(LAST_WORDS_PATIENCE_S)
        self.close_input()
        self._forget_requests()
        self._on_end(code, self._lines.recent())
