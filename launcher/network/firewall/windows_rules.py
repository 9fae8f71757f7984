"""Windows Defender Firewall's rules as they stand in the registry, and what they mean for one connection. PURE.

The grammar is MS-GPFAS 2.2.2.19. A rule applies when all its conditions are met; a Block rule that applies beats every
Allow rule; where none applies, the profile's default decides. What is not known here is not understood, never ignored.
"""

import ntpath
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from launcher.network.firewall.packet import Packet, all_of, any_of, is_one_of, lies_in
from launcher.network.profile import Profile

TCP = "6"
OUR_NAME = "Tavernkeep"
KEY_OF_PROFILE = {Profile.DOMAIN: "DomainProfile", Profile.PRIVATE: "StandardProfile", Profile.PUBLIC: "PublicProfile"}
SETTINGS = (
    *("EnableFirewall", "DefaultInboundAction", "DefaultOutboundAction", "DoNotAllowExceptions"),
    "AllowLocalPolicyMerge",
)
# Words about the rule, or about what happens after the connection was allowed.
NO_CONDITION = {"Action", "Active", "Dir", "Profile", "Name", "Desc", "EmbedCtxt", "Edge", "Defer", "LSM", "SkipVer"}
NO_CONDITION |= {"LOM", "PCross"}
# Only for app packages, services, ICMP and IPsec: no condition that a node or its phone could meet.
NEVER_OURS = {"Svc", "AppPkgId", "ICMP4", "ICMP6", "RMauth", "RUAuth", "RMAuth", "TTK", "TTK2_22", "TTK2_27", "TTK2_28"}
NEVER_A_PHONE = {"dns", "dhcp", "wins", "defaultgateway", "rmtintranet", "ply2renders", "captiveportal"}
_VARIABLE = re.compile(r"%([^%]+)%")


@dataclass(frozen=True)
class Rule:
    """`fields` maps each word of the grammar to its values, as 2.2.2.19 says: a word that is repeated is a list.

    `id` is the name of the registry value. `local`: made on this PC; False: it comes from a policy.
    """

    id: str
    fields: Mapping[str, tuple[str, ...]]
    local: bool = True

    def first(self, word: str) -> str:
        return self.fields.get(word, ("",))[0]

    @property
    def name(self) -> str:
        return self.first("Name") or self.id

    @property
    def active(self) -> bool:
        return self.first("Active").upper() == "TRUE"

    @property
    def inbound(self) -> bool:
        return self.first("Dir").lower() == "in"

    @property
    def action(self) -> str:
        """`allow`, `block` or `bypass`."""
        return self.first("Action").lower()

    @property
    def profiles(self) -> frozenset[Profile]:
        """No profile named means all of them."""
        named = {value.lower() for value in self.fields.get("Profile", ())}
        return frozenset(profile for profile in Profile if not named or profile in named or "all" in named)


@dataclass(frozen=True)
class Program:
    """The paths under which Windows may know the program, and the variables that rules may write them with."""

    paths: frozenset[str]
    variables: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Defaults:
    """The settings of one profile, a policy's first. None: not set, so Windows' own default holds."""

    enable_firewall: int | None = None
    default_inbound_action: int | None = None
    default_outbound_action: int | None = None
    do_not_allow_exceptions: int | None = None
    allow_local_policy_merge: int | None = None

    @property
    def on(self) -> bool:
        return self.enable_firewall != 0

    @property
    def blocks_inbound(self) -> bool:
        return self.default_inbound_action != 0

    @property
    def blocks_outbound(self) -> bool:
        return self.default_outbound_action == 1

    @property
    def blocks_everything(self) -> bool:
        return self.do_not_allow_exceptions == 1

    @property
    def local_rules_count(self) -> bool:
        return self.allow_local_policy_merge != 0


@dataclass(frozen=True)
class RulesVerdict:
    """`blocking`: the Block rules that apply, or may. `not_by_rule`: what keeps everybody out is a setting."""

    passes: bool | None
    blocking: tuple[Rule, ...] = ()
    not_by_rule: bool = False


def parse(id_: str, text: str, local: bool = True) -> Rule | None:
    """One registry value; None when it is no rule: `v2.31|Action=Allow|Active=TRUE|Dir=In|Protocol=6|LPort=8000|`."""
    version, *parts = text.split("|")
    if not re.fullmatch(r"[vV]\d+\.\d+", version):
        return None
    fields: dict[str, tuple[str, ...]] = {}
    for part in parts:
        word, equals, value = part.partition("=")
        if equals:
            fields[word] = (*fields.get(word, ()), value)
    return Rule(id_, fields, local) if "Action" in fields and "Dir" in fields else None


def settings(local: Mapping[str, int], policy: Mapping[str, int]) -> Defaults:
    """The values of a profile's registry keys; what a policy says wins."""
    merged = {name: policy.get(name, local.get(name)) for name in SETTINGS}
    # Only a policy can say that the rules of this PC do not count.
    merged["AllowLocalPolicyMerge"] = policy.get("AllowLocalPolicyMerge")
    return Defaults(*(merged[name] for name in SETTINGS))


def decide(
    rules: Iterable[Rule], profile: Profile, defaults: Defaults, packet: Packet, program: Program
) -> RulesVerdict:
    """Does a connection like `packet` reach `program` while the network has `profile`?"""
    if not defaults.on:
        return RulesVerdict(True)
    if defaults.blocks_everything:
        return RulesVerdict(False, not_by_rule=True)
    fitting = [
        (rule, fits)
        for rule in rules
        if rule.active and rule.inbound and (rule.local is False or defaults.local_rules_count)
        if (fits := applies(rule, profile, packet, program)) is not False
    ]
    blocking = tuple(rule for rule, _fits in fitting if rule.action == "block")
    blocked = any_of(fits for rule, fits in fitting if rule.action == "block")
    allowed = True if not defaults.blocks_inbound else any_of(fits for rule, fits in fitting if rule.action == "allow")
    if blocked:
        return RulesVerdict(False, tuple(rule for rule, fits in fitting if rule.action == "block" and fits))
    return RulesVerdict(all_of([allowed, None if blocked is None else True]), blocking)


