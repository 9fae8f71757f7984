"""firewalld, the firewall of Fedora and openSUSE. On a desktop everybody may read it; for changes it asks by itself."""

from collections.abc import Iterable
from ipaddress import ip_network

from launcher.network.firewall import firewalld_bus
from launcher.network.firewall.firewalld_zones import zone_of
from launcher.network.firewall.packet import Network, Packet
from launcher.network.firewall.programs import ask
from launcher.network.firewall.record import Added, added, forget, remember
from launcher.network.firewall.verdict import Kind, Networks
from launcher.problem import TavernkeepError
from launcher.system.elevation import PATIENCE_S, Consent, by_hand
from launcher.system.folders import Folders


def rule_for(network: Network, port: int) -> str:
    """Before every other rule of its zone."""
    family = "ipv4" if network.version == 4 else "ipv6"
    return f'rule priority="-10" family="{family}" source address="{network}" port port="{port}" protocol="tcp" accept'


def line_to_open(port: int, networks: Networks) -> str:
    return by_hand("firewall-cmd", f"--add-rich-rule={rule_for(networks[0], port)}") if networks else ""


def open_port(port: int, packets: Iterable[Packet], folders: Folders) -> Consent:
    """Let the sources of `packets` in, now and after a restart. firewalld asks the person. Raises TavernkeepError."""
    settings = firewalld_bus.read()
    for packet in packets:
        zone = zone_of(settings, packet) if settings else None
        if zone is None:
            raise TavernkeepError(
                "It could not be found out which zone of firewalld your network is in.",
                f"Type this line in a terminal: {line_to_open(port, (packet.source,))}",
            )
        remember(folders, Added(Kind.FIREWALLD, str(packet.source), port, zone.name))
        _change(zone.name, "--add-rich-rule", rule_for(packet.source, port))
    return Consent.DONE


def remove_rules(folders: Folders) -> Consent:
    """Take away what `open_port` added. Raises TavernkeepError."""
    for rule in ours(folders):
        _change(rule.zone, "--remove-rich-rule", rule_for(ip_network(rule.network), rule.port))
    forget(folders, Kind.FIREWALLD)
    return Consent.DONE


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
