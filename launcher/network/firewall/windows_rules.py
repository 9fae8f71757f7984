"""Windows Defender Firewall's rules as the registry has them, and what they mean for one connection. PURE.

The grammar is MS-GPFAS 2.2.2.19. A rule applies when all its conditions are met. A Block rule that applies beats every
Allow rule. Where none applies, the profile's default decides. A condition that is not known here makes the answer
unknown; it is never ignored.
"""

import ntpath
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from launcher.network.firewall.packet import Packet, all_of, any_of, is_one_of, lies_in, not_so
from launcher.network.profile import Profile

TCP = "6"
OUR_NAME = "Tavernkeep"
KEY_OF_PROFILE = {Profile.DOMAIN: "DomainProfile", Profile.PRIVATE: "StandardProfile", Profile.PUBLIC: "PublicProfile"}
# Words about the rule itself, or about what happens after the connection was allowed.
NO_CONDITION = {"Action", "Active", "Dir", "Profile", "Name", "Desc", "EmbedCtxt", "Edge", "Defer", "LSM", "SkipVer"}
NO_CONDITION |= {"LOM", "PCross"}
# For app packages, services, ICMP and IPsec: conditions that Node.js and a phone never meet.
NEVER_OURS = {"Svc", "AppPkgId", "ICMP4", "ICMP6", "RMauth", "RUAuth", "RMAuth", "TTK", "TTK2_22", "TTK2_27", "TTK2_28"}
NEVER_A_PHONE = {"dns", "dhcp", "wins", "defaultgateway", "rmtintranet", "ply2renders", "captiveportal"}
_VARIABLE = re.compile(r"%([^%]+)%")


@dataclass(frozen=True)
class WindowsRule:
    """`fields` maps each word of the grammar to its values; a word may come more than once.

    `id`: the name of the registry value. `local`: made on this PC; False: from a policy.
    """

    id: str
    fields: Mapping[str, tuple[str, ...]]
    local: bool = True

    def first(self, word: str) -> str:
        """Return the first value of `word`; "" when the rule does not have it."""
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
        """The profiles that the rule names; all of them when it names none."""
        named = {value.lower() for value in self.fields.get("Profile", ())}
        return frozenset(profile for profile in Profile if not named or profile in named or "all" in named)


@dataclass(frozen=True)
class Program:
    """The paths of a program in lower case, and the environment variables that a rule may use in a path."""

    paths: frozenset[str]
    variables: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Defaults:
    """The settings of one profile. The values here are those of a new Windows."""

    on: bool = True
    blocks_inbound: bool = True
    blocks_outbound: bool = False
    blocks_everything: bool = False
    local_rules_count: bool = True


@dataclass(frozen=True)
class RulesVerdict:
    """`blocking`: the Block rules that apply, or may. `not_by_rule`: a setting keeps everybody out."""

    passes: bool | None
    blocking: tuple[WindowsRule, ...] = ()
    not_by_rule: bool = False


def parse(id_: str, text: str, local: bool = True) -> WindowsRule | None:
    """Read a registry value such as `v2.31|Action=Allow|Active=TRUE|Dir=In|Protocol=6|LPort=8000|`; None: no rule."""
    version, *parts = text.split("|")
    if not re.fullmatch(r"[vV]\d+\.\d+", version):
        return None
    fields: dict[str, tuple[str, ...]] = {}
    for part in parts:
        word, equals, value = part.partition("=")
        if equals:
            fields[word] = (*fields.get(word, ()), value)
    return WindowsRule(id_, fields, local) if "Action" in fields and "Dir" in fields else None


def settings(local: Mapping[str, int], policy: Mapping[str, int]) -> Defaults:
    """Return a profile's settings from the values of its registry keys; those of a policy win."""
    values = {**local, **policy}
    return Defaults(
        on=values.get("EnableFirewall") != 0,
        blocks_inbound=values.get("DefaultInboundAction") != 0,
        blocks_outbound=values.get("DefaultOutboundAction") == 1,
        blocks_everything=values.get("DoNotAllowExceptions") == 1,
        # Only a policy can say that this PC's own rules do not count.
        local_rules_count=policy.get("AllowLocalPolicyMerge") != 0,
    )


def decide(
    rules: Iterable[WindowsRule], profile: Profile, defaults: Defaults, packet: Packet, program: Program
) -> RulesVerdict:
    """Return whether a connection like `packet` reaches `program` while the network has `profile`."""
    if not defaults.on:
        return RulesVerdict(True)
    if defaults.blocks_everything:
        return RulesVerdict(False, not_by_rule=True)
    fitting = _fitting(rules, True, profile, defaults, packet, program)
    blocking = [(rule, fits) for rule, fits in fitting if rule.action == "block"]
    surely = tuple(rule for rule, fits in blocking if fits)
    return RulesVerdict(_outcome(fitting, defaults.blocks_inbound), surely or tuple(rule for rule, _ in blocking))


