"""Who came to the test page, and what SillyTavern's rules say about it. PURE."""

from enum import StrEnum
from typing import TYPE_CHECKING

from launcher.access.list_verdict import WhitelistAnswer, verdict

if TYPE_CHECKING:
    from launcher.server.resolve_settings import EffectiveSettings


class VisitOutcome(StrEnum):
    """LET_IN: SillyTavern would let it in. REFUSED: it would not. UNKNOWN: that could not be found out.

    THIS_PC: it is this PC itself, which proves nothing. STRANGER: not from a network of this PC, and nobody whom the
    whitelist names; it is told nothing.
    """

    LET_IN = "let-in"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    THIS_PC = "this-pc"
    STRANGER = "stranger"


def outcome(
    address: str, own: bool | None, nearby: bool | None, effect: "EffectiveSettings | None", readable: bool = True
) -> VisitOutcome:
    """What becomes of the device at `address`, by the rules of the installation; `effect` None: there is none.

    `readable` False: its files could not be read. Only whom the list names is told anything when it is not of a
    network of this PC (`nearby`; None: not known).
    """
    if own:
        return VisitOutcome.THIS_PC
    listed = _listed(address, effect) if effect else None
    if listed:
        return VisitOutcome.LET_IN
    if not nearby:
        return VisitOutcome.STRANGER
    if effect is None and readable:
        return VisitOutcome.LET_IN
    return VisitOutcome.UNKNOWN if listed is None else VisitOutcome.REFUSED


def _listed(address: str, effect: "EffectiveSettings") -> bool | None:
    """Whether the whitelist keeps it out, used or not; None: could not be found out."""
    if effect.problem or effect.whitelist_on is None:
        return None
    if not effect.whitelist_on:
        return True
    if effect.every_request_fails:
        return False
    if verdict(tuple(effect.entries), address, effect.version).answer is WhitelistAnswer.ALLOW:
        return True
    return False if effect.entries_complete else None
