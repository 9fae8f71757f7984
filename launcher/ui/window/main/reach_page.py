"""The process with a test page, as a window sees it: it is there until `close`, and ends with this process."""

import subprocess
import threading
from collections.abc import Callable
from functools import partial

from launcher.doctor.test_page.telling import Ended, Told
from launcher.problem import Problem
from launcher.ui.window.background import Background, Put, nothing

GONE = Problem("The test page has stopped by itself.", "Try again. The log of Tavernkeep may say why.")


class ReachPage:
    """Begins at once. `told` is called through `put`, so in the Tk thread; the last message is `Ended`."""

    def __init__(self, put: Put, told: Callable[[Told], None]) -> None:
        self._told = told
        self._closed = False
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._background = Background(put)
        self._background.start(self._run, "test page", lambda problem: self._hear(Ended(problem=problem)))

    def close(self) -> None:
        """Nobody needs it any more. Nothing is told after this."""
        with self._lock:
            self._closed = True
            self._told = nothing
            if self._process and self._process.stdin:
                self._process.stdin.close()
        self._background.close()

    def _run(self) -> None:
        import msgspec

        from launcher.problem import TavernkeepError

        try:
            process = self._start()
        except TavernkeepError as error:
            self._tell(Ended(problem=error.problem))
            return
        if process is None or process.stdout is None:
            return
        decode = msgspec.json.Decoder(Told).decode
        last: Told | None = None
        for line in process.stdout:
            last = decode(line)
            self._tell(last)
        process.wait()
        if not isinstance(last, Ended):
            self._tell(Ended(problem=GONE))

    def _start(self) -> "subprocess.Popen[bytes] | None":
        from launcher.system.folders import our_folders
        from launcher.system.ourselves import start_attached

        folders = our_folders()
        folders.make()
        with self._lock:
            if not self._closed:
                self._process = start_attached("reach-page", log=folders.own_log)
            return self._process

    def _tell(self, told: Told) -> None:
        self._background.tell(partial(self._hear, told))

    def _hear(self, told: Told) -> None:
        self._told(told)
