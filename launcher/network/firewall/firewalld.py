"""firewalld, the firewall of Fedora and openSUSE: read over D-Bus (firewalld.dbus(5)), changed with `firewall-cmd`.

D-Bus is ten times as fast as `firewall-cmd`. On a desktop every user may read it. For a change it asks the person.
"""

import asyncio
import logging
from collections.abc import Iterable
from ipaddress import ip_network
from typing import TYPE_CHECKING, Any

from launcher.network.firewall.firewalld_zones import FirewalldSettings, Zone, zone_from, zone_of
from launcher.network.firewall.packet import Network, Networks, Packet
from launcher.network.firewall.programs import ask
from launcher.network.firewall.record import Added, added, forget, remember
from launcher.network.firewall.verdict import FirewallKind
from launcher.problem import TavernkeepError
from launcher.system import elevation
from launcher.system.elevation import Consent, by_hand
from launcher.system.folders import Folders

if TYPE_CHECKING:
    from dbus_fast.aio import MessageBus

NAME = "org.fedoraproject.FirewallD1"
PATH = "/org/fedoraproject/FirewallD1"
BUS_PATIENCE_S = 2.0
# firewalld comes with this one, which lets in nothing but ICMPv6.
HARMLESS_POLICIES = {"allow-host-ipv6"}

log = logging.getLogger(__name__)


class BusError(Exception):
    """There is no system bus, or firewalld does not answer this user."""


def is_running() -> bool:
    """Return whether firewalld runs; False without a system bus, which it needs. Takes 10 ms."""
    try:
        return bool(asyncio.run(asyncio.wait_for(_is_running(), BUS_PATIENCE_S)))
    except (BusError, TimeoutError):
        return False


def read() -> FirewalldSettings | None:
    """Return all that decides about packets to this PC; None when firewalld does not run or does not answer."""
    try:
        return asyncio.run(asyncio.wait_for(_read(), BUS_PATIENCE_S))
    except (BusError, TimeoutError) as error:
        log.info("firewalld does not answer: %s", error)
        return None


def line_to_open(port: int, networks: Networks) -> str:
    """Return the line to type that opens `port` for the first network; "" without one."""
    return by_hand("firewall-cmd", f"--add-rich-rule={rule_for(networks[0], port)}") if networks else ""


def rule_for(network: Network, port: int) -> str:
    """Return a rule that comes before every other rule of its zone."""
    family = "ipv4" if network.version == 4 else "ipv6"
    return f'rule priority="-10" family="{family}" source address="{network}" port port="{port}" protocol="tcp" accept'


def open_port(port: int, packets: Iterable[Packet], folders: Folders) -> Consent:
    """Let the sources of `packets` in, now and after a restart. firewalld asks the person. Raises TavernkeepError."""
    settings = read()
    for packet in packets:
        zone = zone_of(settings, packet) if settings else None
        if zone is None:
            raise TavernkeepError(
                "Tavernkeep could not find out which zone of firewalld your network is in.",
                f"Type this line in a terminal: {line_to_open(port, (packet.source,))}",
            )
        remember(folders, Added(FirewallKind.FIREWALLD, str(packet.source), port, zone.name))
        _change(zone.name, "--add-rich-rule", rule_for(packet.source, port))
    return Consent.DONE


def remove_rules(folders: Folders) -> Consent:
    """Remove what `open_port` added. Raises TavernkeepError."""
    for rule in added(folders, FirewallKind.FIREWALLD):
        _change(rule.zone, "--remove-rich-rule", rule_for(ip_network(rule.network), rule.port))
    forget(folders, FirewallKind.FIREWALLD)
    return Consent.DONE


def _change(zone: str, option: str, rule: str) -> None:
    for lasting in ([], ["--permanent"]):
        words = (*lasting, f"--zone={zone}", f"{option}={rule}")
        said = ask("firewall-cmd", *words, timeout_s=elevation.PATIENCE_S)
        if said is None or said.status:
            reason = (said.complaint or said.output).strip().splitlines()[:1] if said else ["no answer"]
            raise TavernkeepError(
                "firewalld did not accept the change.",
                f"Type this line in a terminal: {by_hand('firewall-cmd', *words)} ({' '.join(reason)})",
            )


async def _is_running() -> Any:  # noqa: ANN401 - what a bus replies has no type
    bus = await _connect()
    try:
        return await _call(bus, "org.freedesktop.DBus", "NameHasOwner", NAME, to="org.freedesktop.DBus")
    finally:
        bus.disconnect()


async def _read() -> FirewalldSettings:
    bus = await _connect()
    try:
        default = await _call(bus, NAME, "getDefaultZone")
        active = await _call(bus, f"{NAME}.zone", "getActiveZones")
        zones = [await _zone(bus, name) for name in dict.fromkeys([*active, default])]
        names = {service for zone in zones for service in zone.all_services}
        services = {name: await _service(bus, name) for name in sorted(names)}
        policies = await _call(bus, f"{NAME}.policy", "getActivePolicies")
        about_us = {name for name, zones in policies.items() if "HOST" in zones.get("egress_zones", [])}
        panic = await _call(bus, NAME, "queryPanicMode")
        return FirewalldSettings(tuple(zones), default, services, bool(panic), bool(about_us - HARMLESS_POLICIES))
    finally:
        bus.disconnect()


async def _zone(bus: "MessageBus", name: str) -> Zone:
    return zone_from(name, _plain(await _call(bus, f"{NAME}.zone", "getZoneSettings2", name)))


async def _service(bus: "MessageBus", name: str) -> tuple[str, ...] | None:
    """Return its ports; None for a service that includes others."""
    said = _plain(await _call(bus, NAME, "getServiceSettings2", name))
    if said.get("includes"):
        return None
    return tuple(f"{port}/{protocol}" for port, protocol in said.get("ports", []))


async def _connect() -> "MessageBus":
    from dbus_fast import BusType
    from dbus_fast.aio import MessageBus
    from dbus_fast.errors import AuthError, DBusFastError

    try:
        return await MessageBus(bus_type=BusType.SYSTEM).connect()
    except (OSError, AuthError, DBusFastError, EOFError) as error:
        raise BusError(str(error)) from error


async def _call(bus: "MessageBus", interface: str, member: str, *words: str, to: str = NAME) -> Any:  # noqa: ANN401
    from dbus_fast import Message, MessageType

    path = PATH if to == NAME else "/org/freedesktop/DBus"
    asked = Message(to, path, interface, member, signature="s" * len(words), body=list(words))
    reply = await bus.call(asked)
    if reply is None or reply.message_type is MessageType.ERROR:
        raise BusError(f"{member}: {reply.error_name if reply else 'no reply'}")
    return reply.body[0] if reply.body else None


def _plain(said: dict[str, Any]) -> dict[str, Any]:
    return {name: variant.value for name, variant in said.items()}
