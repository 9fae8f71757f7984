"""Which entries let in one device and nobody else: what “allow” writes and “refuse” takes out. PURE."""

from collections.abc import Sequence

from launcher.access.address import parse_address
from launcher.access.entry import EntryError, parse_value, shown
from launcher.access.interlock import RefusedError
from launcher.access.javascript import Value, text_of, trim
from launcher.access.real_address import real_address
from launcher.keeper.devices import own_entries


def to_allow(address: str) -> tuple[str, ...]:
    """The entry for the device at `address`. Raises RefusedError when it is no address."""
    return (_real(address),)


def to_refuse(address: str, entries: Sequence[Value]) -> tuple[str, ...]:
    """The entries to take out. Raises RefusedError when a wider one lets it in too, or none does."""
    asked = _real(address)
    own = own_entries(entries, asked)
    wider = next((text for text in _who_let_in(entries, asked) if text not in own), None)
    if wider is not None:
        raise RefusedError(
            f"{asked} stays let in: “{shown(wider)}” lets in others with it.",
            f"Take that entry out of the whitelist to keep it out: tavernkeep whitelist remove '{shown(wider)}'",
        )
    if not own:
        raise RefusedError(f"{asked} is not in the whitelist.", "It does not get in by it.")
    return own


def _real(address: str) -> str:
    found = real_address(address.strip())
    if not found:
        raise RefusedError(f"“{shown(address)}” is no address of a device.", "Write one such as 192.168.0.20.")
    return found


def _who_let_in(entries: Sequence[Value], address: str) -> list[str]:
    asked = parse_address(address)
    found = []
    for value in entries:
        try:
            if parse_value(value).admits(asked):
                found.append(trim(text_of(value)))
        except EntryError:
            continue
    return found
