"""The checks about the firewall of this PC and what it takes the network for. PURE."""

from launcher.doctor.check import Check
from launcher.doctor.check_input import CheckInput, Findings
from launcher.doctor.finding import Finding, Status, ok, problem, skipped, unknown
from launcher.network.firewall.verdict import Kind
from launcher.network.profile import NetworkProfile, Profile
from launcher.problem import Fix

OPEN = "firewall-open"
PRIVATE = Fix("profile-private", "Make it a private network")
NOT_READ = (Kind.NFTABLES, Kind.IPTABLES)
NO_PORT = "Which port SillyTavern uses is not known."


def firewall(facts: CheckInput, found: Findings) -> Finding:
    """Does the firewall let a phone through to the server's port?"""
    seen = facts.firewall
    if not seen:
        return skipped("firewall", NO_PORT)
    if seen.kind is Kind.NONE or seen.on is False:
        return ok("firewall", seen.why or "No firewall is on.")
    for other in ("firewall-block", "network-profile"):
        if found[other].status is Status.PROBLEM and seen.passes is not True:
            return skipped("firewall", "The firewall keeps phones out. The reason is below.")
    fix = Fix(OPEN, f"Let phones through {seen.kind.value}") if seen.repair else None
    if seen.passes is None:
        how = f"To find out: {seen.how_to_find_out}" if seen.how_to_find_out else seen.by_hand
        if seen.kind in NOT_READ:
            how = "To find out, stop SillyTavern and try “Can my phone reach this PC?”."
        # ufw puts our rule before all others, whatever these say.
        return unknown("firewall", seen.why, how, fix if seen.kind is Kind.UFW else None)
    if seen.passes:
        return ok("firewall", seen.why)
    return problem("firewall", seen.why, f"By hand: {seen.by_hand}" if seen.by_hand else "", fix)


def block_rules(facts: CheckInput, found: Findings) -> Finding:
    """Is there a rule that blocks this very program? It beats every rule that allows."""
    seen = facts.firewall
    if not seen:
        return skipped("firewall-block", NO_PORT)
    if seen.blocked_by:
        names = " and ".join(f"“{name}”" for name in seen.blocked_by[:2])
        fix = Fix(OPEN, "Delete it and let phones through") if seen.repair else None
        by_hand = f"By hand: {seen.by_hand}" if seen.by_hand else "Delete that rule."
        return problem(
            "firewall-block", f"A rule of the firewall blocks the Node.js that runs SillyTavern: {names}.", by_hand, fix
        )
    if seen.passes is None and seen.kind in (Kind.WINDOWS, Kind.MACOS):
        return unknown("firewall-block", "The rules of the firewall could not be read.", seen.how_to_find_out)
    if seen.goes_out is False:
        return ok(
            "firewall-block", "No rule blocks this program for phones.", "Its way out to the Internet is blocked."
        )
    return ok("firewall-block", "No rule blocks the program that runs SillyTavern.")


def profile(facts: CheckInput, found: Findings) -> Finding:
    """Does Windows take the network for a public one?"""
    profiles = facts.profiles
    if profiles is None:
        return unknown(
            "network-profile",
            "What Windows takes the network for could not be found out.",
            "Look under Settings, Network & internet.",
        )
    if not profiles:
        return skipped("network-profile", "This system does not tell public networks from private ones.")
    best = facts.patient.best
    here = next((one for one in profiles if best and best.address in one.addresses), None)
    if not here or here.tunnel:
        return skipped("network-profile", "The network that phones come from has no profile here.")
    return _of(here, facts.firewall is not None and facts.firewall.passes is True)


def _of(here: NetworkProfile, passes: bool) -> Finding:
    name = here.network or here.card
    match here.profile:
        case Profile.PUBLIC if passes:
            return ok("network-profile", f"Windows treats “{name}” as a public network, and still lets phones through.")
        case Profile.PUBLIC:
            return problem(
                "network-profile",
                f"Windows treats “{name}” as a public network and keeps other devices out.",
                "If it is your own, make it a private network.",
                PRIVATE,
            )
        case Profile.DOMAIN:
            return ok("network-profile", f"“{name}” is a company's network.", "Its administrators decide who gets in.")
        case None:
            return unknown(
                "network-profile",
                f"Tavernkeep could not find out whether Windows treats “{name}” as a public network.",
                "Look under Settings, Network & internet.",
            )
        case _:
            return ok("network-profile", f"Windows treats “{name}” as a private network.")


CHECKS = (
    Check("firewall", firewall, ("firewall",), ("firewall-block", "network-profile")),
    Check("firewall-block", block_rules, ("firewall",)),
    Check("network-profile", profile, ("profiles", "firewall")),
)
