"""When the user is asked whether a device may come in, and about which. PURE.

Times are seconds of a clock that only goes forward.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from ipaddress import IPv4Address, ip_address, ip_network
from typing import TYPE_CHECKING

from launcher.keeper.devices import Book, DeviceRecord, earlier_self, own_entries
from launcher.keeper.view import Question
from launcher.network.addresses import CARRIER, LocalAddress, network_entry, prefix_length

if TYPE_CHECKING:
    from launcher.server.resolve_settings import EffectiveSettings

ARMED_AFTERWARDS_S = 600.0
STILL_WAITING_S = 600.0
SILENCE_S = 600.0
MOST_QUESTIONS = 20

FROM_THE_INTERNET = "It comes from the Internet, not from your own network."


class AskWhen(StrEnum):
    """When to ask. ARMED: while a UI shows the QR code, and ten minutes after."""

    ARMED = "armed"
    ALWAYS = "always"
    NEVER = "never"


@dataclass(frozen=True)
class Approval:
    """`showing`: the UIs that show the QR code. `waiting`: who is asked about, oldest first.

    `letting_in`: those answered while their entries are written, each with the earlier address its name comes from.
    """

    asking: AskWhen = AskWhen.ARMED
    showing: frozenset[int] = frozenset()
    armed_until: float = float("-inf")
    waiting: tuple[str, ...] = ()
    letting_in: tuple[tuple[str, str], ...] = ()


def showing(bell: Approval, client: int, shown: bool, at: float) -> Approval:
    """`client` shows the QR code, or no longer."""
    if shown:
        return replace(bell, showing=bell.showing | {client})
    if client not in bell.showing:
        return bell
    return replace(bell, showing=bell.showing - {client}, armed_until=at + ARMED_AFTERWARDS_S)


def armed(bell: Approval, at: float) -> bool:
    if bell.asking is AskWhen.ARMED:
        return bool(bell.showing) or at < bell.armed_until
    return bell.asking is AskWhen.ALWAYS


def ring(bell: Approval, book: Book, at: float) -> Approval:
    """Those who no longer wait go, and, while questions are asked, those who came join."""
    waiting = [a for a in bell.waiting if (known := book.get(a)) and _may_be_asked_about(known)]
    if armed(bell, at):
        came = sorted((k for k in book.values() if _wants_in(k, at)), key=lambda k: (k.refused_at or 0.0, k.first_seen))
        waiting += [known.address for known in came if known.address not in waiting]
    waiting = waiting[:MOST_QUESTIONS]
    return bell if tuple(waiting) == bell.waiting else replace(bell, waiting=tuple(waiting))


def _may_be_asked_about(known: DeviceRecord) -> bool:
    return known.looked and not (known.own or known.let_in or known.never_ask)


def _wants_in(known: DeviceRecord, at: float) -> bool:
    if not _may_be_asked_about(known) or known.refused_at is None or at - known.refused_at > STILL_WAITING_S:
        return False
    return known.silenced_at is None or known.refused_at - known.silenced_at > SILENCE_S


def question(
    bell: Approval, book: Book, addresses: Sequence[LocalAddress] | None, effect: "EffectiveSettings | None", busy: bool
) -> Question | None:
    """The question to ask now."""
    letting_in = [address for address, _ in bell.letting_in]
    waiting = [address for address in bell.waiting if address not in letting_in]
    if not waiting:
        return None
    known = book[waiting[0]]
    before = earlier_self(book, known, effect)
    return Question(
        address=known.address,
        name=known.name or (before.name if before else ""),
        kind=known.kind,
        network=network_of(known.address, addresses or ()),
        replaces=own_entries(effect.entries, before.address)[0] if before and effect else "",
        more=len(waiting) - 1,
        busy=busy,
        warning=FROM_THE_INTERNET if is_far_away(known) else "",
    )


def network_of(address: str, own: Sequence[LocalAddress]) -> str:
    """The entry for the local network that both this PC and `address` are in; "" when there is none."""
    device = ip_address(address)
    if not isinstance(device, IPv4Address):
        return ""
    for one in own:
        bits = prefix_length(one.netmask)
        if one.local and bits is not None and device in ip_network(f"{one.address}/{bits}", strict=False):
            entry = network_entry(one.address, one.netmask)
            return "" if entry == one.address else entry
    return ""


def is_far_away(known: DeviceRecord) -> bool:
    """Not in a network of this PC, and not an address that only private networks or Tailscale use."""
    if known.nearby:
        return False
    device = ip_address(known.address)
    return not (device.is_private or (isinstance(device, IPv4Address) and device in CARRIER))
