"""Reads what `nft -j list ruleset` prints, for one packet. PURE.

The JSON is described in libnftables-json(5). What is not known here is not understood, never ignored.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from launcher.network.firewall.chains import Chain, Does, Rule
from launcher.network.firewall.iptables import card_fits
from launcher.network.firewall.packet import Packet, all_of, any_of, is_one_of, lies_in, not_so

OUR_COMMENT = "Tavernkeep"
HOOKS = {"ingress", "prerouting", "input"}
HOOKS_OF_ANSWERS = {"output", "postrouting", "egress"}
DOES = {"accept": Does.ACCEPT, "drop": Does.DROP, "reject": Does.DROP, "return": Does.RETURN, "continue": Does.GO_ON}
JUMPS = {"jump": Does.JUMP, "goto": Does.GOTO}
ONLY_LOOK = {"counter", "log", "comment", "mangle", "notrack", "set", "map", "ct helper", "ct timeout", "flow"}
ONLY_LOOK |= {"secmark", "dup", "last"}
REDIRECTING = {"dnat", "snat", "redirect", "masquerade", "tproxy", "queue", "synproxy"}
NEVER_TCP = {"udp", "udplite", "sctp", "dccp", "icmp", "icmpv6", "igmp", "esp", "ah", "comp", "arp"}
Json = Any


@dataclass(frozen=True)
class Table:
    """One table. `chains` are already compared with the packet."""

    family: str
    name: str
    chains: dict[str, Chain]


@dataclass(frozen=True)
class OurRule:
    """A rule that Tavernkeep added, as `nft delete rule` wants it."""

    family: str
    table: str
    chain: str
    handle: int


class _Unknown:
    """A value of the packet that cannot be told."""


UNKNOWN = _Unknown()


@dataclass(frozen=True)
class _Masked:
    """Those of the packet's flags that were asked about: they must be the same, where elsewhere one is enough."""

    flags: frozenset[str]

    def is_exactly(self, said: Json) -> bool | None:
        if isinstance(said, dict):
            said = said.get("|")
        if isinstance(said, int):
            return not self.flags if said == 0 else None
        return None if said is None else self.flags == frozenset([said] if isinstance(said, str) else said)


@dataclass(frozen=True)
class _Own:
    """One of the two addresses of the packet."""

    fits: Callable[[str], bool | None]


def tables(dump: str, packet: Packet) -> tuple[Table, ...]:
    """The tables that a packet of this version comes through. Raises ValueError when `dump` is not nft's JSON."""
    items = _items(dump)
    families = {"inet", "netdev", "ip" if packet.source.version == 4 else "ip6"}
    found = {
        (one["family"], one["name"]): Table(one["family"], one["name"], {})
        for one in _all(items, "table")
        if one["family"] in families
    }
    sets = _sets(items)
    for one in _all(items, "chain"):
        table = found.get((one["family"], one["table"]))
        if table:
            table.chains[one["name"]] = _chain(one, packet)
    marks = '"mangle": {' in dump or '"MARK"' in dump
    rules: dict[tuple[str, str, str], list[Rule]] = {}
    for one in _all(items, "rule"):
        key = (one["family"], one["table"])
        if key in found:
            reader = _Reader(packet, {name: sets[key, name] for where, name in sets if where == key}, marks)
            rules.setdefault((*key, one["chain"]), []).append(reader.rule(one.get("expr", [])))
    for (family, name, chain), its in rules.items():
        chains = found[family, name].chains
        chains[chain] = replace(chains.get(chain, Chain(chain)), rules=tuple(its))
    return tuple(found.values())


def is_readable(dump: str) -> bool:
    """Whether `dump` is nft's JSON."""
    try:
        return bool(_items(dump))
    except ValueError:
        return False


def our_rules(dump: str) -> tuple[OurRule, ...]:
    """What Tavernkeep added. Raises ValueError when `dump` is not nft's JSON."""
    return tuple(
        OurRule(one["family"], one["table"], one["chain"], one["handle"])
        for one in _all(_items(dump), "rule")
        if one.get("comment") == OUR_COMMENT
    )


def _items(dump: str) -> list[dict[str, Json]]:
    try:
        return list(json.loads(dump)["nftables"])
    except (KeyError, TypeError) as error:
        raise ValueError("not the JSON of nft") from error


def _all(items: list[dict[str, Json]], what: str) -> Iterable[dict[str, Json]]:
    return (item[what] for item in items if what in item)


def _sets(items: list[dict[str, Json]]) -> dict[tuple[tuple[str, str], str], list[Json]]:
    found = {}
    for kind in ("set", "map"):
        for one in _all(items, kind):
            found[(one["family"], one["table"]), one["name"]] = one.get("elem", [])
    return found


