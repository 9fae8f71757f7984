"""The firewall of a Linux PC: ufw, firewalld, or bare rules of the kernel.

An administrator is told what the kernel will do, whoever wrote its rules; others what ufw or firewalld tell.
"""

from ipaddress import ip_interface
from pathlib import Path

from launcher.network.firewall import firewalld, firewalld_bus, firewalld_zones, netfilter, ufw
from launcher.network.firewall.packet import Packet, all_of
from launcher.network.firewall.verdict import Firewall, Kind, Networks, Repair
from launcher.problem import TavernkeepError
from launcher.system.elevation import Answer, by_hand
from launcher.system.folders import Folders

MODULES = Path("/proc/modules")
FILTERING_MODULES = {"nf_tables", "ip_tables", "ip6_tables"}
SHOWS_RULES = {
    Kind.UFW: ("ufw", "status", "verbose"),
    Kind.FIREWALLD: ("firewall-cmd", "--list-all-zones"),
    Kind.NFTABLES: ("nft", "list", "ruleset"),
    Kind.IPTABLES: ("iptables-save",),
}


def look(port: int, networks: Networks, folders: Folders) -> Firewall:
    """See `this_pc.look`. Linux has no rules about programs."""
    front = front_end()
    dumps = netfilter.read()
    packets = packets_from(networks, port)
    if not packets:
        return Firewall(front or Kind.NONE, True if front else None, None, "This PC is in no local network.")
    settings = firewalld_bus.read() if front is Kind.FIREWALLD else None
    if settings and settings.panic:
        return in_panic()
    if dumps is not None:
        return from_kernel([netfilter.decide(dumps, packet) for packet in packets], front, port, networks)
    if front is Kind.UFW:
        return told(front, True if ufw.was_opened(port, networks, folders) else None, port, networks)
    if front is Kind.FIREWALLD:
        passes = [firewalld_zones.passes(settings, each) if settings else None for each in packets]
        return told(front, all_of(passes), port, networks)
    return unseen(filtering_modules())


def open_port(port: int, networks: Networks, folders: Folders) -> Answer:
    """See `this_pc.open_port`. Rules of ufw and firewalld stay; bare rules of the kernel last until these are loaded
    again."""
    front = front_end()
    if front is Kind.UFW:
        answer = ufw.open_port(port, networks, folders)
    elif front is Kind.FIREWALLD:
        answer = firewalld.open_port(port, packets_from(networks, port), folders)
    else:
        answer = open_kernel(port, networks)
    if answer is Answer.DONE and look(port, networks, folders).passes is False:
        raise TavernkeepError(
            "The port was opened, but another rule of the firewall still keeps phones out.",
            f"This line in a terminal shows the rules: {by_hand('nft', 'list', 'ruleset')}",
        )
    return answer


def open_kernel(port: int, networks: Networks) -> Answer:
    """Put one rule before the others in each chain that keeps the networks out."""
    dumps = netfilter.read()
    for packet in packets_from(networks, port):
        barriers = netfilter.decide(dumps, packet).barriers if dumps else ()
        commands = netfilter.opening(barriers, packet.source, port)
        if dumps is None or commands is None:
            raise TavernkeepError(
                "Tavernkeep cannot change these firewall rules by itself.",
                f"This line in a terminal shows them: {by_hand('nft', 'list', 'ruleset')}",
            )
        netfilter.run_all(commands)
    return Answer.DONE


def remove_rules(folders: Folders) -> Answer:
    """See `this_pc.remove_rules`."""
    if ufw.remove_rules(folders) is Answer.DECLINED:
        return Answer.DECLINED
    firewalld.remove_rules(folders)
    dumps = netfilter.read()
    if dumps is not None:
        netfilter.run_all(netfilter.closing(dumps))
    return Answer.DONE


def has_rules(folders: Folders) -> bool:
    """See `this_pc.has_rules`."""
    if ufw.ours(folders) or firewalld.ours(folders):
        return True
    dumps = netfilter.read()
    return dumps is not None and bool(netfilter.closing(dumps))


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


def from_kernel(found: list[netfilter.Kernel], front: Kind | None, port: int, networks: Networks) -> Firewall:
    """What the rules of the kernel mean for the person. PURE."""
    if not any(kernel.filters for kernel in found):
        return Firewall(front or Kind.NONE, False, True, "No firewall of this PC keeps anybody out.")
    passes = all_of(kernel.passes for kernel in found)
    if front or passes:
        return told(front or Kind.NFTABLES, passes, port, networks)
    barriers = tuple(barrier for kernel in found for barrier in kernel.barriers)
    kind = Kind.NFTABLES if any(barrier.program == "nft" for barrier in barriers) else Kind.IPTABLES
    commands = netfilter.opening(barriers, networks[0], port)
    how = by_hand(*SHOWS_RULES[kind])
    if not commands:
        return Firewall(kind, True, passes, sentence(kind, passes, port), how_to_find_out=how)
    line = by_hand(*commands[0])
    return Firewall(
        kind, True, passes, sentence(kind, passes, port), how_to_find_out=how, repair=Repair.OPEN, by_hand=line
    )


def told(kind: Kind, passes: bool | None, port: int, networks: Networks) -> Firewall:
    """What a firewall that is on does with these packets, and how it is opened. PURE."""
    why = sentence(kind, passes, port)
    if passes:
        return Firewall(kind, True, True, why)
    line = ufw.line_to_open(port, networks) if kind is Kind.UFW else firewalld.line_to_open(port, networks)
    how = "" if passes is False else by_hand(*SHOWS_RULES[kind])
    return Firewall(kind, True, passes, why, how_to_find_out=how, repair=Repair.OPEN, by_hand=line)


def in_panic() -> Firewall:
    """No rule helps there, and who switched it on had a reason. PURE."""
    why = "firewalld is in panic mode, in which it lets nothing in or out."
    return Firewall(Kind.FIREWALLD, True, False, why, by_hand=by_hand("firewall-cmd", "--panic-off"))


def sentence(kind: Kind, passes: bool | None, port: int) -> str:
    if passes is None:
        return f"{kind} is on, and whether it lets the devices of this network reach port {port} could not be seen."
    does = "lets the devices of this network reach" if passes else "keeps the devices of this network away from"
    return f"{kind} {does} port {port}."


def unseen(modules: bool | None) -> Firewall:
    """No ufw, no firewalld, and nobody may read the kernel's rules. `modules`: it has a part that filters. PURE."""
    if modules is False:
        return Firewall(Kind.NONE, False, True, "No firewall of this PC keeps anybody out.")
    why = "Neither ufw nor firewalld is on; only an administrator can see whether there are other rules."
    return Firewall(Kind.NONE, None, None, why, how_to_find_out=by_hand(*SHOWS_RULES[Kind.NFTABLES]))


def filtering_modules() -> bool | None:
    """Has the kernel loaded a module that filters? None when that cannot be told, as where they are built in."""
    try:
        loaded = {line.split()[0] for line in MODULES.read_text("ascii").splitlines()}
    except (OSError, UnicodeDecodeError):
        return None
    return bool(loaded & FILTERING_MODULES) if loaded else None
