"""How a face reaches the keeper: find it, or start it and wait for it."""

import queue
import subprocess
import threading
import time
from collections.abc import Callable

from launcher.keeper.channel import Link, connect
from launcher.keeper.messages import Event, Reply, Request
from launcher.problem import TavernkeepError
from launcher.system.folders import Folders
from launcher.system.ourselves import start_detached

START_PATIENCE_S = 15.0
POLL_INTERVAL_S = 0.005


def reach(folders: Folders) -> tuple[Link, bool]:
    """The channel to the keeper, and whether it had to be started. Raises TavernkeepError when it does not come."""
    if link := connect(folders):
        return link, False
    folders.make()
    keeper = start_detached("keeper", log=folders.own_log)
    give_up_at = time.monotonic() + START_PATIENCE_S
    pause = threading.Event()
    while time.monotonic() < give_up_at:
        if link := connect(folders):
            return link, True
        # Status 0 is a keeper that found another one already there: then that one answers soon.
        if keeper.poll() not in (None, 0):
            break
        pause.wait(POLL_INTERVAL_S)
    raise _did_not_come(keeper, folders)


def _did_not_come(keeper: subprocess.Popen[bytes], folders: Folders) -> TavernkeepError:
    from launcher.system.logs import tail

    last = "".join(line for line in tail(folders.own_log, 1))
    return TavernkeepError(
        "Tavernkeep could not start its background part.", f"The log {folders.own_log} says why. {last}".strip()
    )


def ask(link: Link, request: Request, on_event: Callable[[Event], None] | None = None) -> Reply:
    """Send `request` and wait for its reply; other events go to `on_event`. Raises TavernkeepError without a keeper."""
    try:
        number = link.send(request)
    except ConnectionError as error:
        raise keeper_gone() from error
    while event := link.receive():
        if isinstance(event, Reply) and event.id == number:
            return event
        if on_event:
            on_event(event)
    raise keeper_gone()


def keeper_gone() -> TavernkeepError:
    return TavernkeepError("The connection to Tavernkeep's background part broke.", "Try again.")


class LiveLink:
    """A link whose events arrive in a queue, for faces with a loop of their own.

    `events` gets every event but the replies that have a callback, and None at the end. `wake` is called after each, in
    the reader's thread. Callbacks of `send` are called by `take`, in the thread of whoever calls that.
    """

    def __init__(self, link: Link) -> None:
        self._link = link
        self._callbacks: dict[int, Callable[[Reply], None]] = {}
        self.events: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
        self.wake: Callable[[], None] = lambda: None
        threading.Thread(target=self._read, name="keeper events", daemon=True).start()

    def send(self, request: Request, on_reply: Callable[[Reply], None] | None = None) -> None:
        """Send `request`. A keeper that is gone is told by None in `events`, not here."""
        try:
            number = self._link.send(request)
        except ConnectionError:
            return
        if on_reply:
            self._callbacks[number] = on_reply

    def _read(self) -> None:
        event: Event | None = None
        while event := self._link.receive():
            self.events.put(event)
            self.wake()
        self.events.put(None)
        self.wake()

    def take(self, reply: Reply) -> None:
        """Call the callback that waits for `reply`, if any."""
        if callback := self._callbacks.pop(reply.id, None):
            callback(reply)

    def close(self) -> None:
        self._link.close()
