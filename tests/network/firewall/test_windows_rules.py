"""Rules as Windows writes them into its registry, and what they mean for a phone that connects to node."""

from ipaddress import ip_address, ip_network

import pytest

from launcher.network.firewall.packet import Packet
from launcher.network.firewall.windows_rules import (
    Defaults,
    Program,
    WindowsRule,
    about,
    decide,
    goes_out,
    parse,
    settings,
)
from launcher.network.profile import Profile

NODE = Program(
    frozenset({r"c:\program files\nodejs\node.exe"}),
    {"programfiles": r"C:\Program Files", "systemroot": r"C:\Windows"},
)
PACKET = Packet(ip_network("192.168.0.0/24"), 8000, ip_address("192.168.0.5"), "Wi-Fi")
APP = r"App=C:\Program Files\nodejs\node.exe|"
HEAD = "v2.31|Action=Allow|Active=TRUE|Dir=In|Protocol=6|"

# What Windows 10 and 11 have from the start, taken from exports of their registry.
FROM_THE_START = [
    r"v2.33|Action=Allow|Active=TRUE|Dir=In|Protocol=17|Profile=Private|LPort=5355|RA4=LocalSubnet|RA6=LocalSubnet|"
    r"App=%SystemRoot%\system32\svchost.exe|Svc=dnscache|Name=@FirewallAPI.dll,-32801|",
    r"v2.30|Action=Allow|Active=TRUE|Dir=In|Protocol=6|Profile=Domain|Profile=Private|LPort=7680|RA4=LocalSubnet|"
    r"RA6=LocalSubnet|App=%SystemRoot%\system32\svchost.exe|Svc=dosvc|Edge=TRUE|",
    r"v2.20|Action=Allow|Active=TRUE|Dir=In|Protocol=6|Profile=Public|LPort=5985|RA4=LocalSubnet|RA6=LocalSubnet|"
    r"App=System|Name=@FirewallAPI.dll,-30253|",
    r"v2.33|Action=Block|Active=TRUE|Dir=Out|Profile=Public|App=%SystemRoot%\system32\spoolsv.exe|Svc=Spooler|"
    r"TTK2_22=WFDPrint|",
    r"v2.33|Action=Allow|Active=TRUE|Dir=In|RA42=IntErnet|RA62=IntErnet|Name=@{Microsoft.Windows.App?ms-resource://x}|"
    r"LUOwn=S-1-5-21-1-2-3-1001|AppPkgId=S-1-15-2-155514346|EmbedCtxt=@{Microsoft}|Platform=2:6:2|Platform2=GTEQ|",
    r"v2.33|Action=Allow|Active=TRUE|Dir=In|Protocol=6|LPort=IPHTTPSIn|LPort2_10=IPTLSIn|App=System|",
    r"v2.33|Action=Allow|Active=TRUE|Dir=In|Protocol=1|ICMP4=8:*|Name=@FirewallAPI.dll,-28543|",
]
# Closing Windows' own question leaves these two.
CLOSED_QUESTION = [
    "v2.31|Action=Block|Active=TRUE|Dir=In|Protocol=17|Profile=Private|" + APP + "Name=Node.js JavaScript Runtime|",
    "v2.31|Action=Block|Active=TRUE|Dir=In|Protocol=6|Profile=Private|" + APP + "Name=Node.js JavaScript Runtime|",
]
OURS = HEAD + "Profile=Private|LPort=8000|RA4=LocalSubnet|" + APP + "Name=Tavernkeep|"


def rules(*texts: str, local: bool = True) -> list[WindowsRule]:
    found = [parse(f"{{{number}}}", text, local) for number, text in enumerate(texts)]
    assert None not in found
    return [rule for rule in found if rule]


def passes(
    *texts: str, profile: Profile = Profile.PRIVATE, packet: Packet = PACKET, defaults: Defaults | None = None
) -> bool | None:
    found = rules(*FROM_THE_START, *texts)
    return decide(found, profile, defaults or Defaults(), packet, NODE).passes


