"""Which entries let in one device and nobody else: what “allow” writes and “refuse” takes out. PURE."""

from collections.abc import Sequence

from launcher.access.address import parse_address
from launcher.access.entry import shown
from launcher.access.interlock import RefusedError
from launcher.access.internet_coverage import readable
from launcher.access.javascript import Value, trim
from launcher.access.real_address import real_address


def to_allow(address: str) -> tuple[str, ...]:
    """Return the entry for the device at `address`. Raises RefusedError when that is not an address."""
    return (_real(address),)


def to_refuse(address: str, entries: Sequence[Value]) -> tuple[str, ...]:
    """Return the entries to take out. Raises RefusedError when a wider entry lets the device in too, or none does."""
    wanted = _real(address)
    own = own_entries(entries, wanted)
    admitting = [trim(entry.text) for entry in readable(entries) if entry.admits(parse_address(wanted))]
    wider = next((text for text in admitting if text not in own), None)
    if wider is not None:
        raise RefusedError(
            f"{wanted} stays let in: “{shown(wider)}” lets in others with it.",
            f"Take that entry out of the whitelist to keep it out: tavernkeep whitelist remove '{shown(wider)}'",
        )
    if not own:
        raise RefusedError(f"{wanted} is not in the whitelist.", "It does not get in by it.")
    return own


def own_entries(entries: Sequence[Value], address: str) -> tuple[str, ...]:
    """Return the entries, as written, that let in `address` and nothing else."""
    number = parse_address(address).number
    own = (entry for entry in readable(entries) if entry.mask is None and entry.low == entry.high == number)
    return tuple(dict.fromkeys(trim(entry.text) for entry in own))


def _real(address: str) -> str:
    found = real_address(address.strip())
    if not found:
        raise RefusedError(f"“{shown(address)}” is no address of a device.", "Write one such as 192.168.0.20.")
    return found
