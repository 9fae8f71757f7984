"""The real tray in a process of its own, with a pipe for the keeper: events come in, requests go out, a line each.

What it would open goes out as `{"open": ...}`, how it ended is its exit code.
"""

import io
import sys
import threading

import msgspec

from launcher.keeper.messages import Envelope, Request, UIMessage
from launcher.ui.tray import run_tray

_decode: msgspec.json.Decoder[UIMessage] = msgspec.json.Decoder(UIMessage)


class PipeLink:
    def __init__(self) -> None:
        self._last = 0
        # Unbuffered: a thread that waits in a buffered reader may not be left behind at the end.
        self._events = io.FileIO(0, closefd=False)
        self._lock = threading.Lock()

    def write(self, line: object) -> None:
        with self._lock:
            sys.stdout.buffer.write(msgspec.json.encode(line) + b"\n")
            sys.stdout.buffer.flush()

    def send(self, request: Request) -> int:
        self._last += 1
        self.write(Envelope(self._last, request))
        return self._last

    def receive(self) -> UIMessage | None:
        line = self._events.readline()
        return _decode.decode(line) if line else None


if __name__ == "__main__":
    link = PipeLink()
    sys.exit(run_tray(link, lambda what: link.write({"open": what}), lambda url: link.write({"open": url})))