def goes_out(rules: Iterable[Rule], profile: Profile, defaults: Defaults, program: Program) -> bool | None:
    """May `program` connect to any computer outside? Replies to a phone that was let in always may."""
    if not defaults.on:
        return True
    fitting = [
        (rule.action, _out_applies(rule, profile, program))
        for rule in rules
        if rule.active and not rule.inbound and (rule.local is False or defaults.local_rules_count)
    ]
    blocked = any_of(fits for action, fits in fitting if action == "block")
    if blocked is not False:
        return None if blocked is None else False
    return True if not defaults.blocks_outbound else any_of(fits for action, fits in fitting if action == "allow")


def applies(rule: Rule, profile: Profile, packet: Packet, program: Program) -> bool | None:
    """Does the rule speak of this connection?"""
    if profile not in rule.profiles:
        return False
    answers = [_condition(word, values, packet, program) for word, values in rule.fields.items()]
    answers += [_ports(rule, "LPort", packet, _local_port), _ports(rule, "RPort", packet, _remote_port)]
    return all_of([*answers, _addresses(rule, "LA", packet), _addresses(rule, "RA", packet)])


def about(rule: Rule, program: Program) -> bool:
    """Is the rule about this very program, whatever else it asks?"""
    return any(_same_program(value, program) for value in rule.fields.get("App", ()))


def _condition(word: str, values: tuple[str, ...], packet: Packet, program: Program) -> bool | None:
    if word in NO_CONDITION or word in ADDRESSES or word.startswith(("LPort", "RPort")):
        return True
    if word in NEVER_OURS:
        return word == "Svc" and values == ("*",)
    test = CONDITIONS.get(word)
    return any_of(test(value, packet, program) for value in values) if test else None


def _out_applies(rule: Rule, profile: Profile, program: Program) -> bool | None:
    """A rule that names ports or addresses speaks of some connections, not of all."""
    if profile not in rule.profiles:
        return False
    answers: list[bool | None] = []
    for word, values in rule.fields.items():
        if word in NO_CONDITION:
            continue
        if word in NEVER_OURS:
            answers.append(word == "Svc" and values == ("*",))
        elif word == "Protocol":
            answers.append(TCP in values)
        else:
            answers.append(any_of(_same_program(value, program) for value in values) if word == "App" else None)
    return all_of(answers)


def _same_program(text: str, program: Program) -> bool | None:
    if text.lower() == "system":
        return False
    if not program.paths:
        return None
    full = _VARIABLE.sub(lambda found: program.variables.get(found[1].lower(), found[0]), text)
    return ntpath.normpath(full).lower() in program.paths


def _ports(rule: Rule, word: str, packet: Packet, test: Callable[[str, Packet], bool | None]) -> bool | None:
    """One list in words of several versions: `LPort=80|LPort2_10=8000-8010|` are these and those."""
    values = [value for name, these in rule.fields.items() if name.startswith(word) for value in these]
    return any_of(test(value, packet) for value in values) if values else True


def _local_port(text: str, packet: Packet) -> bool:
    """A number or a range. The words (RPC, IPHTTPSIn, …) are ports of Windows' own services."""
    first, dash, last = text.partition("-")
    if not first.isdigit() or (dash and not last.isdigit()):
        return text == "*"
    return int(first) <= packet.port <= int(last or first)


def _remote_port(text: str, packet: Packet) -> bool | None:
    """A phone connects from a port that nobody knows before; it is never a low one."""
    first, dash, last = text.partition("-")
    if not first.isdigit() or (dash and not last.isdigit()):
        return None
    low, high = int(first), int(last or first)
    if low <= 1024 and high == 65535:
        return True
    return False if high < 1024 else None


CONDITIONS: dict[str, Callable[[str, Packet, Program], bool | None]] = {
    "Protocol": lambda text, packet, program: text in (TCP, "256"),
    "App": lambda text, packet, program: _same_program(text, program),
    # A phone does not speak IPsec, so a rule that asks for it never lets it in.
    "Security": lambda text, packet, program: text == "NotRequired",
    "Security2": lambda text, packet, program: text == "NotRequired",
    "Security2_9": lambda text, packet, program: text == "NotRequired",
}
ADDRESSES = {f"{side}A{version}{more}" for side in "LR" for version in "46" for more in ("", "2")}
ADDRESSES |= {"LA42", "LA62", "RA42", "RA62"}


def _addresses(rule: Rule, side: str, packet: Packet) -> bool | None:
    """No address named means any; one of the other IP version alone means none of ours."""
    named = {word: values for word, values in rule.fields.items() if word.startswith(side) and word in ADDRESSES}
    if not named:
        return True
    ours = f"{side}{packet.source.version}"
    values = [value for word, these in named.items() if word.startswith(ours) for value in these]
    return any_of(_address(value, side, packet) for value in values)


def _address(text: str, side: str, packet: Packet) -> bool | None:
    if side == "LA":
        return is_one_of(packet.destination, text)
    word = text.lower()
    if word in ("localsubnet", "*"):
        return True
    return False if word in NEVER_A_PHONE else lies_in(packet.source, text)
