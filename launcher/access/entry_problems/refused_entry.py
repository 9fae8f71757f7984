"""Problems of an entry that SillyTavern cannot read, and what was probably meant. PURE."""

import re

from launcher.access.entry import EntryError
from launcher.access.entry_problems.entry_problem import EntryProblem, Severity
from launcher.access.javascript import trim, whole_number
from launcher.access.list_verdict import bad_line_fails


def refused_problem(entry: str, version: str, error: EntryError) -> EntryProblem:
    """Return what is wrong with an entry that the matcher refuses with `error`, in words."""
    from launcher.access.entry_problems.suggestion import suggest

    old = bad_line_fails(version)
    found = suggest(entry)
    title = found.title if found else _why(trim(entry)) or error.problem.title
    severity = Severity.USELESS if found and found.mild and not old else Severity.BROKEN
    effect = f"SillyTavern {version} leaves this entry out, so it lets nobody in."
    if old:
        effect = f"In SillyTavern {version} everyone who is not let in by an entry above it gets an error (HTTP 500)."
    advice = f"{found.advice} {effect}" if found and found.advice else effect
    return EntryProblem(severity, title, advice, found.entries if found else None)


def _why(entry: str) -> str | None:
    if entry == "*":
        return "A single * is not an entry. To let everyone in, choose that under “Who can get in”."
    if "%" in entry:
        return (
            "An address with % belongs to one network card only, and SillyTavern answers it with an error in any case."
        )
    if re.fullmatch(r"\d{1,3}(?:\.\d{1,3}){3}", entry, re.ASCII):
        return "Each of the four numbers of an address goes up to 255."
    if "/" in entry and whole_number(entry.split("/")[1]) is not None:
        return "Behind the / stands a number up to 32 for IPv4 and up to 128 for IPv6, in front of it one address."
    if entry.count("-") == 1 and "/" not in entry:
        return "A range needs two whole addresses, the lower one first: 192.168.0.10-192.168.0.20."
    return None
