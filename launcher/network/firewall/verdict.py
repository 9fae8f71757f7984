"""What was found out about the firewall of this PC. PURE."""

from dataclasses import dataclass
from enum import StrEnum


class FirewallKind(StrEnum):
    """Whose rules decide. NONE: nothing on this PC filters. The value is what a person calls it."""

    UFW = "ufw"
    FIREWALLD = "firewalld"
    NFTABLES = "nftables"
    IPTABLES = "iptables"
    WINDOWS = "Windows Defender Firewall"
    MACOS = "the macOS firewall"
    NONE = "none"


@dataclass(frozen=True)
class Firewall:
    """May a device of the local network reach this program on this TCP port?

    `on` and `passes` are None when they could not be found out; `how_to_find_out` is then the line to type, where
    there is one. `why` is one sentence. `blocked_by`: the names of the Block rules for this very program, which beat
    every rule that allows. `goes_out`: whether this program may connect to other computers (False where Windows blocks
    that by default); None when nobody looked. `can_open`: `this_pc.open_port` would help. `by_hand`: one line to type,
    or where to click, that does the same.
    """

    kind: FirewallKind
    on: bool | None
    passes: bool | None
    why: str
    blocked_by: tuple[str, ...] = ()
    goes_out: bool | None = None
    how_to_find_out: str = ""
    can_open: bool = False
    by_hand: str = ""
