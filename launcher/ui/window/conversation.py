"""The window's end of the channel: a thread that connects and receives; sending is done by the Tk thread."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Protocol

from launcher.ui.window.background import Background, Put, nothing

CONNECT_TRIES = 3

if TYPE_CHECKING:
    from launcher.keeper.messages import Reply, Request, UIMessage
    from launcher.problem import Problem


class KeeperLink(Protocol):
    """The channel to the keeper. One thread receives, another sends."""

    def send(self, request: "Request") -> int:
        """Returns the id that its `Reply` carries. Raises ConnectionError when the keeper is gone."""

    def receive(self) -> "UIMessage | None":
        """Blocks until the next event; None: the keeper is gone. Raises TavernkeepError when it does not answer."""

    def close(self) -> None:
        """Hang up; a blocked `receive` returns None."""


class Conversation:
    """One connection after the other. `put` brings what the thread has to say into the Tk thread."""

    def __init__(
        self,
        put: Put,
        on_connected: Callable[[], None],
        on_event: Callable[["UIMessage"], None],
        on_lost: Callable[["Problem | None"], None],
    ) -> None:
        """`on_lost` gets why there was no connection, None when there was one and the keeper has gone."""
        self._background = Background(put)
        self._on_connected, self._on_event, self._on_lost = on_connected, on_event, on_lost
        self._link: KeeperLink | None = None
        self._replies: dict[int, Callable[[Reply], None]] = {}

    def begin(self, connect: Callable[[], KeeperLink]) -> None:
        """Connect in a thread of its own; returns at once."""
        self._background.start(lambda: self._talk(connect), "conversation", self._broken)

    def send(self, request: "Request", on_reply: "Callable[[Reply], None] | None" = None) -> None:
        """Send from the Tk thread. Without a keeper nothing happens: `on_lost` has told or is about to."""
        if self._link is None:
            return
        try:
            number = self._link.send(request)
        except ConnectionError:
            return  # The receiving thread notices as well.
        if on_reply:
            self._replies[number] = on_reply

    def close(self) -> None:
        """Hang up, and let go of the window."""
        if self._link is not None:
            self._link.close()
        self._on_connected, self._on_event, self._on_lost = nothing, nothing, nothing
        self._replies.clear()
        self._background.close()

    def _talk(self, connect: Callable[[], KeeperLink]) -> None:
        from launcher.problem import TavernkeepError

        heard, tries = False, 0
        # A keeper that hangs up without a word was just ending: then the next one is asked.
        while not heard and tries < CONNECT_TRIES:
            tries += 1
            try:
                link = connect()
                self._background.tell(partial(self._connected, link))
                while (event := link.receive()) is not None:
                    heard = True
                    self._background.tell(partial(self._heard, event))
            except TavernkeepError as error:  # There is no keeper, or it does not answer any more.
                self._background.tell(partial(self._broken, error.problem))
                return
        self._background.tell(partial(self._lost, link))

    def _connected(self, link: KeeperLink) -> None:
        self._link = link
        self._replies.clear()
        self._on_connected()

    def _heard(self, event: "UIMessage") -> None:
        from launcher.keeper.messages import Reply

        if isinstance(event, Reply):
            on_reply = self._replies.pop(event.id, None)
            if on_reply:
                on_reply(event)
        else:
            self._on_event(event)

    def _broken(self, problem: "Problem") -> None:
        link, self._link = self._link, None
        self._replies.clear()
        if link:
            link.close()
        self._on_lost(problem)

    def _lost(self, link: KeeperLink) -> None:
        if link is self._link:
            self._link = None
            self._replies.clear()
            self._on_lost(None)
