"""The life of the server: launched, ready, crashed, stopped. PURE."""

from dataclasses import replace

from launcher.keeper.effects import CloseInput, Effect, End, KillTree, LaunchServer, SetTimer, SettleUpdate, Tell
from launcher.keeper.events import LaunchFailed, OutputRead, ServerEnded, ServerLaunched
from launcher.keeper.messages import Reply
from launcher.keeper.state import Process, State, Step, Until, reply_to_waiters, show, with_snapshot
from launcher.keeper.view import Phase
from launcher.problem import Fix, Problem
from launcher.server.output import Doing

STOP_PATIENCE_S = 10.0
PROBE_INTERVAL_S = 3.0
CRASH_WINDOW_S = 300.0
PAUSES_BEFORE_RETRY_S = (1.0, 5.0, 15.0)

NO_SILLYTAVERN = Problem("There is no SillyTavern on this computer yet.", "Install it, or choose its folder.")
STOPPED_MEANWHILE = Problem("SillyTavern was stopped before it was ready.")


def launch(state: State, waiting_for: str = "") -> Step:
    run = state.run + 1
    state = replace(state, run=run, process=Process.LAUNCHING, again=False)
    state = show(
        state, phase=Phase.STARTING, problem=None, notices=(), waiting_for=waiting_for or "SillyTavern is starting."
    )
    state = show(state, shut_out=None)
    return state, [LaunchServer(run, state.folder)]


def server_launched(state: State, launched: ServerLaunched) -> Step:
    if launched.run != state.run:
        return state, [KillTree(launched.run)]
    state = replace(with_snapshot(state, launched.snapshot), process=Process.ALIVE)
    state = show(state, pid=launched.pid, notices=(*state.view.notices, *launched.notices))
    if state.view.phase is Phase.STOPPING:
        return state, _end_server(state.run)
    return state, [SetTimer("probe", state.run, PROBE_INTERVAL_S)]


def launch_failed(state: State, failed: LaunchFailed) -> Step:
    if failed.run != state.run:
        return state, []
    state = with_snapshot(replace(state, process=Process.NONE), failed.snapshot)
    if state.view.phase is Phase.STOPPING:
        return stopped(state, [])
    if state.trial:
        return _go_back(state, failed.problem)
    first_run = failed.snapshot.installed is None and failed.snapshot.problem is None
    state = show(state, phase=Phase.STOPPED, problem=None if first_run else failed.problem, waiting_for="")
    return reply_to_waiters(state, Until.RUNNING, state.after_trial or failed.problem)


def output_read(state: State, printed: OutputRead) -> Step:
    if printed.run != state.run or state.view.phase is not Phase.STARTING:
        return state, []
    if isinstance(printed.event, Doing):
        return show(state, waiting_for=printed.event.what), []
    return _running(state, printed.clock)


def _running(state: State, clock: float) -> Step:
    state = show(state, phase=Phase.RUNNING, waiting_for="", problem=None, running_since=clock)
    effects: list[Effect] = []
    if state.trial:
        effects.append(SettleUpdate(state.trial, kept=True))
        state = replace(state, trial=None, folder=None)
    if state.after_trial:
        state = show(state, notices=(*state.view.notices, state.after_trial.title))
    state, replies = reply_to_waiters(replace(state, after_trial=None), Until.RUNNING, state.after_trial)
    return state, effects + replies


def server_ended(state: State, ended: ServerEnded) -> Step:
    if ended.run != state.run:
        return state, []
    phase = state.view.phase
    state = show(replace(state, process=Process.NONE), pid=None, running_since=None)
    if phase is Phase.STOPPING:
        return stopped(state, [])
    if state.trial:
        return _go_back(state, ended.problem)
    if phase is Phase.STARTING and not state.crashes:
        return _give_up(state, ended.problem)
    return _crashed(state, ended)


def _crashed(state: State, ended: ServerEnded) -> Step:
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
    return show(state, phase=Phase.STARTING, waiting_for=waiting), [SetTimer("retry", state.run, pause)]


def _give_up(state: State, problem: Problem) -> Step:
    problem = replace(problem, fix=problem.fix or Fix("start", "Start again"))
    state = show(replace(state, crashes=()), phase=Phase.CRASHED, problem=problem, waiting_for="")
    return reply_to_waiters(state, Until.RUNNING, state.after_trial or problem)


def _go_back(state: State, problem: Problem) -> Step:
    """Use the old version again, because the updated one did not start."""
    told = Problem("The new version did not start, so the old one is used again.", f"{problem.title} {problem.advice}")
    settle = SettleUpdate(state.trial or "", kept=False)
    state, effects = launch(replace(state, trial=None, folder=None, after_trial=told))
    return state, [settle, *effects]


def stop_now(state: State, again: bool = False) -> Step:
    """Begin to stop the server, in whatever phase it is; `again`: then start it again."""
    effects: list[Effect] = []
    if not again:
        state, effects = reply_to_waiters(state, Until.RUNNING, STOPPED_MEANWHILE, refused=True)
    state = replace(state, again=again)
    if state.process is Process.NONE:
        return stopped(state, effects)
    if state.view.phase is not Phase.STOPPING:
        state = show(state, phase=Phase.STOPPING, waiting_for="", problem=None)
        if state.process is Process.ALIVE:
            effects += _end_server(state.run)
    return state, effects


def _end_server(run: int) -> list[Effect]:
    return [CloseInput(run), SetTimer("kill", run, STOP_PATIENCE_S)]


def stopped(state: State, before: list[Effect]) -> Step:
    """The server has stopped on purpose. The run number moves on, so that a pending retry does nothing."""
    state = replace(state, process=Process.NONE, run=state.run + 1, crashes=())
    state = show(state, phase=Phase.STOPPED, pid=None, running_since=None, problem=None, waiting_for="", notices=())
    if state.again:
        state, effects = launch(state)
        return state, before + effects
    if state.trial:
        before = [*before, SettleUpdate(state.trial, kept=False)]
    alone = not state.job and _alone(state)
    ending = state.quitting or alone
    due = [w for w in state.waiters if w.until is Until.STOPPED]
    state = replace(
        state, waiters=tuple(w for w in state.waiters if w.until is not Until.STOPPED), folder=None, trial=None
    )
    replies: list[Effect] = [Tell(w.client, Reply(w.id, leaving=ending)) for w in due]
    if state.quitting and state.job:
        return state, before + replies
    return state, before + replies + ([End()] if ending and (due or state.quitting) else [])


def _alone(state: State) -> bool:
    """True when the only clients left are commands that wait for the stop: they end when they are answered."""
    waiting = {w.client for w in state.waiters if w.until is Until.STOPPED}
    return all(c.id in waiting and not c.watching for c in state.clients)
