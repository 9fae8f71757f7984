"""Windows Defender Firewall: read from the registry, which needs no rights; changed by one elevated call of netsh.

netsh was never tried on a real Windows: Wine's does nothing.
"""

import logging
import os
import sys
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path

from launcher.network import profile
from launcher.network.firewall.packet import Network, Networks, Packet, all_of
from launcher.network.firewall.verdict import Firewall, FirewallKind
from launcher.network.firewall.windows_rules import (
    KEY_OF_PROFILE,
    OUR_NAME,
    Defaults,
    Program,
    RulesVerdict,
    WindowsRule,
    about,
    decide,
    goes_out,
    parse,
    settings,
)
from launcher.network.profile import Profile
from launcher.problem import TavernkeepError
from launcher.system.elevation import Consent, run_line_as_administrator
from launcher.system.folders import Folders

LOCAL = r"SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy"
POLICY = r"SOFTWARE\Policies\Microsoft\WindowsFirewall"
NETSH = "netsh advfirewall firewall"
POLICIES = (POLICY, LOCAL + r"\Mdm")
# A policy keeps the private profile under a key of its own, or under the one it shares with Windows XP.
POLICY_PRIVATE = "PrivateProfile"
NOT_FOR_CMD = frozenset('"%\r\n')

log = logging.getLogger(__name__)


def look(program: Path | None, port: int, networks: Networks, folders: Folders) -> Firewall:
    """See `this_pc.look`. Takes 30 ms."""
    try:
        rules = read_rules()
        defaults = {each: read_settings(each) for each in Profile}
    except OSError as error:
        log.warning("the firewall's rules: %s", error)
        why = "The rules of Windows Defender Firewall could not be read."
        return Firewall(FirewallKind.WINDOWS, None, None, why, how_to_find_out="control firewall.cpl")
    ours = as_windows_knows(program)
    places = places_of(networks, port)
    found = [(one, decide(rules, one, defaults[one], each, ours)) for one, each in places]
    opened = [decide(with_ours(rules, ours, port), one, defaults[one], each, ours) for one, each in places]
    outside = [goes_out(rules, one, defaults[one], ours) for one, _each in places]
    can_open = bool(opened) and all(verdict.passes for verdict in opened)
    return explained(found, ours, port, defaults, all_of(outside) if outside else None, can_open)


def open_port(program: Path | None, port: int, networks: Networks, folders: Folders) -> Consent:
    """See `this_pc.open_port`. The rules of a policy stay: only an administrator of it can remove them.

    Raises TavernkeepError.
    """
    if program is None:
        raise TavernkeepError(
            "Tavernkeep does not know which program to let in.", "Start SillyTavern once, and try again."
        )
    ours = as_windows_knows(program)
    blocking = [rule for rule in read_rules() if rule.local and rule.inbound and rule.action == "block"]
    lines = [forget_line()]
    lines += [unblock_line(rule, path) for rule in blocking if about(rule, ours) for path in sorted(ours.paths)]
    profiles = {one for one, _packet in places_of(networks, port)}
    lines.append(open_line(program, port, Profile.DOMAIN in profiles))
    return run_netsh(lines)


def remove_rules(folders: Folders) -> Consent:
    """See `this_pc.remove_rules`. Raises TavernkeepError."""
    return run_netsh([forget_line()]) if has_rules(folders) else Consent.DONE


def has_rules(folders: Folders) -> bool | None:
    """See `this_pc.has_rules`."""
    try:
        return any(rule.name == OUR_NAME and rule.local for rule in read_rules())
    except OSError:
        return None


def explained(
    found: list[tuple[Profile, RulesVerdict]],
    ours: Program,
    port: int,
    defaults: dict[Profile, Defaults],
    outside: bool | None,
    can_open: bool,
) -> Firewall:
    """Return what the verdicts, one for each place of `places_of`, mean together. PURE."""
    if not found:
        return Firewall(FirewallKind.WINDOWS, None, None, "This PC is in no local network.")
    on = any(defaults[profile].on for profile, _verdict in found)
    passes = all_of(verdict.passes for _profile, verdict in found)
    rules = [rule for _profile, verdict in found for rule in verdict.blocking]
    blocking = tuple(dict.fromkeys(rule.name for rule in rules if about(rule, ours)))
    why = sentence(found, passes, on, port, blocking)
    if passes:
        return Firewall(FirewallKind.WINDOWS, on, True, why, goes_out=outside)
    by_hand = "Windows Security, Firewall & network protection, Allow an app through firewall"
    how = "control firewall.cpl" if passes is None else ""
    return Firewall(FirewallKind.WINDOWS, on, passes, why, blocking, outside, how, can_open, by_hand)


def sentence(
    found: list[tuple[Profile, RulesVerdict]], passes: bool | None, on: bool, port: int, blocking: tuple[str, ...]
) -> str:
    """Return one sentence for the person. PURE."""
    name = FirewallKind.WINDOWS
    if not on:
        return f"{name} is switched off for this network."
    if passes:
        return f"{name} lets the devices of this network reach port {port}."
    if blocking:
        return f"{name} has a rule that blocks the Node.js that runs SillyTavern: {', '.join(blocking)}."
    if any(verdict.not_by_rule for _profile, verdict in found):
        return f"{name} is set to block all incoming connections, whatever its rules say."
    if passes is None:
        return f"Tavernkeep cannot see whether {name} lets the devices of this network reach port {port}."
    if any(profile is Profile.PUBLIC for profile, _verdict in found):
        return f"Windows treats this network as a public one, and its firewall lets nobody reach port {port} there."
    return f"{name} keeps the devices of this network away from port {port}."


