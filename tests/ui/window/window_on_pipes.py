"""The window in a process of its own, with its channel on stdin and stdout: run by tests, never collected by them."""

import os
import sys
from pathlib import Path

from launcher.keeper.messages import Request, UIMessage
from launcher.ui.window.app import run_window


class PipeLink:
    """Events come as JSON lines on stdin, requests go as JSON lines to stdout."""

    def __init__(self) -> None:
        self._last = 0
        # Unbuffered: a thread that waits for a buffered stdin makes Python abort at its end.
        self._input = os.fdopen(os.dup(0), "rb", buffering=0)

    def send(self, request: Request) -> int:
        import msgspec

        from launcher.keeper.messages import Envelope

        self._last += 1
        os.write(1, msgspec.json.encode(Envelope(self._last, request)) + b"\n")
        return self._last

    def receive(self) -> UIMessage | None:
        import msgspec

        from launcher.keeper.messages import UIMessage

        line = self._input.readline()
        return msgspec.json.decode(line, type=UIMessage) if line.strip() else None

    def close(self) -> None:
        """The test closes stdin."""


if __name__ == "__main__":
    if os.environ.get("FACE") == "question":
        from launcher.ui.window.questions import run_question

        sys.exit(run_question(PipeLink))
    home = Path(os.environ["TAVERNKEEP_HOME"])
    sys.exit(run_window(PipeLink, "window", lambda: home / "server.log"))
