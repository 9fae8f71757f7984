"""firewalld's zones, and what they mean for one packet. PURE.

The order of rules is that of firewalld.richlanguage(5): by priority, and what refuses before what lets in.
"""

import shlex
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from launcher.network.firewall.packet import Packet, all_of, any_of, is_one_of, lies_in, not_so

ELEMENTS = {"source", "destination", "port", "service", "protocol", "source-port", "forward-port", "masquerade"}
ELEMENTS |= {"icmp-block", "icmp-type", "tcp-mss-clamp", "log", "nflog", "audit", "accept", "reject", "drop", "mark"}


class Does(StrEnum):
    """What a rule does. ANYTHING: unknown. GO_ON: it only counts, logs or marks."""

    ACCEPT = "accept"
    DROP = "drop"
    GO_ON = "go on"
    ANYTHING = "anything"


@dataclass(frozen=True)
class Rule:
    """`fits`: whether the packet meets its conditions; None when that is unknown."""

    fits: bool | None
    does: Does


PortsOf = Callable[[str], tuple[str, ...] | None]


@dataclass(frozen=True)
class Zone:
    """One zone. `ports` are like 8000/tcp or 1025-65535/udp, and so are the others' ports."""

    name: str
    target: str = "default"
    interfaces: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    ports: tuple[str, ...] = ()
    protocols: tuple[str, ...] = ()
    source_ports: tuple[str, ...] = ()
    forward_ports: tuple[str, ...] = ()
    rich_rules: tuple[str, ...] = ()

    @property
    def all_services(self) -> tuple[str, ...]:
        """Those that its rich rules name, too."""
        named = (rich_parts(rule).get("service", {}).get("name") for rule in self.rich_rules)
        return (*self.services, *(name for name in named if name))


@dataclass(frozen=True)
class FirewalldSettings:
    """What firewalld says of itself: its active zones and the default one, and the ports of the services in them.

    `panic`: it drops everything. `policies`: it has rules for this PC beside those of zones, of which we know nothing.
    """

    zones: tuple[Zone, ...]
    default: str
    services: Mapping[str, tuple[str, ...] | None] = field(default_factory=dict)
    panic: bool = False
    policies: bool = False


def zone_from(name: str, said: Mapping[str, Any]) -> Zone:
    """A zone from the answer of `getZoneSettings2` (firewalld.dbus(5))."""
    return Zone(
        name,
        said.get("target", "default"),
        tuple(said.get("interfaces", ())),
        tuple(said.get("sources", ())),
        tuple(said.get("services", ())),
        _ports(said.get("ports", ())),
        tuple(said.get("protocols", ())),
        _ports(said.get("source_ports", ())),
        _ports(said.get("forward_ports", ())),
        tuple(said.get("rules_str", said.get("rich_rules", ()))),
    )


def _ports(said: Any) -> tuple[str, ...]:  # noqa: ANN401 - pairs, or a port with where it is forwarded to
    return tuple(f"{each[0]}/{each[1]}" for each in said)


def zone_of(settings: FirewalldSettings, packet: Packet) -> Zone | None:
    """The zone that decides about the packet: by where it is from, else by the card, else the default.

    None when that is unknown.
    """
    for zone in settings.zones:
        inside = any_of(lies_in(packet.source, source) for source in zone.sources if source[0].isdigit())
        if inside:
            return zone
        if inside is None or any(source.startswith("ipset:") for source in zone.sources):
            return None
    if packet.card is None:
        return None
    by_card = [zone for zone in settings.zones if packet.card in zone.interfaces]
    return next(iter(by_card or [zone for zone in settings.zones if zone.name == settings.default]), None)


def passes(settings: FirewalldSettings, packet: Packet) -> bool | None:
    """Does firewalld let the packet in?"""
    if settings.panic:
        return False
    zone = zone_of(settings, packet)
    if zone is None:
        return None
    answer = decided(rules_of(zone, packet, settings.services.get), accepts_the_rest=zone.target == "ACCEPT")
    return None if settings.policies else answer


