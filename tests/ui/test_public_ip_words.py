"""Whether an address is given to be used from outside, and what is said about it."""

from dataclasses import replace

import pytest

from launcher.access.exposure import Mode
from launcher.keeper.view import Phase, View
from launcher.network.addresses import Kind, LocalAddress
from launcher.network.public_ip import PublicIp, Route, ServiceAnswer
from launcher.problem import Problem
from launcher.ui import public_ip_words as words
from tests.ui.window import access_states
from tests.ui.window.access_states import HOME, LOGGED_IN, RESTING, WHITELISTED

PUBLIC, OTHER, SIX = "81.2.69.142", "81.2.69.160", "2a02:8071:1::7"
ANSWERS = (ServiceAnswer("https://api.ipify.org/", 4, PUBLIC), ServiceAnswer("https://checkipv4.dedyn.io/", 4, PUBLIC))
FOUND = PublicIp(PUBLIC, None, ANSWERS)
TAILSCALE = LocalAddress("100.101.102.103", "tailscale0", Kind.TAILSCALE, local=False)
EVERYONE_WITH_LOGIN = replace(access_states.EVERYONE_WITH_LOGIN, addresses=(HOME,))
WITH_TAILSCALE = replace(EVERYONE_WITH_LOGIN, addresses=(HOME, TAILSCALE))
HIDDEN = replace(EVERYONE_WITH_LOGIN, access=replace(LOGGED_IN.access, listens=False, mode=Mode.THIS_PC))  # type: ignore[type-var]


def login(**changes: object) -> View:
    assert EVERYONE_WITH_LOGIN.login
    return replace(EVERYONE_WITH_LOGIN, login=replace(EVERYONE_WITH_LOGIN.login, **changes))  # type: ignore[arg-type]


def test_with_a_login_everyone_with_the_password_gets_the_address() -> None:
    way = words.by_public_address(EVERYONE_WITH_LOGIN, FOUND)
    assert way.url == f"http://{PUBLIC}:8000"
    assert way.hint == "It works once your router forwards port 8000 to this PC (192.168.0.5)."
    assert way.careful
    assert way.problem is None


def test_with_the_whitelist_on_it_is_said_that_it_refuses_whoever_is_outside() -> None:
    way = words.by_public_address(LOGGED_IN, FOUND)
    assert way.url
    assert "whitelist" in way.careful
    assert way.helps == "access"


@pytest.mark.parametrize(
    ("view", "helps"),
    [
        (WHITELISTED, "login"),
        (login(on=False), "login"),
        (login(fit="weak"), "login"),
        (login(fit="broken", problem=Problem("Nobody can log in with this password.")), "login"),
        (login(fit="unknown"), "login"),
        (login(on=None), ""),
        (replace(EVERYONE_WITH_LOGIN, login=None), ""),
        (HIDDEN, "access"),
        (replace(EVERYONE_WITH_LOGIN, access=None), "access"),
        (replace(EVERYONE_WITH_LOGIN, port=None), ""),
        (View(), ""),
    ],
)
def test_without_a_login_that_protects_or_a_way_in_there_is_no_address_but_a_reason(view: View, helps: str) -> None:
    way = words.by_public_address(view, FOUND)
    assert way.url == ""
    assert way.problem
    assert way.problem.title.endswith(".")
    assert way.helps == helps


def test_an_address_that_the_provider_shares_is_not_given() -> None:
    way = words.by_public_address(EVERYONE_WITH_LOGIN, replace(FOUND, route=Route.CARRIER))
    assert way.url == ""
    assert way.problem
    assert "provider shares" in way.problem.advice


@pytest.mark.parametrize("found", [None, PublicIp(None, SIX, ()), PublicIp(None, None, ())])
def test_without_an_address_there_is_none_to_use(found: PublicIp | None) -> None:
    assert words.by_public_address(EVERYONE_WITH_LOGIN, found).url == ""


def test_a_pc_without_a_router_needs_no_forwarding() -> None:
    way = words.by_public_address(EVERYONE_WITH_LOGIN, replace(FOUND, route=Route.OPEN))
    assert way.hint == "It leads straight to this PC."


