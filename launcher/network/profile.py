"""Does Windows take the network for a public one, where it keeps other devices out? Windows only; others have none."""

from dataclasses import dataclass
from enum import StrEnum

from launcher.system.elevation import Answer


class Profile(StrEnum):
    """What Windows takes a network for. DOMAIN: a company's; nobody but its administrators can change that."""

    PUBLIC = "public"
    PRIVATE = "private"
    DOMAIN = "domain"


@dataclass(frozen=True)
class NetworkProfile:
    """The profile of the network behind one card of this PC.

    `card` is the card's name, `addresses` are its IPv4 addresses, `network` is what Windows calls the network.
    `profile` None: it could not be found out. `tunnel`: a VPN, Tailscale or a virtual network, which is never the
    reason why a phone does not get in. `adapter` is what `set_private` wants.
    """

    card: str
    addresses: tuple[str, ...]
    network: str
    profile: Profile | None
    tunnel: bool
    adapter: str = ""


def look() -> tuple[NetworkProfile, ...] | None:
    """Every connected network; () where the system has no such profiles, None when it could not be found out.

    Takes 20 ms; never raises.
    """
    return ()


def open_settings_page() -> bool:
    """Open the page of Windows' settings where a person sets the profile. False when this system has none."""
    return False


def set_private(network: NetworkProfile) -> Answer:
    """Make Windows take this network for a private one; it asks the person first. Blocks for as long as that takes.

    Raises TavernkeepError for a company's network, and where Windows does not let anybody.
    """
    return Answer.DECLINED
