"""What the UIs ask for. PURE."""

from dataclasses import replace

from launcher.keeper.approval_ui import first_of, made_needless
from launcher.keeper.device_activity import asked_about_devices, said_hello
from launcher.keeper.effects import CancelJob, Effect, SaveSettings, Tell
from launcher.keeper.events import RequestReceived
from launcher.keeper.jobs import BUSY, begin_job, cancel
from launcher.keeper.messages import (
    AnswerQuestion,
    Cancel,
    ChangeSettings,
    Close,
    Hello,
    NameDevice,
    Ping,
    Quit,
    Restart,
    ShowingCode,
    ShowYourself,
    Start,
    Stop,
    Watch,
)
from launcher.keeper.server_lifecycle import NO_SILLYTAVERN, launch, stop_now
from launcher.keeper.state import OURSELVES, Client, Process, State, Step, Until, now, show, wait, with_client
from launcher.keeper.view import Phase
from launcher.problem import Problem

ALREADY_THERE = Problem("It is already open.")
OTHER_ONE_RUNS = Problem("Another SillyTavern is running.", "Stop it first.")


def asked(state: State, asked: RequestReceived) -> Step:
    if isinstance(asked.request, Ping):
        return now(state, asked)
    if asked.client != OURSELVES and not any(client.id == asked.client for client in state.clients):
        state = replace(state, clients=(*state.clients, Client(asked.client)))
    request = asked.request
    match request:
        case Hello():
            return _hello(state, asked, request)
        case Watch():
            return now(with_client(state, asked.client, watching=True), asked)
        case Start() | Stop() | Restart() | Quit():
            return _run(state, asked, request)
        case Cancel():
            return cancel(state, asked)
        case ChangeSettings():
            return state, [SaveSettings(asked, request)]
        case AnswerQuestion() | NameDevice() | ShowingCode():
            return asked_about_devices(state, asked)
        case _:
            return begin_job(state, asked, request)


def _run(state: State, asked: RequestReceived, request: Start | Stop | Restart | Quit) -> Step:
    match request:
        case Start(folder):
            return _start(state, asked, folder)
        case Stop():
            return _stop(state, asked)
        case Restart():
            return restart(state, asked)
        case Quit():
            return _quit(state, asked)


def _hello(state: State, asked: RequestReceived, hello: Hello) -> Step:
    if first := first_of(state, hello.ui, asked.client):
        state, reply = now(state, asked, ALREADY_THERE, refused=True)
        # Who starts Tavernkeep again starts a second window too, and that has shown what there is to see.
        shown: list[Effect] = [] if hello.ui == "tray" else [Tell(first.id, ShowYourself(hello.what))]
        return state, [*shown, *reply]
    state = said_hello(with_client(state, asked.client, ui=hello.ui), asked, hello)
    if hello.ui == "tray":
        state = show(state, tray=hello.tray)
    if hello.ui == "window":
        state = show(state, window=True)
    state, reply = now(state, asked)
    return state, [*made_needless(state, hello.ui), *reply]


def _start(state: State, asked: RequestReceived, folder: str | None) -> Step:
    phase = state.view.phase
    here = state.view.installation
    if phase in (Phase.RUNNING, Phase.STARTING) and folder and here and here.folder != folder:
        return now(state, asked, OTHER_ONE_RUNS, refused=True)
    if phase is Phase.RUNNING:
        return now(state, asked)
    if phase is Phase.INSTALLING or state.quitting:
        return now(state, asked, BUSY, refused=True)
    if state.process is Process.NONE and not (folder or here or state.view.problem):
        return now(state, asked, NO_SILLYTAVERN)
    state = wait(state, asked, Until.RUNNING)
    if phase is Phase.STOPPING:
        return replace(state, again=True, folder=folder or state.folder), []
    if state.process is not Process.NONE:
        return state, []
    return launch(replace(state, folder=folder, crashes=()))


def _stop(state: State, asked: RequestReceived) -> Step:
    if state.view.phase is Phase.INSTALLING:
        return wait(state, asked, Until.JOB), [CancelJob()]
    return stop_now(wait(state, asked, Until.STOPPED))


def restart(state: State, asked: RequestReceived) -> Step:
    if state.view.phase is Phase.INSTALLING or state.quitting:
        return now(state, asked, BUSY, refused=True)
    state = wait(state, asked, Until.RUNNING)
    if state.process is Process.NONE:
        return launch(replace(state, crashes=()))
    return stop_now(state, again=True)


def _quit(state: State, asked: RequestReceived) -> Step:
    closing: list[Effect] = [Tell(c.id, Close()) for c in state.clients if c.ui]
    state = replace(wait(state, asked, Until.STOPPED), quitting=True)
    if state.job:
        closing.append(CancelJob())
    state, effects = stop_now(state)
    return state, closing + effects
