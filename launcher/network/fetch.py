"""Fetch one short answer over http(s) from a server that may be hostile: limited in time, length and IP family.

It follows no redirect, asks no proxy and unpacks nothing. It imports `requests`: import this file where it is needed.
"""

import os
import socket
import threading
import time
from contextlib import suppress

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError

from launcher.problem import TavernkeepError

OK = 200
HEADERS = {"User-Agent": "tavernkeep", "Accept": "*/*", "Accept-Encoding": "identity", "Connection": "close"}
# A connection that is bound to one of these can go out over its family only.
ANY_ADDRESS = {4: "0.0.0.0", 6: "::"}  # noqa: S104 - nothing listens there

TOO_LATE = "It did not answer in time."
UNREACHED = "It could not be reached."
UNTRUSTED = "Its certificate is not valid. Is the clock of this PC right?"
ELSEWHERE = "It redirects to another address instead of answering."
TOO_LONG = "Its answer is too long: a web page, perhaps."
CUT_OFF = "Its answer was cut off."


class FetchError(TavernkeepError):
    """There is no usable answer. `reached` False: nothing came back at all."""

    def __init__(self, title: str, reached: bool = True) -> None:
        super().__init__(title)
        self.reached = reached


class ConnectionGroup:
    """Connections that are closed together, so that a server which sends one byte now and then cannot hold us up.

    The limit of a socket does not help there: it begins again with each byte.
    """

    def __init__(self, ends_at: float) -> None:
        """`ends_at`: the moment on the monotonic clock at which the owner closes the group."""
        self.ends_at = ends_at
        self.closed = False
        self._open: list[socket.socket] = []
        self._lock = threading.Lock()

    @property
    def left_s(self) -> float:
        """Seconds left; 0.0 when closed."""
        return 0.0 if self.closed else max(self.ends_at - time.monotonic(), 0.0)

    def add(self, connection: socket.socket) -> None:
        """Close `connection` with the others; at once when they are closed already."""
        with self._lock:
            self._open.append(connection)
            if self.closed:
                _shut(connection)

    def close(self) -> None:
        """Close all of them, from any thread."""
        with self._lock:
            self.closed = True
            for connection in self._open:
                _shut(connection)


def _shut(connection: socket.socket) -> None:
    with suppress(OSError):  # It has ended already.
        # Not SSLSocket.shutdown, which takes the encryption away from under the thread that reads.
        socket.socket.shutdown(connection, socket.SHUT_RDWR)


def fetch(
    url: str,
    group: ConnectionGroup,
    most_bytes: int,
    family: int | None = None,
    post: tuple[bytes, dict[str, str]] | None = None,
    end_marked: bool = True,
) -> bytes:
    """Return the body of the answer. `family` 4 or 6: only over that. `post`: the body to send, with its headers.

    `end_marked`: an answer that ends only with its connection counts as cut off. Blocks until `group` is closed.
    Raises FetchError.
    """
    if group.left_s <= 0:
        raise FetchError(TOO_LATE, reached=False)
    data, more = post or (None, {})
    with requests.Session() as session:
        # A proxy's answer would be about the proxy. But without the environment requests also ignores this variable,
        # which every such program obeys.
        session.trust_env = False
        session.verify = os.environ.get("REQUESTS_CA_BUNDLE") or True
        for scheme in ("http://", "https://"):
            session.mount(scheme, _Adapter(group, family))
        try:
            response = session.request(
                "POST" if post else "GET",
                url,
                data=data,
                headers=HEADERS | more,
                timeout=group.left_s,
                stream=True,
                allow_redirects=False,
            )
            return _body(response, group, most_bytes, end_marked)
        except requests.exceptions.SSLError as error:
            raise FetchError(TOO_LATE if group.left_s <= 0 else UNTRUSTED) from error
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            raise FetchError(TOO_LATE if group.left_s <= 0 else UNREACHED, reached=False) from error


def _body(response: requests.Response, group: ConnectionGroup, most_bytes: int, end_marked: bool) -> bytes:
    if response.is_redirect:
        raise FetchError(ELSEWHERE)
    if response.status_code != OK:
        raise FetchError(f"It answered with error {response.status_code}.")
    body = bytes(response.raw.read(most_bytes + 1, decode_content=False))
    if group.closed:
        raise FetchError(TOO_LATE)
    if len(body) > most_bytes:
        raise FetchError(TOO_LONG)
    length = response.headers.get("Content-Length")
    if length is not None and length != str(len(body)):
        raise FetchError(CUT_OFF)
    if end_marked and length is None and response.headers.get("Transfer-Encoding", "").lower() != "chunked":
        raise FetchError(CUT_OFF)
    return body


class _Adapter(HTTPAdapter):
    """Connects over one family, and adds each connection to the group."""

    def __init__(self, group: ConnectionGroup, family: int | None) -> None:
        self._group = group
        self._source = (ANY_ADDRESS[family], 0) if family else None
        super().__init__(max_retries=0)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **more: object) -> None:
        super().init_poolmanager(connections, maxsize, block, source_address=self._source, **more)
        self.poolmanager.pool_classes_by_scheme = _pools(self._group)


def _pools(group: ConnectionGroup) -> dict[str, type[HTTPConnectionPool]]:
    class Plain(HTTPConnection):
        def connect(self) -> None:
            super().connect()
            group.add(self.sock)

    class Secure(HTTPSConnection):
        def connect(self) -> None:
            super().connect()
            group.add(self.sock)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}
