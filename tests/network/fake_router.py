"""`python -m tests.network.fake_router OWN_ADDRESS MANNER [ANSWER]`: a router's UPnP part, honest or not."""

import itertools
import socket
import sys
import threading
from collections.abc import Callable

from tests.support.services import Talk, service, telling

PAUSE = threading.Event()
SERVICE = "urn:schemas-upnp-org:service:WANIPConnection:1"
DESCRIPTION = f"""<?xml version="1.0"?><root xmlns="urn:schemas-upnp-org:device-1-0"><device><serviceList>
<service><serviceType>urn:schemas-upnp-org:service:Layer3Forwarding:1</serviceType><controlURL>/l3</controlURL></service>
<service><serviceType>{SERVICE}</serviceType><controlURL>/control</controlURL></service>
</serviceList></device></root>"""
BOMB = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {chr(98 + at)} "{f"&{chr(97 + at)};" * 10}">' for at in range(9)
) + "]><root>&j;</root>"  # fmt: skip
ENVELOPE = (
    '<s:Envelope><s:Body><u:GetExternalIPAddressResponse xmlns:u="{service}"><NewExternalIPAddress>{address}'
    "</NewExternalIPAddress></u:GetExternalIPAddressResponse></s:Body></s:Envelope>"
)


def main(own: str, manner: str, answer: str = "") -> None:
    with service(MANNERS[manner](answer), own) as url, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as door:
        door.bind(("", 1900))
        notice = f"HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=120\r\nLocation: {url}root.xml\r\n\r\n".encode("ascii")
        while True:
            _search, sender = door.recvfrom(2048)
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
                line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                line.bind((own, 0))
                line.sendto(notice, sender)


def honest(address: str) -> Talk:
    """The first connection gets the description, the others the address."""
    turns = iter([DESCRIPTION])

    def talk(line: socket.socket) -> None:
        body = next(turns, ENVELOPE.format(service=SERVICE, address=address))
        line.sendall(f"HTTP/1.0 200 OK\r\nContent-Type: text/xml\r\n\r\n{body}".encode("ascii"))

    return talk


def dripping(_answer: str) -> Talk:
    def talk(line: socket.socket) -> None:
        line.sendall(b"HTTP/1.0 200 OK\r\n\r\n")
        for _ in itertools.count():
            line.sendall(b"<")
            PAUSE.wait(0.05)

    return talk


def bomb(_answer: str) -> Talk:
    return telling(BOMB.encode("ascii"))


def huge(_answer: str) -> Talk:
    return telling(DESCRIPTION.encode("ascii") + b"<service>" * 1_000_000)


MANNERS: dict[str, Callable[[str], Talk]] = {
    "honest": honest,
    "dripping": dripping,
    "bomb": bomb,
    "huge": huge,
}

if __name__ == "__main__":
    main(*sys.argv[1:])
