"""What the keeper does about devices: notes who came, asks the user, lets in. PURE.

A flood of devices is shown a few times a second at most, and looked at in small batches.
"""

from dataclasses import replace

from launcher.keeper import approval, devices, events
from launcher.keeper.effects import CheckIfBusy, Effect, IdentifyDevices, SaveDevices, SetTimer
from launcher.keeper.jobs import BUSY, begin_job
from launcher.keeper.messages import AnswerQuestion, ApprovalChoice, EditWhitelist, Hello, NameDevice, ShowingCode
from launcher.keeper.state import Admitting, Process, State, Step, Until, now, show, wait
from launcher.keeper.view import Phase, ShownCode, ShutOut
from launcher.problem import Problem
from launcher.server.output import Connected, LoginLimited, Refused

SHOW_INTERVAL_S = 0.25
SAVE_AFTER_S = 5.0
MOST_LOOKED_AT_ONCE = 16
MIND_INTERVAL_S = 1.0
IDLE_PATIENCE_S = 600.0
NOTHING_RUNS = (Phase.STOPPED, Phase.CRASHED)
TIMERS = ("devices", "save-devices", "mind")

NOT_ASKED = Problem("This question has been answered already.", "The list of devices has who may come in.")
NO_SUCH_DEVICE = Problem("No such device has been here.", "The list of devices shows who has.")
LIMITED = "was shut out for a minute: too many wrong passwords."
WAITS = "The device gets in when SillyTavern has finished the answer that it is writing now."


def noticed(state: State, printed: events.OutputRead) -> Step:
    """The server said something about a device."""
    if printed.run != state.run or state.view.phase is Phase.STOPPING:
        return state, []
    event = printed.event
    if isinstance(event, LoginLimited):
        limited = ShutOut(event.address, printed.clock)
        return _shown_soon(replace(state, visits=replace(state.visits, limited=limited)), printed.at)
    if not isinstance(event, Refused | Connected) or (isinstance(event, Connected) and _forgeable(state)):
        return state, []
    book = devices.saw(
        state.book, event, printed.clock, printed.at, state.effect, state.bell.waiting, _came_to(state, event.address)
    )
    return _with_news(state, book, printed.at)


def _forgeable(state: State) -> bool:
    """Whether `New connection` lines may name whatever address the device likes; so too while that is not known."""
    from launcher.versions.table import facts

    installed = state.view.installation
    return installed is None or facts(installed.version).new_connection_forgeable


def _came_to(state: State, address: str) -> str:
    """The URL of this PC in the network of the device at `address`; empty when it came from elsewhere."""
    view = state.view
    near = next((one for one in view.addresses or () if approval.network_of(address, (one,))), None)
    return (view.url_at(near.address) if near else None) or ""


def _told_of_limit(state: State, limited: ShutOut) -> State:
    others = tuple(notice for notice in state.view.notices if not notice.endswith(LIMITED))
    return show(state, notices=(*others, f"A device at {limited.address} {LIMITED}"), shut_out=limited)


def _with_news(state: State, book: devices.Book, at: float) -> Step:
    """The book has changed: it is shown soon, and saved later."""
    if book is state.book:
        return state, []
    state, effects = _shown_soon(replace(state, book=book), at)
    if state.visits.save_due:
        return state, effects
    state = replace(state, visits=replace(state.visits, save_due=True))
    return state, [*effects, SetTimer("save-devices", 0, SAVE_AFTER_S)]


def _shown_soon(state: State, at: float) -> Step:
    visits = state.visits
    if visits.show_due:
        return state, []
    wait_s = max(0.0, visits.shown_at + SHOW_INTERVAL_S - at)
    return replace(state, visits=replace(visits, show_due=True)), [SetTimer("devices", 0, wait_s)]


def time_up(state: State, rang: events.TimerFired) -> Step:
    match rang.name:
        case "devices":
            return _show_news(state, rang.at)
        case "save-devices":
            return saved(state)
        case _:
            return _mind(state, rang)