def goes_out(rules: Iterable[WindowsRule], profile: Profile, defaults: Defaults, program: Program) -> bool | None:
    """Return whether `program` may connect to any other computer. It may always reply to a phone that was let in."""
    if not defaults.on:
        return True
    return _outcome(_fitting(rules, False, profile, defaults, None, program), defaults.blocks_outbound)


def _fitting(
    rules: Iterable[WindowsRule],
    inbound: bool,
    profile: Profile,
    defaults: Defaults,
    packet: Packet | None,
    program: Program,
) -> list[tuple[WindowsRule, bool | None]]:
    """Return the rules that apply (True) or may apply (None)."""
    return [
        (rule, fits)
        for rule in rules
        if rule.active and rule.inbound is inbound and (defaults.local_rules_count or not rule.local)
        if (fits := applies(rule, profile, packet, program)) is not False
    ]


def _outcome(fitting: list[tuple[WindowsRule, bool | None]], blocks_by_default: bool) -> bool | None:
    blocked = any_of(fits for rule, fits in fitting if rule.action == "block")
    allowed = not blocks_by_default or any_of(fits for rule, fits in fitting if rule.action == "allow")
    return all_of([allowed, not_so(blocked)])


def applies(rule: WindowsRule, profile: Profile, packet: Packet | None, program: Program) -> bool | None:
    """Return whether the rule is about this packet. None as `packet`: any connection of `program` to the outside."""
    if profile not in rule.profiles:
        return False
    answers = [_condition(word, values, packet, program) for word, values in rule.fields.items()]
    if packet:
        answers += [_ports(rule, "LPort", packet, _local_port), _ports(rule, "RPort", packet, _remote_port)]
        answers += [_addresses(rule, "LA", packet), _addresses(rule, "RA", packet)]
    return all_of(answers)


def about(rule: WindowsRule, program: Program) -> bool:
    """Return whether the rule names this very program, whatever its other conditions."""
    return any(_same_program(value, program) for value in rule.fields.get("App", ()))


def _condition(word: str, values: tuple[str, ...], packet: Packet | None, program: Program) -> bool | None:
    if word in NO_CONDITION:
        return True
    if word in NEVER_OURS:
        return word == "Svc" and values == ("*",)
    if word in ADDRESSES or word.startswith(("LPort", "RPort")):
        # `applies` compares them with the packet. Without one, they hold for some connections, not for all.
        return True if packet else None
    test = CONDITIONS.get(word)
    return any_of(test(value, program) for value in values) if test else None


def _same_program(text: str, program: Program) -> bool | None:
    if text.lower() == "system":
        return False
    if not program.paths:
        return None
    full = _VARIABLE.sub(lambda found: program.variables.get(found[1].lower(), found[0]), text)
    return ntpath.normpath(full).lower() in program.paths


def _ports(rule: WindowsRule, word: str, packet: Packet, test: Callable[[str, Packet], bool | None]) -> bool | None:
    """Compare all ports of the rule. Newer versions add to older words: `LPort=80|LPort2_10=8000-8010|`."""
    values = [value for name, these in rule.fields.items() if name.startswith(word) for value in these]
    return any_of(test(value, packet) for value in values) if values else True


def _local_port(text: str, packet: Packet) -> bool:
    """Compare a number or a range. The words (RPC, IPHTTPSIn, …) are ports of Windows' own services."""
    first, dash, last = text.partition("-")
    if not first.isdigit() or (dash and not last.isdigit()):
        return text == "*"
    return int(first) <= packet.port <= int(last or first)


def _remote_port(text: str, packet: Packet) -> bool | None:
    """Compare with the phone's port, which is not known before, but never a low one."""
    first, dash, last = text.partition("-")
    if not first.isdigit() or (dash and not last.isdigit()):
        return None
    low, high = int(first), int(last or first)
    if low <= 1024 and high == 65535:
        return True
    return False if high < 1024 else None


CONDITIONS: dict[str, Callable[[str, Program], bool | None]] = {
    # 256 means any.
    "Protocol": lambda text, program: text in (TCP, "256"),
    "App": _same_program,
    # A phone does not speak IPsec, so a rule that requires it never lets it in.
    "Security": lambda text, program: text == "NotRequired",
    "Security2": lambda text, program: text == "NotRequired",
    "Security2_9": lambda text, program: text == "NotRequired",
}
ADDRESSES = {f"{side}A{version}{more}" for side in "LR" for version in "46" for more in ("", "2")}
ADDRESSES |= {"LA42", "LA62", "RA42", "RA62"}


def _addresses(rule: WindowsRule, side: str, packet: Packet) -> bool | None:
    """Compare the rule's addresses. A rule without any is about all; one with only the other IP version, about none."""
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
