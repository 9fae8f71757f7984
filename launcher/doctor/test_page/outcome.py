"""Who came to the test page, and what SillyTavern's rules say about it. PURE."""

from enum import StrEnum
from typing import TYPE_CHECKING

from launcher.access.list_verdict import WhitelistAnswer, verdict

if TYPE_CHECKING:
    from launcher.server.resolve_settings import EffectiveSettings


class VisitOutcome(StrEnum):
    """LET_IN: SillyTavern would let it in. REFUSED: it would not. UNKNOWN: that could not be found out.

    THIS_PC: it is this PC itself, which proves nothing. STRANGER: it is neither in a network of this PC nor in the
    whitelist, and learns nothing.
    """

    LET_IN = "let-in"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    THIS_PC = "this-pc"
    STRANGER = "stranger"


def outcome(
    address: str, own: bool | None, nearby: bool | None, effect: "EffectiveSettings | None", readable: bool = True
) -> VisitOutcome:
    """Return what the installation's settings mean for the device at `address`.

    `effect` None: there is no installation, or, with `readable` False, its files could not be read. `own`, `nearby`:
    see `Whereabouts`. A device that is not nearby is a stranger unless the whitelist names it.
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
    """Return whether SillyTavern would let it in; None: could not be found out."""
    if effect.problem or effect.whitelist_on is None:
        return None
    if not effect.whitelist_on:
        return True
    if effect.every_request_fails:
        return False
    if verdict(tuple(effect.entries), address, effect.version).answer is WhitelistAnswer.ALLOW:
        return True
    return False if effect.entries_complete else None
