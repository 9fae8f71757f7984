"""`python -m tests.support.public_service PORT CERTIFICATE ANSWER`: tells ANSWER over https, to both families.

ANSWER `seen` tells who asks, as a real service does; `A|B` tells A over IPv4 and B over IPv6.
"""

import socket
import sys
import threading
from contextlib import ExitStack
from pathlib import Path

from tests.support.services import Talk, service, telling


def main(port: int, certificate: Path, answer: str) -> None:
    four, _, six = answer.partition("|")
    with ExitStack() as open_until_the_end:
        for host, words in (("0.0.0.0", four), ("::", six or four)):
            open_until_the_end.enter_context(service(_talk(words), host, port, certificate))
        threading.Event().wait()


def _talk(words: str) -> Talk:
    def tell_who_asks(line: socket.socket) -> None:
        telling(f"{line.getpeername()[0]}\n".encode())(line)

    return tell_who_asks if words == "seen" else telling(words.encode())


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
