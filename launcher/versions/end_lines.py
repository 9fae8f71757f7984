"""Why a server ended before it was ready, by its last lines. One row is all that a new line needs. PURE.

Recorded from 1.9.7 to 1.19.0.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from launcher.problem import Fix, Problem

_CONFIG_YAML = r"^(?:FATAL: )?(?:Failed to read|Could not add missing config values to) config\.yaml"
_CORRECT_IT = "has a mistake. Correct it, or bring back an earlier version of the file, then start again."
_PORT_TAKEN = r"EADDRINUSE|is already in use\. Another SillyTavern"


@dataclass(frozen=True)
class EndLine:
    """A regular expression, searched in all the last lines together, and what it means.

    In `title` and `advice`, `{0}` stands for its group, `{port}` for a blank and the port, when that is known, and
    `{node}` for the Node.js that printed its version.
    """

    pattern: str
    title: str
    advice: str = ""
    fix: Fix | None = None


# The first one that is found counts.
END_LINES = (
    EndLine(
        r"Cannot find (?:module|package) '([^'\n]{1,80})'",
        "SillyTavern is not completely installed.",
        "The part “{0}” is missing. Install the missing parts, then start again.",
        Fix("install-modules", "Install missing parts"),
    ),
    EndLine(
        r"config\.conf:(\d+)$",
        "SillyTavern cannot read its settings file config.conf.",
        f"Line {{0}} of config.conf {_CORRECT_IT}",
    ),
    EndLine(
        rf"{_CONFIG_YAML}(?:.*\n){{0,3}}?.*?\bat line (\d+)",
        "SillyTavern cannot read its settings file config.yaml.",
        f"Line {{0}} of config.yaml {_CORRECT_IT}",
    ),
    EndLine(
        _CONFIG_YAML,
        "SillyTavern cannot read its settings file config.yaml.",
        f"A line of config.yaml {_CORRECT_IT}",
    ),
    EndLine(
        r"(?:unsecurely|insecurely) open to the public|configuration is insecure \(listening",
        "SillyTavern refuses to start because it would be open to everyone.",
        "Its whitelist is off and no login is set. Turn the whitelist on, then start again.",
        Fix("access whitelist", "Turn the whitelist on"),
    ),
    EndLine(_PORT_TAKEN, "Port{port} is already used by another program."),
    EndLine(r"listen EACCES", "This computer does not let SillyTavern use port{port}."),
    EndLine(
        r"^ReferenceError: (?:File|ReadableStream|Blob|fetch) is not defined|^SyntaxError: (?:Unexpected token '\?\?='"
        r"|The requested module 'node:)|ERR_UNKNOWN_BUILTIN_MODULE|No such built-in module",
        "{node} is too old for this SillyTavern.",
        "Install Node.js 20 or newer, then start again.",
    ),
    EndLine(
        r"No config file found",
        "SillyTavern has no settings file.",
        "Put config.yaml back into its folder (there is a fresh one in its folder “default”), then start again.",
    ),
)
_CRITICAL = r"^A critical error has occurred while starting the server:?[^\S\n]*(.*)"
_ERROR = r"^((?:Uncaught )?\w*(?:Error|Exception)\b.*:.*)"
_NODE = r"^(Node\.js v.*)"


def port_taken(lines: Sequence[str]) -> bool:
    """Return whether a server with these last lines ended because another program uses its port."""
    return any(re.search(_PORT_TAKEN, line) for line in lines)


def why_it_ended(lines: Sequence[str], code: int | None, port: int | None) -> Problem:
    """Return why a server ended before it was ready. `code`: its exit status, negative for a signal."""
    text = "\n".join(lines)
    words = {"port": f" {port}" if port else "", "node": _said(_NODE, text) or "This Node.js"}
    for row in END_LINES:
        if found := re.search(row.pattern, text, re.MULTILINE):
            said = found.groups()
            return Problem(row.title.format(*said, **words), row.advice.format(*said, **words), row.fix)
    last = _said(_CRITICAL, text) or _said(_ERROR, text) or text.strip().rpartition("\n")[2].strip()
    how = f" (exit status {code})" if code else ""
    advice = f"The last thing it printed: “{last[:200]}”. " if last else "It printed nothing. "
    return Problem(f"SillyTavern ended before it was ready{how}.", advice + "The log has more.")


def _said(pattern: str, text: str) -> str:
    found = re.search(pattern, text, re.MULTILINE)
    return found[1] if found else ""
