"""`doctor --test-page`: a page that tells a phone it has reached this PC, while SillyTavern does not run."""

import signal
import threading

from launcher.doctor.test_page.messages import Came, Opened
from launcher.doctor.test_page.outcome import VisitOutcome
from launcher.doctor.test_page.session import PageSession
from launcher.ui import qr_code, test_page_words
from launcher.ui.terminal import console
from launcher.ui.terminal.exit_codes import DONE, NO
from launcher.ui.terminal.server_commands import Command


def test_page(command: Command) -> int:
    """Until Ctrl+C, or ten minutes. NO when no phone came. Raises TavernkeepError when the page cannot be opened."""
    asked = threading.Event()
    came: dict[str, Came] = {}
    opened: list[Opened] = []

    def tell(one: Came) -> None:
        came[one.address] = one
        if opened and not command.as_json:
            _say(one, opened[0])

    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda _number, _frame: asked.set())
    page = PageSession(command.folders, command.folder, tell)
    opened.append(page.opened)
    if not command.as_json:
        _show_page(page.opened)
    ending = page.wait(asked)
    if command.as_json:
        console.say_json({"url": page.opened.url, "ended": ending, "came": [_document(one) for one in came.values()]})
    else:
        console.say(test_page_words.ENDINGS[ending])
    return DONE if any(map(test_page_words.proves, came.values())) else NO


def _show_page(opened: Opened) -> None:
    console.say(qr_code.half_blocks(qr_code.matrix(opened.url)))
    console.say(opened.url)
    console.say(test_page_words.SCAN)
    console.say(f"It ends by itself after {opened.seconds // 60} minutes; Ctrl+C ends it now.")


def _say(came: Came, opened: Opened) -> None:
    sign = "✓" if test_page_words.proves(came) else "–"
    what = f" ({came.kind})" if came.kind else ""
    console.say(f"{sign} {test_page_words.title(came)}{what} {test_page_words.advice(came, opened)}")
    if came.outcome is VisitOutcome.REFUSED:
        console.say(f"  Let it in: tavernkeep whitelist add {came.address}")


def _document(came: Came) -> dict[str, object]:
    return {"address": came.address, "kind": came.kind or None, "outcome": came.outcome}
