"""The window's channel without a keeper, in the same process: records requests, says what the test has it say."""

import queue

from launcher.keeper.messages import Changed, Reply, Request, UIMessage
from launcher.keeper.view import View
from launcher.problem import Problem


class FakeLink:
    """`connect=lambda: link` for a window under test. `None` in the queue: the keeper is gone."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self._events: queue.SimpleQueue[UIMessage | None] = queue.SimpleQueue()

    def send(self, request: Request) -> int:
        self.requests.append(request)
        return len(self.requests)

    def receive(self) -> UIMessage | None:
        return self._events.get()

    def close(self) -> None:
        self._events.put(None)

    def push(self, event: UIMessage) -> None:
        self._events.put(event)

    def show(self, view: View) -> None:
        self.push(Changed(view))

    def answer(self, problem: Problem | None = None, refused: bool = False) -> None:
        """Reply to the newest request."""
        self.push(Reply(len(self.requests), problem, refused))
