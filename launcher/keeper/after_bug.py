"""What the keeper does after a bug in `next_state`, so that nobody waits for ever. PURE."""

from dataclasses import replace

from launcher.keeper import events
from launcher.keeper.effects import KillTree
from launcher.keeper.state import Process, State, Step, Until, reply, reply_to_waiters, show
from launcher.keeper.view import Phase
from launcher.problem import Problem


def after_bug(state: State, event: events.Event, problem: Problem) -> Step:
    """Return the state before `event`, changed by what is certain, and replies that tell `problem`."""
    match event:
        case events.RequestReceived():
            return state, reply(event, problem)
        case events.SettingsSaved(received=received):
            return state, reply(received, problem)
        case events.JobDone():
            state = show(replace(state, job=None, fixes_start=False), progress=None)
            if state.view.phase is Phase.INSTALLING:
                state = show(state, phase=Phase.STOPPED, waiting_for="", problem=problem)
            return reply_to_waiters(state, Until.JOB, problem)
        case events.ServerEnded(run=run) | events.LaunchFailed(run=run) if run == state.run:
            return _server_is_gone(state, problem)
        case events.TimerFired(name="kill", run=run) if run == state.run:
            return state, [KillTree(run)]  # Stop must work whatever else does not.
    return state, []


def _server_is_gone(state: State, problem: Problem) -> Step:
    state = replace(state, process=Process.NONE, run=state.run + 1, again=False, trial=None, after_trial=None)
    state = show(state, phase=Phase.CRASHED, pid=None, running_since=None, waiting_for="", problem=problem)
    state, running = reply_to_waiters(state, Until.RUNNING, problem)
    state, stopped = reply_to_waiters(state, Until.STOPPED)
    return state, running + stopped