def _chain(one: dict[str, Json], packet: Packet) -> Chain:
    hook = one.get("hook", "")
    devices = one.get("dev")
    if devices and packet.card and packet.card not in ([devices] if isinstance(devices, str) else devices):
        hook = ""
    if packet.answer and one.get("type") == "nat":
        hook = ""  # the first packet of a connection alone is looked at there
    policy = Does.DROP if one.get("policy") == "drop" else Does.ACCEPT
    hooks = HOOKS_OF_ANSWERS if packet.answer else HOOKS
    return Chain(one["name"], (), hook if hook in hooks else "", policy)


@dataclass(frozen=True)
class _Reader:
    """Reads the rules of one table. `marks`: some rule sets marks, so a mark tells nothing."""

    packet: Packet
    sets: dict[str, list[Json]]
    marks: bool

    def rule(self, statements: list[dict[str, Json]]) -> Rule:
        fits: list[bool | None] = []
        for statement in statements:
            kind, said = next(iter(statement.items()))
            if kind == "match":
                fits.append(self.match(said))
            elif kind in ("limit", "ct count", "quota"):
                fits.append(not said.get("inv", False) if isinstance(said, dict) else None)
            elif kind == "vmap":
                verdict = self.looked_up(said)
                return replace(verdict, fits=all_of([*fits, verdict.fits]))
            elif kind == "xt" and isinstance(said, dict) and said.get("type") == "match":
                fits.append(None)
            elif kind not in ONLY_LOOK:
                return Rule(all_of(fits), *verdict_of(kind, said))
        return Rule(all_of(fits), Does.GO_ON)

    def looked_up(self, vmap: dict[str, Json]) -> Rule:
        """The verdict that a verdict map holds for this packet."""
        data = vmap["data"]
        pairs = self.sets.get(data[1:]) if isinstance(data, str) else data.get("set")
        if pairs is None:
            return Rule(None, Does.ANYTHING)
        unsure = False
        for key, verdict in pairs:
            fits = self.same(vmap["key"], key)
            if fits:
                kind, said = next(iter(verdict.items()))
                return Rule(True, *verdict_of(kind, said)) if not unsure else Rule(None, Does.ANYTHING)
            unsure = unsure or fits is None
        return Rule(None, Does.ANYTHING) if unsure else Rule(False, Does.GO_ON)

    def match(self, said: dict[str, Json]) -> bool | None:
        op, left, right = said["op"], said["left"], said["right"]
        if op in ("==", "in"):
            return self.same(left, right)
        if op == "!=":
            return None if self.is_of_another_protocol(left) else not_so(self.same(left, right))
        value = self.value(left)
        if isinstance(value, int) and isinstance(right, int):
            return {"<": value < right, ">": value > right, "<=": value <= right, ">=": value >= right}.get(op)
        return None

    def is_of_another_protocol(self, left: Json) -> bool:
        """nft checks the protocol before the field, and JSON may leave that check out."""
        protocol = left.get("payload", {}).get("protocol") if isinstance(left, dict) else None
        return protocol in NEVER_TCP or protocol == ("ip6" if self.packet.source.version == 4 else "ip")

    def same(self, left: Json, right: Json) -> bool | None:
        """Is what `left` names in the packet what `right` says: one value, a range, a set?"""
        if self.is_of_another_protocol(left):
            return False
        if isinstance(left, dict) and "concat" in left:
            return self.same_in_order(left["concat"], right)
        return self.equals(self.value(left), right, left)

    def same_in_order(self, parts: list[Json], right: Json) -> bool | None:
        elements = self.elements(right)
        if elements is None:
            return None
        answers = []
        for element in elements:
            values = element.get("concat") if isinstance(element, dict) else None
            if values is None or len(values) != len(parts):
                return None
            answers.append(all_of(self.same(part, value) for part, value in zip(parts, values, strict=True)))
        return any_of(answers)

    def elements(self, right: Json) -> list[Json] | None:
        """What a set holds, a named one too; one value is a set of one. None: there is no such set."""
        if isinstance(right, str) and right.startswith("@"):
            found = self.sets.get(right[1:])
        elif isinstance(right, dict) and "set" in right:
            found = right["set"] if isinstance(right["set"], list) else [right["set"]]
        elif isinstance(right, list):
            found = right
        else:
            found = [right]
        return None if found is None else [_bare(one) for one in found]

    def equals(self, value: Json, right: Json, left: Json) -> bool | None:
        elements = self.elements(right)
        if elements is None or isinstance(value, _Unknown):
            return False if elements == [] else None
        if isinstance(value, _Masked):
            return value.is_exactly(right) if isinstance(right, list) else any_of(map(value.is_exactly, elements))
        if isinstance(value, frozenset):
            return bool(value & {str(one) for one in elements})
        return any_of(one_equals(value, one) for one in elements)

    def value(self, left: Json) -> Json:
        """What the packet has there: a number, a word, an address, the set of its flags, or UNKNOWN."""
        if not isinstance(left, dict):
            return UNKNOWN
        kind, said = next(iter(left.items()))
        if kind == "payload":
            return self.payload(said)
        if kind == "meta":
            return self.meta(said.get("key"))
        if kind == "ct":
            return self.conntrack(said)
        if kind == "fib":
            return UNKNOWN if self.packet.answer else route(said)
        if kind == "&":
            return self.masked(*said) if len(said) == 2 else UNKNOWN
        return UNKNOWN

    def payload(self, said: dict[str, Json]) -> Json:
        field = (said.get("protocol"), said.get("field"))
        theirs, ours, port = ("daddr", "saddr", "sport") if self.packet.answer else ("saddr", "daddr", "dport")
        if field in (("ip", theirs), ("ip6", theirs)):
            return _Own(lambda text: lies_in(self.packet.source, text))
        if field in (("ip", ours), ("ip6", ours)):
            return _Own(lambda text: is_one_of(self.packet.destination, text))
        if field in (("tcp", port), ("th", port)):
            return self.packet.port
        if field == ("tcp", "flags"):
            return frozenset({"syn", "ack"} if self.packet.answer else {"syn"})
        return "tcp" if field in (("ip", "protocol"), ("ip6", "nexthdr")) else UNKNOWN

    def meta(self, key: str | None) -> Json:
        four = self.packet.source.version == 4
        if key in ("iifname", "iif") and self.packet.answer:
            return _Own(lambda name: False)
        if key in (("oifname", "oif") if self.packet.answer else ("iifname", "iif")):
            return _Own(lambda name: card_fits(name, self.packet.card, "*"))
        if key in ("mark", "secmark"):
            return UNKNOWN if self.marks else 0
        words: dict[str | None, Json] = {
            "l4proto": "tcp",
            "nfproto": "ipv4" if four else "ipv6",
            "protocol": "ip" if four else "ip6",
            "pkttype": UNKNOWN if self.packet.answer else frozenset({"host", "unicast"}),
        }
        return words.get(key, UNKNOWN)

    def conntrack(self, said: dict[str, Json]) -> Json:
        if "dir" in said:
            return UNKNOWN
        if said.get("key") == "mark":
            return UNKNOWN if self.marks else 0
        if self.packet.answer:
            return {"state": frozenset({"established"}), "direction": "reply"}.get(said["key"], UNKNOWN)
        return {"state": frozenset({"new"}), "status": frozenset(), "direction": "original"}.get(said["key"], UNKNOWN)

    def masked(self, left: Json, mask: Json) -> Json:
        value = self.value(left)
        if isinstance(value, frozenset):
            return _Masked(value & frozenset(mask if isinstance(mask, list) else [mask]))
        if isinstance(value, int) and isinstance(mask, int):
            return value & mask
        return UNKNOWN


