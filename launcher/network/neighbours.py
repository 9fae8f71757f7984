"""The devices around this PC: the hardware address (MAC) behind an IP address, and whether an address is nearby.

This reads only the system's own tables and sends nothing. A device beyond a router has no MAC there.
"""

import ipaddress
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from launcher.network.cards import own_interfaces

LINUX_TABLE = Path("/proc/net/arp")
ARP_PATIENCE_S = 5.0
NO_MAC = "00:00:00:00:00:00"

_MAC = re.compile(r"(?:[0-9a-fA-F]{1,2}[:-]){5}[0-9a-fA-F]{1,2}")
_ARP_A = re.compile(r"\(([0-9.]{7,15})\) at (\S+) ")


@dataclass(frozen=True)
class Whereabouts:
    """Where an address is, seen from this PC. `own`: it is this PC's. `nearby`: it is in one of this PC's networks.

    Both are None when the cards could not be read.
    """

    own: bool | None
    nearby: bool | None
    mac: str | None = None


def whereabouts(address: str) -> Whereabouts:
    """Return where `address` is. Raises ValueError when it is no address. On macOS it runs `arp`."""
    asked = ipaddress.ip_address(address)
    interfaces = own_interfaces()
    if interfaces is None:
        return Whereabouts(None, None)
    own = any(interface.ip == asked for _card, interface in interfaces)
    nearby = own or any(asked in interface.network for _card, interface in interfaces)
    return Whereabouts(own, nearby, None if own or not nearby else mac_of(address))


def mac_of(address: str) -> str | None:
    """Return the MAC that this system last saw for `address`, as `aa:bb:cc:dd:ee:ff`; None: not known. IPv4 only."""
    if ":" in address:
        return None
    try:
        table = _table()
    except (OSError, subprocess.SubprocessError):
        return None
    return table.get(address)


def parse_proc_arp(text: str) -> dict[str, str]:
    """Read /proc/net/arp of Linux. PURE."""
    rows = [line.split() for line in text.splitlines()[1:]]
    return {row[0]: mac for row in rows if len(row) >= 4 and (mac := usual_mac(row[3]))}


def parse_arp_a(text: str) -> dict[str, str]:
    """Read `arp -an` of macOS, which drops leading zeros: `? (192.168.0.20) at 0:1c:42:0:0:8 on en0`. PURE."""
    return {found[1]: mac for found in _ARP_A.finditer(text) if (mac := usual_mac(found[2]))}


def usual_mac(text: str) -> str | None:
    """Return a MAC in lower case with colons and leading zeros; None when it is no MAC, or a group's. PURE."""
    if not _MAC.fullmatch(text):
        return None
    octets = [int(octet, 16) for octet in re.split("[:-]", text)]
    mac = ":".join(f"{octet:02x}" for octet in octets)
    return None if mac == NO_MAC or octets[0] & 1 else mac


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
        """Read GetIpNetTable of iphlpapi (learn.microsoft.com, MIB_IPNETTABLE). Raises OSError."""
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
