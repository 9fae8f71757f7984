"""ufw, the firewall of Ubuntu. Whether it is on everybody can read; its rules only an administrator.

When the rules cannot be read, there is one thing that can be known: Tavernkeep opened the port, and nobody has
changed ufw's files since.
"""

from pathlib import Path

from launcher.network.firewall.packet import Network
from launcher.network.firewall.record import Added, added, forget, remember
from launcher.network.firewall.verdict import Kind, Networks
from launcher.problem import TavernkeepError
from launcher.system.elevation import Consent, ElevatedRun, by_hand, find_program, run_all_as_administrator
from launcher.system.folders import Folders

SETTINGS = Path("/etc/ufw/ufw.conf")
FILES = (SETTINGS, *(SETTINGS.with_name(f"{one}.rules") for one in ("user", "user6", "before", "before6", "after")))


def is_on() -> bool | None:
    """None when its settings cannot be read; False where there is no ufw."""
    try:
        return enabled(SETTINGS.read_text("utf-8"))
    except FileNotFoundError:
        return False
    except (OSError, UnicodeDecodeError):
        return None


def enabled(conf: str) -> bool | None:
    """What ufw.conf says; None when it does not say. PURE."""
    values = [line.partition("=")[2] for line in conf.splitlines() if line.strip().startswith("ENABLED=")]
    return values[-1].strip().strip("\"'").lower() == "yes" if values else None


def was_opened(port: int, networks: Networks, folders: Folders) -> bool:
    """Did Tavernkeep let all these networks in, and are ufw's files as they were right after?"""
    now = fingerprint()
    rules = {(rule.network, rule.port) for rule in ours(folders) if rule.seen == now}
    return bool(now) and all((str(network), port) in rules for network in networks)


def fingerprint() -> str:
    """What can be seen of ufw's files without reading them; "" when it cannot."""
    try:
        return " ".join(f"{state.st_mtime_ns}:{state.st_size}" for state in (file.stat() for file in FILES))
    except OSError:
        return ""


def opening(network: Network, port: int) -> tuple[str, ...]:
    """`prepend`: before every rule that denies; there since ufw 0.36 of 2018."""
    return ("prepend", "allow", "proto", "tcp", "from", str(network), "to", "any", "port", str(port))


def line_to_open(port: int, networks: Networks) -> str:
    return by_hand("ufw", *opening(networks[0], port)) if networks else ""


def open_port(port: int, networks: Networks, folders: Folders) -> Consent:
    """Let each of `networks` in on `port`. Raises TavernkeepError."""
    outcome = _run([(*opening(network, port), "comment", "Tavernkeep") for network in networks])
    if outcome.answer is Consent.DONE:
        now = fingerprint()
        new = made(networks, outcome.output)
        remember(folders, *(Added(Kind.UFW, str(network), port, seen=now) for network in new))
    return outcome.answer


def made(networks: Networks, output: str) -> Networks:
    """The networks for which ufw made a rule. It skips one that a person had made: that is not ours to remove. PURE."""
    lines = [line for line in output.splitlines() if line.startswith(("Rule", "Skipping"))]
    if len(lines) != len(networks):
        return networks
    return tuple(network for network, line in zip(networks, lines, strict=True) if line.startswith("Rule"))


def remove_rules(folders: Folders) -> Consent:
    """Take away what `open_port` added. Raises TavernkeepError."""
    outcome = _run(
        [
            ("delete", "allow", "proto", "tcp", "from", rule.network, "to", "any", "port", str(rule.port))
            for rule in ours(folders)
        ]
    )
    if outcome.answer is Consent.DONE:
        forget(folders, Kind.UFW)
    return outcome.answer


def ours(folders: Folders) -> tuple[Added, ...]:
    """What `open_port` added and nobody took away."""
    return tuple(rule for rule in added(folders) if rule.kind == Kind.UFW)


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
