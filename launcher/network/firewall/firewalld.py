"""firewalld, the firewall of Fedora and openSUSE. On a desktop everybody may read it; for changes it asks by itself."""

import os
import re
import shlex
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from launcher.network.firewall.chains import Chain, Does, Rule, way_of
from launcher.network.firewall.packet import Network, Packet, all_of, any_of, is_one_of, lies_in, not_so
from launcher.network.firewall.programs import ask, output_of
from launcher.network.firewall.record import Added, added, forget, remember
from launcher.network.firewall.verdict import Kind, Networks
from launcher.problem import TavernkeepError
from launcher.system.elevation import PATIENCE_S, Answer, by_hand
from launcher.system.folders import Folders

SYSTEM_BUS = Path("/run/dbus/system_bus_socket")
SERVICES = (Path("/etc/firewalld/services"), Path("/usr/lib/firewalld/services"))
# These come with firewalld and let in nothing but ICMPv6 and DHCPv6.
HARMLESS_POLICIES = {"allow-host-ipv6"}
ELEMENTS = {"source", "destination", "port", "service", "protocol", "source-port", "forward-port", "masquerade"}
ELEMENTS |= {"icmp-block", "icmp-type", "tcp-mss-clamp", "log", "nflog", "audit", "accept", "reject", "drop", "mark"}
_PORT = re.compile(r"<port\s[^>]*/?>")
_ATTRIBUTE = re.compile(r"(\w+)\s*=\s*[\"']([^\"']*)[\"']")

PortsOf = Callable[[str], tuple[str, ...] | None]


@dataclass(frozen=True)
class Zone:
    """One zone as `--list-all-zones` shows it. `ports` are like 8000/tcp or 1025-65535/udp."""

    name: str
    active: bool = False
    target: str = "default"
    interfaces: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    ports: tuple[str, ...] = ()
    protocols: tuple[str, ...] = ()
    source_ports: tuple[str, ...] = ()
    forward_ports: tuple[str, ...] = ()
    rich_rules: tuple[str, ...] = ()


@dataclass(frozen=True)
class Settings:
    """What firewalld says of itself. `panic`: it drops everything. `policies`: it has rules beside those of zones."""

    zones: tuple[Zone, ...]
    default: str
    panic: bool = False
    policies: bool = False


def is_on() -> bool | None:
    """False where it does not run or is not installed; None when it could not be asked. Takes 0.3 s."""
    if not (os.environ.get("DBUS_SYSTEM_BUS_ADDRESS") or SYSTEM_BUS.exists()):
        return False
    said = ask("firewall-cmd", "--state")
    if said is None:
        return False
    if said.status == 0:
        return True
    return False if "not running" in said.output + said.complaint or "DBUS_ERROR" in said.complaint else None


def read() -> Settings | None:
    """None when it is not on, or does not tell this user. Takes 0.5 s."""
    questions = ("--list-all-zones", "--get-default-zone", "--query-panic", "--list-all-policies")
    with ThreadPoolExecutor(len(questions)) as pool:
        zones_, default, panic, policies = pool.map(lambda question: ask("firewall-cmd", question), questions)
    if zones_ is None or default is None or zones_.status or default.status:
        return None
    more = policies is not None and policies.status == 0 and has_policies(policies.output)
    return Settings(zones(zones_.output), default.output.strip(), panic is not None and panic.status == 0, more)


def zones(text: str) -> tuple[Zone, ...]:
    """What `firewall-cmd --list-all-zones` prints. PURE."""
    found: list[dict[str, list[str]]] = []
    key = ""
    for line in text.splitlines():
        if line and not line[0].isspace():
            found.append({"name": [line]})
        elif found and line.startswith("  ") and ":" in line:
            name, _, value = line.strip().partition(":")
            key = name.replace("-", "_").replace(" ", "_")
            found[-1][key] = value.split()
        elif found and line.startswith("\t"):
            found[-1][key].append(line.strip())
    return tuple(_zone(one) for one in found)


def _zone(said: dict[str, list[str]]) -> Zone:
    name, _, state = said["name"][0].partition(" (")
    lists = ("interfaces", "sources", "services", "ports", "protocols", "source_ports", "forward_ports", "rich_rules")
    target = "".join(said.get("target", ["default"]))
    return Zone(name, "active" in state, target, **{each: tuple(said.get(each, ())) for each in lists})


def has_policies(text: str) -> bool:
    """Is there an active policy for packets to this PC, of which we know nothing? PURE."""
    name, names = "", set()
    for line in text.splitlines():
        if line and not line[0].isspace():
            name = line
        elif line.strip().startswith("egress-zones:") and "HOST" in line and "(active)" in name:
            names.add(name.split()[0])
    return bool(names - HARMLESS_POLICIES)


