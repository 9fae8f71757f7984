"""Reads what `iptables-save` prints, for one packet. PURE.

Conditions about what came before (limit, recent, connlimit) are read for a device that connects for the first time.
"""

import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from launcher.network.firewall.chains import Chain, Does, Rule
from launcher.network.firewall.packet import Packet, all_of, any_of, is_one_of, lies_in, not_so

OUR_COMMENT = "Tavernkeep"
HOOKS = {"PREROUTING": "prerouting", "INPUT": "input"}
HOOKS_OF_ANSWERS = {"OUTPUT": "output", "POSTROUTING": "postrouting"}
ONCE_A_CONNECTION = "nat"
DOES = {"ACCEPT": Does.ACCEPT, "DROP": Does.DROP, "REJECT": Does.DROP, "RETURN": Does.RETURN}
ONLY_LOOK = {"LOG", "NFLOG", "ULOG", "MARK", "CONNMARK", "CT", "NOTRACK", "TCPMSS", "CLASSIFY", "TRACE", "SET", "DSCP"}
ONLY_LOOK |= {"CHECKSUM", "HL", "TTL", "SECMARK", "CONNSECMARK", "AUDIT", ""}
REDIRECTING = {"DNAT", "REDIRECT", "TPROXY", "NFQUEUE", "QUEUE", "SYNPROXY", "NETMAP", "SNAT", "MASQUERADE", "TARPIT"}
OPENING_FLAGS = {"SYN"}
ALL_FLAGS = {"FIN", "SYN", "RST", "PSH", "ACK", "URG"}
Said = tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """One table of a dump; `version` is 4 or 6. `chains` are already compared with the packet."""

    name: str
    version: int
    chains: dict[str, Chain]


def tables(dump: str, version: int, packet: Packet) -> tuple[Table, ...]:
    """The tables of one `iptables-save` (`version` 4) or `ip6tables-save` (6)."""
    marks = "MARK" in dump
    found: list[Table] = []
    for line in dump.splitlines():
        if line.startswith("*"):
            found.append(Table(line[1:].strip(), version, {}))
        elif line.startswith(":") and found:
            name, policy = line[1:].split()[:2]
            hook = (HOOKS_OF_ANSWERS if packet.answer else HOOKS).get(name, "")
            if packet.answer and found[-1].name == ONCE_A_CONNECTION:
                hook = ""
            found[-1].chains[name] = Chain(name, (), hook, Does.DROP if policy == "DROP" else Does.ACCEPT)
        elif line.startswith("-A ") and found:
            chain, rule = read_rule(line, version, packet, marks)
            known = found[-1].chains.get(chain, Chain(chain))
            found[-1].chains[chain] = replace(known, rules=(*known.rules, rule))
    return tuple(found)


def our_rules(dump: str) -> tuple[tuple[str, list[str]], ...]:
    """(table, the words after -A) of each rule that Tavernkeep added."""
    found, table = [], ""
    for line in dump.splitlines():
        if line.startswith("*"):
            table = line[1:].strip()
        elif line.startswith("-A ") and f"--comment {OUR_COMMENT} " in line:
            found.append((table, shlex.split(line)[1:]))
    return tuple(found)


def read_rule(line: str, version: int, packet: Packet, marks: bool = False) -> tuple[str, Rule]:
    """The chain and the rule of a line `-A INPUT …`. `marks`: some rule sets marks, so a mark tells nothing."""
    words = shlex.split(line)
    fits: list[bool | None] = [packet.source.version == version]
    does, target = Does.GO_ON, ""
    for negated, option, said in options(words[2:]):
        if option in ("-j", "-g"):
            does, target = action(option, said[0] if said else "")
            break
        answer = None if marks and option == "--mark" else condition(option, said, packet)
        fits.append(not_so(answer) if negated else answer)
    return words[1], Rule(all_of(fits), does, target)


def options(words: list[str]) -> Iterator[tuple[bool, str, Said]]:
    """`! -s 1.2.3.4 -m tcp` as (True, "-s", ("1.2.3.4",)), (False, "-m", ("tcp",))."""
    starts = [at for at, word in enumerate(words) if word.startswith("-")]
    for at, until in zip(starts, [*starts[1:], len(words)], strict=True):
        negated = at > 0 and words[at - 1] == "!"
        yield negated, words[at], tuple(word for word in words[at + 1 : until] if word != "!")


def action(option: str, target: str) -> tuple[Does, str]:
    if target in DOES:
        return DOES[target], ""
    if target in ONLY_LOOK:
        return Does.GO_ON, ""
    if target in REDIRECTING:
        return Does.ANYTHING, ""
    return (Does.GOTO if option == "-g" else Does.JUMP), target


def condition(option: str, said: Said, packet: Packet) -> bool | None:
    """Does the packet meet this one condition? Words that only shape another condition are met."""
    test = (OF_ANSWERS if packet.answer else {}).get(option) or CONDITIONS.get(option)
    if test is None:
        return True if option in NO_CONDITION else None
    return test(said, packet) if said or option in WITHOUT_VALUE else None


