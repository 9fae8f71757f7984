"""What is said about the public address, and whether it is given to be used from outside. PURE."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from launcher.access.exposure import LoginFit, Mode
from launcher.keeper.view import Phase, View
from launcher.network.addresses import Kind, LocalAddress
from launcher.network.public_ip import LIMIT_S, PublicIp, Route, ServiceAnswer, addresses_told
from launcher.problem import Problem

OFFLINE = Problem("No service could be reached to ask for the public address: is this PC connected to the Internet?")
NONE_TOLD = Problem("None of the services told a public address.", "Try again, or name others in the settings.")
DIFFER = Problem(
    "The services do not agree, so Tavernkeep cannot tell which address is right.",
    "That happens with a VPN, or with two Internet connections at once. Check again without them.",
)
ONLY_IPV6 = (
    "This is an IPv6 address, the newer kind. None of the usual kind (IPv4) was found; many networks reach no other."
)
ONE_PERSON = "SillyTavern is made for one person: everyone who gets in can see every chat and change every setting."
FORWARDING = (
    "Your router keeps the Internet out. Port forwarding is a setting in it that lets everyone in the world through to "
    "SillyTavern on this PC. Programs search for such openings day and night; then only the password keeps them out."
)
PLAIN_HTTP = (
    "The address begins with http://, so nothing is encrypted: anyone on the way, such as in the same café, can "
    "read the password and every chat."
)
GET_TAILSCALE = (
    "Use Tailscale instead (tailscale.com, free for one person). Installed on this PC and on your phone, it connects "
    "just your own devices, encrypted, from anywhere. Nothing is opened in the router. Its address then appears here."
)
HAVE_TAILSCALE = (
    "Use the Tailscale address instead. It connects just your own devices, encrypted, from anywhere. Nothing is opened "
    "in the router."
)


@dataclass(frozen=True)
class Way:
    """An address to use from outside: `url`; or `url` empty and in `problem` why there is none.

    `hint` is what has to be done for it to work, `careful` what speaks against it. `helps`: which question a window
    should be opened for, `login` or `access`; empty: none helps.
    """

    url: str = ""
    hint: str = ""
    careful: str = ""
    problem: Problem | None = None
    helps: str = ""


def problem_of(found: PublicIp) -> Problem | None:
    """Why there is no public address; None when there is one."""
    if found.ipv4 or found.ipv6:
        return None
    if found.differ:
        return DIFFER
    return OFFLINE if found.offline else NONE_TOLD


def headline(found: PublicIp) -> tuple[str, str]:
    """The address, or in a sentence why there is none; and what has to be said beside it."""
    if found.ipv4:
        return found.ipv4, f"IPv6, the newer kind of address: {found.ipv6}" if found.ipv6 else ""
    if found.ipv6 and not found.differ:
        return found.ipv6, ONLY_IPV6
    problem = DIFFER if found.differ else problem_of(found) or NONE_TOLD
    return problem.title, problem.advice


def lines_of(found: PublicIp) -> Iterator[str]:
    """What single services said, where that matters: they differ, or some failed where others did not."""
    for family in (4, 6):
        answers = [answer for answer in found.answers if answer.family == family]
        told = addresses_told(answers, family)
        failed = [answer for answer in answers if not answer.address]
        if len(told) > 1 or (failed and (told or any(answer.reached for answer in failed))):
            yield from (line_of(answer) for answer in answers)


def line_of(answer: ServiceAnswer) -> str:
    """`api.ipify.org: 81.2.69.142`."""
    return f"{urlsplit(answer.service).netloc}: {answer.address or answer.error}"


def route_words(found: PublicIp) -> str:
    """What lies between this address and this PC, and what that means. Empty without an address."""
    if found.ipv4 is None and found.route is not Route.CARRIER:
        return ""
    match found.route:
        case Route.OPEN if found.router:
            return "Your router has this address itself."
        case Route.OPEN:
            return "This PC has this address itself: there is no router between it and the Internet."
        case Route.CARRIER:
            return (
                "Your Internet provider shares this address among many customers, so nobody outside can reach this PC "
                "by it, whatever is set in your router."
            )
        case Route.ROUTERS:
            return (
                f"There are two routers, one behind the other: yours is {found.router} for the other one. A port would "
                "have to be forwarded in both. Where the other one is your provider's, that is not possible."
            )
        case Route.OTHER:
            return (
                f"Your router says that its own address is {found.router}. With a VPN switched on, the services see "
                "the address of the VPN, which does not lead to this PC."
            )
        case _:
            return (
                "Your router does not tell whether this address is its own. Its own page shows an address too: if that "
                "is another one, your provider shares this one among customers, and nobody outside can reach this PC."
            )


def vpn_words(view: View) -> str:
    """What to know while a VPN is on; empty when none is."""
    if any(address.kind is Kind.VPN for address in view.addresses or ()):
        return "A VPN is switched on: the address may be that of the VPN, which does not lead to this PC."
    return ""


def warnings(view: View) -> list[str]:
    """What has to be known before a router is opened, and what to do instead."""
    plain = [PLAIN_HTTP] if view.scheme == "http" else []
    return [FORWARDING, ONE_PERSON, *plain]


def instead(view: View) -> str:
    """What to use rather than port forwarding."""
    return HAVE_TAILSCALE if tailscale_address(view) else GET_TAILSCALE


def tailscale_address(view: View) -> LocalAddress | None:
    return next((address for address in view.addresses or () if address.kind is Kind.TAILSCALE), None)


def by_tailscale(view: View) -> Way | None:
    """The way by Tailscale; None where there is no Tailscale."""
    address = tailscale_address(view)
    if address is None:
        return None
    closed = _closed(view)
    if closed:
        return closed
    careful = ""
    if view.access and view.access.mode is Mode.WHITELIST:
        careful = "Only devices in the whitelist get in: at the first try of your phone, Tavernkeep can ask you."
    return Way(view.url_at(address.address) or "", "Scan with a phone that is in your Tailscale, anywhere.", careful)


def by_public_address(view: View, found: PublicIp | None) -> Way:
    """The way by the public address. It is given only while a login keeps strangers out."""
    if found is None or not (address := found.ipv4):
        return Way(problem=Problem("There is no public address to use."))
    if found.route is Route.CARRIER:
        return Way(problem=Problem("This address cannot be used from outside.", route_words(found)))
    closed = _no_login(view) or _closed(view)
    if closed:
        return closed
    here = next((each.address for each in view.addresses or () if each.local), "")
    hint = f"It works once your router forwards port {view.port} to this PC{f' ({here})' if here else ''}."
    if found.route is Route.OPEN and not found.router:
        hint = "It leads straight to this PC."
    if view.access and view.access.mode is Mode.WHITELIST:
        listed = "Only devices in the whitelist get in, and a phone outside has another address every time."
        return Way(view.url_at(address) or "", hint, listed, helps="access")
    return Way(view.url_at(address) or "", hint, "Everyone on the Internet can knock at it.")


def _no_login(view: View) -> Way | None:
    """Why the address is not given out because of the login."""
    login = view.login
    if view.installation is None:
        return Way(problem=Problem("There is no SillyTavern yet."))
    if login is None or login.on is None:
        return Way(problem=Problem("Whether a password is asked for could not be found out, so no address is given."))
    advice = "Whoever finds this address would get in. It is shown here, with its code, once they are set."
    if not login.on:
        return Way(problem=Problem("First set a user name and password.", advice), helps="login")
    if login.fit != LoginFit.FIT:
        title = login.problem.title if login.problem else "The user name and password that are set do not protect."
        return Way(problem=Problem(title, "Set others. The address is shown here, with its code, then."), helps="login")
    return None


def _closed(view: View) -> Way | None:
    """Why nobody but this PC reaches SillyTavern at all."""
    if view.installation is None:
        return Way(problem=Problem("There is no SillyTavern yet."))
    if view.access is None or view.access.listens is None:
        return Way(problem=Problem("Whether SillyTavern answers other devices could not be found out."), helps="access")
    if not view.access.listens:
        return Way(
            problem=Problem("SillyTavern answers only on this PC.", "Choose who can get in first."), helps="access"
        )
    if view.port is None:
        return Way(problem=Problem("The port of SillyTavern is not known yet.", "Start it, then look here again."))
    return None


def not_running(view: View) -> str:
    """What to know while nothing answers at any address."""
    running = view.phase is Phase.RUNNING or view.installation is None
    return "" if running else "SillyTavern does not run now. Start it in the main window first."


def asking(services: int, answered: int, waited: str = "") -> str:
    """Say how many services have answered. `waited`: after how long, such as `3 s`."""
    after = f" after {waited}" if waited else ""
    return f"{answered} of {services} answers are here{after}. It takes {LIMIT_S:.0f} seconds at most."
