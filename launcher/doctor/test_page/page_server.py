"""The web server of the test page: one page, no files, and limits on the time, size and number of requests.

A request is read to the end of its head, or dropped, before any of it is interpreted.
"""

import socket
import socketserver
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO

from launcher.doctor.test_page.outcome import VisitOutcome
from launcher.doctor.test_page.page import page
from launcher.system import safety_net

HEAD_PATIENCE_S = 5.0
ANSWER_PATIENCE_S = 10.0
LONGEST_HEAD_BYTES = 8 << 10
BLOCK_BYTES = 2 << 10
END_OF_HEAD = b"\r\n\r\n"
MOST_AT_ONCE, MOST_OF_ONE = 32, 6
POLL_INTERVAL_S = 0.1
HEADERS = {
    "Cache-Control": "no-store",
    "Connection": "close",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:",
    "Content-Type": "text/html; charset=utf-8",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

# Gets the address and User-Agent of a device. Called in many threads.
Judge = Callable[[str, str], VisitOutcome]


class PageServer(ThreadingHTTPServer):
    """Listens at one address. `serve_forever` until `shutdown`."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = MOST_AT_ONCE
    # On Windows this would share the port with a server that already has it.
    allow_reuse_address = sys.platform != "win32"

    def __init__(self, address: str, port: int, judge: Judge) -> None:
        """Raises OSError when it cannot listen there."""
        self.judge = judge
        self._here: Counter[str] = Counter()
        self._lock = threading.Lock()
        self.address_family = socket.AF_INET6 if ":" in address else socket.AF_INET
        super().__init__((address, port), _Handler)

    def server_bind(self) -> None:
        if self.address_family == socket.AF_INET6:
            self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        # Not HTTPServer's, which asks a DNS server for the name of this PC.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def process_request(self, request: "socket.socket | tuple[bytes, socket.socket]", client_address: object) -> None:
        """Handle it in a thread of its own, unless there are too many already."""
        address = _host(client_address)
        with self._lock:
            if self._here.total() >= MOST_AT_ONCE or self._here[address] >= MOST_OF_ONE:
                self.shutdown_request(request)
                return
            self._here[address] += 1
        super().process_request(request, client_address)

    def process_request_thread(
        self, request: "socket.socket | tuple[bytes, socket.socket]", client_address: object
    ) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self._lock:
                self._here[_host(client_address)] -= 1

    def close(self) -> None:
        """Give up the port. Requests under way are finished, or end with the process."""
        self.shutdown()
        self.server_close()

    def handle_error(self, request: object, client_address: object) -> None:
        """Log nothing: a device that hangs up is no error."""


class _Handler(BaseHTTPRequestHandler):
    """One request, one answer."""

    server: PageServer
    timeout = ANSWER_PATIENCE_S
    # Buffered, so that head and body go out together: a small body would wait for the acknowledgement of its head.
    wbufsize = -1

    def setup(self) -> None:
        super().setup()
        self.rfile.close()
        self.rfile = BytesIO(_head(self.connection))

    def do_GET(self) -> None:
        self._answer()

    def do_HEAD(self) -> None:
        self._answer()

    def _answer(self) -> None:
        address = _host(self.client_address)
        outcome = self.server.judge(address, self.headers.get("User-Agent", ""))
        if outcome is VisitOutcome.STRANGER:
            self._send(HTTPStatus.FORBIDDEN)
        elif self.path.partition("?")[0] != "/":
            self._send(HTTPStatus.NOT_FOUND)
        else:
            refused = outcome is VisitOutcome.REFUSED
            self._send(HTTPStatus.FORBIDDEN if refused else HTTPStatus.OK, page(outcome, address))

    def _send(self, status: int, text: str = "") -> None:
        body = text.encode()
        self.send_response_only(status)
        for name, value in HEADERS.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Refuse a request that we do not know, without sending any of it back."""
        self.close_connection = True
        self._send(code)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        """Log nothing: the judge hears of every device."""


def _head(connection: socket.socket) -> bytes:
    """Return the head of one request; empty when it is too long or too slow. Raises OSError."""
    ends_at = time.monotonic() + HEAD_PATIENCE_S
    head = b""
    while END_OF_HEAD not in head:
        left_s = ends_at - time.monotonic()
        if left_s <= 0 or len(head) > LONGEST_HEAD_BYTES:
            return b""
        connection.settimeout(left_s)
        block = connection.recv(BLOCK_BYTES)
        if not block:
            return b""
        head += block
    connection.settimeout(ANSWER_PATIENCE_S)
    return head


def _host(client_address: object) -> str:
    """Return the address of a peer without the name of a card (fe80::1%eth0)."""
    host: str = client_address[0]  # type: ignore[index]
    return host.partition("%")[0]


def listen(address: str, port: int, judge: Judge) -> PageServer:
    """Start a server in a thread of its own. Raises OSError when it cannot listen there."""
    server = PageServer(address, port, judge)
    safety_net.start_thread(lambda: server.serve_forever(POLL_INTERVAL_S), f"test page at {address}")
    return server
