"""firewalld's zones, and what they mean for one packet. PURE.

Rules have the order of firewalld.richlanguage(5): by priority, and at the same priority denying before accepting ones.
"""

import shlex
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from launcher.network.firewall.packet import Packet, all_of, any_of, is_one_of, lies_in, not_so

ELEMENTS = {"source", "destination", "port", "service", "protocol", "source-port", "forward-port", "masquerade"}
ELEMENTS |= {"icmp-block", "icmp-type", "tcp-mss-clamp", "log", "nflog", "audit", "accept", "reject", "drop", "mark"}


class Action(StrEnum):
    """What a rule does. ANYTHING: unknown. GO_ON: it only counts, logs or marks."""

    ACCEPT = "accept"
    DROP = "drop"
    GO_ON = "go on"
    ANYTHING = "anything"


@dataclass(frozen=True)
class ZoneRule:
    """`fits`: whether the packet meets its conditions; None: unknown."""

    fits: bool | None
    action: Action


PortsOf = Callable[[str], tuple[str, ...] | None]


@dataclass(frozen=True)
class Zone:
    """One zone. All ports are written like 8000/tcp or 1025-65535/udp."""

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
        """Its services, and those that its rich rules name."""
        named = (rich_parts(rule).get("service", {}).get("name") for rule in self.rich_rules)
        return (*self.services, *(name for name in named if name))


@dataclass(frozen=True)
class FirewalldSettings:
    """The active zones and the default one, and the ports of the services in them.

    `panic`: it drops everything. `policies`: it has other rules for this PC than those of zones; we do not read them.
    """

    zones: tuple[Zone, ...]
    default: str
    services: Mapping[str, tuple[str, ...] | None] = field(default_factory=dict)
    panic: bool = False
    policies: bool = False


def zone_from(name: str, said: Mapping[str, Any]) -> Zone:
    """Return a zone from the answer of `getZoneSettings2` (firewalld.dbus(5))."""
    plain = {key: tuple(said.get(key, ())) for key in ("interfaces", "sources", "services", "protocols")}
    # A forwarded port is followed by its target.
    ports = {
        key: tuple(f"{each[0]}/{each[1]}" for each in said.get(key, ()))
        for key in ("ports", "source_ports", "forward_ports")
    }
    rules = tuple(said.get("rules_str", said.get("rich_rules", ())))
    return Zone(name, said.get("target", "default"), rich_rules=rules, **plain, **ports)


def zone_of(settings: FirewalldSettings, packet: Packet) -> Zone | None:
    """Return the zone that decides about the packet: by its source, else by its card, else the default zone.

    None: unknown.
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
    """Return whether firewalld lets the packet in; None: unknown."""
    if settings.panic:
        return False
    zone = zone_of(settings, packet)
    if zone is None:
        return None
    answer = decided(rules_of(zone, packet, settings.services.get), accepts_the_rest=zone.target == "ACCEPT")
    return None if settings.policies else answer


def rules_of(zone: Zone, packet: Packet, ports_of: PortsOf) -> tuple[ZoneRule, ...]:
    """Return the rules of the zone in firewalld's order. The zone's own settings have priority 0."""
    ranked = [
        ((0, 1), ZoneRule(any(port_fits(one, packet) for one in zone.ports), Action.ACCEPT)),
        ((0, 1), ZoneRule(any(one in ("tcp", "6") for one in zone.protocols), Action.ACCEPT)),
        ((0, 1), ZoneRule(None if any("/tcp" in one for one in zone.source_ports) else False, Action.ACCEPT)),
        ((0, 1), ZoneRule(any_of(service_fits(one, packet, ports_of) for one in zone.services), Action.ACCEPT)),
        ((0, 0), ZoneRule(any(port_fits(one, packet) for one in zone.forward_ports), Action.ANYTHING)),
    ]
    ranked += [rich_rule(text, packet, ports_of) for text in zone.rich_rules]
    return tuple(rule for _rank, rule in sorted(ranked, key=lambda each: each[0]))


def decided(rules: Iterable[ZoneRule], *, accepts_the_rest: bool) -> bool | None:
    """Return whether a packet gets through these rules. A rule that may fit is followed both ways.

    `accepts_the_rest`: a packet that no rule decides about gets in.
    """
    ends: set[bool] = set()
    for rule in rules:
        if rule.fits is False or rule.action is Action.GO_ON:
            continue
        if rule.action is Action.ANYTHING:
            return None
        ends.add(rule.action is Action.ACCEPT)
        if rule.fits:
            break
    else:
        ends.add(accepts_the_rest)
    return ends.pop() if len(ends) == 1 else None


def port_fits(text: str, packet: Packet) -> bool:
    """Return whether the packet's port is in `8000/tcp` or `1025-65535/tcp`."""
    ports, _, protocol = text.partition("/")
    first, _, last = ports.partition("-")
    if protocol != "tcp" or not first.isdigit():
        return False
    return int(first) <= packet.port <= int(last or first)


def service_fits(name: str, packet: Packet, ports_of: PortsOf) -> bool | None:
    """Return whether the packet's port is one of the service's; None when its ports are not known."""
    ports = ports_of(name)
    return None if ports is None else any(port_fits(port, packet) for port in ports)


def rich_rule(text: str, packet: Packet, ports_of: PortsOf) -> tuple[tuple[int, int], ZoneRule]:
    """Return a rich rule after its rank (firewalld.richlanguage(5))."""
    parts = rich_parts(text)
    head = parts.get("rule", {})
    fits: list[bool | None] = [head.get("family") in (None, "ipv4" if packet.source.version == 4 else "ipv6")]
    fits += [_element_fits(element, said, packet, ports_of) for element, said in parts.items()]
    priority = int(head.get("priority", "0"))
    if "accept" in parts:
        return (priority, 1), ZoneRule(all_of(fits), Action.ACCEPT)
    refuses = "reject" in parts or "drop" in parts
    return (priority, 0), ZoneRule(all_of(fits), Action.DROP if refuses else Action.GO_ON)


def rich_parts(text: str) -> dict[str, dict[str, str]]:
    """Split `source NOT address="1.2.3.4"` into {"source": {"NOT": "", "address": "1.2.3.4"}}."""
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
    if element in ("source", "destination"):
        answer = None
        if address := said.get("address"):
            answer = lies_in(packet.source, address) if element == "source" else is_one_of(packet.destination, address)
        return not_so(answer) if "NOT" in said or said.get("invert") == "True" else answer
    if element in ("icmp-block", "icmp-type", "masquerade", "forward-port", "tcp-mss-clamp"):
        return False
    return None if element == "source-port" else True
