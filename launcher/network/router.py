"""What the router says its address on the outside is (UPnP IGD, GetExternalIPAddress). It is asked, never changed.

Only the router that this PC sends its packets through is believed; any other device that answers is not listened to.
"""

import html
import ipaddress
import re
import socket
import time
from typing import cast
from urllib.parse import urljoin, urlsplit

from launcher.network.short_answer import Lines, NoAnswerError, fetch

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
# Expressions and no XML parser: none of what makes one take long or open files is ever looked at.
LOCATION = re.compile(r"^location:[ \t]*(\S+)[ \t]*$", re.IGNORECASE | re.MULTILINE)
TYPE = re.compile(r"<serviceType>\s*(urn:schemas-upnp-org:service:WAN(?:IP|PPP)Connection:[12])\s*</serviceType>")
CONTROL = re.compile(r"<controlURL>\s*([^<\s]{1,300})\s*</controlURL>")
ADDRESS = re.compile(r"<NewExternalIPAddress[^>]{0,200}>\s*([0-9.]{7,15})\s*</NewExternalIPAddress>")


def outside_address(lines: Lines) -> str | None:
    """The router's own address on the outside; None when no router tells. Blocks until `lines` end at most."""
    for gateway, own in gateways():
        location = _location(gateway, own, lines)
        found = _ask(gateway, location, lines) if location else None
        if found:
            return found
    return None


def gateways() -> tuple[tuple[str, str], ...]:
    """The routers in local networks that this PC sends its packets through, each with our own address there."""
    import netifaces

    try:
        known = cast("list[tuple[str, str, bool]]", netifaces.gateways().get(netifaces.AF_INET, []))
        pairs = [
            (gateway, one["addr"])
            for gateway, card, _default in known
            for one in netifaces.ifaddresses(card).get(netifaces.AF_INET, [])[:1]
        ]
    except (OSError, ValueError):
        return ()
    return tuple(pair for pair in pairs if ipaddress.IPv4Address(pair[0]).is_private)[:MOST_ROUTERS]


def _location(gateway: str, own: str, lines: Lines) -> str | None:
    """Where the router describes itself. Asked directly too: many firewalls drop answers to what went to a group."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
            line.bind((own, 0))
            line.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 2)
            line.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(own))
            for receiver in (gateway, SSDP_GROUP):
                line.sendto(SEARCH, (receiver, SSDP_PORT))
            ends_at = min(lines.ends_at, time.monotonic() + NOTICE_LIMIT_S)
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
        return None  # Windows: one of the receivers has no such port; the other may still answer.
    return location_in(notice, gateway) if sender == gateway else None


def location_in(notice: bytes, gateway: str) -> str | None:
    """The address of the description in an answer to SEARCH, when it lies on the router itself. PURE."""
    head, *_rest = notice.decode("latin-1").partition("\n")
    if not re.match(r"HTTP/1\.[01] 200\b", head):
        return None
    found = LOCATION.search(notice.decode("latin-1").replace("\r", ""))
    return found[1] if found and _is_on(found[1], gateway) else None


def _ask(gateway: str, location: str, lines: Lines) -> str | None:
    try:
        description = fetch(location, lines, MOST_BYTES_OF_DESCRIPTION, end_marked=False)
        for service, control in services_in(description.decode("utf-8", "replace"), location, gateway):
            headers = {"Content-Type": 'text/xml; charset="utf-8"', "SOAPAction": f'"{service}#GetExternalIPAddress"'}
            post = ENVELOPE.format(service=service).encode("ascii"), headers
            answer = fetch(control, lines, MOST_BYTES_OF_ANSWER, post=post, end_marked=False)
            if found := address_in(answer.decode("utf-8", "replace")):
                return found
    except NoAnswerError:
        return None
    return None


def services_in(description: str, location: str, gateway: str) -> list[tuple[str, str]]:
    """The services that know the outside, each with the address to ask, when it lies on the router itself. PURE."""
    found = []
    for after in description.split("<service>")[1:]:
        service = after.partition("</service>")[0]
        kind, control = TYPE.search(service), CONTROL.search(service)
        if kind and control:
            url = _joined(location, html.unescape(control[1]))
            if _is_on(url, gateway):
                found.append((kind[1], url))
    return found[:MOST_ROUTERS]


def address_in(answer: str) -> str | None:
    """The address in an answer to GetExternalIPAddress; None also for 0.0.0.0, a router without a connection. PURE."""
    found = ADDRESS.search(answer)
    try:
        address = ipaddress.IPv4Address(found[1]) if found else None
    except ValueError:
        return None
    return None if address is None or address.is_unspecified or address.is_multicast else str(address)


def _joined(location: str, control: str) -> str:
    try:
        return urljoin(location, control)
    except ValueError:
        return ""


def _is_on(url: str, gateway: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme == "http" and parts.hostname == gateway and parts.port != 0 and "@" not in parts.netloc
    except ValueError:
        return False
