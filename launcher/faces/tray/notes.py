"""Which changes are worth a notification: ready, failed, stopped, another address, someone asks. Nothing else. PURE."""

from dataclasses import dataclass

from launcher.faces.device_words import a_device
from launcher.keeper.view import Phase, Question, View

STAYS = (Phase.STOPPED, Phase.RUNNING, Phase.CRASHED)


@dataclass(frozen=True)
class Note:
    """A notification; `text` may be empty."""

    title: str
    text: str = ""


def settled(before: Phase | None, view: View) -> Phase | None:
    """The last phase in which the server stayed, once `view` has been seen after `before`."""
    return view.phase if view.phase in STAYS else before


def worth_telling(old: View | None, new: View, last_settled: Phase | None = None) -> Note | None:
    """What a person should hear about the step from `old` to `new`, or None.

    `old` None: this is the first view, nothing happened but that someone may wait. `last_settled`: as `settled` gives
    it for `old`; it tells a start from a restart, which is not worth a word.
    """
    if new.question and (old is None or old.question is None or old.question.address != new.question.address):
        return _of_question(new.question)
    if old is None:
        return None
    if new.phase is not old.phase:
        return _of_phases(old, new, last_settled)
    if new.phase is Phase.RUNNING and new.url not in (None, old.url) and old.addresses is not None:
        return Note("SillyTavern has another address now.", f"On your phone, open {new.url} or scan the code again.")
    return None


def _of_question(question: Question) -> Note:
    return Note(f"{a_device(question)} asks to come in.", f"From {question.address}. Allow it in Tavernkeep's window.")


def _of_phases(old: View, new: View, last_settled: Phase | None) -> Note | None:
    if new.phase is Phase.RUNNING and last_settled is not Phase.RUNNING:
        return Note("SillyTavern is ready.", f"On your phone, open {new.url}." if new.url else "")
    if old.phase is Phase.RUNNING and new.phase is Phase.STARTING:
        return Note("SillyTavern stopped by itself.", "It is being started again.")
    if new.problem is not None and new.phase in (Phase.CRASHED, Phase.STOPPED):
        return Note(new.problem.title, new.problem.advice)
    if new.phase is Phase.CRASHED or (old.phase is Phase.RUNNING and new.phase is Phase.STOPPED):
        return Note("SillyTavern stopped by itself.", "Start it again from the tray or the window.")
    return None
