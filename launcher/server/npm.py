"""Run npm: cancel it at any moment, follow what it says, and tell its failures in a sentence."""

import logging
import os
import re
import subprocess
import tempfile
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import IO

from launcher.problem import TavernkeepError
from launcher.server.node import Node, node_environment, npm_command
from launcher.system import safety_net
from launcher.system.process_tree import end_tree, popen_kwargs

TICK_S = 0.25
GUARD = Path(__file__).with_name("guard.cjs")
FETCH = ("--fetch-retries=3", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=8000")
QUIET = ("--no-progress", "--no-color", "--no-update-notifier", "--no-audit", "--no-fund")

OFFLINE = {
    "EAI_AGAIN",
    "EAI_FAIL",
    "ECONNABORTED",
    "ECONNREFUSED",
    "ECONNRESET",
    "EHOSTUNREACH",
    "EIDLETIMEOUT",
    "ENETDOWN",
    "ENETUNREACH",
    "ENOTCACHED",
    "ENOTFOUND",
    "ERR_SOCKET_TIMEOUT",
    "ETIMEDOUT",
    "FETCH_ERROR",
}
NOT_THERE = {"E404", "ETARGET", "ENOVERSIONS"}
FORBIDDEN = {"EACCES", "EPERM", "EROFS"}

Cancelled = Callable[[], bool]
Watch = Callable[[Sequence[str]], None]

log = logging.getLogger(__name__)


class InstallCancelled(TavernkeepError):
    """The person gave it up; nothing of it is left."""

    def __init__(self) -> None:
        super().__init__("The installation was cancelled.", "Nothing was changed. Start it again whenever you like.")


class NotPublished(TavernkeepError):
    """The registry answers, and does not have it."""


def run_npm(
    node: Node,
    arguments: Sequence[str],
    folder: Path,
    cancelled: Cancelled,
    watch: Watch = lambda _: None,
) -> str:
    """What npm prints on stdout, run in `folder`. Blocks; npm and its children end with this process.

    `watch` gets the new lines of its stderr, perhaps none, every TICK_S or sooner. `cancelled` is asked as often; when
    it says yes npm ends and InstallCancelled is raised. Raises TavernkeepError (NotPublished) when npm fails.
    """
    tool, *script = npm_command(node)
    with tempfile.TemporaryFile() as answer:
        try:
            process = subprocess.Popen(
                [tool, "--require", str(GUARD), *script, *arguments, *QUIET],
                stdin=subprocess.PIPE,
                stdout=answer,
                stderr=subprocess.PIPE,
                cwd=folder,
                env=node_environment(node, os.environ),
                **popen_kwargs(),
            )
        except OSError as error:
            raise TavernkeepError("Node.js could not be started.", f"{tool}: {error.strerror}") from error
        try:
            errors = _follow(process, cancelled, watch)
        finally:
            end_tree(process)
            for pipe in (process.stdin, process.stderr):
                if pipe:
                    pipe.close()
        answer.seek(0)
        text = answer.read().decode("utf-8", "replace")
    if process.returncode:
        log.warning("npm %s ended with %s:\n%s", arguments[0], process.returncode, "\n".join(errors))
        raise failure(errors, process.returncode)
    return text


def failure(lines: Sequence[str], code: int) -> TavernkeepError:
    """What npm's error lines mean."""
    text = "\n".join(lines)
    found = re.search(r"^npm (?:error|ERR!) code (\S+)", text, re.MULTILINE)
    word = found[1] if found else ""
    if word in OFFLINE:
        return TavernkeepError(
            "The place where SillyTavern is downloaded from (the npm registry) cannot be reached.",
            "Check that this PC is online, then try again. Nothing was changed.",
        )
    if word == "ENOSPC" or "ENOSPC" in text:
        return disk_full()
    if word in NOT_THERE:
        return NotPublished("The npm registry does not have what was asked for.", _said(lines))
    if word in FORBIDDEN:
        return TavernkeepError("Tavernkeep may not write where SillyTavern should go.", _said(lines))
    if "CERT" in word or "SIGNATURE" in word:
        return TavernkeepError(
            "The npm registry's certificate was refused.",
            "A virus scanner or a company network may be reading the connection; "
            "its certificate belongs into NODE_EXTRA_CA_CERTS.",
        )
    if word == "EINTEGRITY":
        return TavernkeepError("A download arrived damaged.", "Try again. Nothing was changed.")
    return TavernkeepError(f"npm could not finish ({word or f'exit code {code}'}).", _said(lines))


def disk_full() -> TavernkeepError:
    return TavernkeepError(
        "The disk is full: SillyTavern could not be installed.", "Make some room, then try again. Nothing was changed."
    )


def _said(lines: Sequence[str]) -> str:
    """The first line in which npm says more than a code."""
    for line in lines:
        said = re.sub(r"^npm (?:error|ERR!)\s*(?:\d{3}\s+)?", "", line).strip()
        if said and not re.match(r"(?:code|syscall|errno|path|dest|A complete log)\b", said):
            return f"npm said: {said[:200]}"
    return "Try again; the log says more."


def _follow(process: "subprocess.Popen[bytes]", cancelled: Cancelled, watch: Watch) -> list[str]:
    """Until npm has ended; its error lines."""
    lines: deque[str] = deque()
    reader = safety_net.start_thread(partial(_read, process.stderr, lines), "npm's output")
    errors: list[str] = []
    while True:
        if cancelled():
            raise InstallCancelled
        ended = _ended(process)
        if ended and reader.is_alive():
            reader.join(TICK_S)
        fresh = [lines.popleft() for _ in range(len(lines))]
        # npm goes on for a minute, and may even end well.
        if any("TAR_ENTRY_ERROR ENOSPC" in line for line in fresh):
            raise disk_full()
        errors += [line for line in fresh if line.startswith(("npm error", "npm ERR!"))]
        watch(fresh)
        if ended:
            return errors


def _ended(process: "subprocess.Popen[bytes]") -> bool:
    try:
        process.wait(TICK_S)
    except subprocess.TimeoutExpired:
        return False
    return True


def _read(pipe: IO[bytes] | None, lines: deque[str]) -> None:
    for line in pipe or ():
        lines.append(line.decode("utf-8", "replace").rstrip())