def zone_of(settings: Settings, packet: Packet) -> Zone | None:
    """The zone that decides about the packet: by where it is from, else by the card, else the default. PURE.

    None when that cannot be told.
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


def passes(settings: Settings, packet: Packet, ports_of: PortsOf) -> bool | None:
    """Does firewalld let the packet in? `ports_of` a service gives its ports, None when there is no such. PURE."""
    if settings.panic:
        return False
    zone = zone_of(settings, packet)
    if zone is None:
        return None
    answer = way_of({zone.name: chain_of(zone, packet, ports_of)}).passes
    return None if settings.policies else answer


def chain_of(zone: Zone, packet: Packet, ports_of: PortsOf) -> Chain:
    """Its rules in firewalld's order: by priority, and at priority 0 what refuses before what lets in."""
    ranked = [
        ((0, 1), Rule(any(port_fits(one, packet) for one in zone.ports), Does.ACCEPT)),
        ((0, 1), Rule(any(one in ("tcp", "6") for one in zone.protocols), Does.ACCEPT)),
        ((0, 1), Rule(None if any("/tcp" in one for one in zone.source_ports) else False, Does.ACCEPT)),
        ((0, 1), Rule(any_of(service_fits(one, packet, ports_of) for one in zone.services), Does.ACCEPT)),
        ((0, 0), Rule(any(f"port={packet.port}:" in one for one in zone.forward_ports), Does.ANYTHING)),
    ]
    ranked += [rich_rule(text, packet, ports_of) for text in zone.rich_rules]
    rules = tuple(rule for _rank, rule in sorted(ranked, key=lambda each: each[0]))
    return Chain(zone.name, rules, "input", Does.ACCEPT if zone.target == "ACCEPT" else Does.DROP)


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


def service_ports(name: str) -> tuple[str, ...] | None:
    """The ports of a service, from its file or from firewalld; None when neither tells."""
    for folder in SERVICES:
        try:
            return ports_in(folder.joinpath(f"{name}.xml").read_text("utf-8"))
        except (OSError, UnicodeDecodeError):
            continue
    told = output_of("firewall-cmd", f"--info-service={name}")
    lines = [line.split(":", 1)[1].split() for line in (told or "").splitlines() if line.strip().startswith("ports:")]
    return tuple(lines[0]) if lines else None


def ports_in(xml: str) -> tuple[str, ...]:
    """The ports that a service file lists. PURE."""
    found = (dict(_ATTRIBUTE.findall(element)) for element in _PORT.findall(xml))
    return tuple(f"{one['port']}/{one.get('protocol', '')}" for one in found if one.get("port"))


def rule_for(network: Network, port: int) -> str:
    """Before every other rule of its zone."""
    family = "ipv4" if network.version == 4 else "ipv6"
    return f'rule priority="-10" family="{family}" source address="{network}" port port="{port}" protocol="tcp" accept'


def line_to_open(port: int, networks: Networks) -> str:
    return by_hand("firewall-cmd", f"--add-rich-rule={rule_for(networks[0], port)}") if networks else ""


def open_port(port: int, packets: Iterable[Packet], folders: Folders) -> Answer:
    """Let the sources of `packets` in, now and after a restart. firewalld asks the person. Raises TavernkeepError."""
    settings = read()
    for packet in packets:
        zone = zone_of(settings, packet) if settings else None
        if zone is None:
            raise TavernkeepError(
                "It could not be found out which zone of firewalld your network is in.",
                f"Type this line in a terminal: {line_to_open(port, (packet.source,))}",
            )
        remember(folders, Added(Kind.FIREWALLD, str(packet.source), port, zone.name))
        _change(zone.name, "--add-rich-rule", rule_for(packet.source, port))
    return Answer.DONE


def remove_rules(folders: Folders) -> Answer:
    """Take away what `open_port` added. Raises TavernkeepError."""
    from ipaddress import ip_network

    for rule in ours(folders):
        _change(rule.zone, "--remove-rich-rule", rule_for(ip_network(rule.network), rule.port))
    forget(folders, Kind.FIREWALLD)
    return Answer.DONE


def ours(folders: Folders) -> tuple[Added, ...]:
    """What `open_port` added and nobody took away."""
    return tuple(rule for rule in added(folders) if rule.kind == Kind.FIREWALLD)


def _change(zone: str, option: str, rule: str) -> None:
    for lasting in ([], ["--permanent"]):
        words = (*lasting, f"--zone={zone}", f"{option}={rule}")
        said = ask("firewall-cmd", *words, timeout_s=PATIENCE_S)
        if said is None or said.status:
            reason = (said.complaint or said.output).strip().splitlines()[:1] if said else ["no answer"]
            raise TavernkeepError(
                "firewalld did not accept the change.",
                f"Type this line in a terminal: {by_hand('firewall-cmd', *words)} ({' '.join(reason)})",
            )
