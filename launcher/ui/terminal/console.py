"""The terminal: prints answers for people and, with --json, for programs. The only place that prints."""

import json
import sys

from launcher.keeper.server_lifecycle import NO_SILLYTAVERN
from launcher.keeper.view import Phase, Progress, View
from launcher.problem import Problem

INSTALL_IT = "Install it with: tavernkeep install"
STATES = {
    Phase.STOPPED: "SillyTavern is stopped.",
    Phase.INSTALLING: "SillyTavern is being installed.",
    Phase.STARTING: "SillyTavern is starting.",
    Phase.RUNNING: "SillyTavern is running.",
    Phase.STOPPING: "SillyTavern is stopping.",
    Phase.CRASHED: "SillyTavern has stopped by itself.",
}


def say(text: str = "") -> None:
    """One line on stdout, at once."""
    print(text, flush=True)


def say_json(document: object) -> None:
    """The one JSON document of a command."""
    print(json.dumps(document, ensure_ascii=False, indent=2), flush=True)


def complain(text: str) -> None:
    """One line on stderr."""
    if sys.stderr:
        print(text, file=sys.stderr, flush=True)


def show_problem(problem: Problem, as_json: bool) -> None:
    """The problem on stderr; with `as_json` also as the document on stdout."""
    complain(f"{problem.title} {problem.advice}".strip())
    if as_json:
        say_json({"error": problem_document(problem)})


def problem_document(problem: Problem) -> dict[str, str]:
    return {"title": problem.title, "advice": problem.advice}


def status_document(view: View) -> dict[str, object]:
    """The `status --json` document."""
    installed = view.installation
    return {
        "state": view.phase,
        "pid": view.pid,
        "keeper_pid": view.keeper_pid or None,
        "version": installed.version if installed else None,
        "era": installed.era if installed else None,
        "folder": installed.folder if installed else None,
        "port": view.port,
        "url": view.url,
        "urls": [
            {"address": a.address, "interface": a.interface, "kind": a.kind, "url": view.url_at(a.address)}
            for a in view.addresses or ()
        ],
        "access": access_document(view),
        "error": problem_document(view.problem) if view.problem else None,
    }


def access_document(view: View) -> dict[str, object] | None:
    """The `access --json` document; None when there is no installation to tell of."""
    if not (access := view.access):
        return None
    return {
        "mode": access.mode,
        "listens": access.listens,
        "who": access.who,
        "reasons": list(access.reasons),
        "warnings": list(access.warnings),
    }


def show_status(view: View) -> None:
    """The status in sentences."""
    say(STATES[view.phase])
    if view.installation:
        say(f"  Version {view.installation.version} in {view.installation.folder}")
    elif view.phase is Phase.STOPPED and not view.problem:
        say(f"  {NO_SILLYTAVERN.title} {INSTALL_IT}")
    if view.waiting_for:
        say(f"  {view.waiting_for}")
    for line in _ways_in(view):
        say(f"  {line}")
    if view.access:
        say(f"  {view.access.who}")
        for warning in view.access.warnings:
            say(f"  Careful: {warning}")
    for notice in view.notices:
        say(f"  {notice}")
    problem = f"{view.problem.title} {view.problem.advice}".strip() if view.problem else ""
    if problem and not (view.access and problem in view.access.warnings):
        say(f"  {problem}")


def _ways_in(view: View) -> tuple[str, ...]:
    if view.access and view.access.listens is False:
        return way_in(view)
    if view.url:
        return (f"For the phone: {view.url}",)
    if view.addresses == ():
        return ("This PC is in no local network, so no phone can reach it. Connect it to the Wi-Fi of the phone.",)
    return ()


def way_in(view: View) -> tuple[str, ...]:
    """The URL to open: for a phone, or, while only this PC is listened to, for its own browser."""
    if view.access and view.access.listens is False:
        return f"Only on this PC: {view.local_url}", "To let the phone reach it: tavernkeep access whitelist"
    return (view.url,) if view.url else ()


def progress_line(progress: Progress) -> str:
    """An installation's progress in one line."""
    parts = [progress.step]
    if progress.expected:
        parts.append(f"{progress.done} of {progress.expected} packages")
    if progress.megabytes:
        parts.append(f"{progress.megabytes:.0f} MB")
    if progress.seconds_left is not None:
        parts.append(f"about {progress.seconds_left} s left")
    return " · ".join(parts)


def say_over(text: str) -> None:
    """Write `text` over the line that was written last."""
    print(f"\r\x1b[K{text}", end="", flush=True)
