"""The process that holds a test page for a window: it tells what happens on its output, and ends with its input."""

import os
import signal
import threading

import msgspec

from launcher.doctor.test_page.messages import Ended, PageMessage
from launcher.doctor.test_page.session import PageSession
from launcher.problem import TavernkeepError
from launcher.system import safety_net
from launcher.system.folders import our_folders

INPUT, OUTPUT = 0, 1
INPUT_BLOCK_BYTES = 64


def run() -> int:
    """Open the page and stay until nobody needs it. 0; what went wrong is told as well."""
    asked = threading.Event()
    signal.signal(signal.SIGTERM, lambda _number, _frame: asked.set())
    safety_net.start_thread(lambda: _wait_for_end_of_input(asked), "input", asked.set)
    tell = Teller(asked)
    try:
        page = PageSession(our_folders(), None, tell.tell)
    except TavernkeepError as error:
        tell.tell(Ended(problem=error.problem))
        return 0
    tell.tell(page.opened)
    tell.tell(Ended(page.wait(asked)))
    return 0


class Teller:
    """Writes what there is to tell. When nobody reads it any more, nobody needs the page: then `asked` is set."""

    def __init__(self, asked: threading.Event) -> None:
        self._asked = asked

    def tell(self, told: PageMessage) -> None:
        try:
            os.write(OUTPUT, msgspec.json.encode(told) + b"\n")
        except OSError:
            self._asked.set()


def _wait_for_end_of_input(asked: threading.Event) -> None:
    try:
        while os.read(INPUT, INPUT_BLOCK_BYTES):
            pass
    except OSError:
        pass  # There is none, or no more.
    asked.set()