def rules_of(zone: Zone, packet: Packet, ports_of: PortsOf) -> tuple[Rule, ...]:
    """Its rules in firewalld's order: by priority, and at priority 0 what refuses before what lets in."""
    ranked = [
        ((0, 1), Rule(any(port_fits(one, packet) for one in zone.ports), Does.ACCEPT)),
        ((0, 1), Rule(any(one in ("tcp", "6") for one in zone.protocols), Does.ACCEPT)),
        ((0, 1), Rule(None if any("/tcp" in one for one in zone.source_ports) else False, Does.ACCEPT)),
        ((0, 1), Rule(any_of(service_fits(one, packet, ports_of) for one in zone.services), Does.ACCEPT)),
        ((0, 0), Rule(any(port_fits(one, packet) for one in zone.forward_ports), Does.ANYTHING)),
    ]
    ranked += [rich_rule(text, packet, ports_of) for text in zone.rich_rules]
    return tuple(rule for _rank, rule in sorted(ranked, key=lambda each: each[0]))


def decided(rules: Iterable[Rule], *, accepts_the_rest: bool) -> bool | None:
    """Does a packet come through these rules? A rule of which nobody knows whether it fits is followed both ways.

    `accepts_the_rest`: what becomes of a packet that no rule decides about.
    """
    ends: set[bool] = set()
    for rule in rules:
        if rule.fits is False or rule.does is Does.GO_ON:
            continue
        if rule.does is Does.ANYTHING:
            return None
        ends.add(rule.does is Does.ACCEPT)
        if rule.fits:
            break
    else:
        ends.add(accepts_the_rest)
    return ends.pop() if len(ends) == 1 else None


def port_fits(text: str, packet: Packet) -> bool:
    """`8000/tcp` or `1025-65535/tcp`."""
    ports, _, protocol = text.partition("/")
    first, _, last = ports.partition("-")
    if protocol != "tcp" or not first.isdigit():
        return False
    return int(first) <= packet.port <= int(last or first)


def service_fits(name: str, packet: Packet, ports_of: PortsOf) -> bool | None:
    ports = ports_of(name)
    return None if ports is None else any(port_fits(port, packet) for port in ports)


def rich_rule(text: str, packet: Packet, ports_of: PortsOf) -> tuple[tuple[int, int], Rule]:
    """A rich rule and its rank (firewalld.richlanguage(5))."""
    parts = rich_parts(text)
    head = parts.get("rule", {})
    fits: list[bool | None] = [head.get("family") in (None, "ipv4" if packet.source.version == 4 else "ipv6")]
    for element, said in parts.items():
        fits.append(_element_fits(element, said, packet, ports_of))
    priority = int(head.get("priority", "0"))
    if "accept" in parts:
        return (priority, 1), Rule(all_of(fits), Does.ACCEPT)
    refuses = "reject" in parts or "drop" in parts
    return (priority, 0), Rule(all_of(fits), Does.DROP if refuses else Does.GO_ON)


def rich_parts(text: str) -> dict[str, dict[str, str]]:
    """`source NOT address="1.2.3.4"` as {"source": {"NOT": "", "address": "1.2.3.4"}}."""
    parts: dict[str, dict[str, str]] = {}
    current = ""
    for word in shlex.split(text):
        key, equals, value = word.partition("=")
        if not equals and (word in ELEMENTS or word == "rule"):
            current = word
            parts[current] = {}
        elif current:
            parts[current]["NOT" if word.upper() == "NOT" else key] = value
    return parts


def _element_fits(element: str, said: dict[str, str], packet: Packet, ports_of: PortsOf) -> bool | None:
    if element == "port":
        return port_fits(f"{said.get('port')}/{said.get('protocol')}", packet)
    if element == "service":
        return service_fits(said.get("name", ""), packet, ports_of)
    if element == "protocol":
        return said.get("value") in ("tcp", "6")
    if element == "source":
        answer = lies_in(packet.source, said["address"]) if "address" in said else None
        return not_so(answer) if "NOT" in said or said.get("invert") == "True" else answer
    if element == "destination":
        answer = is_one_of(packet.destination, said["address"]) if "address" in said else None
        return not_so(answer) if "NOT" in said or said.get("invert") == "True" else answer
    if element in ("icmp-block", "icmp-type", "masquerade", "forward-port", "tcp-mss-clamp"):
        return False
    return None if element == "source-port" else True
