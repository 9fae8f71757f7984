"""What the keeper does about devices: notes those that come, asks the user, lets them in. PURE.

A flood of devices is shown a few times a second at most, and identified in small batches.
"""

from dataclasses import replace

from launcher.keeper import approval, devices, events
from launcher.keeper.effects import CheckIfBusy, Effect, IdentifyDevices, SaveDevices, SetTimer
from launcher.keeper.events import RequestReceived
from launcher.keeper.jobs import BUSY, begin_job
from launcher.keeper.messages import AnswerQuestion, ApprovalChoice, EditWhitelist, Hello, NameDevice, ShowingCode
from launcher.keeper.state import Admitting, Process, State, Step, Until, note, reply, show, wait
from launcher.keeper.view import Phase, ShownCode, ShutOut
from launcher.problem import Problem
from launcher.server.output import Connected, LoginLimited, Refused

SHOW_INTERVAL_S = 0.25
SAVE_AFTER_S = 5.0
MOST_IDENTIFIED_AT_ONCE = 16
BUSY_CHECK_INTERVAL_S = 1.0
IDLE_PATIENCE_S = 600.0
NOTHING_RUNS = (Phase.STOPPED, Phase.CRASHED)
TIMERS = ("devices", "save-devices", "busy")

NOT_ASKED = Problem("This question has been answered already.", "The list of devices has who may come in.")
NO_SUCH_DEVICE = Problem("No such device has been here.", "The list of devices shows who has.")
LIMITED = "was shut out for a minute: too many wrong passwords."
WAITS = "The device gets in when SillyTavern has finished the answer that it is writing now."


def device_seen(state: State, printed: events.OutputRead) -> Step:
    """The server printed a line about a device."""
    if printed.run != state.run or state.view.phase is Phase.STOPPING:
        return state, []
    event = printed.event
    if isinstance(event, LoginLimited):
        limited = ShutOut(event.address, printed.clock)
        return _shown_soon(note(state, limited=limited), printed.at)
    if not isinstance(event, Refused | Connected) or (isinstance(event, Connected) and _forgeable(state)):
        return state, []
    keep, came_to = state.approval.waiting, _came_to(state, event.address)
    book = devices.seen(state.book, event, printed.clock, printed.at, state.effective, keep, came_to)
    return _with_news(state, book, printed.at)


def _forgeable(state: State) -> bool:
    """Tell whether a device can forge the address in a `New connection` line; True also while that is not known."""
    from launcher.versions.table import facts

    installed = state.view.installation
    return installed is None or facts(installed.version).new_connection_forgeable


def _came_to(state: State, address: str) -> str:
    """Return the URL of this PC in the network of the device at `address`; "" when the device came from elsewhere."""
    view = state.view
    near = next((one for one in view.addresses or () if approval.network_of(address, (one,))), None)
    return (view.url_at(near.address) if near else None) or ""


def _told_of_limit(state: State, limited: ShutOut) -> State:
    others = tuple(notice for notice in state.view.notices if not notice.endswith(LIMITED))
    return show(state, notices=(*others, f"A device at {limited.address} {LIMITED}"), shut_out=limited)


def _with_news(state: State, book: devices.Book, at: float) -> Step:
    """Take over `book`. When it differs it is shown soon, and saved later."""
    if book is state.book:
        return state, []
    state, effects = _shown_soon(replace(state, book=book), at)
    if state.activity.save_due:
        return state, effects
    state = note(state, save_due=True)
    return state, [*effects, SetTimer("save-devices", 0, SAVE_AFTER_S)]


def _shown_soon(state: State, at: float) -> Step:
    activity = state.activity
    if activity.show_due:
        return state, []
    wait_s = max(0.0, activity.shown_at + SHOW_INTERVAL_S - at)
    return note(state, show_due=True), [SetTimer("devices", 0, wait_s)]


def timer_fired(state: State, fired: events.TimerFired) -> Step:
    match fired.name:
        case "devices":
            return _show_now(state, fired.at)
        case "save-devices":
            return save_devices(state)
        case _:
            return _busy_timer_fired(state, fired)


