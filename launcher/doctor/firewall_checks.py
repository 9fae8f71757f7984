"""The checks about the firewall of this PC, and whether Windows treats the network as public. PURE."""

from launcher.doctor.check import Check, Finding, Findings, first_problem, ok, problem, skipped, unknown
from launcher.doctor.check_input import CheckInput
from launcher.network.firewall.verdict import Firewall, FirewallKind
from launcher.network.profile import NetworkProfile, Profile
from launcher.problem import Fix

OPEN = "firewall-open"
PRIVATE = Fix("profile-private", "Make it a private network")
NOT_READ = (FirewallKind.NFTABLES, FirewallKind.IPTABLES)
NO_PORT = "It is not known which port SillyTavern uses."
NETWORK_SETTINGS = "Look under Settings, Network & internet."


def firewall(facts: CheckInput, found: Findings) -> Finding:
    """Does the firewall let a phone through to the server's port?"""
    seen = facts.firewall
    if not seen:
        return skipped(NO_PORT)
    if seen.kind is FirewallKind.NONE or seen.on is False:
        return ok(seen.why or "No firewall is on.")
    if seen.passes is not True and (other := first_problem(found, "firewall-block", "network-profile")):
        return skipped(f"The firewall keeps phones out. See {other}.")
    fix = Fix(OPEN, f"Let phones through {seen.kind.value}") if seen.can_open else None
    if seen.passes is None:
        # ufw puts our rule before all others, whatever they say.
        return unknown(seen.why, _how_to_find_out(seen), fix if seen.kind is FirewallKind.UFW else None)
    if seen.passes:
        return ok(seen.why)
    return problem(seen.why, f"By hand: {seen.by_hand}" if seen.by_hand else "", fix)


def _how_to_find_out(seen: Firewall) -> str:
    if seen.kind in NOT_READ:
        return "To find out, stop SillyTavern and try “Can my phone reach this PC?”."
    return f"To find out: {seen.how_to_find_out}" if seen.how_to_find_out else seen.by_hand


def block_rules(facts: CheckInput, found: Findings) -> Finding:
    """Is there a rule that blocks this very program? It beats every rule that allows."""
    seen = facts.firewall
    if not seen:
        return skipped(NO_PORT)
    if seen.blocked_by:
        names = " and ".join(f"“{name}”" for name in seen.blocked_by[:2])
        return problem(
            f"A rule of the firewall blocks the Node.js that runs SillyTavern: {names}.",
            f"By hand: {seen.by_hand}" if seen.by_hand else "Delete that rule.",
            Fix(OPEN, "Delete it and let phones through") if seen.can_open else None,
        )
    if seen.passes is None and seen.kind in (FirewallKind.WINDOWS, FirewallKind.MACOS):
        return unknown("The rules of the firewall could not be read.", seen.how_to_find_out)
    if seen.goes_out is False:
        return ok("No rule blocks this program for phones.", "Its own connections to the Internet are blocked, though.")
    return ok("No rule blocks the program that runs SillyTavern.")


def profile(facts: CheckInput, found: Findings) -> Finding:
    """Does Windows treat the network as a public one?"""
    profiles = facts.profiles
    if profiles is None:
        return unknown("Tavernkeep could not find out how Windows treats this network.", NETWORK_SETTINGS)
    if not profiles:
        return skipped("This system does not treat public networks differently.")
    best = facts.patient.best
    here = next((one for one in profiles if best and best.address in one.addresses), None)
    if not here or here.tunnel:
        return skipped("The network that phones come from has no profile here.")
    return _of(here, facts.firewall is not None and facts.firewall.passes is True)


def _of(here: NetworkProfile, passes: bool) -> Finding:
    name = here.network or here.card
    match here.profile:
        case Profile.PUBLIC if passes:
            return ok(f"Windows treats “{name}” as a public network, and still lets phones through.")
        case Profile.PUBLIC:
            return problem(
                f"Windows treats “{name}” as a public network and keeps other devices out.",
                "If it is your own, make it a private network.",
                PRIVATE,
            )
        case Profile.DOMAIN:
            return ok(f"“{name}” is a company's network.", "Its administrators decide who gets in.")
        case None:
            return unknown(
                f"Tavernkeep could not find out whether Windows treats “{name}” as a public network.", NETWORK_SETTINGS
            )
        case _:
            return ok(f"Windows treats “{name}” as a private network.")


CHECKS = (
    Check("firewall", firewall, ("firewall",), ("firewall-block", "network-profile")),
    Check("firewall-block", block_rules, ("firewall",)),
    Check("network-profile", profile, ("profiles", "firewall")),
)
