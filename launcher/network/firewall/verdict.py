"""What was found out about the firewall of this PC. PURE."""

from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network

# The local networks that a phone may be in, as 192.168.0.0/24.
Networks = tuple[IPv4Network | IPv6Network, ...]


class Kind(StrEnum):
    """Whose rules decide. NONE: nothing on this PC filters. The value is what a person calls it."""

    UFW = "ufw"
    FIREWALLD = "firewalld"
    NFTABLES = "nftables"
    IPTABLES = "iptables"
    WINDOWS = "Windows Defender Firewall"
    MACOS = "the macOS firewall"
    NONE = "none"


class FirewallFix(StrEnum):
    """What `open_port` would do. UNBLOCK: delete the Block rules of this program, and then open as well."""

    OPEN = "open"
    UNBLOCK = "unblock"


@dataclass(frozen=True)
class Firewall:
    """May a device of the local network reach this program on this TCP port?

    `on` and `passes` are None when they could not be found out; `how_to_find_out` is then the one line to type, where
    there is one. `why` is one sentence. `blocked_by`: the names of the Block rules that are about this very program;
    they beat every rule that allows. `goes_out`: whether this program may connect to other computers (False where
    Windows blocks that by default); None when nobody looked. `repair`: what Tavernkeep can do, None when nothing is
    in the way or it cannot. `by_hand`: one line to type, or where to click, that does the same.
    """

    kind: Kind
    on: bool | None
    passes: bool | None
    why: str
    blocked_by: tuple[str, ...] = ()
    goes_out: bool | None = None
    how_to_find_out: str = ""
    repair: FirewallFix | None = None
    by_hand: str = ""
