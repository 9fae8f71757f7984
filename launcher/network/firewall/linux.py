"""The firewall of a Linux PC: what ufw and firewalld show a user without administrator rights.

Rules that nft or iptables gave to the kernel are not read: only root may read them, and hardly anybody runs Tavernkeep
as root. The test page shows whether they let a phone in.
"""

from itertools import chain
from pathlib import Path

from launcher.network.cards import own_interfaces
from launcher.network.firewall import firewalld, firewalld_zones, ufw
from launcher.network.firewall.packet import Networks, Packet, all_of
from launcher.network.firewall.record import added
from launcher.network.firewall.verdict import Firewall, FirewallKind
from launcher.problem import TavernkeepError
from launcher.system.elevation import Consent, by_hand
from launcher.system.folders import Folders

MODULES = Path("/proc/modules")
FILTERING_MODULES = {"nf_tables", "ip_tables", "ip6_tables"}
SHOWS_RULES = {
    FirewallKind.UFW: ("ufw", "status", "verbose"),
    FirewallKind.FIREWALLD: ("firewall-cmd", "--list-all-zones"),
    FirewallKind.NFTABLES: ("nft", "list", "ruleset"),
    FirewallKind.IPTABLES: ("iptables-save",),
}
# The services that load saved rules when the PC starts, and where systemd and OpenRC list the enabled ones.
LOADS_RULES = {
    "nftables": FirewallKind.NFTABLES,
    "iptables": FirewallKind.IPTABLES,
    "ip6tables": FirewallKind.IPTABLES,
    "netfilter-persistent": FirewallKind.IPTABLES,
}
SYSTEMD_UNITS = Path("/etc/systemd/system")
OPENRC_RUNLEVELS = Path("/etc/runlevels")


def look(program: Path | None, port: int, networks: Networks, folders: Folders) -> Firewall:
    """See `this_pc.look`. Linux has no rules about programs."""
    front = front_end()
    packets = packets_from(networks, port)
    if not packets:
        return Firewall(front or FirewallKind.NONE, True if front else None, None, "This PC is in no local network.")
    settings = firewalld.read() if front is FirewallKind.FIREWALLD else None
    if settings and settings.panic:
        return in_panic()
    if front is FirewallKind.UFW:
        return told(front, True if ufw.was_opened(port, networks, folders) else None, port, networks)
    if front is FirewallKind.FIREWALLD:
        passes = [firewalld_zones.passes(settings, each) if settings else None for each in packets]
        return told(front, all_of(passes), port, networks)
    return unseen(filtering_modules(), loaded_at_start())


def open_port(program: Path | None, port: int, networks: Networks, folders: Folders) -> Consent:
    """See `this_pc.open_port`. Only ufw and firewalld can be changed. Raises TavernkeepError."""
    front = front_end()
    if front is FirewallKind.UFW:
        answer = ufw.open_port(port, networks, folders)
    elif front is FirewallKind.FIREWALLD:
        answer = firewalld.open_port(port, packets_from(networks, port), folders)
    else:
        raise TavernkeepError(
            "Tavernkeep cannot change the firewall of this PC by itself.",
            f"This line in a terminal shows its rules: {by_hand(*SHOWS_RULES[FirewallKind.NFTABLES])}",
        )
    if answer is Consent.DONE and look(program, port, networks, folders).passes is False:
        raise TavernkeepError(
            "The port was opened, but another rule of the firewall still keeps phones out.",
            f"This line in a terminal shows the rules: {by_hand(*SHOWS_RULES[front])}",
        )
    return answer


def remove_rules(folders: Folders) -> Consent:
    """See `this_pc.remove_rules`. Raises TavernkeepError."""
    if ufw.remove_rules(folders) is Consent.DECLINED:
        return Consent.DECLINED
    firewalld.remove_rules(folders)
    return Consent.DONE


def has_rules(folders: Folders) -> bool:
    """See `this_pc.has_rules`."""
    return any(added(folders, kind) for kind in (FirewallKind.UFW, FirewallKind.FIREWALLD))


def front_end() -> FirewallKind | None:
    """Return the program that manages the rules: UFW, FIREWALLD, or None when neither is on."""
    if ufw.is_on():
        return FirewallKind.UFW
    return FirewallKind.FIREWALLD if firewalld.is_running() else None


def packets_from(networks: Networks, port: int) -> tuple[Packet, ...]:
    """Return one packet from each network, with this PC's card and address in that network, if any."""
    packets = []
    for network in networks:
        here = [(each.ip, card) for card, each in own_interfaces() or () if each.ip in network]
        packets.append(Packet(network, port, *here[0]) if here else Packet(network, port))
    return tuple(packets)


def told(kind: FirewallKind, passes: bool | None, port: int, networks: Networks) -> Firewall:
    """Return what a firewall that is on does with these packets, and how to open it. PURE."""
    if passes:
        return Firewall(kind, True, True, f"{kind} lets the devices of this network reach port {port}.")
    why = f"{kind} keeps the devices of this network away from port {port}."
    if passes is None:
        why = f"{kind} is on. Tavernkeep cannot see whether it lets the devices of this network reach port {port}."
    line = ufw.line_to_open(port, networks) if kind is FirewallKind.UFW else firewalld.line_to_open(port, networks)
    how = by_hand(*SHOWS_RULES[kind]) if passes is None else ""
    return Firewall(kind, True, passes, why, how_to_find_out=how, can_open=True, by_hand=line)


def in_panic() -> Firewall:
    """Return the verdict for firewalld's panic mode. No rule helps there, and a person switched it on. PURE."""
    why = "firewalld is in panic mode: it lets nothing in or out."
    return Firewall(FirewallKind.FIREWALLD, True, False, why, by_hand=by_hand("firewall-cmd", "--panic-off"))


def unseen(modules: bool | None, loaded: FirewallKind | None) -> Firewall:
    """Return the verdict for a PC where neither ufw nor firewalld is on. PURE.

    `modules`: see `filtering_modules`. `loaded`: see `loaded_at_start`.
    """
    if loaded:
        why = f"This PC loads {loaded} rules when it starts. Tavernkeep does not read them."
        return Firewall(loaded, None, None, why, how_to_find_out=by_hand(*SHOWS_RULES[loaded]))
    if modules is False:
        return Firewall(FirewallKind.NONE, False, True, "This PC has no firewall that is on.")
    why = "Neither ufw nor firewalld is on. Tavernkeep does not read other firewall rules."
    return Firewall(FirewallKind.NONE, None, None, why, how_to_find_out=by_hand(*SHOWS_RULES[FirewallKind.NFTABLES]))


def loaded_at_start() -> FirewallKind | None:
    """Return whose saved rules this PC loads when it starts; None when none are seen. Every user may look there."""
    for service, kind in LOADS_RULES.items():
        try:
            if any(chain(SYSTEMD_UNITS.glob(f"*.wants/{service}.service"), OPENRC_RUNLEVELS.glob(f"*/{service}"))):
                return kind
        except OSError:
            continue
    return None


def filtering_modules() -> bool | None:
    """Return whether the kernel has loaded a module that filters; None: not known, for example when built in."""
    try:
        loaded = {line.split()[0] for line in MODULES.read_text("ascii").splitlines()}
    except (OSError, UnicodeDecodeError):
        return None
    return bool(loaded & FILTERING_MODULES) if loaded else None