def _show_now(state: State, at: float) -> Step:
    if state.activity.limited and state.view.phase is Phase.RUNNING:
        state = _told_of_limit(state, state.activity.limited)
    state = note(state, show_due=False, shown_at=at, limited=None)
    if state.activity.identifying or not (unidentified := devices.to_identify(state.book, MOST_IDENTIFIED_AT_ONCE)):
        return state, []
    return note(state, identifying=True), [IdentifyDevices(unidentified)]


def devices_identified(state: State, found: events.DevicesIdentified) -> Step:
    state = note(state, identifying=False)
    return _with_news(state, devices.with_details(state.book, found.details, found.at), found.at)


def devices_loaded(state: State, loaded: events.DevicesLoaded) -> Step:
    book = {device.address: device for device in loaded.devices}
    return replace(state, book=devices.judged_all(book, state.effective)), []


def save_devices(state: State) -> Step:
    """Save the devices now when one has changed."""
    if not state.activity.save_due:
        return state, []
    state = note(state, save_due=False)
    return state, [SaveDevices(tuple(device for device in state.book.values() if not device.own))]


def answer_question(state: State, received: RequestReceived, answer: AnswerQuestion) -> Step:
    if answer.verdict in (ApprovalChoice.NOT_NOW, ApprovalChoice.NEVER):
        return _turned_away(state, received, answer)
    return _let_in(state, received, answer)


def name_device(state: State, received: RequestReceived, wanted: NameDevice) -> Step:
    if wanted.address not in state.book:
        return state, reply(received, NO_SUCH_DEVICE, refused=True)
    state, effects = _with_news(state, devices.named(state.book, wanted.address, wanted.name), received.at)
    return state, effects + reply(received)


def showing_code(state: State, received: RequestReceived, showing: ShowingCode) -> Step:
    changed = approval.showing(state.approval, received.client, showing.shown, received.at)
    state = replace(state, approval=changed)
    return _code_shown(state) if showing.shown else state, reply(received)


def show_code_from_hello(state: State, received: RequestReceived, hello: Hello) -> State:
    """A window or a terminal shows the QR code from its Hello on."""
    if hello.ui not in ("window", "terminal"):
        return state
    return _code_shown(replace(state, approval=approval.showing(state.approval, received.client, True, received.at)))


def _code_shown(state: State) -> State:
    """Note the URL in the code, and which devices had come by now: one that comes later may have scanned it."""
    if not state.view.url:
        return state
    return show(state, shown=ShownCode(state.view.url, _last_seen(state)))


def _last_seen(state: State) -> float:
    return max((device.last_seen for device in state.book.values()), default=0.0)


def ui_left(state: State, left: events.UILeft) -> State:
    return replace(state, approval=approval.showing(state.approval, left.client, False, left.at))


def _turned_away(state: State, received: RequestReceived, answer: AnswerQuestion) -> Step:
    address = answer.address
    if address not in state.approval.waiting:
        return state, reply(received, NOT_ASKED, refused=True)
    # A flood may have pushed it out of the book between the question and the answer.
    device = state.book.get(address) or devices.DeviceRecord(address, last_seen=_last_seen(state))
    never_ask = device.never_ask or answer.verdict is ApprovalChoice.NEVER
    device = replace(device, silenced_at=received.at, never_ask=never_ask)
    state, effects = _with_news(state, {**state.book, address: device}, received.at)
    state = _no_longer_asked(state, address)
    return state, effects + reply(received)


def _with_approval(state: State, **changes: object) -> State:
    return replace(state, approval=replace(state.approval, **changes))  # type: ignore[arg-type]


def _no_longer_asked(state: State, address: str) -> State:
    waiting = tuple(other for other in state.approval.waiting if other != address)
    return _with_approval(state, waiting=waiting)


