"""Faults that only Windows has, from the rules as its registry holds them to what the doctor says. No Windows needed.

That the registry is read right is tried in tests/windows; that netsh does as told was not tried on a real Windows.
"""

from dataclasses import dataclass, replace

from launcher.doctor.check import Finding, Status
from launcher.doctor.checks import CHECKS
from launcher.network.firewall import windows
from launcher.network.firewall.windows_rules import Defaults, RulesVerdict, WindowsRule, decide, goes_out
from launcher.network.profile import NetworkProfile, Profile
from tests.doctor.patients import PC, WIFI, examined, healthy
from tests.network.firewall.test_windows_rules import (
    APP,
    CLOSED_QUESTION,
    FROM_THE_START,
    HEAD,
    NODE,
    OURS,
    PACKET,
    rules,
)

PORT = 8000
FOR_ALL = HEAD + f"LPort={PORT}|{APP}"
BLOCK_THE_PORT = f"v2.31|Action=Block|Active=TRUE|Dir=In|Protocol=6|LPort={PORT}|{APP}Name=No node|"


@dataclass(frozen=True)
class Computer:
    """A PC with Windows: the rules beside those that Windows comes with, and what it takes the network for."""

    rules: tuple[str, ...] = ()
    profile: Profile = Profile.PRIVATE
    defaults: Defaults = Defaults()
    tunnel: bool = False


@dataclass(frozen=True)
class WindowsFault:
    """`check` must name it, and `fix` be offered; none where it is empty."""

    name: str
    check: str
    computer: Computer
    fix: str = ""


FAULTS = [
    WindowsFault(
        "Windows: its own question was closed, which left Block rules",
        "firewall-block",
        Computer((*CLOSED_QUESTION, OURS)),
        "firewall-open",
    ),
    WindowsFault(
        "Windows: a Block rule for the port", "firewall-block", Computer((BLOCK_THE_PORT, FOR_ALL)), "firewall-open"
    ),
    WindowsFault("Windows: no rule lets Node in", "firewall", Computer(), "firewall-open"),
    WindowsFault(
        "Windows: the network is Public, and rules are for Private ones",
        "network-profile",
        Computer((OURS,), Profile.PUBLIC),
        "profile-private",
    ),
    WindowsFault(
        "Windows: set to let nobody in whatever the rules say",
        "firewall",
        Computer((OURS,), defaults=Defaults(blocks_everything=True)),
    ),
]
HEALTHY = {
    "Windows: Tavernkeep's rule is there": Computer((OURS,)),
    "Windows: the network is Public, and a rule lets Node in there": Computer((FOR_ALL,), Profile.PUBLIC),
    "Windows: a VPN that is called Public": Computer((FOR_ALL,), Profile.PUBLIC, tunnel=True),
    "Windows: the firewall is off": Computer(defaults=Defaults(on=False)),
}


def said(computer: Computer, opened: bool = False) -> list[Finding]:
    """What the doctor finds in the way; `opened`: after its rule was added as `firewall-open` does."""
    there = tuple(rules(*FROM_THE_START, *computer.rules))
    if opened:
        there = windows.with_ours(there, NODE, PORT)
    can_open = _verdict(windows.with_ours(there, NODE, PORT), computer).passes is True
    defaults = dict.fromkeys(Profile, computer.defaults)
    outside = goes_out(there, computer.profile, computer.defaults, NODE)
    found = [(computer.profile, _verdict(there, computer))]
    firewall = windows.explained(found, NODE, PORT, defaults, outside, can_open)
    network = NetworkProfile(WIFI.interface, (PC,), "Home", computer.profile, computer.tunnel)
    findings = examined(replace(healthy(), firewall=firewall, profiles=(network,)))
    return [findings[check] for check in CHECKS if findings[check].status is Status.PROBLEM]


def _verdict(there: tuple[WindowsRule, ...], computer: Computer) -> RulesVerdict:
    return decide(there, computer.profile, computer.defaults, PACKET, NODE)


def wrong_with(fault: WindowsFault) -> tuple[str, list[str]]:
    """What the doctor says, and what is wrong about that or about its fix."""
    found = said(fault.computer)
    named = [each.id for each in found]
    wrong = [] if named == [fault.check] else [f"named {', '.join(named) or 'nothing'}"]
    first = next((each for each in found if each.id == fault.check), None)
    offered = first.fix.id if first and first.fix else ""
    if offered != fault.fix:
        wrong.append(f"offers {offered or 'no fix'} instead of {fault.fix or 'none'}")
    match fault.fix:
        case "firewall-open":
            wrong += [each.title for each in said(fault.computer, opened=True)]
        case "profile-private":
            wrong += [each.title for each in said(replace(fault.computer, profile=Profile.PRIVATE))]
    return first.title if first else "", wrong
