"""What the window From outside is shown, and what the services answer."""

from dataclasses import replace

from launcher.keeper.view import View
from launcher.network.addresses import Kind, LocalAddress
from tests.ui.window import access_states
from tests.ui.window.access_states import HOME

PUBLIC, OTHER = "81.2.69.142", "81.2.69.160"
TAILSCALE = LocalAddress("100.101.102.103", "tailscale0", Kind.TAILSCALE, local=False)
VPN = LocalAddress("10.8.0.2", "wg0", Kind.VPN, local=False)

OPEN = replace(access_states.EVERYONE_WITH_LOGIN, addresses=(HOME,))
WITH_TAILSCALE = replace(OPEN, addresses=(HOME, TAILSCALE))
LISTED = replace(access_states.LOGGED_IN, addresses=(HOME, VPN))
WITHOUT_LOGIN = replace(access_states.WHITELISTED, addresses=(HOME,))

# By name: the view, the answers of the services, and the keys to press.
OUTSIDE: dict[str, tuple[View, tuple[str, ...], list[str]]] = {
    "outside": (OPEN, (PUBLIC, PUBLIC), []),
    "outside-tailscale": (WITH_TAILSCALE, (PUBLIC, PUBLIC), []),
    "outside-public": (WITH_TAILSCALE, (PUBLIC, PUBLIC), ["<alt+p>"]),
    "outside-listed": (LISTED, (PUBLIC, PUBLIC), []),
    "outside-login": (WITHOUT_LOGIN, (PUBLIC, PUBLIC), []),
    "outside-differ": (OPEN, (PUBLIC, OTHER), []),
    "outside-nothing": (OPEN, ("<html>", "<html>"), []),
}
