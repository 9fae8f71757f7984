"""The public address of this network, from several services on the Internet. They may lie, and may differ."""

import ipaddress
import queue
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from launcher.access.real_address import unmapped
from launcher.network.addresses import CARRIER, PRIVATE, Kind, is_carrier_address, kind_of
from launcher.network.cards import NetworkCard, read_cards
from launcher.problem import Problem, TavernkeepError
from launcher.system import safety_net

if TYPE_CHECKING:
    from launcher.network.fetch import ConnectionGroup

LIMIT_S = 5.0
LONGEST_URL = 300
MOST_BYTES = 100
FAMILIES = (4, 6)
OWN_KINDS = (Kind.WIFI, Kind.ETHERNET, Kind.OTHER)

# The defaults of ddclient 3.11 and 4.0. Each name has addresses of one family only.
USUAL = (
    ("https://api.ipify.org/", 4),
    ("https://checkipv4.dedyn.io/", 4),
    ("https://api6.ipify.org/", 6),
    ("https://checkipv6.dedyn.io/", 6),
)

TOO_LATE = f"It did not answer within {LIMIT_S:.0f} seconds."
NO_ADDRESS = "Its answer is not an address."


class Route(StrEnum):
    """What is between the Internet and this PC.

    OPEN: the public address is this PC's or its router's own. CARRIER: the provider shares it among customers.
    ROUTERS: the router's own address is a private one, so there is another router behind it. OTHER: the router has
    another public address than the one the services see, as with a VPN.
    """

    OPEN = "open"
    CARRIER = "carrier"
    ROUTERS = "routers"
    OTHER = "other"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class ServiceAnswer:
    """What one service answered over IPv4 or IPv6 (`family` 4 or 6): an address, or in `error` why there is none.

    `reached` False: nothing came back at all.
    """

    service: str
    family: int
    address: str | None
    error: str = ""
    reached: bool = True


@dataclass(frozen=True)
class PublicIp:
    """`ipv4` and `ipv6`: what all services that answered agree on; None: none answered, or they differ.

    `router`: the router's own address on the Internet side; None when it does not say.
    """

    ipv4: str | None
    ipv6: str | None
    answers: tuple[ServiceAnswer, ...]
    route: Route = Route.UNKNOWN
    router: str | None = None

    @property
    def behind_cgnat(self) -> bool | None:
        """The provider shares the address among customers; None: unknown."""
        return {Route.OPEN: False, Route.CARRIER: True}.get(self.route)

    @property
    def offline(self) -> bool:
        """Nothing outside could be reached."""
        return not any(answer.reached for answer in self.answers)

    @property
    def differ(self) -> bool:
        """Services gave different addresses of one family."""
        return any(len(addresses_told(self.answers, family)) > 1 for family in FAMILIES)


def addresses_told(answers: Sequence[ServiceAnswer], family: int) -> tuple[str, ...]:
    """Return the different addresses of a family that the services gave. PURE."""
    return tuple(dict.fromkeys(answer.address for answer in answers if answer.address and answer.family == family))


def problem_with_service(url: str) -> Problem | None:
    """Return why `url` cannot be asked for the public address; None when it can. PURE.

    Plain http is for services on this PC only: from anywhere else, anyone on the way could change the answer.
    """
    example = "Write one such as https://api.ipify.org/"
    if len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url:
        return Problem("This is no web address.", example)
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return Problem("This is no web address.", example)
    if not host or parts.scheme not in ("http", "https"):
        return Problem("This is no complete web address.", example)
    if parts.scheme == "http" and not _is_loopback(host):
        return Problem(
            "Only https addresses can be asked.", "Over plain http, anyone on the way could change the answer."
        )
    if "@" in parts.netloc:
        return Problem("The address must not hold a user name or a password.", example)
    return None


