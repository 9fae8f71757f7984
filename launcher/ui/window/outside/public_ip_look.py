"""One look for the public address, beside a window."""

from collections.abc import Callable

from launcher.network.public_ip import PublicIp, PublicIpLookup, ServiceAnswer
from launcher.problem import Problem, TavernkeepError
from launcher.ui.window.background import Background, Put, nothing

Told = Callable[["int | ServiceAnswer | PublicIp | Problem"], None]


class PublicIpLook:
    """Tells, through `put` and so in the Tk thread: how many are asked, each answer, at last what follows or why not.

    The services are those of the settings. Nothing is told after `cancel`.
    """

    def __init__(self, put: Put, told: Told) -> None:
        self._told = told
        self._cancelled = False
        self._question: PublicIpLookup | None = None
        self._background = Background(put)
        self._background.start(self._run, "public address", self._hear)

    def cancel(self) -> None:
        """Nobody waits for it any more."""
        self._cancelled = True
        self._told = nothing
        if self._question:
            self._question.cancel()
        self._background.close()

    def _run(self) -> None:
        try:
            question = self._asked()
        except TavernkeepError as error:
            self._tell(error.problem)
            return
        self._question = question
        if self._cancelled:  # Looked at last, so that `cancel` ends the question or is seen here.
            return
        self._tell(len(question.asked))
        found = question.ask(self._tell)
        if found:
            self._tell(found)

    def _asked(self) -> PublicIpLookup:
        from launcher.system import settings
        from launcher.system.folders import our_folders

        return PublicIpLookup(settings.load(our_folders().settings_file).public_ip_services)

    def _tell(self, told: "int | ServiceAnswer | PublicIp | Problem") -> None:
        self._background.tell(lambda: self._hear(told))

    def _hear(self, told: "int | ServiceAnswer | PublicIp | Problem") -> None:
        self._told(told)
