"""One thread that reads and writes files for the keeper's loop, in order: a drive that hangs holds up only that."""

import queue
import threading
from collections.abc import Callable

from launcher.system import safety_net


class DiskQueue:
    """Does what is put into it, one after the other. What comes of it has to go into the loop's own queue."""

    def __init__(self) -> None:
        self._tasks: queue.SimpleQueue[tuple[Callable[[], object], str, Callable[[], object] | None]] = (
            queue.SimpleQueue()
        )
        safety_net.start_thread(self._work, "disk")

    def put(self, do: Callable[[], object], name: str, on_bug: Callable[[], object] | None = None) -> None:
        """Do it after everything that was put before; returns at once. `on_bug`: as for `safety_net.attempt`."""
        self._tasks.put((do, name, on_bug))

    def finish(self, patience_s: float) -> bool:
        """Wait until everything has been done. False when it takes longer than `patience_s`."""
        done = threading.Event()
        self.put(done.set, "the last one")
        return done.wait(patience_s)

    def _work(self) -> None:
        while True:
            safety_net.attempt(*self._tasks.get())