class PublicIpLookup:
    """Finds the public address. Call `ask` once; `cancel` from any thread, even before."""

    def __init__(self, services: Sequence[str] = ()) -> None:
        """`services`: their URLs; none for the usual ones. Raises TavernkeepError when one cannot be asked."""
        for url in services:
            if problem := problem_with_service(url):
                raise TavernkeepError(f"{url[:LONGEST_URL]!r}: {problem.title}", problem.advice)
        self.asked = tuple((url, family) for url in dict.fromkeys(services) for family in _families(url)) or USUAL
        self._news: queue.SimpleQueue[ServiceAnswer | str | None] = queue.SimpleQueue()

    def cancel(self) -> None:
        """Make `ask` return at once."""
        self._news.put(None)

    def ask(self, heard: Callable[[ServiceAnswer], None] = lambda _answer: None) -> PublicIp | None:
        """Ask all services and the router at the same time; blocks for LIMIT_S at most. None: it was cancelled.

        `heard` gets each answer as it comes, in this thread.
        """
        from launcher.network.fetch import ConnectionGroup

        group = ConnectionGroup(time.monotonic() + LIMIT_S)
        for url, family in self.asked:
            self._start(partial(ask_service, url, family, group))
        # With services on this PC the router is not asked: they say nothing about the way to the Internet.
        self._start(str if self._only_here() else partial(_router, group))
        try:
            return self._gather(group.ends_at, heard)
        finally:
            group.close()

    def _only_here(self) -> bool:
        return all(_is_loopback(urlsplit(url).hostname or "") for url, _family in self.asked)

    def _start(self, find: Callable[[], ServiceAnswer | str]) -> None:
        safety_net.start_thread(lambda: self._news.put(find()), "public-ip")

    def _gather(self, ends_at: float, heard: Callable[[ServiceAnswer], None]) -> PublicIp | None:
        answers: dict[tuple[str, int], ServiceAnswer] = {}
        router: str | None = None
        while len(answers) < len(self.asked) or router is None:
            try:
                news = self._news.get(timeout=max(ends_at - time.monotonic(), 0))
            except queue.Empty:
                break
            if news is None:
                return None
            if isinstance(news, str):
                router = news
            else:
                answers[news.service, news.family] = news
                heard(news)
        late = {service: ServiceAnswer(*service, None, TOO_LATE, reached=False) for service in self.asked}
        in_order = tuple((late | answers)[service] for service in self.asked)
        return concluded(in_order, read_cards() or (), router or None)


def ask_service(url: str, family: int, group: "ConnectionGroup") -> ServiceAnswer:
    """Return the answer of one service. Blocks until `group` is closed."""
    from launcher.network.fetch import FetchError, fetch

    try:
        body = fetch(url, group, MOST_BYTES, family)
    except FetchError as error:
        return ServiceAnswer(url, family, None, error.problem.title, error.reached)
    return read_answer(url, family, body)


def read_answer(url: str, family: int, body: bytes) -> ServiceAnswer:
    """Read an answer, which has to be one public address of this family; white space around it is fine. PURE."""
    try:
        address = ipaddress.ip_address(body.strip(b" \t\r\n").decode("ascii"))
    except ValueError:
        return ServiceAnswer(url, family, None, NO_ADDRESS)
    if "%" in str(address):
        return ServiceAnswer(url, family, None, NO_ADDRESS)
    address = unmapped(address)
    if address.version != family:
        return ServiceAnswer(url, family, None, f"It was asked over IPv{family} and answered {address}.")
    if not address.is_global or address.is_multicast or address.is_reserved:
        return ServiceAnswer(url, family, None, f"It answered {address}, which is not an Internet address.")
    return ServiceAnswer(url, family, str(address))


def concluded(answers: tuple[ServiceAnswer, ...], cards: Sequence[NetworkCard], router: str | None) -> PublicIp:
    """Return what all answers say together: an address only when they agree. PURE."""
    told = (addresses_told(answers, family) for family in FAMILIES)
    ipv4, ipv6 = (addresses[0] if len(addresses) == 1 else None for addresses in told)
    return PublicIp(ipv4, ipv6, answers, route(ipv4, cards, router), router)


def route(public: str | None, cards: Sequence[NetworkCard], router: str | None) -> Route:
    """Return what is between the Internet and this PC for IPv4. `router`: its address on the Internet side. PURE."""
    if public and public in [card.address for card in cards if card.up]:
        return Route.OPEN
    if any(_is_outermost(card) and is_carrier_address(card.address) for card in cards):
        return Route.CARRIER
    if router is None:
        return Route.UNKNOWN
    outside = ipaddress.IPv4Address(router)
    if outside in CARRIER:
        return Route.CARRIER
    if any(outside in network for network in PRIVATE):
        return Route.ROUTERS
    if public is None or not outside.is_global:
        return Route.UNKNOWN
    return Route.OPEN if router == public else Route.OTHER


def _is_outermost(card: NetworkCard) -> bool:
    """Return whether it is a real card with a router. Tailscale and VPNs use carrier addresses themselves."""
    return card.up and card.gateway is True and kind_of(card) in OWN_KINDS


def _router(group: "ConnectionGroup") -> str:
    from launcher.network.router import outside_address

    return outside_address(group) or ""


def _families(url: str) -> tuple[int, ...]:
    """Return the families a service can be asked over: its own for an address, both for a name."""
    try:
        return (ipaddress.ip_address(urlsplit(url).hostname or "").version,)
    except ValueError:
        return FAMILIES


def _is_loopback(host: str) -> bool:
    try:
        return unmapped(ipaddress.ip_address(host)).is_loopback
    except ValueError:
        return host == "localhost"