def test_windows_as_it_comes_lets_nobody_in_and_is_sure_of_it() -> None:
    assert passes() is False
    assert passes(profile=Profile.PUBLIC) is False


@pytest.mark.parametrize(
    ("rule", "gets_in"),
    [
        (OURS, True),
        (HEAD + APP, True),
        (HEAD + "LPort=8000|", True),
        (HEAD, True),
        ("v2.10|Action=Allow|Active=TRUE|Dir=In|" + APP, True),
        (HEAD + "LPort=80|LPort=8000|", True),
        (HEAD + "LPort2_10=7000-9000|", True),
        (HEAD + "LPort=80|LPort2_10=7990-8010|", True),
        (HEAD + "LPort2_10=8001-9000|", False),
        (HEAD + "LPort=RPC|", False),
        (HEAD.replace("Protocol=6", "Protocol=17") + APP, False),
        (HEAD.replace("Active=TRUE", "Active=FALSE") + APP, False),
        (HEAD.replace("Dir=In", "Dir=Out") + APP, False),
        (HEAD + "Profile=Public|" + APP, False),
        (HEAD + "Profile=Domain|Profile=Private|" + APP, True),
        (HEAD + r"App=%ProgramFiles%\nodejs\node.exe|", True),
        (HEAD + r"App=c:\PROGRAM FILES\NodeJS\Node.exe|", True),
        (HEAD + r"App=D:\node.exe|", False),
        (HEAD + "App=System|", False),
        (HEAD + "Svc=upnphost|", False),
        (HEAD + "Svc=*|", True),
        (HEAD + "RA4=192.168.0.0/255.255.255.0|", True),
        (HEAD + "RA4=192.168.0.0-192.168.0.255|", True),
        (HEAD + "RA4=10.0.0.0/8|RA4=192.168.0.0/16|", True),
        (HEAD + "RA4=10.0.0.0/8|", False),
        (HEAD + "RA4=192.168.0.20|", None),
        (HEAD + "RA4=Intranet|", None),
        (HEAD + "RA6=LocalSubnet|", False),
        (HEAD + "LA4=192.168.0.5|", True),
        (HEAD + "LA4=192.168.0.6|", False),
        (HEAD + "RPort=443|", False),
        (HEAD + "RPort2_10=1024-65535|", True),
        (HEAD + "RPort2_10=40000-50000|", None),
        (HEAD + "RMauth=O:LSD:(A;;CC;;;WD)|", False),
        (HEAD + "Security=Authenticate|", False),
        (HEAD + "IFType=Wireless|", None),
        (HEAD + "Edge=TRUE|Defer=App|" + APP, True),
        (HEAD + "SomethingNew=1|", None),
        (HEAD.replace("Allow", "ByPass") + APP, False),
    ],
)
def test_a_rule_that_allows(rule: str, gets_in: bool | None) -> None:
    assert passes(rule) is gets_in


@pytest.mark.parametrize("profile", Profile)
def test_a_rule_without_a_profile_holds_in_all_of_them(profile: Profile) -> None:
    assert passes(HEAD + APP, profile=profile)


def test_block_beats_allow() -> None:
    assert passes(OURS, *CLOSED_QUESTION) is False
    verdict = decide(rules(OURS, *CLOSED_QUESTION), Profile.PRIVATE, Defaults(), PACKET, NODE)
    assert [rule.name for rule in verdict.blocking] == ["Node.js JavaScript Runtime"]
    assert all(about(rule, NODE) for rule in verdict.blocking)


def test_a_block_rule_for_another_profile_is_none_for_this_one() -> None:
    assert passes(OURS, *(text.replace("Profile=Private", "Profile=Public") for text in CLOSED_QUESTION))


