"""When the user is asked whether a device may come in, and about which one. PURE.

Times are seconds of a clock that only goes forward.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from ipaddress import IPv4Address, ip_address, ip_network
from typing import TYPE_CHECKING

from launcher.keeper.device_entry import own_entries
from launcher.keeper.devices import Book, DeviceRecord, earlier_self
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
    """`showing`: the UIs that show the QR code. `waiting`: the addresses to ask about, oldest first.

    `letting_in`: the allowed addresses whose entries are being written, each with the earlier address of the device.
    """

    asking: AskWhen = AskWhen.ARMED
    showing: frozenset[int] = frozenset()
    armed_until: float = float("-inf")
    waiting: tuple[str, ...] = ()
    letting_in: tuple[tuple[str, str], ...] = ()


def showing(approval: Approval, client: int, shown: bool, at: float) -> Approval:
    """Note that `client` shows the QR code, or no longer does."""
    if shown:
        return replace(approval, showing=approval.showing | {client})
    if client not in approval.showing:
        return approval
    return replace(approval, showing=approval.showing - {client}, armed_until=at + ARMED_AFTERWARDS_S)


def armed(approval: Approval, at: float) -> bool:
    """Tell whether a device that comes now is asked about."""
    if approval.asking is AskWhen.ARMED:
        return bool(approval.showing) or at < approval.armed_until
    return approval.asking is AskWhen.ALWAYS


def updated(approval: Approval, book: Book, at: float) -> Approval:
    """Drop the devices that wait no longer and, while questions are asked, add those that came."""
    waiting = [a for a in approval.waiting if (device := book.get(a)) and _may_be_asked_about(device)]
    if armed(approval, at):
        came = sorted((d for d in book.values() if _wants_in(d, at)), key=lambda d: (d.refused_at or 0.0, d.first_seen))
        waiting += [device.address for device in came if device.address not in waiting]
    waiting = waiting[:MOST_QUESTIONS]
    return approval if tuple(waiting) == approval.waiting else replace(approval, waiting=tuple(waiting))


def _may_be_asked_about(device: DeviceRecord) -> bool:
    return device.identified and not (device.own or device.let_in or device.never_ask)


def _wants_in(device: DeviceRecord, at: float) -> bool:
    if not _may_be_asked_about(device) or device.refused_at is None or at - device.refused_at > STILL_WAITING_S:
        return False
    return device.silenced_at is None or device.refused_at - device.silenced_at > SILENCE_S


def question(
    approval: Approval,
    book: Book,
    addresses: Sequence[LocalAddress] | None,
    effective: "EffectiveSettings | None",
    busy: bool,
) -> Question | None:
    """Return the question to ask now, about the first device that waits."""
    letting_in = [address for address, _ in approval.letting_in]
    waiting = [address for address in approval.waiting if address not in letting_in]
    if not waiting:
        return None
    device = book[waiting[0]]
    before = earlier_self(book, device, effective)
    return Question(
        address=device.address,
        name=device.name or (before.name if before else ""),
        kind=device.kind,
        network=network_of(device.address, addresses or ()),
        replaces=own_entries(effective.entries, before.address)[0] if before and effective else "",
        more=len(waiting) - 1,
        busy=busy,
        warning=FROM_THE_INTERNET if is_far_away(device) else "",
    )


def network_of(address: str, own: Sequence[LocalAddress]) -> str:
    """Return the entry for the local network that both this PC and `address` are in; "" when there is none."""
    device = ip_address(address)
    if not isinstance(device, IPv4Address):
        return ""
    for one in own:
        bits = prefix_length(one.netmask)
        if one.local and bits is not None and device in ip_network(f"{one.address}/{bits}", strict=False):
            entry = network_entry(one.address, one.netmask)
            return "" if entry == one.address else entry
    return ""


def is_far_away(device: DeviceRecord) -> bool:
    """True when it is in no network of this PC and its address is not one of a private network or of Tailscale."""
    if device.nearby:
        return False
    address = ip_address(device.address)
    return not (address.is_private or (isinstance(address, IPv4Address) and address in CARRIER))