def test_tailscale_is_the_better_way_where_there_is_one_and_needs_no_login() -> None:
    assert words.by_tailscale(EVERYONE_WITH_LOGIN) is None
    way = words.by_tailscale(replace(WITH_TAILSCALE, login=WHITELISTED.login))
    assert way
    assert way.url == "http://100.101.102.103:8000"
    assert words.instead(WITH_TAILSCALE).startswith("Use the Tailscale address")
    assert "tailscale.com" in words.instead(EVERYONE_WITH_LOGIN)


def test_tailscale_leads_nowhere_while_only_this_pc_is_answered() -> None:
    way = words.by_tailscale(replace(HIDDEN, addresses=(HOME, TAILSCALE)))
    assert way
    assert not way.url
    assert way.helps == "access"


def test_what_is_not_running_is_said() -> None:
    assert "does not run" in words.not_running(RESTING)
    assert words.not_running(EVERYONE_WITH_LOGIN) == ""
    assert EVERYONE_WITH_LOGIN.phase is Phase.RUNNING


def test_plain_http_is_warned_of_and_https_is_not() -> None:
    assert words.PLAIN_HTTP in words.warnings(EVERYONE_WITH_LOGIN)
    assert words.PLAIN_HTTP not in words.warnings(replace(EVERYONE_WITH_LOGIN, scheme="https"))


def test_services_that_differ_are_all_told_and_none_is_the_headline() -> None:
    answers = (ANSWERS[0], replace(ANSWERS[1], address=OTHER))
    found = PublicIp(None, None, answers)
    assert words.problem_of(found) == words.DIFFER
    assert words.headline(found)[0] == words.DIFFER.title
    assert list(words.lines_of(found)) == [f"api.ipify.org: {PUBLIC}", f"checkipv4.dedyn.io: {OTHER}"]


def test_a_service_that_failed_is_told_beside_the_other() -> None:
    found = PublicIp(
        PUBLIC, None, (ANSWERS[0], ServiceAnswer("https://checkipv4.dedyn.io/", 4, None, "It answered nothing."))
    )
    assert words.problem_of(found) is None
    assert list(words.lines_of(found)) == [f"api.ipify.org: {PUBLIC}", "checkipv4.dedyn.io: It answered nothing."]


def test_a_network_without_the_newer_kind_is_no_news() -> None:
    gone = ServiceAnswer("https://api6.ipify.org/", 6, None, "It could not be reached.", reached=False)
    found = PublicIp(PUBLIC, None, (*ANSWERS, gone))
    assert list(words.lines_of(found)) == []
    assert words.headline(found) == (PUBLIC, "")


def test_offline_is_one_sentence() -> None:
    found = PublicIp(
        None, None, (ServiceAnswer("https://api.ipify.org/", 4, None, "It could not be reached.", reached=False),)
    )
    assert words.problem_of(found) == words.OFFLINE
    assert words.OFFLINE.advice == ""
    assert list(words.lines_of(found)) == []


def test_nonsense_from_all_services_is_not_called_offline() -> None:
    found = PublicIp(None, None, (ServiceAnswer("https://api.ipify.org/", 4, None, "It answered with error 503."),))
    assert words.problem_of(found) == words.NONE_TOLD
    assert list(words.lines_of(found)) == ["api.ipify.org: It answered with error 503."]


def test_only_the_newer_kind_is_said_to_be_just_that() -> None:
    assert words.headline(PublicIp(None, SIX, (ServiceAnswer("s", 6, SIX),))) == (SIX, words.ONLY_IPV6)


@pytest.mark.parametrize(
    ("route", "router", "part"),
    [
        (Route.OPEN, PUBLIC, "Your router has this address itself."),
        (Route.OPEN, None, "no router between"),
        (Route.CARRIER, "100.64.1.1", "provider shares"),
        (Route.ROUTERS, "10.0.0.7", "two routers"),
        (Route.OTHER, OTHER, OTHER),
        (Route.UNKNOWN, None, "does not tell"),
    ],
)
def test_what_lies_between_is_one_sentence_or_two(route: Route, router: str | None, part: str) -> None:
    assert part in words.route_words(replace(FOUND, route=route, router=router))


def test_a_vpn_is_warned_of() -> None:
    vpn = LocalAddress("10.8.0.2", "wg0", Kind.VPN, local=False)
    assert words.vpn_words(replace(EVERYONE_WITH_LOGIN, addresses=(HOME, vpn)))
    assert words.vpn_words(EVERYONE_WITH_LOGIN) == ""
