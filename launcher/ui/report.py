"""The report that a person copies to ask for help: what runs how, what the doctor finds, the last lines of the logs.

Nothing secret is in it: no name, password, key or public address (`masked`). Of SillyTavern's log only the lines about
its start, its errors and who was refused, cut short and without User-Agents: others may hold what was chatted.
"""

import getpass
import re
import socket
from collections.abc import Iterator, Sequence
from pathlib import Path

from launcher.doctor.check import Finding
from launcher.doctor.report import MARKS, summary
from launcher.keeper.view import View
from launcher.problem import Problem, TavernkeepError
from launcher.system import autostart, logs
from launcher.system.folders import Folders
from launcher.system.masking import Private, masked
from launcher.system.settings import Settings
from launcher.ui.about import About, about

LOOKED_AT_LINES, SHOWN_LINES, LONGEST_LINE = 400, 25, 160
SHOWN_ENTRIES = 30
TOLD_LINE = re.compile(
    r"^(?:SillyTavern |Node version|Running |Using |Launching|Listening|FATAL|\w*Error\b|Warning|npm |Uncaught|node:|"
    r"A critical|Failed|Cannot|Address |Your current|No config|Whitelist|Blocked|Forbidden|New connection|    at )"
)
USER_AGENT = re.compile(r"(User[- ]Agent:).*", re.IGNORECASE)


def help_report(folders: Folders, view: View) -> str:
    """The whole report, with an examination by the doctor. Blocks for three seconds, and for a slow Node.js more."""
    from launcher.doctor.check_run import examine
    from launcher.doctor.readings import patient_of

    findings = examine(patient_of(folders, view))
    return masked(written(folders, view, about(folders, view), findings), what_is_private(folders, view))


def what_is_private(folders: Folders, view: View) -> Private:
    """What must not be in a report of this person."""
    return Private(
        home=str(Path.home()),
        user=_user(),
        host=socket.gethostname().partition(".")[0],
        addresses=[each.address for each in view.addresses or ()],
        secrets=(*_login(view), *(device.name for device in view.devices)),
    )


def written(folders: Folders, view: View, known: About, findings: Sequence[Finding]) -> str:
    """The report before anything is taken out of it."""
    parts = (
        ("Tavernkeep report", [f"{name}: {value}" for name, value in known.versions]),
        ("Now", list(_now(view))),
        ("Who gets in", list(_access(view))),
        ("Settings", list(_settings(view))),
        ("Folders", [f"{name}: {folder}" for name, folder in known.places]),
        ("Check connection", [*_findings(findings), summary(findings)] if findings else []),
        ("Last lines of Tavernkeep's log", _last_lines(folders.own_log)),
        ("From SillyTavern's log", _told_lines(folders.server_log)),
    )
    return "\n\n".join("\n".join((f"## {title}", *lines)) for title, lines in parts if lines) + "\n"


def _now(view: View) -> Iterator[str]:
    port = f", port {view.port}, {view.scheme}" if view.port else ""
    yield f"SillyTavern: {view.phase}{port}"
    if view.keeper_pid:
        yield f"Tray: {view.tray}"
    for each in view.addresses or ():
        yield f"Address: {each.address} ({each.interface}, {each.kind}{', local' if each.local else ''})"
    if not view.addresses:
        yield "Address: unknown" if view.addresses is None else "Address: none"
    yield from _problem(view.problem)
    yield from (f"Notice: {notice}" for notice in view.notices)


def _problem(problem: Problem | None) -> Iterator[str]:
    if problem:
        yield f"Problem: {problem.title} {problem.advice}".strip()


def _access(view: View) -> Iterator[str]:
    if view.access:
        yield view.access.who
        yield f"Mode: {view.access.mode or 'unknown'}; listens: {view.access.listens}"
        yield from (f"Because: {reason}" for reason in view.access.reasons)
        yield from (f"Careful: {warning}" for warning in view.access.warnings)
    if view.login:
        yield f"Login: {'unknown' if view.login.on is None else 'on' if view.login.on else 'off'}, {view.login.fit}"
    if view.whitelist:
        lines = view.whitelist.lines
        yield f"Whitelist: {view.whitelist.source}, {len(lines) + view.whitelist.left_out} entries"
        for line in lines[:SHOWN_ENTRIES]:
            yield f"  {line.entry}" + (f" ({line.problem.title})" if line.problem else "")
    if view.devices:
        refused = sum(not device.let_in for device in view.devices)
        yield f"Devices: {len(view.devices)}, of them {refused} not let in"


def _settings(view: View) -> Iterator[str]:
    usual = Settings()
    for name in Settings.__dataclass_fields__:
        value = getattr(view.settings, name)
        if value != getattr(usual, name):
            yield f"{name}: {value}"
    yield from _problem(view.settings_problem)
    yield f"Start at login: {autostart.look().state}"


def _findings(findings: Sequence[Finding]) -> Iterator[str]:
    for each in findings:
        yield f"{MARKS[each.status]} {each.id}: {each.title}"
        if each.advice:
            yield f"    {each.advice}"


def _last_lines(file: Path) -> list[str]:
    try:
        return [_short(line) for line in logs.tail(file, SHOWN_LINES)]
    except OSError:
        return []


def _told_lines(file: Path) -> list[str]:
    try:
        lines = logs.tail(file, LOOKED_AT_LINES)
    except OSError:
        return []
    return [_short(USER_AGENT.sub(r"\1 …", line)) for line in lines if TOLD_LINE.match(line)][-SHOWN_LINES:]


def _short(line: str) -> str:
    return line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]}…"


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""


def _login(view: View) -> tuple[str, ...]:
    """User name and password, so that they can be looked for; never shown."""
    from launcher.server.installation import inspect
    from launcher.server.read_settings import stored_credentials

    if not view.installation:
        return ()
    try:
        return stored_credentials(inspect(Path(view.installation.folder))) or ()
    except (TavernkeepError, OSError):
        return (view.login.username,) if view.login and view.login.username else ()