def verdict_of(kind: str, said: Json) -> tuple[Does, str]:
    if kind in DOES:
        return DOES[kind], ""
    if kind in JUMPS:
        return JUMPS[kind], said["target"]
    return Does.ANYTHING, ""


def route(said: dict[str, Json]) -> Json:
    """The packet comes from a device of the local network and is for this PC, so there is a way back."""
    flags = said.get("flags", [])
    if said.get("result") == "type":
        return "local" if "daddr" in flags else "unicast"
    return UNKNOWN if "daddr" in flags else True


def one_equals(value: Json, right: Json) -> bool | None:
    if isinstance(value, _Own):
        text = _as_text(right)
        return None if text is None else value.fits(text)
    if isinstance(right, dict) and "range" in right:
        low, high = right["range"]
        return low <= value <= high if all(isinstance(one, int) for one in (value, low, high)) else None
    if isinstance(right, dict):
        return None
    return bool(value == right)


def _as_text(right: Json) -> str | None:
    """An address, a network or a range of addresses the way `lies_in` reads it, or the name of a card."""
    if isinstance(right, str):
        return right
    if isinstance(right, dict) and "prefix" in right:
        return f"{right['prefix']['addr']}/{right['prefix']['len']}"
    if isinstance(right, dict) and "range" in right:
        return "-".join(right["range"])
    return None


def _bare(element: Json) -> Json:
    """An element of a set without its time limit, counter or comment."""
    if isinstance(element, dict) and "elem" in element:
        return element["elem"]["val"]
    return element
