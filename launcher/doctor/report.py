"""All findings in one sentence, and as a text to send to somebody who helps. PURE."""

from collections.abc import Sequence

from launcher.doctor.check import Finding, Status

MARKS = {Status.OK: "✓", Status.PROBLEM: "✗", Status.UNKNOWN: "?", Status.SKIPPED: "–"}  # noqa: RUF001


def problems(findings: Sequence[Finding]) -> list[Finding]:
    """Return the findings that are problems."""
    return [finding for finding in findings if finding.status is Status.PROBLEM]


def summary(findings: Sequence[Finding]) -> str:
    """Return all findings as one sentence."""
    wrong = problems(findings)
    if len(wrong) > 1:
        return f"{len(wrong)} things are in the way. Start with the first: {wrong[0].title}"
    if wrong:
        return f"One thing is in the way: {wrong[0].title}"
    reached = next((each for each in findings if each.id == "reached"), None)
    if reached and reached.status is Status.OK:
        return f"Nothing is in the way. {reached.title}"
    unknown = [each.id for each in findings if each.status is Status.UNKNOWN and each.id != "reached"]
    if unknown:
        return f"No problem was found, but not everything could be checked: {', '.join(unknown)}."
    return "Nothing is in the way. Scan the QR code with the phone."


def report(findings: Sequence[Finding], about: Sequence[str] = (), home: str = "") -> str:
    """Return all findings as plain text, without secrets. `about`: lines on top. `home`: the folder to write as ~."""
    lines = ["Tavernkeep doctor", *about, ""]
    for each in findings:
        lines.append(f"{MARKS[each.status]} {each.id}: {each.title}")
        if each.advice:
            lines.append(f"    {each.advice}")
    lines += ["", summary(findings), ""]
    text = "\n".join(lines)
    return text.replace(home, "~") if len(home) > 1 else text