def _show_news(state: State, at: float) -> Step:
    if state.visits.limited and state.view.phase is Phase.RUNNING:
        state = _told_of_limit(state, state.visits.limited)
    state = replace(state, visits=replace(state.visits, show_due=False, shown_at=at, limited=None))
    if state.visits.looking or not (due := devices.due(state.book, MOST_LOOKED_AT_ONCE)):
        return state, []
    return replace(state, visits=replace(state.visits, looking=True)), [IdentifyDevices(due)]


def recognised(state: State, found: events.DevicesIdentified) -> Step:
    state = replace(state, visits=replace(state.visits, looking=False))
    return _with_news(state, devices.looked_at(state.book, found.sights, found.at), found.at)


def remembered(state: State, remembered: events.DevicesLoaded) -> Step:
    known = {one.address: one for one in remembered.known}
    return replace(state, book=devices.judged_all(known, state.effect)), []


def saved(state: State) -> Step:
    """Save the devices now, when there is something new."""
    if not state.visits.save_due:
        return state, []
    state = replace(state, visits=replace(state.visits, save_due=False))
    return state, [SaveDevices(tuple(known for known in state.book.values() if not known.own))]


def asked_about_devices(state: State, asked: events.RequestReceived) -> Step:
    """`AnswerQuestion`, `NameDevice`, `ShowingCode`."""
    match asked.request:
        case AnswerQuestion(address, ApprovalChoice.NOT_NOW | ApprovalChoice.NEVER as verdict):
            return _turned_away(state, asked, address, verdict)
        case AnswerQuestion() as answer:
            return _let_in(state, asked, answer)
        case NameDevice(address, name):
            if address not in state.book:
                return now(state, asked, NO_SUCH_DEVICE, refused=True)
            state, effects = _with_news(state, devices.named(state.book, address, name), asked.at)
            state, reply = now(state, asked)
            return state, effects + reply
        case ShowingCode(shown):
            state = replace(state, bell=approval.showing(state.bell, asked.client, shown, asked.at))
            state = _code_shown(state) if shown else state
    return now(state, asked)


def said_hello(state: State, asked: events.RequestReceived, hello: Hello) -> State:
    """A window or a terminal shows the QR code from the first."""
    if hello.ui not in ("window", "terminal"):
        return state
    return _code_shown(replace(state, bell=approval.showing(state.bell, asked.client, True, asked.at)))


def _code_shown(state: State) -> State:
    """What the phone will hold that scans the code now."""
    if not state.view.url:
        return state
    return show(state, shown=ShownCode(state.view.url, _last_seen(state)))


def _last_seen(state: State) -> float:
    return max((known.last_seen for known in state.book.values()), default=0.0)


def left(state: State, left: events.UILeft) -> State:
    return replace(state, bell=approval.showing(state.bell, left.client, False, left.at))


def _turned_away(state: State, asked: events.RequestReceived, address: str, verdict: ApprovalChoice) -> Step:
    if address not in state.bell.waiting:
        return now(state, asked, NOT_ASKED, refused=True)
    # Others may have taken its place in the book between the question and the answer.
    known = state.book.get(address) or devices.DeviceRecord(address, last_seen=_last_seen(state))
    known = replace(known, silenced_at=asked.at, never_ask=known.never_ask or verdict is ApprovalChoice.NEVER)
    state, effects = _with_news(state, {**state.book, address: known}, asked.at)
    state = _no_longer_asked(state, address)
    state, reply = now(state, asked)
    return state, effects + reply


def _no_longer_asked(state: State, address: str) -> State:
    waiting = tuple(other for other in state.bell.waiting if other != address)
    return replace(state, bell=replace(state.bell, waiting=waiting))


