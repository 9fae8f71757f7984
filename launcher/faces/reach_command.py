"""`doctor --test-page`: a page that tells a phone it has reached this PC, while SillyTavern does not run."""

import signal
import threading

from launcher.doctor.reach.outcome import Outcome
from launcher.doctor.reach.telling import Came, Opened
from launcher.doctor.reach.visit import Visit
from launcher.faces import qr, reach_words, terminal
from launcher.faces.commands import DONE, NO, Command


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
    visit = Visit(command.folders, command.folder, tell)
    opened.append(visit.opened)
    if not command.as_json:
        _show_page(visit.opened)
    ending = visit.wait(asked)
    if command.as_json:
        terminal.say_json({"url": visit.opened.url, "ended": ending, "came": [_document(one) for one in came.values()]})
    else:
        terminal.say(reach_words.ENDINGS[ending])
    return DONE if any(map(reach_words.proves, came.values())) else NO


def _show_page(opened: Opened) -> None:
    terminal.say(qr.half_blocks(qr.matrix(opened.url)))
    terminal.say(opened.url)
    terminal.say(reach_words.SCAN)
    terminal.say(f"It ends by itself after {opened.seconds // 60} minutes; Ctrl+C ends it now.")


def _say(came: Came, opened: Opened) -> None:
    sign = "✓" if reach_words.proves(came) else "–"
    what = f" ({came.kind})" if came.kind else ""
    terminal.say(f"{sign} {reach_words.title(came)}{what} {reach_words.advice(came, opened)}")
    if came.outcome is Outcome.REFUSED:
        terminal.say(f"  Let it in: tavernkeep whitelist add {came.address}")


def _document(came: Came) -> dict[str, object]:
    return {"address": came.address, "kind": came.kind or None, "outcome": came.outcome}
