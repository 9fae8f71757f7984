"""The test page as the device that opened it sees it. PURE, except that it reads its template."""

from functools import cache
from html import escape
from pathlib import Path

from launcher.doctor.test_page.outcome import VisitOutcome

RELOAD_S = 5

TOLD = {
    VisitOutcome.LET_IN: (
        "This device reaches your PC",
        "Nothing between them is in the way. Go back to the PC and start SillyTavern: it will be at this address.",
    ),
    VisitOutcome.REFUSED: (
        "This device reaches your PC, but may not come in yet",
        "SillyTavern would refuse it: it is not in the whitelist. Press “Let it in” on the PC. This page then says so.",
    ),
    VisitOutcome.UNKNOWN: (
        "This device reaches your PC",
        "SillyTavern's settings cannot be read, so it is not known whether it would let this device in. See the PC.",
    ),
    VisitOutcome.THIS_PC: (
        "This is the PC itself",
        "The page works. Now open it on your phone: scan the code that this PC shows.",
    ),
}


def page(outcome: VisitOutcome, address: str) -> str:
    """Return the page for the device at `address`. There is none for a STRANGER."""
    title, text = TOLD[outcome]
    again = f'<meta http-equiv="refresh" content="{RELOAD_S}">' if outcome is VisitOutcome.REFUSED else ""
    values = {"title": title, "text": text, "address": address, "good": outcome is not VisitOutcome.REFUSED}
    html = _template().replace("{{again}}", again)
    for name, value in values.items():
        html = html.replace(f"{{{{{name}}}}}", escape(str(value)))
    return html


@cache
def _template() -> str:
    return Path(__file__).with_name("page.html").read_text("utf-8")
