"""A keeper in a thread of the test, so that the test can put bugs and waits into it."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from launcher.keeper.channel import Link, connect
from launcher.keeper.loop import Keeper
from launcher.keeper.messages import Reply, Request
from launcher.system.folders import Folders
from tests.support.waiting import wait_until

PATIENCE_S = 10.0


class OwnKeeper:
    """The keeper, and one command's end of its channel."""

    def __init__(self, keeper: Keeper, link: Link) -> None:
        self.keeper, self.link = keeper, link

    def ask(self, request: Request) -> Reply:
        """Send `request` and return its reply, which has to come within PATIENCE_S."""
        watchdog = threading.Timer(PATIENCE_S, self.link.close)
        watchdog.start()
        number = self.link.send(request)
        while event := self.link.receive():
            if isinstance(event, Reply) and event.id == number:
                watchdog.cancel()
                return event
        raise AssertionError(f"no reply to {request}")


@contextmanager
def own_keeper(folders: Folders, monkeypatch: pytest.MonkeyPatch) -> Iterator[OwnKeeper]:
    """Run a keeper of these folders until the end of the block; it has to end then."""
    monkeypatch.setattr(signal, "signal", lambda number, handler: None)  # Only the main thread may have handlers.
    folders.make()
    keeper = Keeper(folders)
    thread = threading.Thread(target=keeper.run, daemon=True)
    thread.start()
    links: list[Link] = []

    def came() -> bool:
        links.extend(link for link in [connect(folders)] if link)
        return bool(links)

    wait_until(came)
    yield OwnKeeper(keeper, links[0])
    monkeypatch.undo()
    keeper._on_signal(0, None)
    thread.join(PATIENCE_S)
    assert not thread.is_alive()
    links[0].close()
