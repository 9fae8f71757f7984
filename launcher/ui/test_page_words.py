"""What is said about a test page and who came to it, for every UI. PURE."""

from launcher.doctor.test_page.messages import Came, Ending, Opened
from launcher.doctor.test_page.outcome import VisitOutcome
from launcher.ui.device_words import sort_of

SCAN = "Scan this with your phone. A small page of this PC opens; SillyTavern is not needed for it."
NOBODY = "No phone has come yet. When one does, it appears here."
NOT_LISTENING = "SillyTavern itself answers only on this PC so far: “Who can get in” changes that."
ENDINGS = {
    Ending.ASKED: "The test page is closed.",
    Ending.TIME: "The test page has ended after ten minutes.",
    Ending.TAKEN: "SillyTavern starts, so the test page has ended.",
}


def title(came: Came) -> str:
    """Who came, in one sentence."""
    match came.outcome:
        case VisitOutcome.THIS_PC:
            return "This PC itself has opened the page."
        case VisitOutcome.STRANGER:
            return f"A device at {came.address} was turned away."
        case _:
            return f"{_who(came)} at {came.address} has arrived."


def advice(came: Came, opened: Opened) -> str:
    """What that means, and what to do."""
    match came.outcome:
        case VisitOutcome.LET_IN:
            return "Nothing is in its way." if opened.listens else f"Nothing is in its way. {NOT_LISTENING}"
        case VisitOutcome.REFUSED:
            return "But SillyTavern would refuse it: it is not in the whitelist."
        case VisitOutcome.UNKNOWN:
            return "Whether SillyTavern would let it in could not be found out: its settings cannot be read."
        case VisitOutcome.THIS_PC:
            return "That proves nothing yet. Open it on the phone."
        case VisitOutcome.STRANGER:
            return "It is in none of this PC's networks. Is your phone in another Wi-Fi, such as one for guests?"


def proves(came: Came) -> bool:
    """Whether a phone of the same network got through."""
    return came.outcome in (VisitOutcome.LET_IN, VisitOutcome.REFUSED, VisitOutcome.UNKNOWN)


def _who(came: Came) -> str:
    sort = sort_of(came.kind)
    return f"{'An' if sort[0] in 'aeiA' else 'A'} {sort}"