def test_a_block_rule_that_may_apply_makes_it_unknown() -> None:
    assert passes(OURS, HEAD.replace("Allow", "Block") + "IFType=Wireless|") is None
    assert passes(HEAD.replace("Allow", "Block") + "IFType=Wireless|") is False


def test_a_block_rule_for_a_range_of_ports_names_no_program() -> None:
    text = "v2.31|Action=Block|Active=TRUE|Dir=In|Protocol=6|LPort2_10=1-66|LPort2_10=69-55554|Name=TCP|"
    verdict = decide(rules(OURS, text), Profile.PRIVATE, Defaults(), PACKET, NODE)
    assert verdict.passes is False
    assert not any(about(rule, NODE) for rule in verdict.blocking)


@pytest.mark.parametrize(
    ("local", "policy", "gets_in"),
    [
        ({}, {}, False),
        ({"EnableFirewall": 1}, {}, False),
        ({"EnableFirewall": 0}, {}, True),
        ({"EnableFirewall": 0}, {"EnableFirewall": 1}, False),
        ({"EnableFirewall": 1}, {"EnableFirewall": 0}, True),
        ({"DefaultInboundAction": 0}, {}, True),
        ({"DefaultInboundAction": 1}, {}, False),
    ],
)
def test_the_settings_of_the_profile(local: dict[str, int], policy: dict[str, int], gets_in: bool) -> None:
    assert passes(defaults=settings(local, policy)) is gets_in


def test_no_exceptions_means_nobody_whatever_the_rules() -> None:
    verdict = decide(rules(OURS), Profile.PRIVATE, settings({"DoNotAllowExceptions": 1}, {}), PACKET, NODE)
    assert (verdict.passes, verdict.not_by_rule) == (False, True)


def test_a_policy_may_say_that_the_rules_of_this_pc_do_not_count() -> None:
    alone = settings({}, {"AllowLocalPolicyMerge": 0})
    assert decide(rules(OURS), Profile.PRIVATE, alone, PACKET, NODE).passes is False
    assert decide(rules(OURS, local=False), Profile.PRIVATE, alone, PACKET, NODE).passes
    merged = settings({"AllowLocalPolicyMerge": 0}, {})
    assert decide(rules(OURS), Profile.PRIVATE, merged, PACKET, NODE).passes


def test_a_block_rule_of_a_policy_beats_the_rules_of_this_pc() -> None:
    both = rules(OURS) + rules(*CLOSED_QUESTION, local=False)
    assert decide(both, Profile.PRIVATE, Defaults(), PACKET, NODE).passes is False


def test_a_program_that_is_not_known_leaves_rules_about_programs_open() -> None:
    nobody = Program(frozenset())
    assert decide(rules(HEAD + APP), Profile.PRIVATE, Defaults(), PACKET, nobody).passes is None
    assert decide(rules(HEAD + "LPort=8000|"), Profile.PRIVATE, Defaults(), PACKET, nobody).passes


def test_outside_is_reached_unless_the_profile_or_a_rule_says_no() -> None:
    out = HEAD.replace("Dir=In", "Dir=Out")
    strict = settings({"DefaultOutboundAction": 1}, {})
    assert goes_out(rules(*FROM_THE_START), Profile.PRIVATE, Defaults(), NODE)
    assert goes_out(rules(out.replace("Allow", "Block") + APP), Profile.PRIVATE, Defaults(), NODE) is False
    assert goes_out(rules(*FROM_THE_START), Profile.PRIVATE, strict, NODE) is False
    assert goes_out(rules(out + APP), Profile.PRIVATE, strict, NODE)
    assert goes_out(rules(out + "RPort=443|"), Profile.PRIVATE, strict, NODE) is None


@pytest.mark.parametrize(
    "text", ["", "v2.31", "nonsense", "v2.31|Active=TRUE|", "2.31|Action=Allow|Dir=In|", "v2|Action="]
)
def test_what_is_no_rule_is_left_out(text: str) -> None:
    assert parse("{1}", text) is None
