"""Which changes are worth a notification: ready, failed, stopped, another address, someone asks. Nothing else. PURE.

Told is what someone would want to get up for, silent what they did themselves or see already:
- ready: a start that nobody looks at. Not after a restart (a change of settings, an update, a crash that was told), not
  while a window is open, which shows it, and not after a login, where the icon is enough; without one it is told.
- failed, stopped by itself: always, also with a window, which may be behind others. A stop by the user: never.
- another address: once the address that the phone may have saved is gone. Not while it works beside a better one, not
  when the network only went and came back, and not while SillyTavern answers on this PC alone.
- someone asks: always, once for each device.
"""

from dataclasses import dataclass

from launcher.keeper.view import Phase, Question, Tray, View
from launcher.ui.device_words import a_device

STAYS = (Phase.STOPPED, Phase.RUNNING, Phase.CRASHED)


@dataclass(frozen=True)
class Note:
    """A notification; `text` may be empty. `asks_for`: the address of the device that it asks about."""

    title: str
    text: str = ""
    asks_for: str = ""


@dataclass(frozen=True)
class Memory:
    """What was seen before. `view` None: nothing yet. `settled`: the last phase in which the server stayed.

    `url`: the address that a phone was given last, empty when none was. `at_login`: nothing has been ready since.
    """

    view: View | None = None
    settled: Phase | None = None
    url: str = ""
    at_login: bool = False


def after_login(url: str) -> Memory:
    """The memory of a tray that began together with the server, when the last address was `url`."""
    return Memory(View(phase=Phase.STARTING), url=url, at_login=True)


def seen(memory: Memory, view: View) -> Memory:
    """The memory after `view`."""
    settled = view.phase if view.phase in STAYS else memory.settled
    url = memory.url if _reachable(view, memory.url) else view.url or memory.url
    has_address = view.phase is Phase.RUNNING and _listens(view)
    return Memory(view, settled, url if has_address else memory.url, memory.at_login and settled is None)


def worth_telling(memory: Memory, new: View) -> Note | None:
    """What a person should hear about the step from what was seen before to `new`, or None.

    Of the first view only what waits for them: nothing has happened yet.
    """
    old = memory.view
    if new.question and (old is None or old.question is None or old.question.address != new.question.address):
        return _of_question(new.question)
    if new.phase is Phase.RUNNING and _has_moved(memory, new):
        return Note("SillyTavern has another address now.", f"On your phone, open {new.url} or scan the code again.")
    if old is None or new.phase is old.phase:
        return None
    return _of_phases(old, new, memory)


def is_answered(note: Note, view: View) -> bool:
    """Whether `note` asks about a device that nobody has to decide about any more."""
    return bool(note.asks_for) and (view.question is None or view.question.address != note.asks_for)


def _of_question(question: Question) -> Note:
    where = f"From {question.address}. Allow it in Tavernkeep's window."
    return Note(f"{a_device(question)} asks to come in.", where, question.address)


def _of_phases(old: View, new: View, memory: Memory) -> Note | None:
    if new.phase is Phase.RUNNING and memory.settled is not Phase.RUNNING:
        return _of_ready(new, memory)
    if old.phase is Phase.RUNNING and new.phase is Phase.STARTING:
        return Note("SillyTavern stopped by itself.", "It is being started again.")
    if new.problem is not None and new.phase in (Phase.CRASHED, Phase.STOPPED):
        return Note(new.problem.title, new.problem.advice)
    if new.phase is Phase.CRASHED or (old.phase is Phase.RUNNING and new.phase is Phase.STOPPED):
        return Note("SillyTavern stopped by itself.", "Start it again from the tray or the window.")
    return None


def _of_ready(new: View, memory: Memory) -> Note | None:
    if new.window or (memory.at_login and new.tray is Tray.SHOWN):
        return None
    return Note("SillyTavern is ready.", f"On your phone, open {new.url}." if new.url and _listens(new) else "")


def _has_moved(memory: Memory, new: View) -> bool:
    if not (memory.url and new.url and _listens(new)):
        return False
    return not _reachable(new, memory.url)


def _reachable(view: View, url: str) -> bool:
    return any(view.url_at(each.address) == url for each in view.addresses or () if each.local)


def _listens(view: View) -> bool:
    return view.access is None or view.access.listens is not False
