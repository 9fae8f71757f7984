"""Which of this computer's addresses should a phone use?"""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What sort of network an address belongs to."""

    WIFI = "wifi"
    ETHERNET = "ethernet"
    TAILSCALE = "tailscale"
    VPN = "vpn"
    VIRTUAL = "virtual"
    OTHER = "other"


@dataclass(frozen=True)
class Address:
    """One IPv4 address of this computer. `local`: a phone on the same network can use it."""

    address: str
    interface: str
    kind: Kind
    local: bool
