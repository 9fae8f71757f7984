"""The firewall of a Linux PC, by what ufw and firewalld tell somebody without rights.

Rules that were given to the kernel directly, by nft or iptables, are not read: only root may, and hardly anybody runs
Tavernkeep as root. Whether they let a phone in is shown by the test page.
"""

from ipaddress import ip_interface
from itertools import chain
from pathlib import Path

from launcher.network.firewall import firewalld, firewalld_bus, firewalld_zones, ufw
from launcher.network.firewall.packet import Packet, all_of
from launcher.network.firewall.verdict import Firewall, FirewallFix, Kind, Networks
from launcher.problem import TavernkeepError
from launcher.system.elevation import Consent, by_hand
from launcher.system.folders import Folders

MODULES = Path("/proc/modules")
FILTERING_MODULES = {"nf_tables", "ip_tables", "ip6_tables"}
SHOWS_RULES = {
    Kind.UFW: ("ufw", "status", "verbose"),
    Kind.FIREWALLD: ("firewall-cmd", "--list-all-zones"),
    Kind.NFTABLES: ("nft", "list", "ruleset"),
    Kind.IPTABLES: ("iptables-save",),
}
# The services that load saved rules when the PC starts, and where systemd and OpenRC note that they are on.
LOADS_RULES = {
    "nftables": Kind.NFTABLES,
    "iptables": Kind.IPTABLES,
    "ip6tables": Kind.IPTABLES,
    "netfilter-persistent": Kind.IPTABLES,
}
SYSTEMD_UNITS = Path("/etc/systemd/system")
OPENRC_RUNLEVELS = Path("/etc/runlevels")


def look(port: int, networks: Networks, folders: Folders) -> Firewall:
    """See `this_pc.look`. Linux has no rules about programs."""
    front = front_end()
    packets = packets_from(networks, port)
    if not packets:
        return Firewall(front or Kind.NONE, True if front else None, None, "This PC is in no local network.")
    settings = firewalld_bus.read() if front is Kind.FIREWALLD else None
    if settings and settings.panic:
        return in_panic()
    if front is Kind.UFW:
        return told(front, True if ufw.was_opened(port, networks, folders) else None, port, networks)
    if front is Kind.FIREWALLD:
        passes = [firewalld_zones.passes(settings, each) if settings else None for each in packets]
        return told(front, all_of(passes), port, networks)
    return unseen(filtering_modules(), loaded_at_start())


def open_port(port: int, networks: Networks, folders: Folders) -> Consent:
    """See `this_pc.open_port`. Only ufw and firewalld can be changed."""
    front = front_end()
    if front is Kind.UFW:
        answer = ufw.open_port(port, networks, folders)
    elif front is Kind.FIREWALLD:
        answer = firewalld.open_port(port, packets_from(networks, port), folders)
    else:
        raise TavernkeepError(
            "Tavernkeep cannot change the firewall of this PC by itself.",
            f"This line in a terminal shows its rules: {by_hand(*SHOWS_RULES[Kind.NFTABLES])}",
        )
    if answer is Consent.DONE and look(port, networks, folders).passes is False:
        raise TavernkeepError(
            "The port was opened, but another rule of the firewall still keeps phones out.",
            f"This line in a terminal shows the rules: {by_hand(*SHOWS_RULES[front])}",
        )
    return answer


def remove_rules(folders: Folders) -> Consent:
    """See `this_pc.remove_rules`."""
    if ufw.remove_rules(folders) is Consent.DECLINED:
        return Consent.DECLINED
    firewalld.remove_rules(folders)
    return Consent.DONE


def has_rules(folders: Folders) -> bool:
    """See `this_pc.has_rules`."""
    return bool(ufw.ours(folders) or firewalld.ours(folders))


def front_end() -> Kind | None:
    """The program that manages the rules: UFW, FIREWALLD, or None when neither is on."""
    if ufw.is_on():
        return Kind.UFW
    return Kind.FIREWALLD if firewalld_bus.is_running() else None


def packets_from(networks: Networks, port: int) -> tuple[Packet, ...]:
    """One packet from each network, with the card and the address of this PC in it where there is one."""
    import psutil

    own = []
    for card, addresses in psutil.net_if_addrs().items():
        for one in addresses:
            try:
                own.append((card.partition(":")[0], ip_interface(one.address.partition("%")[0]).ip))
            except ValueError:
                continue  # the hardware address
    packets = []
    for network in networks:
        here = [(ip, card) for card, ip in own if ip in network]
        packets.append(Packet(network, port, *here[0]) if here else Packet(network, port))
    return tuple(packets)


def told(kind: Kind, passes: bool | None, port: int, networks: Networks) -> Firewall:
    """What a firewall that is on does with these packets, and how it is opened. PURE."""
    why = sentence(kind, passes, port)
    if passes:
        return Firewall(kind, True, True, why)
    line = ufw.line_to_open(port, networks) if kind is Kind.UFW else firewalld.line_to_open(port, networks)
    how = "" if passes is False else by_hand(*SHOWS_RULES[kind])
    return Firewall(kind, True, passes, why, how_to_find_out=how, repair=FirewallFix.OPEN, by_hand=line)


def in_panic() -> Firewall:
    """No rule helps there, and who switched it on had a reason. PURE."""
    why = "firewalld is in panic mode, in which it lets nothing in or out."
    return Firewall(Kind.FIREWALLD, True, False, why, by_hand=by_hand("firewall-cmd", "--panic-off"))


def sentence(kind: Kind, passes: bool | None, port: int) -> str:
    if passes is None:
        return f"{kind} is on, and whether it lets the devices of this network reach port {port} could not be seen."
    does = "lets the devices of this network reach" if passes else "keeps the devices of this network away from"
    return f"{kind} {does} port {port}."


def unseen(modules: bool | None, loaded: Kind | None) -> Firewall:
    """Neither ufw nor firewalld is on. PURE.

    `modules`: the kernel has a part that filters. `loaded`: whose rules this PC loads when it starts.
    """
    if loaded:
        why = f"This PC loads rules of {loaded} when it starts. Tavernkeep does not read these rules."
        return Firewall(loaded, None, None, why, how_to_find_out=by_hand(*SHOWS_RULES[loaded]))
    if modules is False:
        return Firewall(Kind.NONE, False, True, "No firewall of this PC keeps anybody out.")
    why = "Neither ufw nor firewalld is on. Tavernkeep does not read other firewall rules."
    return Firewall(Kind.NONE, None, None, why, how_to_find_out=by_hand(*SHOWS_RULES[Kind.NFTABLES]))


def loaded_at_start() -> Kind | None:
    """Whose saved rules this PC loads when it starts; None where none can be seen. Everybody may look there."""
    for service, kind in LOADS_RULES.items():
        try:
            if any(chain(SYSTEMD_UNITS.glob(f"*.wants/{service}.service"), OPENRC_RUNLEVELS.glob(f"*/{service}"))):
                return kind
        except OSError:
            continue
    return None


def filtering_modules() -> bool | None:
    """Has the kernel loaded a module that filters? None when that is unknown, as where they are built in."""
    try:
        loaded = {line.split()[0] for line in MODULES.read_text("ascii").splitlines()}
    except (OSError, UnicodeDecodeError):
        return None
    return bool(loaded & FILTERING_MODULES) if loaded else None