def _let_in(state: State, asked: events.RequestReceived, answer: AnswerQuestion) -> Step:
    question = state.view.question
    if not question or question.address != answer.address:
        return now(state, asked, NOT_ASKED, refused=True)
    if state.job:
        return now(state, asked, BUSY, refused=True)
    edit = EditWhitelist(add=(answer.address,), remove=(question.replaces,) if question.replaces else ())
    if answer.verdict is ApprovalChoice.NETWORK:
        if not question.network:
            return now(state, asked, NOT_ASKED, refused=True)
        edit = EditWhitelist(add=(question.network,))
    asking = state.book.get(answer.address)
    before = devices.earlier_self(state.book, asking, state.effect) if asking else None
    replaced = before.address if before and edit.remove else ""
    letting_in = (*state.bell.letting_in, (answer.address, replaced))
    state = replace(state, bell=replace(state.bell, letting_in=letting_in))
    admitting = state.visits.admitting or Admitting((), EditWhitelist(), asked.at + IDLE_PATIENCE_S)
    edit = EditWhitelist((*admitting.edit.add, *edit.add), (*admitting.edit.remove, *edit.remove))
    admitting = replace(admitting, asked=(*admitting.asked, asked), edit=edit)
    state = replace(state, visits=replace(state.visits, admitting=admitting))
    if answer.when_idle and state.visits.busy:
        return show(state, waiting_for=WAITS), []
    return admit(state)


def admit(state: State) -> Step:
    """Let in now who was to be let in when no request is under way."""
    if state.job or not (admitting := state.visits.admitting):
        return state, []
    waiting_for = "" if state.view.waiting_for == WAITS else state.view.waiting_for
    state = show(replace(state, visits=replace(state.visits, admitting=None)), waiting_for=waiting_for)
    first, *others = admitting.asked
    state, effects = begin_job(state, first, admitting.edit)
    if state.job is admitting.edit:
        for other in others:
            state = wait(state, other, Until.JOB)
        return state, effects
    for other in others:
        effects = effects + now(state, other, BUSY, refused=True)[1]
    return replace(state, bell=replace(state.bell, letting_in=())), effects


def edited(state: State, done: events.JobDone) -> State:
    """A job has ended; perhaps the one that lets in. A device that is let in keeps the name of its earlier address."""
    if not state.bell.letting_in or state.visits.admitting or not isinstance(state.job, EditWhitelist):
        return state
    answered = state.bell.letting_in
    state = replace(state, bell=replace(state.bell, letting_in=()))
    if done.problem:
        return state
    book = dict(state.book)
    for address, before in answered:
        state = _no_longer_asked(state, address)
        if address in book:
            book[address] = replace(book[address], refused_at=None)
        if address in book and before in book:
            earlier = book.pop(before)
            name = book[address].name or earlier.name
            book[address] = replace(book[address], name=name, first_seen=earlier.first_seen)
    return replace(state, book=book)


def _mind(state: State, rang: events.TimerFired) -> Step:
    """Look once a second whether a request is under way, for as long as someone wants to know."""
    state = replace(state, visits=replace(state.visits, minding=False))
    if (admitting := state.visits.admitting) and rang.at >= admitting.until:
        return admit(state)
    return state, []


def busyness(state: State, found: events.ServerBusy) -> Step:
    busy = found.busy and found.run == state.run
    state = replace(state, visits=replace(state.visits, busy=busy))
    return (state, []) if busy else admit(state)


def settled(before: State, state: State, at: float) -> Step:
    """The devices and the question as they are now. Not called after each line of a flood."""
    effects: list[Effect] = []
    if state.visits.admitting and state.process is Process.NONE:
        state, effects = admit(state)
    book = state.book
    if state.effect is not before.effect:
        book = devices.judged_all(book, state.effect)
    if state.view.phase in NOTHING_RUNS:
        book = _nobody_waits(book)
        state = replace(state, bell=replace(state.bell, waiting=()))
    state = replace(state, book=book, bell=approval.ring(state.bell, book, at))
    if book is not state.visits.shown:
        state = replace(state, visits=replace(state.visits, shown=book))
        state = show(state, devices=devices.shown(book))
    question = approval.question(state.bell, book, state.view.addresses, state.effect, state.visits.busy)
    state, more = _minding(show(state, question=question))
    return state, effects + more


def _nobody_waits(book: devices.Book) -> devices.Book:
    if all(known.refused_at is None for known in book.values()):
        return book
    return {address: replace(known, refused_at=None) for address, known in book.items()}


def _minding(state: State) -> Step:
    wanted = state.view.question or state.visits.admitting
    if state.visits.minding or not wanted or state.process is not Process.ALIVE:
        return state, []
    state = replace(state, visits=replace(state.visits, minding=True))
    return state, [CheckIfBusy(state.run), SetTimer("mind", 0, MIND_INTERVAL_S)]