def _protocol(said: Said, packet: Packet) -> bool:
    return said[0] in ("tcp", "6", "all", "0")


def _port(said: Said, packet: Packet) -> bool | None:
    """`8000`, `8000:8010`, `:8010` or a list of them."""
    answers: list[bool | None] = []
    for part in said[0].split(","):
        first, colon, last = part.partition(":")
        try:
            low, high = int(first or 0), int(last or 65535) if colon else int(first)
        except ValueError:
            return None
        answers.append(low <= packet.port <= high)
    return any_of(answers)


def _source(said: Said, packet: Packet) -> bool | None:
    return any_of(lies_in(packet.source, part) for part in said[0].split(","))


def _destination(said: Said, packet: Packet) -> bool | None:
    return any_of(is_one_of(packet.destination, part) for part in said[0].split(","))


def _card(said: Said, packet: Packet) -> bool | None:
    return card_fits(said[0], packet.card, "+")


def card_fits(pattern: str, card: str | None, wildcard: str) -> bool | None:
    """`eth+` of iptables and `eth*` of nftables mean every card whose name begins so."""
    if pattern == "lo":
        return card == "lo"
    if card is None:
        return None
    return card.startswith(pattern[:-1]) if pattern.endswith(wildcard) else card == pattern


def _state(said: Said, packet: Packet) -> bool:
    return "NEW" in said[0].split(",")


def _flags(said: Said, packet: Packet) -> bool | None:
    """`FIN,SYN,RST,ACK SYN`: of the first, the second are set."""
    if len(said) != 2:
        return None
    looked_at = ALL_FLAGS if said[0] == "ALL" else set(said[0].split(","))
    wanted = ALL_FLAGS if said[1] == "ALL" else set() if said[1] == "NONE" else set(said[1].split(","))
    return looked_at & OPENING_FLAGS == wanted


def _mark(said: Said, packet: Packet) -> bool | None:
    try:
        return int(said[0].partition("/")[0], 0) == 0
    except ValueError:
        return None


CONDITIONS: dict[str, Callable[[Said, Packet], bool | None]] = {
    "-p": _protocol,
    "--dport": _port,
    "--dports": _port,
    "--destination-port": _port,
    "-s": _source,
    "-d": _destination,
    "--src-range": _source,
    "--dst-range": _destination,
    "-i": _card,
    "--ctstate": _state,
    "--state": _state,
    "--tcp-flags": _flags,
    "--syn": lambda said, packet: True,
    "--mark": _mark,
    "--dst-type": lambda said, packet: "LOCAL" in said[0].split(","),
    "--src-type": lambda said, packet: "UNICAST" in said[0].split(","),
    "--pkt-type": lambda said, packet: said[0] == "unicast",
    "--icmp-type": lambda said, packet: False,
    "--icmpv6-type": lambda said, packet: False,
    "--rcheck": lambda said, packet: False,
    "--update": lambda said, packet: False,
    "--connlimit-above": lambda said, packet: False,
    "--hashlimit-above": lambda said, packet: False,
}
# The same words about the packet that goes the other way; of the rest nothing is said there.
OF_ANSWERS: dict[str, Callable[[Said, Packet], bool | None]] = {
    **dict.fromkeys(CONDITIONS, lambda said, packet: None),
    "-p": _protocol,
    "--sport": _port,
    "--sports": _port,
    "--source-port": _port,
    "-s": _destination,
    "-d": _source,
    "--src-range": _destination,
    "--dst-range": _source,
    "-i": lambda said, packet: False,
    "-o": _card,
    "--ctstate": lambda said, packet: "ESTABLISHED" in said[0].split(","),
    "--state": lambda said, packet: "ESTABLISHED" in said[0].split(","),
    "--syn": lambda said, packet: False,
    "--mark": _mark,
    "--dst-type": lambda said, packet: "UNICAST" in said[0].split(","),
    "--src-type": lambda said, packet: "LOCAL" in said[0].split(","),
    "--icmp-type": lambda said, packet: False,
    "--icmpv6-type": lambda said, packet: False,
}
WITHOUT_VALUE = {"--syn", "--rcheck", "--update"}
NO_CONDITION = {"-m", "--comment", "--limit", "--limit-burst", "--set", "--name", "--rsource", "--rdest", "--mask"}
NO_CONDITION |= {"--seconds", "--hitcount", "--reap", "--rttl", "--connlimit-upto", "--connlimit-mask"}
NO_CONDITION |= {"--connlimit-saddr", "--connlimit-daddr", "--hashlimit-upto", "--hashlimit-burst", "--hashlimit-mode"}
NO_CONDITION |= {"--hashlimit-name", "--hashlimit-htable-expire", "--hashlimit-srcmask", "--hashlimit-dstmask"}
