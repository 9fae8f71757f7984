"""ufw, the firewall of Ubuntu. Every user can read whether it is on, but only an administrator its rules.

So Tavernkeep knows only one case in which the port is open: it opened the port, and ufw's files have not changed since.
"""

from pathlib import Path

from launcher.network.firewall.packet import Network, Networks
from launcher.network.firewall.record import Added, added, forget, remember
from launcher.network.firewall.verdict import FirewallKind
from launcher.problem import TavernkeepError
from launcher.system.elevation import Consent, ElevatedRun, by_hand, find_program, run_all_as_administrator
from launcher.system.folders import Folders

SETTINGS = Path("/etc/ufw/ufw.conf")
FILES = (SETTINGS, *(SETTINGS.with_name(f"{one}.rules") for one in ("user", "user6", "before", "before6", "after")))


def is_on() -> bool | None:
    """Return whether ufw is on; False where there is no ufw, None when its settings cannot be read."""
    try:
        return enabled(SETTINGS.read_text("utf-8"))
    except FileNotFoundError:
        return False
    except (OSError, UnicodeDecodeError):
        return None


def enabled(conf: str) -> bool | None:
    """Return what ufw.conf says; None when it says nothing. PURE."""
    values = [line.partition("=")[2] for line in conf.splitlines() if line.strip().startswith("ENABLED=")]
    return values[-1].strip().strip("\"'").lower() == "yes" if values else None


def was_opened(port: int, networks: Networks, folders: Folders) -> bool:
    """Return whether Tavernkeep let all these networks in, and ufw's files have not changed since."""
    now = fingerprint()
    rules = {(rule.network, rule.port) for rule in added(folders, FirewallKind.UFW) if rule.seen == now}
    return bool(now) and all((str(network), port) in rules for network in networks)


def fingerprint() -> str:
    """Return the times and sizes of ufw's files, which this user may not read; "" when even those are hidden."""
    try:
        return " ".join(f"{state.st_mtime_ns}:{state.st_size}" for state in (file.stat() for file in FILES))
    except OSError:
        return ""


def opening(network: Network, port: int) -> tuple[str, ...]:
    """Return ufw's arguments. `prepend` puts the rule before every rule that denies; ufw has it since 0.36 of 2018."""
    return ("prepend", "allow", "proto", "tcp", "from", str(network), "to", "any", "port", str(port))


def line_to_open(port: int, networks: Networks) -> str:
    """Return the line to type that opens `port` for the first network; "" without one."""
    return by_hand("ufw", *opening(networks[0], port)) if networks else ""


def open_port(port: int, networks: Networks, folders: Folders) -> Consent:
    """Let each of `networks` in on `port`. Raises TavernkeepError."""
    outcome = _run([(*opening(network, port), "comment", "Tavernkeep") for network in networks])
    if outcome.answer is Consent.DONE:
        now = fingerprint()
        new = made(networks, outcome.output)
        remember(folders, *(Added(FirewallKind.UFW, str(network), port, seen=now) for network in new))
    return outcome.answer


def made(networks: Networks, output: str) -> Networks:
    """Return the networks for which ufw made a rule. It skips a rule that a person made, which is not ours to remove.
    PURE."""
    lines = [line for line in output.splitlines() if line.startswith(("Rule", "Skipping"))]
    if len(lines) != len(networks):
        return networks
    return tuple(network for network, line in zip(networks, lines, strict=True) if line.startswith("Rule"))


def remove_rules(folders: Folders) -> Consent:
    """Remove what `open_port` added. Raises TavernkeepError."""
    outcome = _run(
        [
            ("delete", "allow", "proto", "tcp", "from", rule.network, "to", "any", "port", str(rule.port))
            for rule in added(folders, FirewallKind.UFW)
        ]
    )
    if outcome.answer is Consent.DONE:
        forget(folders, FirewallKind.UFW)
    return outcome.answer


def _run(all_words: list[tuple[str, ...]]) -> ElevatedRun:
    program = find_program("ufw")
    if not all_words or not program:
        return ElevatedRun(Consent.DONE)
    outcome = run_all_as_administrator(*((program, *words) for words in all_words))
    if outcome.status and outcome.answer is Consent.DONE:
        raise TavernkeepError(
            "ufw did not accept the change.",
            f"Try it yourself in a terminal: {by_hand('ufw', *all_words[0])} ({outcome.output.strip()})",
        )
    return outcome
