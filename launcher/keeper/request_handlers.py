"""What the UIs ask for. PURE."""

from collections.abc import Callable
from dataclasses import replace

from launcher.keeper import messages
from launcher.keeper.approval_ui import first_of, made_needless
from launcher.keeper.device_activity import answer_question, name_device, show_code_from_hello, showing_code
from launcher.keeper.effects import CancelJob, Effect, SaveSettings, Tell
from launcher.keeper.events import RequestReceived
from launcher.keeper.jobs import BUSY, begin_job, cancel
from launcher.keeper.server_lifecycle import NO_SILLYTAVERN, launch, stop_now
from launcher.keeper.state import OURSELVES, Client, Process, State, Step, Until, reply, show, wait, with_client
from launcher.keeper.view import Phase
from launcher.problem import Problem

ALREADY_THERE = Problem("It is already open.")
OTHER_ONE_RUNS = Problem("Another SillyTavern is running.", "Stop it first.")


def handle_request(state: State, received: RequestReceived) -> Step:
    handle: Callable[[State, RequestReceived, messages.Request], Step]
    handle = _HANDLERS.get(type(received.request), begin_job)
    known = received.client == OURSELVES or any(client.id == received.client for client in state.clients)
    if not known and handle is not _ping:
        state = replace(state, clients=(*state.clients, Client(received.client)))
    return handle(state, received, received.request)


def _ping(state: State, received: RequestReceived, ping: messages.Ping) -> Step:
    return state, reply(received)


def _watch(state: State, received: RequestReceived, watch: messages.Watch) -> Step:
    return with_client(state, received.client, watching=True), reply(received)


def _change_settings(state: State, received: RequestReceived, choice: messages.ChangeSettings) -> Step:
    return state, [SaveSettings(received, choice)]


def _hello(state: State, received: RequestReceived, hello: messages.Hello) -> Step:
    if first := first_of(state, hello.ui, received.client):
        # Starting Tavernkeep again starts a second window too: the first one comes to the front instead.
        shown: list[Effect] = [] if hello.ui == "tray" else [Tell(first.id, messages.ShowYourself(hello.what))]
        return state, [*shown, *reply(received, ALREADY_THERE, refused=True)]
    state = show_code_from_hello(with_client(state, received.client, ui=hello.ui), received, hello)
    if hello.ui == "tray":
        state = show(state, tray=hello.tray)
    if hello.ui == "window":
        state = show(state, window=True)
    return state, [*made_needless(state, hello.ui), *reply(received)]


def _start(state: State, received: RequestReceived, start: messages.Start) -> Step:
    folder = start.folder
    phase = state.view.phase
    here = state.view.installation
    if phase in (Phase.RUNNING, Phase.STARTING) and folder and here and here.folder != folder:
        return state, reply(received, OTHER_ONE_RUNS, refused=True)
    if phase is Phase.RUNNING:
        return state, reply(received)
    if phase is Phase.INSTALLING or state.quitting:
        return state, reply(received, BUSY, refused=True)
    if state.process is Process.NONE and not (folder or here or state.view.problem):
        return state, reply(received, NO_SILLYTAVERN)
    state = wait(state, received, Until.RUNNING)
    if phase is Phase.STOPPING:
        return replace(state, again=True, folder=folder or state.folder), []
    if state.process is not Process.NONE:
        return state, []
    return launch(replace(state, folder=folder, crashes=()))


def _stop(state: State, received: RequestReceived, stop: messages.Stop) -> Step:
    if state.view.phase is Phase.INSTALLING:
        return wait(state, received, Until.JOB), [CancelJob()]
    return stop_now(wait(state, received, Until.STOPPED))


def _restart(state: State, received: RequestReceived, restart: messages.Restart) -> Step:
    if state.view.phase is Phase.INSTALLING or state.quitting:
        return state, reply(received, BUSY, refused=True)
    state = wait(state, received, Until.RUNNING)
    if state.process is Process.NONE:
        return launch(replace(state, crashes=()))
    return stop_now(state, again=True)


def _quit(state: State, received: RequestReceived, quit_: messages.Quit) -> Step:
    closing: list[Effect] = [Tell(c.id, messages.Close()) for c in state.clients if c.ui]
    state = replace(wait(state, received, Until.STOPPED), quitting=True)
    if state.job:
        closing.append(CancelJob())
    state, effects = stop_now(state)
    return state, closing + effects


# Every other request is a job.
_HANDLERS: dict[type, Callable[..., Step]] = {
    messages.Hello: _hello,
    messages.Watch: _watch,
    messages.Ping: _ping,
    messages.Start: _start,
    messages.Stop: _stop,
    messages.Restart: _restart,
    messages.Quit: _quit,
    messages.Cancel: cancel,
    messages.ChangeSettings: _change_settings,
    messages.AnswerQuestion: answer_question,
    messages.NameDevice: name_device,
    messages.ShowingCode: showing_code,
}
