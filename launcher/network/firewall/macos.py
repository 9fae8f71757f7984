"""The application firewall of macOS. Read from `system_profiler`, whose plain words are from osquery's source.

Nothing here was ever tried on a Mac: what `socketfilterfw` needs is from its manual page.
"""

import json
from pathlib import Path

from launcher.network.firewall.programs import output_of
from launcher.network.firewall.record import Added, added, forget, remember
from launcher.network.firewall.verdict import Firewall, FirewallFix, Kind
from launcher.problem import TavernkeepError
from launcher.system.elevation import Consent, by_hand, run_all_as_administrator
from launcher.system.folders import Folders

TOOL = "/usr/libexec/ApplicationFirewall/socketfilterfw"
PATIENCE_S = 3.0
OFF = {"spfirewall_globalstate_allow_all", "spfirewall_globalstate_off"}
LIMITED = "spfirewall_globalstate_limit_connections"
BLOCKS_ALL = "spfirewall_globalstate_block_all"
ANSWERS = {"spfirewall_allow_all": True, "spfirewall_allow_local": True, "spfirewall_block_all": False}
SETTINGS = "System Settings, Network, Firewall"


def look(program: Path | None) -> Firewall:
    """See `this_pc.look`. This firewall knows programs, no ports and no networks."""
    return explained(output_of("system_profiler", "-json", "SPFirewallDataType", timeout_s=PATIENCE_S), program)


def explained(report: str | None, program: Path | None) -> Firewall:
    """What the report of `system_profiler` means for `program`. PURE."""
    state, programs = read_report(report)
    if state in OFF:
        return Firewall(Kind.MACOS, False, True, "The macOS firewall is switched off.")
    if state == BLOCKS_ALL:
        why = "The macOS firewall is set to block all incoming connections, whatever the program."
        return Firewall(Kind.MACOS, True, False, why, by_hand=f"{SETTINGS}, Options")
    if state != LIMITED:
        return Firewall(Kind.MACOS, None, None, "The macOS firewall could not be read.", how_to_find_out=SETTINGS)
    allowed = answer_for(programs, program)
    if allowed:
        return Firewall(Kind.MACOS, True, True, "The macOS firewall lets this program be reached.")
    line = by_hand(TOOL, "--unblockapp", str(program)) if program else SETTINGS
    if allowed is False and program:
        why = "The macOS firewall blocks this very program."
        return Firewall(Kind.MACOS, True, False, why, (program.name,), repair=FirewallFix.UNBLOCK, by_hand=line)
    why = "The macOS firewall is on, and whether it lets this program be reached could not be seen."
    repair = FirewallFix.OPEN if program else None
    return Firewall(Kind.MACOS, True, None, why, how_to_find_out=SETTINGS, repair=repair, by_hand=line)


def read_report(report: str | None) -> tuple[str, dict[str, str]]:
    """The state and the programs that a person decided about; ("", {}) when it is not the report. PURE."""
    try:
        said = json.loads(report or "")["SPFirewallDataType"][0]
        return str(said["spfirewall_globalstate"]), dict(said.get("spfirewall_applications", {}))
    except (ValueError, KeyError, IndexError, TypeError):
        return "", {}


def answer_for(programs: dict[str, str], program: Path | None) -> bool | None:
    """A program without a bundle, as node is, stands there by its path or its file's name. PURE."""
    if program is None:
        return None
    said = programs.get(str(program), programs.get(program.name, ""))
    return ANSWERS.get(said)


def open_port(program: Path | None, folders: Folders) -> Consent:
    """See `this_pc.open_port`: let this program be reached. Raises TavernkeepError."""
    if program is None:
        raise TavernkeepError("It is not known which program to let in.", "Start SillyTavern once, and try again.")
    outcome = run_all_as_administrator((TOOL, "--add", str(program)), (TOOL, "--unblockapp", str(program)))
    if outcome.answer is Consent.DONE:
        _must_have_worked(outcome.status, program, "--unblockapp")
        remember(folders, Added(Kind.MACOS, str(program), 0))
    return outcome.answer


def remove_rules(folders: Folders) -> Consent:
    """See `this_pc.remove_rules`."""
    programs = ours(folders)
    if not programs:
        return Consent.DONE
    outcome = run_all_as_administrator(*((TOOL, "--remove", program) for program in programs))
    if outcome.answer is Consent.DONE:
        _must_have_worked(outcome.status, Path(programs[0]), "--remove")
        forget(folders, Kind.MACOS)
    return outcome.answer


def has_rules(folders: Folders) -> bool:
    """See `this_pc.has_rules`."""
    return bool(ours(folders))


def ours(folders: Folders) -> tuple[str, ...]:
    """The programs that `open_port` let in."""
    return tuple(rule.network for rule in added(folders) if rule.kind == Kind.MACOS)


def _must_have_worked(status: int, program: Path, option: str) -> None:
    if status:
        raise TavernkeepError(
            "macOS did not accept the change of its firewall.",
            f"Type this line in a terminal: {by_hand(TOOL, option, str(program))}",
        )
