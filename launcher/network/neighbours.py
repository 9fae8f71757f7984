"""The devices around this PC: the hardware address (MAC) behind an IP address, and whether an address is near, or ours.

Only this system's own tables are read; nothing is sent. A device that is not on the same cable or Wi-Fi has no MAC.
"""

import ipaddress
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

LINUX_TABLE = Path("/proc/net/arp")
ARP_PATIENCE_S = 5.0
NO_MAC = "00:00:00:00:00:00"

_MAC = re.compile(r"(?:[0-9a-fA-F]{1,2}[:-]){5}[0-9a-fA-F]{1,2}")
_ARP_A = re.compile(r"\(([0-9.]{7,15})\) at (\S+) ")


@dataclass(frozen=True)
class Whereabouts:
    """Where an address is, seen from this PC. `own`: it is this PC's. `nearby`: in one of its networks.

    Both None when the cards could not be read.
    """

    own: bool | None
    nearby: bool | None
    mac: str | None = None


def whereabouts(address: str) -> Whereabouts:
    """What this system knows about `address` now. Raises ValueError when it is none. On macOS it runs `arp`."""
    asked = ipaddress.ip_address(address)
    cards = _own_cards()
    if cards is None:
        return Whereabouts(None, None)
    own = any(card.ip == asked for card in cards)
    nearby = own or any(asked in card.network for card in cards)
    return Whereabouts(own, nearby, None if own or not nearby else mac_of(address))


def mac_of(address: str) -> str | None:
    """`aa:bb:cc:dd:ee:ff` as this system last heard it of `address`; None when it does not know. IPv4 only."""
    if ":" in address:
        return None
    try:
        table = _table()
    except (OSError, subprocess.SubprocessError):
        return None
    return table.get(address)


def parse_proc_arp(text: str) -> dict[str, str]:
    """/proc/net/arp of Linux. PURE."""
    rows = [line.split() for line in text.splitlines()[1:]]
    return {row[0]: mac for row in rows if len(row) >= 4 and (mac := usual_mac(row[3]))}


def parse_arp_a(text: str) -> dict[str, str]:
    """What `arp -an` of macOS prints, which drops leading zeros: `? (192.168.0.20) at 0:1c:42:0:0:8 on en0`. PURE."""
    return {found[1]: mac for found in _ARP_A.finditer(text) if (mac := usual_mac(found[2]))}


def usual_mac(text: str) -> str | None:
    """`text` in small letters with colons and all zeros; None when it is no MAC, or none of a device. PURE."""
    if not _MAC.fullmatch(text):
        return None
    octets = [int(octet, 16) for octet in re.split("[:-]", text)]
    mac = ":".join(f"{octet:02x}" for octet in octets)
    return None if mac == NO_MAC or octets[0] & 1 else mac


def _own_cards() -> list[ipaddress.IPv4Interface | ipaddress.IPv6Interface] | None:
    import socket

    import psutil

    try:
        found = psutil.net_if_addrs()
    except (OSError, psutil.Error):
        return None
    cards = []
    for one in (one for addresses in found.values() for one in addresses):
        if one.family not in (socket.AF_INET, socket.AF_INET6):
            continue
        address = one.address.partition("%")[0]
        try:
            cards.append(ipaddress.ip_interface(f"{address}/{_bits(one.netmask)}" if one.netmask else address))
        except ValueError:
            continue
    return cards


def _bits(netmask: str) -> int:
    """24 for 255.255.255.0, 64 for ffff:ffff:ffff:ffff::. Raises ValueError."""
    return int(ipaddress.ip_address(netmask)).bit_count()


def _table() -> Mapping[str, str]:
    if sys.platform == "win32":
        return _windows_table()
    if sys.platform == "darwin":
        done = subprocess.run(
            ["/usr/sbin/arp", "-an"], capture_output=True, timeout=ARP_PATIENCE_S, check=True, stdin=subprocess.DEVNULL
        )
        return parse_arp_a(done.stdout.decode("ascii", "replace"))
    return parse_proc_arp(LINUX_TABLE.read_text("ascii", "replace"))


if sys.platform == "win32":

    def _windows_table() -> dict[str, str]:
        """GetIpNetTable of iphlpapi (learn.microsoft.com, MIB_IPNETTABLE)."""
        import ctypes
        import socket
        from ctypes import wintypes

        class Row(ctypes.Structure):
            _fields_ = [
                ("index", wintypes.DWORD),
                ("length", wintypes.DWORD),
                ("mac", ctypes.c_ubyte * 8),
                ("address", wintypes.DWORD),
                ("type", wintypes.DWORD),
            ]

        get_table = ctypes.WinDLL("iphlpapi").GetIpNetTable
        size = wintypes.ULONG(0)
        get_table(None, ctypes.byref(size), False)
        buffer = ctypes.create_string_buffer(size.value + 16 * ctypes.sizeof(Row))
        size.value = len(buffer)
        status = get_table(buffer, ctypes.byref(size), False)
        if status:
            raise OSError(status, "GetIpNetTable")
        count = wintypes.DWORD.from_buffer(buffer).value
        rows = (Row * count).from_buffer(buffer, ctypes.sizeof(wintypes.DWORD))
        found = {}
        for row in rows:
            mac = usual_mac(":".join(f"{octet:02x}" for octet in row.mac[:6])) if row.length == 6 else None
            if mac:
                found[socket.inet_ntoa(row.address.to_bytes(4, "little"))] = mac
        return found
