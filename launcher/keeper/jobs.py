"""Installing, updating, repairing and changing settings: one job at a time. PURE."""

from dataclasses import replace

from launcher.keeper.effects import CancelJob, DoJob, End
from launcher.keeper.events import JobDone, JobStep, RequestReceived
from launcher.keeper.messages import ApplyFix, Cancel, Install, Job, SetLogin, SetPort, Settings, Update, Use
from launcher.keeper.server_lifecycle import launch, stop_now
from launcher.keeper.state import Process, State, Step, Until, reply, reply_to_waiters, show, wait, with_snapshot
from launcher.keeper.view import Phase, View
from launcher.problem import Problem
from launcher.server.install_progress import Progress

BUSY = Problem("Tavernkeep is busy with something else.", "Wait until it is done, or cancel it.")
CANCELLED = Problem("Cancelled.", "Nothing was changed.")
NOTHING_TO_CANCEL = Problem("There is nothing to cancel.")
LATER = "The change takes effect when SillyTavern starts next."


def begin_job(state: State, received: RequestReceived, job: Job) -> Step:
    if state.job or state.quitting or state.trial:
        return state, reply(received, BUSY, refused=True)
    fixes_start = isinstance(job, ApplyFix) and state.view.problem is not None
    state = replace(wait(state, received, Until.JOB), job=job, fixes_start=fixes_start)
    if isinstance(job, Install | Update) and state.process is Process.NONE:
        state = show(state, phase=Phase.INSTALLING, problem=None, progress=Progress("Getting ready"))
    return state, [DoJob(job)]


def job_step(state: State, step: JobStep) -> Step:
    if not state.job:
        return state, []
    if state.process is Process.NONE:
        state = show(state, phase=Phase.INSTALLING, problem=None)
    return show(state, progress=step.progress), []


def job_done(state: State, done: JobDone) -> Step:
    job, before = state.job, state.view
    state = show(replace(state, job=None), progress=None)
    if state.view.phase is Phase.INSTALLING:
        state = show(state, phase=Phase.STOPPED, waiting_for="")
    if state.quitting:
        state, effects = reply_to_waiters(state, Until.JOB, CANCELLED, refused=True)
        return (state, [*effects, End()]) if state.process is Process.NONE else (state, effects)
    if done.problem:
        if before.phase is Phase.INSTALLING and not done.refused:
            state = show(state, problem=done.problem)
        return reply_to_waiters(state, Until.JOB, done.problem, done.refused)
    if state.process is Process.NONE:
        state = with_snapshot(state, done.snapshot)
    return _after_job(state, job, done, before)


def _after_job(state: State, job: Job | None, done: JobDone, before: View) -> Step:
    """The job succeeded: start or restart the server when the change needs that."""
    if isinstance(job, Update) and done.snapshot.installed:
        state = replace(state, trial=done.snapshot.installed.folder, folder=done.snapshot.installed.folder)
    elif isinstance(job, Use | Install):
        state = replace(state, folder=None)
    start_now = isinstance(job, Update) or (isinstance(job, Install) and job.start)
    start_now = start_now or (state.fixes_start and done.snapshot.installed is not None)
    if isinstance(job, Settings) and state.process is not Process.NONE:
        if job.later:
            notices = (*(notice for notice in before.notices if notice != LATER), LATER)
            state = show(state, whitelist=done.snapshot.whitelist, login=done.snapshot.login, notices=notices)
            return reply_to_waiters(state, Until.JOB)
        if _runs_so_already(before, job, done):
            return reply_to_waiters(state, Until.JOB)
    if state.process is Process.NONE and not start_now:
        return reply_to_waiters(show(state, problem=None), Until.JOB)
    waiters = tuple(replace(w, until=Until.RUNNING) if w.until is Until.JOB else w for w in state.waiters)
    state = replace(state, waiters=waiters, crashes=())
    if state.process is Process.NONE:
        return launch(state)
    return stop_now(state, again=True)


def _runs_so_already(view: View, job: Job | None, done: JobDone) -> bool:
    """True when the running server already does what was asked for: then nobody's chat has to be interrupted."""
    snapshot = done.snapshot
    if isinstance(job, SetLogin) or LATER in view.notices or not snapshot.access:
        return False
    if isinstance(job, SetPort):
        return snapshot.port == view.port
    return (snapshot.whitelist, snapshot.access, snapshot.login) == (view.whitelist, view.access, view.login)


def cancel(state: State, received: RequestReceived, cancelling: Cancel) -> Step:
    if not state.job:
        return state, reply(received, NOTHING_TO_CANCEL, refused=True)
    return wait(state, received, Until.STOPPED if state.quitting else Until.JOB), [CancelJob()]
