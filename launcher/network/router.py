"""Ask the router for its own address on the Internet side (UPnP IGD, GetExternalIPAddress). It changes nothing there.

Only the router that this PC sends its packets through counts; answers of other devices are ignored.
"""

import html
import ipaddress
import re
import socket
import time
from urllib.parse import urljoin, urlsplit

from launcher.network.cards import gateways
from launcher.network.fetch import ConnectionGroup, FetchError, fetch

NOTICE_LIMIT_S = 1.5
SSDP_PORT, SSDP_GROUP = 1900, "239.255.255.250"
MOST_ROUTERS = 2
MOST_BYTES_OF_NOTICE, MOST_BYTES_OF_DESCRIPTION, MOST_BYTES_OF_ANSWER = 65_536, 65_536, 8_192
SEARCH = (
    f"M-SEARCH * HTTP/1.1\r\nHOST: {SSDP_GROUP}:{SSDP_PORT}\r\nMAN: \"ssdp:discover\"\r\nMX: 1\r\n"
    "ST: urn:schemas-upnp-org:device:InternetGatewayDevice:1\r\n\r\n"
).encode("ascii")  # fmt: skip
ENVELOPE = (
    '<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" '
    's:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"><s:Body>'
    '<u:GetExternalIPAddress xmlns:u="{service}"/></s:Body></s:Envelope>'
)
# Expressions instead of an XML parser, because a hostile answer can make a parser run for long or open files.
LOCATION = re.compile(r"^location:[ \t]*(\S+)[ \t]*$", re.IGNORECASE | re.MULTILINE)
TYPE = re.compile(r"<serviceType>\s*(urn:schemas-upnp-org:service:WAN(?:IP|PPP)Connection:[12])\s*</serviceType>")
CONTROL = re.compile(r"<controlURL>\s*([^<\s]{1,300})\s*</controlURL>")
ADDRESS = re.compile(r"<NewExternalIPAddress[^>]{0,200}>\s*([0-9.]{7,15})\s*</NewExternalIPAddress>")


def outside_address(group: ConnectionGroup) -> str | None:
    """Return the router's own address on the Internet side; None: none says. Blocks until `group` is closed."""
    found = [pair for pair in gateways() or () if ipaddress.IPv4Address(pair[0]).is_private]
    for gateway, own in found[:MOST_ROUTERS]:
        location = _location(gateway, own, group)
        if location and (address := _ask(gateway, location, group)):
            return address
    return None


def _location(gateway: str, own: str, group: ConnectionGroup) -> str | None:
    """Return where the router describes itself. Ask it directly as well: many firewalls drop answers to multicast."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
            line.bind((own, 0))
            line.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 2)
            line.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(own))
            for receiver in (gateway, SSDP_GROUP):
                line.sendto(SEARCH, (receiver, SSDP_PORT))
            ends_at = min(group.ends_at, time.monotonic() + NOTICE_LIMIT_S)
            while (left_s := ends_at - time.monotonic()) > 0:
                line.settimeout(left_s)
                location = _heard(line, gateway)
                if location:
                    return location
    except OSError:
        return None
    return None


def _heard(line: socket.socket, gateway: str) -> str | None:
    try:
        notice, (sender, _port) = line.recvfrom(MOST_BYTES_OF_NOTICE)
    except ConnectionResetError:
        return None  # Windows: one of the two receivers has no such port. The other may still answer.
    return location_in(notice, gateway) if sender == gateway else None


def location_in(notice: bytes, gateway: str) -> str | None:
    """Return the URL of the description in an answer to SEARCH; None when it is not on the router itself. PURE."""
    head, *_rest = notice.decode("latin-1").partition("\n")
    if not re.match(r"HTTP/1\.[01] 200\b", head):
        return None
    found = LOCATION.search(notice.decode("latin-1").replace("\r", ""))
    return _on_router("", found[1], gateway) if found else None


def _ask(gateway: str, location: str, group: ConnectionGroup) -> str | None:
    try:
        description = fetch(location, group, MOST_BYTES_OF_DESCRIPTION, end_marked=False)
        for service, control in services_in(description.decode("utf-8", "replace"), location, gateway):
            headers = {"Content-Type": 'text/xml; charset="utf-8"', "SOAPAction": f'"{service}#GetExternalIPAddress"'}
            post = ENVELOPE.format(service=service).encode("ascii"), headers
            answer = fetch(control, group, MOST_BYTES_OF_ANSWER, post=post, end_marked=False)
            if found := address_in(answer.decode("utf-8", "replace")):
                return found
    except FetchError:
        return None
    return None


def services_in(description: str, location: str, gateway: str) -> list[tuple[str, str]]:
    """Return the services that know the outside, each with its URL. One that is not on the router is left out. PURE."""
    found = []
    for after in description.split("<service>")[1:]:
        service = after.partition("</service>")[0]
        kind, control = TYPE.search(service), CONTROL.search(service)
        url = _on_router(location, html.unescape(control[1]), gateway) if control else None
        if kind and url:
            found.append((kind[1], url))
    return found[:MOST_ROUTERS]


def address_in(answer: str) -> str | None:
    """Return the address in an answer to GetExternalIPAddress; None for 0.0.0.0, a router without Internet. PURE."""
    found = ADDRESS.search(answer)
    try:
        address = ipaddress.IPv4Address(found[1]) if found else None
    except ValueError:
        return None
    return None if address is None or address.is_unspecified or address.is_multicast else str(address)


def _on_router(base: str, url: str, gateway: str) -> str | None:
    """Return `url`, which may be relative to `base`; None when it does not lead to the router."""
    try:
        url = urljoin(base, url)
        parts = urlsplit(url)
        fits = parts.scheme == "http" and parts.hostname == gateway and parts.port != 0 and "@" not in parts.netloc
    except ValueError:
        return None
    return url if fits else None