def with_ours(rules: tuple[WindowsRule, ...], ours: Program, port: int) -> tuple[WindowsRule, ...]:
    """Return the rules as `open_port` would leave them. PURE."""
    kept = [rule for rule in rules if not (rule.local and rule.action == "block" and about(rule, ours))]
    text = f"v2.30|Action=Allow|Active=TRUE|Dir=In|Protocol=6|Profile=Private|Profile=Domain|LPort={port}|"
    ours_then = [parse(OUR_NAME, f"{text}RA4=LocalSubnet|RA6=LocalSubnet|App={path}|") for path in sorted(ours.paths)]
    return (*kept, *(rule for rule in ours_then if rule))


def as_windows_knows(program: Path | None) -> Program:
    """Return the paths that a rule may name. It names the real file when there is a link, as with nvm for Windows."""
    variables = {name.lower(): value for name, value in os.environ.items()}
    if program is None:
        return Program(frozenset(), variables)
    paths = {str(program), os.path.realpath(program)}
    return Program(frozenset(path.lower() for path in paths), variables)


def places_of(networks: Networks, port: int) -> list[tuple[Profile, Packet]]:
    """Return each network with its profile; with every profile when it is not known, so that all have to agree."""
    known = profile.look() or ()
    found = []
    for network in networks:
        packet, one = Packet(network, port), None
        for each in known:
            here = [ip_address(address) for address in each.addresses if in_network(address, network)]
            if here:
                packet, one = Packet(network, port, here[0], each.card), each.profile
        found += [(each_profile, packet) for each_profile in ([one] if one else list(Profile))]
    return found


def in_network(address: str, network: Network) -> bool:
    """Return whether `address` is an address in `network`."""
    try:
        return ip_address(address) in network
    except ValueError:
        return False


def forget_line() -> str:
    """Return the line that deletes every rule of ours."""
    return f"{NETSH} delete rule name={quoted(OUR_NAME)}"


def unblock_line(rule: WindowsRule, path: str) -> str:
    """Return the line that deletes the Block rule. netsh finds rules by name; the rest narrows that down."""
    protocol = {"6": " protocol=TCP", "17": " protocol=UDP"}.get(rule.first("Protocol"), "")
    return f"{NETSH} delete rule name={quoted(rule.name)} dir=in program={quoted(path)}{protocol}"


def open_line(program: Path, port: int, domain: bool) -> str:
    """Return the line that adds our rule. Raises TavernkeepError when the path cannot be quoted."""
    profiles = "private,domain" if domain else "private"
    real = quoted(os.path.realpath(program))
    rule = f"name={quoted(OUR_NAME)} dir=in action=allow program={real} protocol=TCP localport={port}"
    return f"{NETSH} add rule {rule} profile={profiles} remoteip=localsubnet"


def quoted(text: str) -> str:
    """Quote for cmd.exe. Raises TavernkeepError for characters that cmd.exe would interpret even in quotes."""
    if set(text) & NOT_FOR_CMD:
        raise TavernkeepError(
            f"Tavernkeep cannot change rules about “{text}”: Windows would misread its name.",
            "Change them in Windows Security, Firewall & network protection.",
        )
    return f'"{text}"'


def run_netsh(lines: list[str]) -> Consent:
    """Run all lines with one question to the person. Raises TavernkeepError when the last one fails."""
    cmd = os.environ.get("SYSTEMROOT", r"C:\Windows") + r"\System32\cmd.exe"
    outcome = run_line_as_administrator(cmd, f'/d /v:off /s /c "{" & ".join(lines)}"')
    if outcome.answer is Consent.DONE and outcome.status:
        raise TavernkeepError(
            "Windows did not accept the change of its firewall.",
            f"Type this line in an administrator's terminal: {lines[-1]}",
        )
    return outcome.answer


if sys.platform == "win32":
    import winreg

    def read_rules() -> tuple[WindowsRule, ...]:
        """Return every rule of this PC and of its policies. Raises OSError when they cannot be read."""
        keys = [(LOCAL, True), *((policy, False) for policy in POLICIES)]
        return tuple(
            rule
            for key, local in keys
            for name, text in _values(key + r"\FirewallRules")
            if isinstance(text, str) and (rule := parse(name, text, local))
        )

    def read_settings(one: Profile) -> Defaults:
        """Return the settings of a profile. Raises OSError when they cannot be read."""
        name = KEY_OF_PROFILE[one]
        keys = [f"{key}\\{name}" for key in reversed(POLICIES)]
        if one is Profile.PRIVATE:
            keys.append(f"{POLICY}\\{POLICY_PRIVATE}")
        policy: dict[str, int] = {}
        for key in keys:
            policy |= _numbers(key)
        return settings(_numbers(f"{LOCAL}\\{name}"), policy)

    def _numbers(key: str) -> dict[str, int]:
        return {name: value for name, value in _values(key) if isinstance(value, int)}

    def _values(key: str) -> Iterator[tuple[str, object]]:
        """Yield the values of a key of this machine; nothing when there is no such key."""
        try:
            opened = winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, key, 0, winreg.KEY_READ | winreg.KEY_WOW64_64KEY)
        except FileNotFoundError:
            return
        with opened:
            for index in range(winreg.QueryInfoKey(opened)[1]):
                name, value, _kind = winreg.EnumValue(opened, index)
                yield name, value

else:

    def read_rules() -> tuple[WindowsRule, ...]:
        """Windows only. Raises OSError elsewhere."""
        raise OSError("no Windows")

    def read_settings(one: Profile) -> Defaults:
        """Windows only. Raises OSError elsewhere."""
        raise OSError("no Windows")
