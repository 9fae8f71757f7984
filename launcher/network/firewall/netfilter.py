"""The rules that the Linux kernel itself obeys, whoever wrote them. Only an administrator may read or change them."""

from dataclasses import dataclass, replace
from pathlib import Path

from launcher.network.firewall import iptables, nftables
from launcher.network.firewall.chains import Chain, Way, together, way_of
from launcher.network.firewall.packet import Network, Packet, all_of
from launcher.network.firewall.programs import output_of
from launcher.problem import TavernkeepError
from launcher.system.elevation import find_program, is_administrator

LEGACY_IN_USE = {4: Path("/proc/net/ip_tables_names"), 6: Path("/proc/net/ip6_tables_names")}
ANSWERS = "output"
PROGRAMS = {4: "iptables", 6: "ip6tables"}


@dataclass(frozen=True)
class Dump:
    """What one program printed: `nft`, `iptables`, `ip6tables`, `iptables-legacy`, `ip6tables-legacy`."""

    program: str
    text: str


@dataclass(frozen=True)
class Barrier:
    """A chain that keeps the packet out, or may. `program` and `family` say how it is changed."""

    program: str
    family: str
    table: str
    chain: str
    hook: str


@dataclass(frozen=True)
class Kernel:
    """`filters`: there is a chain at all that looks at packets for this PC."""

    passes: bool | None
    filters: bool
    barriers: tuple[Barrier, ...] = ()


def read() -> tuple[Dump, ...] | None:
    """All rules of this PC; None when they cannot be read. Takes 20 ms."""
    if not is_administrator():
        return None
    text = output_of("nft", "-j", "list", "ruleset")
    if text is not None and not nftables.is_readable(text):
        return None
    found = [] if text is None else [Dump("nft", text)]
    for version, program in PROGRAMS.items():
        text = output_of(f"{program}-save")
        if text is not None:
            legacy = bool(text) and "(nf_tables)" not in text
            found.append(Dump(f"{program}-legacy" if legacy and find_program(f"{program}-legacy") else program, text))
        if _legacy_in_use(version) and (text := output_of(f"{program}-legacy-save")):
            found.append(Dump(f"{program}-legacy", text))
    return tuple({dump.program: dump for dump in found}.values()) or None


def decide(dumps: tuple[Dump, ...], packet: Packet) -> Kernel:
    """Does the packet come through, and the answer to it? PURE."""
    there, back = _one_way(dumps, packet), _one_way(dumps, replace(packet, answer=True))
    passes = all_of([there.passes, back.passes])
    return Kernel(passes, there.filters or back.filters, there.barriers + back.barriers)


def _one_way(dumps: tuple[Dump, ...], packet: Packet) -> Kernel:
    """A table that both nft and iptables print counts once."""
    barriers: list[Barrier] = []
    ways: list[Way] = []
    filters = False
    for program, family, table, chains in _tables(dumps, packet):
        way = way_of(chains)
        ways.append(way)
        filters = filters or any(chain.hook and (chain.rules or chain.policy != "accept") for chain in chains.values())
        barriers += [Barrier(program, family, table, name, chains[name].hook) for name in way.barriers]
    return Kernel(together(ways).passes, filters, tuple(barriers))


def opening(barriers: tuple[Barrier, ...], network: Network, port: int) -> tuple[tuple[str, ...], ...] | None:
    """The commands that let `network` through; None where a rule more would not help. PURE."""
    if any(barrier.hook not in ("input", ANSWERS) for barrier in barriers):
        return None
    return tuple(_insert(barrier, network, port) for barrier in barriers)


def closing(dumps: tuple[Dump, ...]) -> tuple[tuple[str, ...], ...]:
    """The commands that take away every rule that Tavernkeep added. PURE."""
    commands: list[tuple[str, ...]] = []
    for dump in dumps:
        if dump.program == "nft":
            for rule in nftables.our_rules(dump.text):
                where = (rule.family, rule.table, rule.chain)
                commands.append(("nft", "delete", "rule", *where, "handle", str(rule.handle)))
        else:
            for table, words in iptables.our_rules(dump.text):
                commands.append((dump.program, "-w", "-t", table, "-D", *words))
    return tuple(commands)


def run_all(commands: tuple[tuple[str, ...], ...]) -> None:
    """As administrator already. Raises TavernkeepError naming the first one that failed."""
    for name, *arguments in commands:
        if output_of(name, *arguments) is None:
            raise TavernkeepError(
                "The firewall rule could not be changed.", f"Try it yourself: {' '.join((name, *arguments))}"
            )


def _insert(barrier: Barrier, network: Network, port: int) -> tuple[str, ...]:
    back = barrier.hook == ANSWERS
    if barrier.program == "nft":
        address = ("ip" if network.version == 4 else "ip6", "daddr" if back else "saddr", str(network))
        where = (barrier.family, barrier.table, barrier.chain)
        does = ("tcp", "sport" if back else "dport", str(port), "accept", "comment", nftables.OUR_COMMENT)
        return ("nft", "insert", "rule", *where, *address, *does)
    about = ("-d", str(network), "-p", "tcp", "--sport") if back else ("-s", str(network), "-p", "tcp", "--dport")
    fits = (*about, str(port), "-m", "comment", "--comment", iptables.OUR_COMMENT)
    return (barrier.program, "-w", "-t", barrier.table, "-I", barrier.chain, *fits, "-j", "ACCEPT")


def _tables(dumps: tuple[Dump, ...], packet: Packet) -> list[tuple[str, str, str, dict[str, Chain]]]:
    """(program, family, table, chains). Of what both print, iptables is asked about the tables that it made."""
    version = packet.source.version
    family, program = ("ip" if version == 4 else "ip6"), PROGRAMS[version]
    printed = {
        (dump.program, table.name): table.chains
        for dump in dumps
        if dump.program in (program, f"{program}-legacy")
        for table in iptables.tables(dump.text, version, packet)
    }
    found = []
    for table in (table for dump in dumps if dump.program == "nft" for table in nftables.tables(dump.text, packet)):
        key = (program, table.name)
        if table.family == family and key in printed:
            if printed[key].keys() >= table.chains.keys():
                continue
            del printed[key]
        found.append(("nft", table.family, table.name, table.chains))
    return found + [(by, family, name, chains) for (by, name), chains in printed.items()]


def _legacy_in_use(version: int) -> bool:
    try:
        return bool(LEGACY_IN_USE[version].read_text("ascii").strip())
    except OSError:
        return False
