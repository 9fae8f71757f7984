"""One look for the public address, beside a window."""

import threading
from collections.abc import Callable

from launcher.network.public_ip import PublicIp, PublicIpLookup, ServiceAnswer
from launcher.problem import Problem, TavernkeepError

Put = Callable[[Callable[[], None]], None]
Told = Callable[["int | ServiceAnswer | PublicIp | Problem"], None]


class PublicIpLook:
    """Tells, through `put` and so in the Tk thread: how many are asked, each answer, at last what follows or why not.

    The services are those of the settings. Nothing is told after `cancel`.
    """

    def __init__(self, put: Put, told: Told) -> None:
        self._put, self._told = put, told
        self._cancelled = False
        self._question: PublicIpLookup | None = None
        self._lock = threading.Lock()
        threading.Thread(target=self._run, name="public address", daemon=True).start()

    def cancel(self) -> None:
        """Nobody waits for it any more."""
        with self._lock:
            self._cancelled = True
            # Were the thread the last to know the window, Tk would end in the wrong thread.
            self._put, self._told = _nowhere, _nothing
            if self._question:
                self._question.cancel()

    def _run(self) -> None:
        try:
            question = self._asked()
        except TavernkeepError as error:
            self._tell(error.problem)
            return
        with self._lock:
            if self._cancelled:
                return
            self._question = question
        self._tell(len(question.asked))
        found = question.ask(self._tell)
        if found:
            self._tell(found)

    def _asked(self) -> PublicIpLookup:
        from launcher.system import settings
        from launcher.system.folders import our_folders

        return PublicIpLookup(settings.load(our_folders().settings_file).public_ip_services)

    def _tell(self, told: "int | ServiceAnswer | PublicIp | Problem") -> None:
        with self._lock:
            tell = self._told
            self._put(lambda: tell(told))


def _nowhere(_call: Callable[[], None]) -> None:
    """The window is closed."""


def _nothing(_told: "int | ServiceAnswer | PublicIp | Problem") -> None:
    """The window is closed."""
