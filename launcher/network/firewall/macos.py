"""The application firewall of macOS, read from `system_profiler`. The words of its report are from osquery's source.

Nothing here was ever tried on a Mac. The options of `socketfilterfw` are from its manual page.
"""

import json
from pathlib import Path

from launcher.network.firewall.packet import Networks
from launcher.network.firewall.programs import ask
from launcher.network.firewall.record import Added, added, forget, remember
from launcher.network.firewall.verdict import Firewall, FirewallKind
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


def look(program: Path | None, port: int, networks: Networks, folders: Folders) -> Firewall:
    """See `this_pc.look`. This firewall knows programs, but no ports and no networks."""
    said = ask("system_profiler", "-json", "SPFirewallDataType", timeout_s=PATIENCE_S)
    return explained(said.output if said and said.status == 0 else None, program)


def explained(report: str | None, program: Path | None) -> Firewall:
    """Return what the report of `system_profiler` means for `program`. PURE."""
    state, programs = read_report(report)
    if state in OFF:
        return Firewall(FirewallKind.MACOS, False, True, "The macOS firewall is switched off.")
    if state == BLOCKS_ALL:
        why = "The macOS firewall is set to block all incoming connections, whatever the program."
        return Firewall(FirewallKind.MACOS, True, False, why, by_hand=f"{SETTINGS}, Options")
    if state != LIMITED:
        return Firewall(
            FirewallKind.MACOS, None, None, "The macOS firewall could not be read.", how_to_find_out=SETTINGS
        )
    allowed = answer_for(programs, program)
    if allowed:
        return Firewall(FirewallKind.MACOS, True, True, "The macOS firewall lets phones reach SillyTavern.")
    line = by_hand(TOOL, "--unblockapp", str(program)) if program else SETTINGS
    if allowed is False and program:
        why = "The macOS firewall blocks the Node.js that runs SillyTavern."
        return Firewall(FirewallKind.MACOS, True, False, why, (program.name,), can_open=True, by_hand=line)
    why = "The macOS firewall is on. Tavernkeep cannot see whether it lets phones reach SillyTavern."
    can_open = program is not None
    return Firewall(FirewallKind.MACOS, True, None, why, how_to_find_out=SETTINGS, can_open=can_open, by_hand=line)


def read_report(report: str | None) -> tuple[str, dict[str, str]]:
    """Return the state, and the programs that a person decided about; ("", {}) for anything but the report. PURE."""
    try:
        said = json.loads(report or "")["SPFirewallDataType"][0]
        return str(said["spfirewall_globalstate"]), dict(said.get("spfirewall_applications", {}))
    except (ValueError, KeyError, IndexError, TypeError):
        return "", {}


def answer_for(programs: dict[str, str], program: Path | None) -> bool | None:
    """Return whether `program` may be reached; None: nobody decided. PURE.

    A program without a bundle, such as node, is in the report under its path or its file's name.
    """
    if program is None:
        return None
    said = programs.get(str(program), programs.get(program.name, ""))
    return ANSWERS.get(said)


def open_port(program: Path | None, port: int, networks: Networks, folders: Folders) -> Consent:
    """See `this_pc.open_port`. Raises TavernkeepError."""
    if program is None:
        raise TavernkeepError(
            "Tavernkeep does not know which program to let in.", "Start SillyTavern once, and try again."
        )
    outcome = run_all_as_administrator((TOOL, "--add", str(program)), (TOOL, "--unblockapp", str(program)))
    if outcome.answer is Consent.DONE:
        _must_have_worked(outcome.status, program, "--unblockapp")
        remember(folders, Added(FirewallKind.MACOS, str(program), 0))
    return outcome.answer


def remove_rules(folders: Folders) -> Consent:
    """See `this_pc.remove_rules`. Raises TavernkeepError."""
    programs = [rule.network for rule in added(folders, FirewallKind.MACOS)]
    if not programs:
        return Consent.DONE
    outcome = run_all_as_administrator(*((TOOL, "--remove", program) for program in programs))
    if outcome.answer is Consent.DONE:
        _must_have_worked(outcome.status, Path(programs[0]), "--remove")
        forget(folders, FirewallKind.MACOS)
    return outcome.answer


def has_rules(folders: Folders) -> bool:
    """See `this_pc.has_rules`."""
    return bool(added(folders, FirewallKind.MACOS))


def _must_have_worked(status: int, program: Path, option: str) -> None:
    if status:
        raise TavernkeepError(
            "macOS did not accept the change of its firewall.",
            f"Type this line in a terminal: {by_hand(TOOL, option, str(program))}",
        )
