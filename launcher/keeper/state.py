"""What the keeper knows, and what it does when something happens: `next_state(state, happening)`. PURE."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import Enum, auto

from launcher.keeper.happenings import (
    AddressesFound,
    Asked,
    CancelJob,
    CloseInput,
    DoJob,
    Effect,
    End,
    Ended,
    Happening,
    JobDone,
    JobStep,
    KillTree,
    Launch,
    Launched,
    LaunchFailed,
    Left,
    Looked,
    Printed,
    Probe,
    Saw,
    SetTimer,
    SettleUpdate,
    Tell,
    TimeUp,
)
from launcher.keeper.messages import (
    Cancel,
    Close,
    Hello,
    Install,
    Job,
    Quit,
    Repair,
    Reply,
    Restart,
    SetAccess,
    ShowYourself,
    Start,
    Stop,
    Update,
    Use,
    Watch,
)
from launcher.keeper.view import Phase, Progress, Tray, View
from launcher.problem import Fix, Problem
from launcher.server.output import Doing

STOP_PATIENCE_S = 10.0
PROBE_INTERVAL_S = 1.0
CRASH_WINDOW_S = 300.0
PAUSES_BEFORE_RETRY_S = (1.0, 5.0, 15.0)
IDLE_PATIENCE_S = 600.0

BUSY = Problem("Tavernkeep is busy with something else.", "Wait until it is done, or cancel it.")
CANCELLED = Problem("Cancelled.", "Nothing was changed.")
STOPPED_MEANWHILE = Problem("SillyTavern was stopped before it was ready.")
NOTHING_TO_CANCEL = Problem("There is nothing to cancel.")
ALREADY_THERE = Problem("It is already open.")
OTHER_ONE_RUNS = Problem("Another SillyTavern is running.", "Stop it first.")


class Process(Enum):
    """Whether a server process exists. LAUNCHING: it is being made; ALIVE: it has a pid."""

    NONE = auto()
    LAUNCHING = auto()
    ALIVE = auto()


class Until(Enum):
    """What an asker waits for."""

    RUNNING = auto()
    STOPPED = auto()
    JOB = auto()


@dataclass(frozen=True)
class Waiter:
    """An asker who gets the reply when `until` has come true."""

    client: int
    id: int
    until: Until


@dataclass(frozen=True)
class Client:
    """Someone on the channel. `face` is empty for a command."""

    id: int
    face: str = ""
    watching: bool = False


@dataclass(frozen=True)
class State:
    """`run` numbers the server processes: what is told of an older one is ignored.

    `again`: start anew when the stopping one is gone. `folder`: what `start --folder` named, None the remembered one.
    `trial`: the folder that an update is trying; `after_trial`: the problem to tell once the old one is back.
    """

    view: View = field(default_factory=View)
    run: int = 0
    process: Process = Process.NONE
    again: bool = False
    folder: str | None = None
    crashes: tuple[float, ...] = ()
    job: Job | None = None
    trial: str | None = None
    after_trial: Problem | None = None
    waiters: tuple[Waiter, ...] = ()
    clients: tuple[Client, ...] = ()
    quitting: bool = False


Step = tuple[State, list[Effect]]


def next_state(state: State, happening: Happening) -> Step:
    """The state after `happening`, and what has to be done, in order."""
    step: Callable[[State, Happening], Step] = _STEPS[type(happening)]
    return step(state, happening)


def _show(state: State, **changes: object) -> State:
    return replace(state, view=replace(state.view, **changes))  # type: ignore[arg-type]


def _with_looked(state: State, looked: Looked) -> State:
    return _show(state, installation=looked.installed, port=looked.port, scheme=looked.scheme, access=looked.access)


def _wait(state: State, asked: Asked, until: Until) -> State:
    return replace(state, waiters=(*state.waiters, Waiter(asked.client, asked.id, until)))


def _answer(state: State, until: Until, problem: Problem | None = None, refused: bool = False) -> Step:
    """Reply to everyone who waits for `until`."""
    due = [w for w in state.waiters if w.until is until]
    rest = tuple(w for w in state.waiters if w.until is not until)
    effects: list[Effect] = [Tell(w.client, Reply(w.id, problem, refused)) for w in due]
    return replace(state, waiters=rest), effects


def _now(state: State, asked: Asked, problem: Problem | None = None, refused: bool = False) -> Step:
    return state, [Tell(asked.client, Reply(asked.id, problem, refused))]


# --- requests ---------------------------------------------------------------------------------------------------------


def _asked(state: State, asked: Asked) -> Step:
    if not any(client.id == asked.client for client in state.clients):
        state = replace(state, clients=(*state.clients, Client(asked.client)))
    request = asked.request
    match request:
        case Hello():
            return _hello(state, asked, request)
        case Watch():
            return _now(_with_client(state, asked.client, watching=True), asked)
        case Start():
            return _start(state, asked, request.folder)
        case Stop():
            return _stop(state, asked)
        case Restart():
            return _restart(state, asked)
        case Quit():
            return _quit(state, asked)
        case Cancel():
            return _cancel(state, asked)
        case _:
            return _begin_job(state, asked, request)


def _with_client(state: State, client: int, **changes: object) -> State:
    clients = tuple(replace(c, **changes) if c.id == client else c for c in state.clients)  # type: ignore[arg-type]
    return replace(state, clients=clients)


def _hello(state: State, asked: Asked, hello: Hello) -> Step:
    only_one = hello.face in ("tray", "window")
    first = next((c for c in state.clients if only_one and c.face == hello.face and c.id != asked.client), None)
    if first:
        state, reply = _now(state, asked, ALREADY_THERE, refused=True)
        return state, [Tell(first.id, ShowYourself(hello.what)), *reply]
    state = _with_client(state, asked.client, face=hello.face)
    if hello.face == "tray":
        state = _show(state, tray=hello.tray)
    return _now(state, asked)


def _start(state: State, asked: Asked, folder: str | None) -> Step:
    phase = state.view.phase
    here = state.view.installation
    if phase in (Phase.RUNNING, Phase.STARTING) and folder and here and here.folder != folder:
        return _now(state, asked, OTHER_ONE_RUNS, refused=True)
    if phase is Phase.RUNNING:
        return _now(state, asked)
    if phase is Phase.INSTALLING or state.quitting:
        return _now(state, asked, BUSY, refused=True)
    state = _wait(state, asked, Until.RUNNING)
    if phase is Phase.STOPPING:
        return replace(state, again=True, folder=folder or state.folder), []
    if state.process is not Process.NONE:
        return state, []
    return _launch(replace(state, folder=folder, crashes=()))


def _launch(state: State, waiting_for: str = "") -> Step:
    run = state.run + 1
    state = replace(state, run=run, process=Process.LAUNCHING, again=False)
    state = _show(
        state, phase=Phase.STARTING, problem=None, notices=(), waiting_for=waiting_for or "SillyTavern is starting."
    )
    return state, [Launch(run, state.folder)]


def _stop(state: State, asked: Asked) -> Step:
    if state.view.phase is Phase.INSTALLING:
        return _wait(state, asked, Until.JOB), [CancelJob()]
    return _stop_now(_wait(state, asked, Until.STOPPED))


def _stop_now(state: State, again: bool = False) -> Step:
    """Begin to stop whatever there is; `again`: then start anew."""
    effects: list[Effect] = []
    if not again:
        state, effects = _answer(state, Until.RUNNING, STOPPED_MEANWHILE, refused=True)
    state = replace(state, again=again, trial=state.trial if again else None)
    if state.process is Process.NONE:
        return _stopped(state, effects)
    if state.view.phase is not Phase.STOPPING:
        state = _show(state, phase=Phase.STOPPING, waiting_for="", problem=None)
        if state.process is Process.ALIVE:
            effects += _end_server(state.run)
    return state, effects


def _end_server(run: int) -> list[Effect]:
    return [CloseInput(run), SetTimer("kill", run, STOP_PATIENCE_S)]


def _stopped(state: State, before: list[Effect]) -> Step:
    """No process is left, on purpose. The run number moves on, so that a pending retry finds nothing to do."""
    state = replace(state, process=Process.NONE, run=state.run + 1, crashes=())
    state = _show(state, phase=Phase.STOPPED, pid=None, running_since=None, problem=None, waiting_for="", notices=())
    if state.again:
        state, effects = _launch(state)
        return state, before + effects
    alone = not state.job and _alone(state)
    ending = state.quitting or alone
    due = [w for w in state.waiters if w.until is Until.STOPPED]
    state = replace(state, waiters=tuple(w for w in state.waiters if w.until is not Until.STOPPED), folder=None)
    replies: list[Effect] = [Tell(w.client, Reply(w.id, leaving=ending)) for w in due]
    if state.quitting and state.job:
        return state, before + replies
    return state, before + replies + ([End()] if ending and (due or state.quitting) else [])


def _alone(state: State) -> bool:
    """Nobody is here but those who wait for the stop: commands, which end when they are answered."""
    waiting = {w.client for w in state.waiters if w.until is Until.STOPPED}
    return all(c.id in waiting and not c.watching for c in state.clients)


def _restart(state: State, asked: Asked) -> Step:
    if state.view.phase is Phase.INSTALLING or state.quitting:
        return _now(state, asked, BUSY, refused=True)
    state = _wait(state, asked, Until.RUNNING)
    if state.process is Process.NONE:
        return _launch(replace(state, crashes=()))
    return _stop_now(state, again=True)


def _quit(state: State, asked: Asked) -> Step:
    closing: list[Effect] = [Tell(c.id, Close()) for c in state.clients if c.face]
    state = replace(_wait(state, asked, Until.STOPPED), quitting=True)
    if state.job:
        closing.append(CancelJob())
    state, effects = _stop_now(state)
    return state, closing + effects


def _cancel(state: State, asked: Asked) -> Step:
    if not state.job:
        return _now(state, asked, NOTHING_TO_CANCEL, refused=True)
    return _wait(state, asked, Until.STOPPED if state.quitting else Until.JOB), [CancelJob()]


# --- jobs: install, update, use, repair, access -----------------------------------------------------------------------


def _begin_job(state: State, asked: Asked, job: Job) -> Step:
    if state.job or state.quitting or state.trial:
        return _now(state, asked, BUSY, refused=True)
    state = replace(_wait(state, asked, Until.JOB), job=job)
    if isinstance(job, Install | Update) and state.process is Process.NONE:
        state = _show(state, phase=Phase.INSTALLING, problem=None, progress=Progress("Getting ready"))
    return state, [DoJob(job)]


def _job_step(state: State, step: JobStep) -> Step:
    if not state.job:
        return state, []
    if state.process is Process.NONE:
        state = _show(state, phase=Phase.INSTALLING, problem=None)
    return _show(state, progress=step.progress), []


def _job_done(state: State, done: JobDone) -> Step:
    job, before = state.job, state.view
    state = _show(replace(state, job=None), progress=None)
    if state.view.phase is Phase.INSTALLING:
        state = _show(state, phase=Phase.STOPPED, waiting_for="")
    if state.quitting:
        state, effects = _answer(state, Until.JOB, CANCELLED, refused=True)
        return (state, [*effects, End()]) if state.process is Process.NONE else (state, effects)
    if done.problem:
        if before.phase is Phase.INSTALLING and not done.refused:
            state = _show(state, problem=done.problem)
        return _answer(state, Until.JOB, done.problem, done.refused)
    if state.process is Process.NONE:
        state = _with_looked(state, done.looked)
    return _after_job(state, job, done, before)


def _after_job(state: State, job: Job | None, done: JobDone, before: View) -> Step:
    """The job succeeded: start, or start anew, when that is what makes it count."""
    if isinstance(job, Update) and done.looked.installed:
        state = replace(state, trial=done.looked.installed.folder, folder=done.looked.installed.folder)
    elif isinstance(job, Use | Install):
        state = replace(state, folder=None)
    start_now = isinstance(job, Update) or (isinstance(job, Install) and job.start)
    start_now = start_now or (isinstance(job, Repair) and before.problem is not None)
    later = isinstance(job, SetAccess) and job.later
    if later or (state.process is Process.NONE and not start_now):
        return _answer(_show(state, problem=None), Until.JOB)
    waiters = tuple(replace(w, until=Until.RUNNING) if w.until is Until.JOB else w for w in state.waiters)
    state = replace(state, waiters=waiters, crashes=())
    if state.process is Process.NONE:
        return _launch(state)
    return _stop_now(state, again=True)


# --- the server -------------------------------------------------------------------------------------------------------


def _launched(state: State, launched: Launched) -> Step:
    if launched.run != state.run:
        return state, [KillTree(launched.run)]
    state = replace(_with_looked(state, launched.looked), process=Process.ALIVE)
    state = _show(state, pid=launched.pid, notices=launched.notices)
    if state.view.phase is Phase.STOPPING:
        return state, _end_server(state.run)
    return state, [SetTimer("probe", state.run, PROBE_INTERVAL_S)]


def _launch_failed(state: State, failed: LaunchFailed) -> Step:
    if failed.run != state.run:
        return state, []
    state = _with_looked(replace(state, process=Process.NONE), failed.looked)
    if state.view.phase is Phase.STOPPING:
        return _stopped(state, [])
    if state.trial:
        return _go_back(state, failed.problem)
    first_run = failed.looked.installed is None
    state = _show(state, phase=Phase.STOPPED, problem=None if first_run else failed.problem, waiting_for="")
    return _answer(state, Until.RUNNING, state.after_trial or failed.problem)


def _printed(state: State, printed: Printed) -> Step:
    if printed.run != state.run or state.view.phase is not Phase.STARTING:
        return state, []
    if isinstance(printed.event, Doing):
        return _show(state, waiting_for=printed.event.what), []
    return _running(state, printed.clock)


def _running(state: State, clock: float) -> Step:
    state = _show(state, phase=Phase.RUNNING, waiting_for="", problem=None, running_since=clock)
    effects: list[Effect] = []
    if state.trial:
        effects.append(SettleUpdate(state.trial, kept=True))
        state = replace(state, trial=None, folder=None)
    if state.after_trial:
        state = _show(state, notices=(*state.view.notices, state.after_trial.title))
    state, replies = _answer(replace(state, after_trial=None), Until.RUNNING, state.after_trial)
    return state, effects + replies


def _ended(state: State, ended: Ended) -> Step:
    if ended.run != state.run:
        return state, []
    phase = state.view.phase
    state = _show(replace(state, process=Process.NONE), pid=None, running_since=None)
    if phase is Phase.STOPPING:
        return _stopped(state, [])
    if state.trial:
        return _go_back(state, ended.problem)
    if phase is Phase.STARTING and not state.crashes:
        return _give_up(state, ended.problem)
    return _crashed(state, ended)


def _crashed(state: State, ended: Ended) -> Step:
    crashes = (*(t for t in state.crashes if ended.at - t < CRASH_WINDOW_S), ended.at)
    if len(crashes) > len(PAUSES_BEFORE_RETRY_S):
        problem = Problem(
            "SillyTavern keeps stopping by itself.",
            f"It was started again {len(PAUSES_BEFORE_RETRY_S)} times. {ended.problem.title} {ended.problem.advice}",
            ended.problem.fix,
        )
        return _give_up(state, problem)
    pause = PAUSES_BEFORE_RETRY_S[len(crashes) - 1]
    state = replace(state, crashes=crashes)
    waiting = f"SillyTavern stopped by itself. It is started again in {pause:.0f} s."
    return _show(state, phase=Phase.STARTING, waiting_for=waiting), [SetTimer("retry", state.run, pause)]


def _give_up(state: State, problem: Problem) -> Step:
    problem = replace(problem, fix=problem.fix or Fix("start", "Start again"))
    state = _show(replace(state, crashes=()), phase=Phase.CRASHED, problem=problem, waiting_for="")
    return _answer(state, Until.RUNNING, state.after_trial or problem)


def _go_back(state: State, problem: Problem) -> Step:
    """The updated version did not start: use the old one again."""
    told = Problem("The new version did not start, so the old one is used again.", f"{problem.title} {problem.advice}")
    settle = SettleUpdate(state.trial or "", kept=False)
    state, effects = _launch(replace(state, trial=None, folder=None, after_trial=told))
    return state, [settle, *effects]


# --- the rest ---------------------------------------------------------------------------------------------------------


def _time_up(state: State, rang: TimeUp) -> Step:
    if rang.name == "idle":
        leave = not state.clients and state.process is Process.NONE and not state.job
        return state, [End()] if leave and state.view.phase in (Phase.STOPPED, Phase.CRASHED) else []
    if rang.run != state.run:
        return state, []
    if rang.name == "retry" and state.process is Process.NONE:
        return _launch(state, "SillyTavern is started again.")
    if rang.name == "probe" and state.view.phase is Phase.STARTING:
        return state, [Probe(state.run), SetTimer("probe", state.run, PROBE_INTERVAL_S)]
    if rang.name == "kill" and state.view.phase is Phase.STOPPING:
        return state, [KillTree(state.run)]
    return state, []


def _left(state: State, left: Left) -> Step:
    gone = next((c for c in state.clients if c.id == left.client), None)
    state = replace(
        state,
        clients=tuple(c for c in state.clients if c.id != left.client),
        waiters=tuple(w for w in state.waiters if w.client != left.client),
    )
    if gone and gone.face == "tray":
        state = _show(state, tray=Tray.UNKNOWN)
    if state.clients or state.process is not Process.NONE or state.job:
        return state, []
    if state.view.phase is Phase.STOPPED and not state.view.problem:
        return state, [End()]
    return state, [SetTimer("idle", state.run, IDLE_PATIENCE_S)]


def _addresses(state: State, found: AddressesFound) -> Step:
    return _show(state, addresses=found.addresses), []


def _saw(state: State, saw: Saw) -> Step:
    """Files changed. A running server still does what it read at its start."""
    if state.process is not Process.NONE:
        return state, []
    return _with_looked(state, saw.looked), []


_STEPS: dict[type, Callable[..., Step]] = {
    Asked: _asked,
    Left: _left,
    Launched: _launched,
    LaunchFailed: _launch_failed,
    Printed: _printed,
    Ended: _ended,
    TimeUp: _time_up,
    AddressesFound: _addresses,
    Saw: _saw,
    JobStep: _job_step,
    JobDone: _job_done,
}
