"""The devices that came to the server, and what is known about each. PURE.

All of it came over the network, so only real addresses and short, printable texts are kept, and only so many devices.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from ipaddress import ip_address
from typing import TYPE_CHECKING

from launcher.access.list_verdict import WhitelistAnswer, verdict
from launcher.keeper.device_entry import own_entries
from launcher.keeper.view import Device
from launcher.server.output import Connected, Refused

if TYPE_CHECKING:
    from launcher.server.resolve_settings import EffectiveSettings

MOST_DEVICES = 200
LONGEST_NAME = 40
IDENTIFY_AGAIN_S = 60.0


@dataclass(frozen=True)
class DeviceRecord:
    """One device.

    `first_seen` and `last_seen` are seconds of the Unix clock; the other times are of a clock that only goes forward.
    `name` is the user's, `kind` what `user_agent` says. `identify_due`: find out kind, MAC and place, perhaps again;
    `identified`: that was done once. `own`: it is this PC. `nearby`: it is in a network of this PC; None: not known.
    `came_to`: the URL of this PC at its last visit. `refused_at`: when it was last kept out since the keeper started;
    `silenced_at`: when the user said “not now”.
    """

    address: str
    name: str = ""
    kind: str = ""
    mac: str | None = None
    first_seen: float = 0.0
    last_seen: float = 0.0
    never_ask: bool = False
    user_agent: str = ""
    let_in: bool = False
    by: str = ""
    forwarded: bool = False
    identify_due: bool = False
    identified: bool = False
    identified_at: float = 0.0
    own: bool = False
    nearby: bool | None = None
    came_to: str = ""
    refused_at: float | None = None
    silenced_at: float | None = None


@dataclass(frozen=True)
class DeviceDetails:
    """What was found out about the device at `address`."""

    address: str
    kind: str = ""
    mac: str | None = None
    own: bool = False
    nearby: bool | None = None


Book = Mapping[str, DeviceRecord]


def seen(
    book: Book,
    event: Refused | Connected,
    clock: float,
    at: float,
    effective: "EffectiveSettings | None",
    keep: Collection[str],
    came_to: str = "",
) -> Book:
    """Return the book after `event`. `keep`: addresses that are not forgotten for it. `came_to`: the URL of this PC."""
    if not is_another_device(event.address):
        return book
    device = book.get(event.address) or judged(DeviceRecord(event.address, first_seen=clock), effective)
    user_agent = device.user_agent if event.user_agent is None else event.user_agent
    unknown = not device.identified or user_agent != device.user_agent or at - device.identified_at > IDENTIFY_AGAIN_S
    device = replace(
        device,
        last_seen=max(clock, device.last_seen),
        user_agent=user_agent,
        identify_due=device.identify_due or unknown,
        came_to=came_to or device.came_to,
        forwarded=isinstance(event, Refused) and event.forwarded,
        refused_at=at if isinstance(event, Refused) else device.refused_at,
    )
    return _without_oldest({**book, event.address: device}, device, keep)


def is_another_device(address: str) -> bool:
    """False for this PC speaking to itself, and for an address that no device can have."""
    found = ip_address(address)
    return not (found.is_loopback or found.is_unspecified or found.is_multicast or found.is_link_local)


def _without_oldest(book: Book, came: DeviceRecord, keep: Collection[str]) -> Book:
    """Return at most MOST_DEVICES, `came` among them. The least important are forgotten first, of those the oldest."""
    if len(book) <= MOST_DEVICES:
        return book
    others = [device for device in book.values() if device is not came]
    others.sort(key=lambda device: (_importance(device, keep), device.last_seen))
    return {device.address: device for device in (*others[len(book) - MOST_DEVICES :], came)}


def _importance(device: DeviceRecord, keep: Collection[str]) -> int:
    if device.name or device.never_ask:
        return 2
    return 1 if device.let_in or device.address in keep else 0


def to_identify(book: Book, most: int) -> tuple[DeviceRecord, ...]:
    """Return the devices to identify now: those never identified first, and the newest, so that no flood hides them."""
    waiting = sorted((d for d in book.values() if d.identify_due), key=lambda d: (d.identified, -d.last_seen))
    return tuple(waiting[:most])


def with_details(book: Book, found: Sequence[DeviceDetails], at: float) -> Book:
    """Return the book with what was found out.

    Another MAC means another device: it loses the name, and the user may be asked about it.
    """
    changed = dict(book)
    for details in found:
        if not (device := changed.get(details.address)):
            continue
        if device.mac and details.mac and device.mac != details.mac:
            first_seen = device.last_seen
            device = replace(
                device, name="", kind="", never_ask=False, first_seen=first_seen, mac=None, silenced_at=None
            )
        changed[details.address] = replace(
            device,
            kind=details.kind or device.kind,
            mac=details.mac or device.mac,
            own=details.own,
            nearby=details.nearby,
            identify_due=False,
            identified=True,
            identified_at=at,
        )
    return changed


def judged_all(book: Book, effective: "EffectiveSettings | None") -> Book:
    """Return the book with each device judged by these settings."""
    return {address: judged(device, effective) for address, device in book.items()}


def judged(device: DeviceRecord, effective: "EffectiveSettings | None") -> DeviceRecord:
    """Return the device with whether the whitelist lets it in, and by which entry. Unknown settings let in nobody."""
    if effective is None:
        return replace(device, let_in=False, by="")
    if effective.whitelist_on is False:
        return replace(device, let_in=True, by="")
    found = verdict(tuple(effective.entries), device.address, effective.version)
    let_in = found.answer is WhitelistAnswer.ALLOW
    return replace(device, let_in=let_in, by=(found.entry or "") if let_in else "")


def named(book: Book, address: str, name: str) -> Book:
    """Return the book with the user's own `name` for a device that is in it."""
    return {**book, address: replace(book[address], name=short(name))}


def short(name: str) -> str:
    """Return `name` as it may be shown: one printable line, no longer than LONGEST_NAME, that turns no text around."""
    visible = "".join(letter if letter.isprintable() else " " for letter in name)
    return " ".join(visible.split())[:LONGEST_NAME].strip()


SHOWN_FIELDS = tuple(field.name for field in fields(Device))


def shown(book: Book) -> tuple[Device, ...]:
    """Return the devices for showing, last seen first, without those that may still turn out to be this PC."""
    newest_first = sorted(book.values(), key=lambda device: (-device.last_seen, device.address))
    return tuple(
        Device(**{name: getattr(device, name) for name in SHOWN_FIELDS})
        for device in newest_first
        if not device.own and (device.identified or not device.identify_due)
    )


def earlier_self(book: Book, device: DeviceRecord, effective: "EffectiveSettings | None") -> DeviceRecord | None:
    """Return the same device at an earlier address that has an entry of its own; None when there is none.

    It is the same when the MAC is the same. Else it must be the only candidate: named by the user, of the same kind,
    and no MAC says otherwise.
    """
    others = [
        other
        for other in book.values()
        if other.address != device.address and other.let_in and other.last_seen <= device.first_seen + IDENTIFY_AGAIN_S
    ]
    same = [other for other in others if device.mac and other.mac == device.mac]
    if not same:
        alike = [o for o in others if o.name and o.kind and o.kind == device.kind and not (o.mac and device.mac)]
        same = alike if len(alike) == 1 else []
    listed = effective.entries if effective else ()
    return next((other for other in same if own_entries(listed, other.address)), None)
