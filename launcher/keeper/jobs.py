"""Installing, updating, repairing and changing settings: one job at a time. PURE."""

from dataclasses import replace

from launcher.keeper.effects import CancelJob, DoJob, End
from launcher.keeper.events import JobDone, JobStep, RequestReceived
from launcher.keeper.messages import ApplyFix, Install, Job, SetLogin, SetPort, Settings, Update, Use
from launcher.keeper.server_lifecycle import launch, stop_now
from launcher.keeper.state import Process, State, Step, Until, answer, now, show, wait, with_snapshot
from launcher.keeper.view import Phase, View
from launcher.problem import Problem
from launcher.server.install_progress import Progress

BUSY = Problem("Tavernkeep is busy with something else.", "Wait until it is done, or cancel it.")
CANCELLED = Problem("Cancelled.", "Nothing was changed.")
NOTHING_TO_CANCEL = Problem("There is nothing to cancel.")
LATER = "The change takes effect when SillyTavern starts next."


def begin_job(state: State, asked: RequestReceived, job: Job) -> Step:
    if state.job or state.quitting or state.trial:
        return now(state, asked, BUSY, refused=True)
    fixes_start = isinstance(job, ApplyFix) and state.view.problem is not None
    state = replace(wait(state, asked, Until.JOB), job=job, fixes_start=fixes_start)
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
        state, effects = answer(state, Until.JOB, CANCELLED, refused=True)
        return (state, [*effects, End()]) if state.process is Process.NONE else (state, effects)
    if done.problem:
        if before.phase is Phase.INSTALLING and not done.refused:
            state = show(state, problem=done.problem)
        return answer(state, Until.JOB, done.problem, done.refused)
    if state.process is Process.NONE:
        state = with_snapshot(state, done.looked)
    return _after_job(state, job, done, before)


def _after_job(state: State, job: Job | None, done: JobDone, before: View) -> Step:
    """The job succeeded: start, or start anew, when that is what makes it count."""
    if isinstance(job, Update) and done.looked.installed:
        state = replace(state, trial=done.looked.installed.folder, folder=done.looked.installed.folder)
    elif isinstance(job, Use | Install):
        state = replace(state, folder=None)
    start_now = isinstance(job, Update) or (isinstance(job, Install) and job.start)
    start_now = start_now or (state.fixes_start and done.looked.installed is not None)
    if isinstance(job, Settings) and state.process is not Process.NONE:
        if job.later:
            notices = (*(notice for notice in before.notices if notice != LATER), LATER)
            state = show(state, whitelist=done.looked.whitelist, login=done.looked.login, notices=notices)
            return answer(state, Until.JOB)
        if _runs_so_already(before, job, done):
            return answer(state, Until.JOB)
    if state.process is Process.NONE and not start_now:
        return answer(show(state, problem=None), Until.JOB)
    waiters = tuple(replace(w, until=Until.RUNNING) if w.until is Until.JOB else w for w in state.waiters)
    state = replace(state, waiters=waiters, crashes=())
    if state.process is Process.NONE:
        return launch(state)
    return stop_now(state, again=True)


def _runs_so_already(view: View, job: Job | None, done: JobDone) -> bool:
    """The running server does what was asked for, so that nobody's chat need be interrupted."""
    looked = done.looked
    if isinstance(job, SetLogin) or LATER in view.notices or not looked.access:
        return False
    if isinstance(job, SetPort):
        return looked.port == view.port
    return (looked.whitelist, looked.access, looked.login) == (view.whitelist, view.access, view.login)


def cancel(state: State, asked: RequestReceived) -> Step:
    if not state.job:
        return now(state, asked, NOTHING_TO_CANCEL, refused=True)
    return wait(state, asked, Until.STOPPED if state.quitting else Until.JOB), [CancelJob()]
