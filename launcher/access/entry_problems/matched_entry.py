"""Problems of an entry that SillyTavern reads: it is dangerous, or useless. PURE."""

import re

from launcher.access.address import IPV4_BASE, WILD, read_address
from launcher.access.entry import Entry, EntryError, parse, parts_of, shown
from launcher.access.entry_meaning import address_text, inside, many, meaning
from launcher.access.entry_problems.entry_problem import EntryProblem, Severity
from launcher.access.internet_coverage import count, is_everyone, public_ipv4, public_ipv6, size
from launcher.access.javascript import trim, whole_number

# More strangers than this are worth a warning: a home has one public IPv4 address and at most a /48 of IPv6.
MANY_IPV4 = 1 << 12
MANY_IPV6 = 1 << 80

HARDWARE_TITLE = "This is a device's hardware (MAC) address; the whitelist knows only network addresses."
HARDWARE_ADVICE = "Use the IP address that the device shows in its Wi-Fi settings."

_PLAIN_NUMBER = re.compile(r"0|[1-9][0-9]*", re.ASCII)
_PRIVATE = ("192.168.0.0/16", "10.0.0.0/8", "172.16.0.0/12")
_NO_DEVICE = ("0.0.0.0/8", "224.0.0.0/3", "::", "ff00::/8")


def matched_problem(entry: Entry) -> EntryProblem | None:
    """Return what is dangerous or useless about an entry that the matcher reads; None when it is fine."""
    return _dangerous(entry) or _useless(entry)


def is_hardware_address(text: str) -> bool:
    """`aa:bb:cc:dd:ee:ff`, as Wi-Fi settings show it too; the matcher knows nothing of it."""
    return bool(re.fullmatch(r"[0-9a-fA-F]{2}(?:([:-])[0-9a-fA-F]{2})(?:\1[0-9a-fA-F]{2}){4}", trim(text)))


def sound(entry: str) -> bool:
    """Every version reads the entry, and it is neither dangerous nor useless."""
    try:
        parsed = parse(entry)
    except EntryError:
        return False
    return matched_problem(parsed) is None


def _dangerous(entry: Entry) -> EntryProblem | None:
    odd = _odd_mask(entry) or _odd_groups(entry)
    if odd:
        title, meant = odd
        advice = f"It lets in {meaning(entry.text).text}."
        return EntryProblem(Severity.DANGEROUS, title, advice, (meant,) if sound(meant) else None)
    if reason := is_everyone([entry.text]):
        advice = "Anyone who finds it can open it. List only your own devices, or let everyone in with a login."
        return EntryProblem(Severity.DANGEROUS, reason, advice, _turned(entry))
    strangers = _strangers(entry)
    if strangers:
        title = f"This lets in {many(strangers)} addresses of the Internet, most of them strangers'."
        advice = "List only your own devices and networks."
        return EntryProblem(Severity.DANGEROUS, title, advice, _turned(entry))
    return None


def _odd_mask(entry: Entry) -> tuple[str, str] | None:
    """Why the part behind the slash is read as something else than it looks, and what was probably meant."""
    base, slash, behind = trim(entry.text).partition("/")
    if not slash or "-" in base:
        return None
    mask, *more = behind.split("/")
    base = trim(base)
    if not trim(mask):
        return "A slash with nothing behind it counts as /0: everyone.", base
    bits = whole_number(mask)
    if bits is None:
        return (f"Only “{shown(base)}/{shown(trim(mask))}” of this is read.", f"{base}/{trim(mask)}") if more else None
    if more:
        return f"Only “{shown(base)}/{bits}” of this is read.", f"{base}/{bits}"
    if not _PLAIN_NUMBER.fullmatch(trim(mask)):
        return f"“/{shown(trim(mask))}” is read as /{bits}.", f"{base}/{bits}"
    return None


def _odd_groups(entry: Entry) -> tuple[str, str] | None:
    address = read_address(entry.text) if not set("-/") & set(entry.text) else None
    if address is None or address.ipv4 or len(address.parts) <= 8:
        return None
    eight = ":".join("*" if part == WILD else f"{part:x}" for part in address.parts[:8])
    return "An IPv6 address has eight groups; what stands behind them is not read.", eight


def _turned(entry: Entry) -> tuple[str, ...] | None:
    """For a mask that is written the wrong way round (`192.168.0.0/0.0.0.255`): the network that was meant."""
    if entry.mask is None or not entry.ipv4:
        return None
    hosts = entry.mask & 0xFFFFFFFF
    if hosts & (hosts + 1):
        return None
    base = read_address(entry.text.partition("/")[0])
    if base is None or base.number is None:
        return None
    meant = f"{address_text(base.number & ~hosts)}/{32 - hosts.bit_length()}"
    return (meant,) if sound(meant) else None


def _strangers(entry: Entry) -> int:
    public, enough = (public_ipv4(), MANY_IPV4) if entry.ipv4 else (public_ipv6(), MANY_IPV6)
    if size(entry) <= enough:
        return 0
    strangers = count([entry], public)
    if strangers is None:
        return size(entry)
    return strangers if strangers > enough else 0


def _useless(entry: Entry) -> EntryProblem | None:
    if size(entry) == 0:
        if is_hardware_address(entry.text):
            return EntryProblem(Severity.USELESS, HARDWARE_TITLE, HARDWARE_ADVICE)
        return EntryProblem(Severity.USELESS, "No device can have this address.", "An IPv6 address has eight groups.")
    if inside(entry, "::ffff:0:0/96"):
        title = "SillyTavern sees such a device by its IPv4 address, so this entry never lets it in."
        return EntryProblem(Severity.USELESS, title, "Use the IPv4 address.", _unmapped(entry))
    if inside(entry, "fe80::/10"):
        title = "Devices with an fe80 address always get an error from SillyTavern, listed or not."
        return EntryProblem(Severity.USELESS, title, "Use the device's IPv4 address.")
    if any(inside(entry, network) for network in _NO_DEVICE):
        title = f"“{shown(entry.text)}” does not mean everyone: no device has such an address."
        return EntryProblem(Severity.USELESS, title, "Use the device's own address.")
    if size(entry) == 1 and entry.low & 0xFF == 0 and any(inside(entry, network) for network in _PRIVATE):
        meant = address_text(entry.low).removesuffix("0") + "*"
        title = f"This is the name of a network, not of a device. All of the network is {meant}."
        return EntryProblem(Severity.USELESS, title, "", (meant,))
    return None


def _unmapped(entry: Entry) -> tuple[str, ...] | None:
    low, high = (IPV4_BASE + (number & 0xFFFFFFFF) for number in (entry.low, entry.high))
    if entry.mask is not None:
        low_parts, mask = parts_of(low), parts_of(IPV4_BASE + (entry.mask & 0xFFFFFFFF))
        return (f"{'.'.join(map(str, low_parts))}/{'.'.join(map(str, mask))}",)
    bits = (high - low + 1).bit_length() - 1
    if low == high:
        meant = address_text(low)
    elif high - low + 1 == 1 << bits and not low & ((1 << bits) - 1):
        meant = f"{address_text(low)}/{32 - bits}"
    else:
        meant = f"{address_text(low)}-{address_text(high)}"
    return (meant,) if sound(meant) else None
