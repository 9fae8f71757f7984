"""One short answer over http from somebody who may lie: limited in time, length, family and way.

No redirect is followed, no proxy asked, nothing unpacked. Imports `requests`: import this file where it is needed.
"""

import socket
import threading
import time

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError

from launcher.problem import TavernkeepError

OK = 200
HEADERS = {"User-Agent": "tavernkeep", "Accept": "*/*", "Accept-Encoding": "identity", "Connection": "close"}
# A connection that is bound to one of these can only go out over its family.
ANY_ADDRESS = {4: "0.0.0.0", 6: "::"}  # noqa: S104 - nobody listens there

TOO_LATE = "It did not answer in time."
UNREACHED = "It could not be reached."
UNTRUSTED = "Its certificate is not valid for it. Is the clock of this PC right?"
ELSEWHERE = "It sends us on to another address instead of answering."
TOO_LONG = "It answered with a page or something else that is too long."
CUT_OFF = "Its answer was cut off."


class NoAnswerError(TavernkeepError):
    """There is no answer to use. `reached` False: nothing came from there at all."""

    def __init__(self, title: str, reached: bool = True) -> None:
        super().__init__(title)
        self.reached = reached


class Lines:
    """Connections that end together: when they are `cut`, nothing more is read from any of them.

    Without it a server that sends a byte now and then, each within the time limit for one, would never end.
    """

    def __init__(self, ends_at: float) -> None:
        """`ends_at` on the monotonic clock: nothing is waited for longer. `cut` at that moment."""
        self.ends_at = ends_at
        self.are_cut = False
        self._open: list[socket.socket] = []
        self._lock = threading.Lock()

    @property
    def left_s(self) -> float:
        """Seconds left; 0.0 when they are cut."""
        return 0.0 if self.are_cut else max(self.ends_at - time.monotonic(), 0.0)

    def add(self, line: socket.socket) -> None:
        """Let `line` end with the others; at once when they have ended."""
        with self._lock:
            self._open.append(line)
            if self.are_cut:
                _shut(line)

    def cut(self) -> None:
        """End all of them, from any thread."""
        with self._lock:
            self.are_cut = True
            for line in self._open:
                _shut(line)


def _shut(line: socket.socket) -> None:
    try:
        # Not SSLSocket.shutdown, which takes the encryption away from under the thread that reads.
        socket.socket.shutdown(line, socket.SHUT_RDWR)
    except OSError:
        return  # It had ended already.


def fetch(
    url: str,
    lines: Lines,
    most_bytes: int,
    family: int | None = None,
    post: tuple[bytes, dict[str, str]] | None = None,
    end_marked: bool = True,
) -> bytes:
    """The body of the answer. `family` 4 or 6: only over that. `post`: what is sent, with its headers.

    `end_marked`: what only ends with its connection counts as cut off. Blocks until `lines` end; raises NoAnswerError.
    """
    with requests.Session() as session:
        # A proxy's answer would be about the proxy.
        session.trust_env = False
        session.verify = _trusted()
        for scheme in ("http://", "https://"):
            session.mount(scheme, _Adapter(lines, family))
        try:
            return _fetch(session, url, lines, most_bytes, post, end_marked)
        except requests.exceptions.SSLError as error:
            raise NoAnswerError(TOO_LATE if lines.left_s <= 0 else UNTRUSTED) from error
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            raise NoAnswerError(TOO_LATE if lines.left_s <= 0 else UNREACHED, reached=False) from error


def _trusted() -> str | bool:
    """Whose certificates count: the usual ones, or those that REQUESTS_CA_BUNDLE names, as in every such program."""
    import os

    return os.environ.get("REQUESTS_CA_BUNDLE") or True


def _fetch(
    session: requests.Session,
    url: str,
    lines: Lines,
    most_bytes: int,
    post: tuple[bytes, dict[str, str]] | None,
    end_marked: bool,
) -> bytes:
    if lines.left_s <= 0:
        raise NoAnswerError(TOO_LATE, reached=False)
    body, more = post or (None, {})
    response = session.request(
        "POST" if post else "GET",
        url,
        data=body,
        headers=HEADERS | more,
        timeout=lines.left_s,
        stream=True,
        allow_redirects=False,
    )
    if response.is_redirect:
        raise NoAnswerError(ELSEWHERE)
    if response.status_code != OK:
        raise NoAnswerError(f"It answered with error {response.status_code}.")
    answer = bytes(response.raw.read(most_bytes + 1, decode_content=False))
    if lines.are_cut:
        raise NoAnswerError(TOO_LATE)
    if len(answer) > most_bytes:
        raise NoAnswerError(TOO_LONG)
    length = response.headers.get("Content-Length")
    if length is not None and length != str(len(answer)):
        raise NoAnswerError(CUT_OFF)
    if end_marked and length is None and response.headers.get("Transfer-Encoding", "").lower() != "chunked":
        raise NoAnswerError(CUT_OFF)
    return answer


class _Adapter(HTTPAdapter):
    """Goes out over one family, and notes each connection in `lines`."""

    def __init__(self, lines: Lines, family: int | None) -> None:
        self._lines = lines
        self._source = (ANY_ADDRESS[family], 0) if family else None
        super().__init__(max_retries=0)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **more: object) -> None:
        super().init_poolmanager(connections, maxsize, block, source_address=self._source, **more)
        self.poolmanager.pool_classes_by_scheme = _noting(self._lines)


def _noting(lines: Lines) -> dict[str, type[HTTPConnectionPool]]:
    class Plain(HTTPConnection):
        def connect(self) -> None:
            super().connect()
            lines.add(self.sock)

    class Secure(HTTPSConnection):
        def connect(self) -> None:
            super().connect()
            lines.add(self.sock)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}