def _let_in(state: State, received: RequestReceived, answer: AnswerQuestion) -> Step:
    question = state.view.question
    if not question or question.address != answer.address:
        return state, reply(received, NOT_ASKED, refused=True)
    if state.job:
        return state, reply(received, BUSY, refused=True)
    edit = EditWhitelist(add=(answer.address,), remove=(question.replaces,) if question.replaces else ())
    if answer.verdict is ApprovalChoice.NETWORK:
        if not question.network:
            return state, reply(received, NOT_ASKED, refused=True)
        edit = EditWhitelist(add=(question.network,))
    asking = state.book.get(answer.address)
    before = devices.earlier_self(state.book, asking, state.effective) if asking else None
    replaced = before.address if before and edit.remove else ""
    letting_in = (*state.approval.letting_in, (answer.address, replaced))
    state = _with_approval(state, letting_in=letting_in)
    admitting = state.activity.admitting or Admitting((), EditWhitelist(), received.at + IDLE_PATIENCE_S)
    edit = EditWhitelist((*admitting.edit.add, *edit.add), (*admitting.edit.remove, *edit.remove))
    admitting = replace(admitting, received=(*admitting.received, received), edit=edit)
    state = note(state, admitting=admitting)
    if answer.when_idle and state.activity.busy:
        return show(state, waiting_for=WAITS), []
    return admit(state)


def admit(state: State) -> Step:
    """Let in the devices that waited for the end of a request."""
    if state.job or not (admitting := state.activity.admitting):
        return state, []
    waiting_for = "" if state.view.waiting_for == WAITS else state.view.waiting_for
    state = show(note(state, admitting=None), waiting_for=waiting_for)
    first, *others = admitting.received
    state, effects = begin_job(state, first, admitting.edit)
    if state.job is admitting.edit:
        for other in others:
            state = wait(state, other, Until.JOB)
        return state, effects
    for other in others:
        effects = effects + reply(other, BUSY, refused=True)
    return _with_approval(state, letting_in=()), effects


def whitelist_edited(state: State, done: events.JobDone) -> State:
    """A job has ended. When it let in devices, each keeps the name that it had at its earlier address."""
    if not state.approval.letting_in or state.activity.admitting or not isinstance(state.job, EditWhitelist):
        return state
    answered = state.approval.letting_in
    state = _with_approval(state, letting_in=())
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


def _busy_timer_fired(state: State, fired: events.TimerFired) -> Step:
    """Let in now when the wait has become too long."""
    state = note(state, checking_busy=False)
    if (admitting := state.activity.admitting) and fired.at >= admitting.until:
        return admit(state)
    return state, []


def server_busy(state: State, found: events.ServerBusy) -> Step:
    busy = found.busy and found.run == state.run
    state = note(state, busy=busy)
    return (state, []) if busy else admit(state)


def settle(before: State, state: State, at: float) -> Step:
    """Bring the devices and the question up to date. Not called after each line of a flood."""
    effects: list[Effect] = []
    if state.activity.admitting and state.process is Process.NONE:
        state, effects = admit(state)
    book = state.book
    if state.effective is not before.effective:
        book = devices.judged_all(book, state.effective)
    if state.view.phase in NOTHING_RUNS:
        book = _nobody_waits(book)
        state = _with_approval(state, waiting=())
    state = replace(state, book=book, approval=approval.updated(state.approval, book, at))
    if book is not state.activity.shown:
        state = note(state, shown=book)
        state = show(state, devices=devices.shown(book))
    question = approval.question(state.approval, book, state.view.addresses, state.effective, state.activity.busy)
    state, more = _check_if_busy(show(state, question=question))
    return state, effects + more


def _nobody_waits(book: devices.Book) -> devices.Book:
    if all(device.refused_at is None for device in book.values()):
        return book
    return {address: replace(device, refused_at=None) for address, device in book.items()}


def _check_if_busy(state: State) -> Step:
    wanted = state.view.question or state.activity.admitting
    if state.activity.checking_busy or not wanted or state.process is not Process.ALIVE:
        return state, []
    state = note(state, checking_busy=True)
    return state, [CheckIfBusy(state.run), SetTimer("busy", 0, BUSY_CHECK_INTERVAL_S)]
