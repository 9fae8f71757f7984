"""The process with a test page, as a window sees it: it is there until `close`, and ends with this process."""

import subprocess
import threading
from collections.abc import Callable
from functools import partial

from launcher.doctor.test_page.telling import Ended, Told
from launcher.problem import Problem

LAST_WORDS_S = 0.2
GONE = Problem("The test page has stopped by itself.", "Try again. The log of Tavernkeep may say why.")


class ReachPage:
    """Begins at once. `told` is called through `put`, so in the Tk thread; the last message is `Ended`."""

    def __init__(self, put: Callable[[Callable[[], None]], None], told: Callable[[Told], None]) -> None:
        self._put, self._told = put, told
        self._closed = False
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="test page", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Nobody needs it any more. Nothing is told after this."""
        with self._lock:
            self._closed = True
            # Were the thread the last to know the window, Tk would end in the wrong thread.
            self._put, self._told = _nowhere, _nothing
            if self._process and self._process.stdin:
                self._process.stdin.close()
        self._thread.join(LAST_WORDS_S)

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
        with self._lock:
            self._put(partial(self._told, told))


def _nowhere(_call: Callable[[], None]) -> None:
    """The window is closed."""


def _nothing(_told: object) -> None:
    """The window is closed."""
