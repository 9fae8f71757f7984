"""Who came to the server, and what is known of them. PURE.

Everything in here came over the network: addresses are real ones, texts are printable and short, and there are few.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from ipaddress import ip_address
from typing import TYPE_CHECKING

from launcher.keeper.view import Device
from launcher.server.output import Connected, Refused

if TYPE_CHECKING:
    from launcher.access.javascript import Value
    from launcher.server.resolve_settings import EffectiveSettings

MOST_DEVICES = 200
LONGEST_NAME = 40
LOOK_AGAIN_S = 60.0


@dataclass(frozen=True)
class DeviceRecord:
    """One device. `first_seen` and `last_seen` are seconds of the Unix clock, the other times of one that only goes
    forward.

    `name` is the user's, `kind` what `user_agent` comes to. `look_due`: kind, MAC and place are to be found out
    (again); `looked`: they have been once. `own`: it is this PC; `nearby`: it is in a network of this PC, None when not
    known. `came_to`: the URL of this PC when it last came.
    `refused_at`: last kept out in this life of the keeper; `silenced_at`: the user said “not now”.
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
    look_due: bool = False
    looked: bool = False
    looked_at: float = 0.0
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


def saw(
    book: Book,
    event: Refused | Connected,
    clock: float,
    at: float,
    effect: "EffectiveSettings | None",
    keep: Collection[str],
    came_to: str = "",
) -> Book:
    """The book after `event`; `keep` are addresses that are not forgotten for it. `came_to`: the URL of this PC."""
    if not is_another_device(event.address):
        return book
    known = book.get(event.address) or judged(DeviceRecord(event.address, first_seen=clock), effect)
    other = event.user_agent is not None and event.user_agent != known.user_agent
    known = replace(
        known,
        last_seen=max(clock, known.last_seen),
        user_agent=event.user_agent if event.user_agent is not None else known.user_agent,
        look_due=known.look_due or not known.looked or other or at - known.looked_at > LOOK_AGAIN_S,
        came_to=came_to or known.came_to,
        forwarded=isinstance(event, Refused) and event.forwarded,
    )
    if isinstance(event, Refused):
        known = replace(known, refused_at=at)
    return _without_oldest({**book, event.address: known}, known, keep)


def is_another_device(address: str) -> bool:
    """False for this PC speaking to itself, and for what no device can have."""
    found = ip_address(address)
    return not (found.is_loopback or found.is_unspecified or found.is_multicast or found.is_link_local)


def _without_oldest(book: Book, came: DeviceRecord, keep: Collection[str]) -> Book:
    """At most MOST_DEVICES, `came` among them: those of least worth are forgotten first, the oldest of them."""
    if len(book) <= MOST_DEVICES:
        return book
    others = [known for known in book.values() if known is not came]
    others.sort(key=lambda known: (_worth(known, keep), known.last_seen))
    return {known.address: known for known in (*others[len(book) - MOST_DEVICES :], came)}


def _worth(known: DeviceRecord, keep: Collection[str]) -> int:
    if known.name or known.never_ask:
        return 2
    return 1 if known.let_in or known.address in keep else 0


def due(book: Book, most: int) -> tuple[DeviceRecord, ...]:
    """Whom to look at now: those never looked at first, and the newest, whom a flood does not push out meanwhile."""
    waiting = sorted((k for k in book.values() if k.look_due), key=lambda k: (k.looked, -k.last_seen))
    return tuple(waiting[:most])


def looked_at(book: Book, sights: Sequence[DeviceDetails], at: float) -> Book:
    """The book with what was found out. Another MAC is another device: it has no name yet, and may be asked about."""
    changed = dict(book)
    for sight in sights:
        if not (known := changed.get(sight.address)):
            continue
        if known.mac and sight.mac and known.mac != sight.mac:
            known = replace(
                known, name="", kind="", never_ask=False, first_seen=known.last_seen, mac=None, silenced_at=None
            )
        changed[sight.address] = replace(
            known,
            kind=sight.kind or known.kind,
            mac=sight.mac or known.mac,
            own=sight.own,
            nearby=sight.nearby,
            look_due=False,
            looked=True,
            looked_at=at,
        )
    return changed


def judged_all(book: Book, effect: "EffectiveSettings | None") -> Book:
    """The book for a server that does `effect`."""
    return {address: judged(known, effect) for address, known in book.items()}


def judged(known: DeviceRecord, effect: "EffectiveSettings | None") -> DeviceRecord:
    """Whether the whitelist lets it in, and by which entry. Nobody is let in by settings that are not known."""
    if effect is None:
        return replace(known, let_in=False, by="")
    if effect.whitelist_on is False:
        return replace(known, let_in=True, by="")
    from launcher.access.list_verdict import WhitelistAnswer, verdict

    found = verdict(tuple(effect.entries), known.address, effect.version)
    let_in = found.answer is WhitelistAnswer.ALLOW
    return replace(known, let_in=let_in, by=(found.entry or "") if let_in else "")


def named(book: Book, address: str, name: str) -> Book:
    """The book with the user's own `name` for a device; it must be there."""
    return {**book, address: replace(book[address], name=short(name))}


def short(name: str) -> str:
    """`name` as it may be shown: one line, printable, nothing that turns text around, at most LONGEST_NAME long."""
    visible = "".join(letter if letter.isprintable() else " " for letter in name)
    return " ".join(visible.split())[:LONGEST_NAME].strip()


def shown(book: Book) -> tuple[Device, ...]:
    """The devices for showing, last seen first; not yet those that could turn out to be this PC."""
    newest_first = sorted(book.values(), key=lambda known: (-known.last_seen, known.address))
    return tuple(
        Device(
            address=known.address,
            name=known.name,
            kind=known.kind,
            mac=known.mac,
            first_seen=known.first_seen,
            last_seen=known.last_seen,
            let_in=known.let_in,
            by=known.by,
            never_ask=known.never_ask,
            forwarded=known.forwarded and not known.own,
            came_to=known.came_to,
        )
        for known in newest_first
        if not known.own and (known.looked or not known.look_due)
    )


def earlier_self(book: Book, known: DeviceRecord, effect: "EffectiveSettings | None") -> DeviceRecord | None:
    """The same device at an earlier address that an entry of its own lets in: same MAC, or the only one that it can be.

    The only one: its name was given by the user, its User-Agent says the same, and no MAC speaks against it.
    """
    others = [
        other
        for other in book.values()
        if other.address != known.address and other.let_in and other.last_seen <= known.first_seen + LOOK_AGAIN_S
    ]
    same = [other for other in others if known.mac and other.mac == known.mac]
    if not same:
        alike = [o for o in others if o.name and o.kind and o.kind == known.kind and not (o.mac and known.mac)]
        same = alike if len(alike) == 1 else []
    listed = effect.entries if effect else ()
    return next((other for other in same if own_entries(listed, other.address)), None)


def own_entries(entries: "Sequence[Value]", address: str) -> tuple[str, ...]:
    """The entries, as written, that let in just `address` and nobody else."""
    from launcher.access.address import parse_address
    from launcher.access.entry import EntryError, parse_value
    from launcher.access.javascript import text_of, trim

    asked = parse_address(address)
    found = []
    for value in entries:
        try:
            entry = parse_value(value)
        except EntryError:
            continue
        if entry.mask is None and entry.low == entry.high == asked.number:
            found.append(trim(text_of(value)))
    return tuple(dict.fromkeys(found))
