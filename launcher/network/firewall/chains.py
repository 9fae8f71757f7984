"""What becomes of one packet in chains of rules, as the Linux kernel walks them. PURE.

Rules come here already compared with the packet. A rule of which nobody knows whether it fits is followed both ways,
so the answer is certain whenever both ways end alike.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

DEEPEST_JUMP = 16  # as deep as the kernel goes


class Does(StrEnum):
    """What a rule does. ANYTHING: it could not be understood. GO_ON: it only counts, logs or marks."""

    ACCEPT = "accept"
    DROP = "drop"
    RETURN = "return"
    JUMP = "jump"
    GOTO = "goto"
    GO_ON = "go on"
    ANYTHING = "anything"


@dataclass(frozen=True)
class Rule:
    """`fits`: whether the packet meets its conditions; None when that cannot be told. `target`: the chain jumped to."""

    fits: bool | None
    does: Does
    target: str = ""


@dataclass(frozen=True)
class Chain:
    """`hook`: where packets enter ("" for one that is only jumped to). `policy`: for packets that reach its end."""

    name: str
    rules: tuple[Rule, ...] = ()
    hook: str = ""
    policy: Does = Does.ACCEPT


@dataclass(frozen=True)
class End:
    """One possible end of the packet; `chain` is where it was dropped."""

    does: Does
    chain: str = ""


FALLS_OUT = End(Does.RETURN)
Ends = frozenset[End]
BOTH = frozenset({End(Does.ACCEPT), End(Does.DROP)})


@dataclass(frozen=True)
class Way:
    """`barriers`: the chains with a hook that drop it, or may. `passes` None: it depends on what nobody understood."""

    passes: bool | None
    barriers: tuple[str, ...] = ()


def way_of(chains: Mapping[str, Chain]) -> Way:
    """Does the packet come through every chain with a hook?"""
    barriers, sure = [], False
    for chain in chains.values():
        if chain.hook:
            dropped, always = is_dropped(chain, chains)
            sure = sure or always
            barriers += [chain.name] if dropped else []
    if not barriers:
        return Way(True)
    return Way(False if sure else None, tuple(barriers))


def is_dropped(chain: Chain, chains: Mapping[str, Chain]) -> tuple[bool, bool]:
    """(it may be dropped here, it is surely dropped here)"""
    ends = {End(chain.policy) if end == FALLS_OUT else end for end in ends_in(chain, chains, 0)}
    drops = [end for end in ends if end.does is Does.DROP]
    return bool(drops), len(drops) == len(ends)


def ends_in(chain: Chain, chains: Mapping[str, Chain], depth: int) -> Ends:
    """Every possible end of the packet in `chain`; FALLS_OUT when no rule decides."""
    found: set[End] = set()
    for rule in chain.rules:
        if rule.fits is False:
            continue
        ends, goes_on = follow(rule, chain, chains, depth)
        found |= ends
        if rule.fits and not goes_on:
            return frozenset(found)
    return frozenset(found | {FALLS_OUT})


def follow(rule: Rule, chain: Chain, chains: Mapping[str, Chain], depth: int) -> tuple[Ends, bool]:
    """Where a rule that fits leads to, and whether the next rule may be reached after it."""
    if rule.does is Does.GO_ON:
        return frozenset(), True
    if rule.does is Does.ACCEPT:
        return frozenset({End(Does.ACCEPT)}), False
    if rule.does is Does.DROP:
        return frozenset({End(Does.DROP, chain.name)}), False
    if rule.does is Does.RETURN:
        return frozenset({FALLS_OUT}), False
    target = chains.get(rule.target)
    if rule.does is Does.ANYTHING or target is None or depth >= DEEPEST_JUMP:
        return BOTH, True
    ends = ends_in(target, chains, depth + 1)
    if rule.does is Does.GOTO:
        return ends, False
    return ends - {FALLS_OUT}, FALLS_OUT in ends


def together(ways: Iterable[Way]) -> Way:
    """Several ways of which each must be open."""
    found = list(ways)
    answers = [way.passes for way in found]
    passes = False if False in answers else None if None in answers else True
    return Way(passes, tuple(dict.fromkeys(name for way in found for name in way.barriers)))
