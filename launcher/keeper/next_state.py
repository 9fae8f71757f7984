"""What the keeper does when something happens: `next_state(state, event)`. PURE."""

from collections.abc import Callable
from dataclasses import replace

from launcher.keeper import approval_ui, device_activity, events, server_lifecycle
from launcher.keeper.approval import AskWhen
from launcher.keeper.effects import Effect, End, KillTree, Probe, SetTimer
from launcher.keeper.jobs import job_done, job_step
from launcher.keeper.request_handlers import asked
from launcher.keeper.server_lifecycle import PROBE_INTERVAL_S, ended, launch, launch_failed, launched
from launcher.keeper.state import Process, State, Step, now, show, with_snapshot
from launcher.keeper.view import Phase, Tray
from launcher.server.output import Doing, Ready

IDLE_PATIENCE_S = 600.0


def next_state(state: State, event: events.Event) -> Step:
    """Return the state after `event`, and the effects in order."""
    step: Callable[[State, events.Event], Step] = _STEPS[type(event)]
    after, effects = step(state, event)
    of_a_device = isinstance(event, events.OutputRead) and not _of_the_server(event)
    if of_a_device or isinstance(event, events.DevicesIdentified):
        return after, effects  # It may be one of thousands: the timer `devices` shows what they come to.
    after, more = device_activity.settled(state, after, event.at)
    after, calls = approval_ui.call(after)
    return after, _saving_first(after, effects + more + calls)


def _saving_first(state: State, effects: list[Effect]) -> list[Effect]:
    """What has to be saved is saved before the end."""
    ends = any(isinstance(effect, End) for effect in effects)
    return [*device_activity.saved(state)[1], *effects] if ends else effects


def printed(state: State, printed: events.OutputRead) -> Step:
    return (
        server_lifecycle.printed(state, printed) if _of_the_server(printed) else device_activity.noticed(state, printed)
    )


def _of_the_server(printed: events.OutputRead) -> bool:
    return isinstance(printed.event, Ready | Doing)


def done(state: State, done: events.JobDone) -> Step:
    return job_done(device_activity.edited(state, done), done)


def time_up(state: State, rang: events.TimerFired) -> Step:
    if rang.name in device_activity.TIMERS:
        return device_activity.time_up(state, rang)
    if rang.name == "idle":
        leave = not state.clients and state.process is Process.NONE and not state.job
        return state, [End()] if leave and state.view.phase in (Phase.STOPPED, Phase.CRASHED) else []
    if rang.run != state.run:
        return state, []
    if rang.name == "retry" and state.process is Process.NONE:
        return launch(state, "SillyTavern is started again.")
    if rang.name == "probe" and state.view.phase is Phase.STARTING:
        return state, [Probe(state.run), SetTimer("probe", state.run, PROBE_INTERVAL_S)]
    if rang.name == "kill" and state.view.phase is Phase.STOPPING:
        return state, [KillTree(state.run)]
    return state, []


def left(state: State, left: events.UILeft) -> Step:
    gone = next((c for c in state.clients if c.id == left.client), None)
    state = replace(
        state,
        clients=tuple(c for c in state.clients if c.id != left.client),
        waiters=tuple(w for w in state.waiters if w.client != left.client),
    )
    state = device_activity.left(state, left)
    if gone and gone.ui == "tray" and state.view.tray is Tray.SHOWN:
        state = show(state, tray=Tray.UNKNOWN)
    if gone and gone.ui == "window":
        state = show(state, window=False)
    if state.clients or state.process is not Process.NONE or state.job:
        return state, []
    if state.view.phase is Phase.STOPPED and not state.view.problem:
        return state, [End()]
    return state, [SetTimer("idle", state.run, IDLE_PATIENCE_S)]


def addresses(state: State, found: events.AddressesFound) -> Step:
    return show(state, addresses=found.addresses), []


def saw(state: State, saw: events.FilesChanged) -> Step:
    """Files changed. A running server still does what it read at its start."""
    if state.process is not Process.NONE:
        return state, []
    before, now_wrong = state.files_problem, saw.looked.problem
    state = replace(with_snapshot(state, saw.looked), files_problem=now_wrong)
    # Why a start failed stays on the screen; only what the files said is taken back by the files.
    if state.view.phase is Phase.STOPPED and (now_wrong or state.view.problem == before):
        state = show(state, problem=now_wrong)
    return state, []


def settings_read(state: State, read: events.SettingsRead) -> Step:
    """What cannot be read leaves what was read before."""
    settings = read.settings or state.view.settings
    state = show(state, settings=settings, settings_problem=read.problem)
    return replace(state, bell=replace(state.bell, asking=AskWhen(settings.asking))), []


def chosen(state: State, chosen: events.SettingsSaved) -> Step:
    return now(state, chosen.asked, chosen.problem, chosen.refused)


def not_settled(state: State, found: events.NotSettled) -> Step:
    told = f"{found.problem.title} {found.problem.advice}".strip()
    return show(state, notices=(*state.view.notices, told)), []


_STEPS: dict[type, Callable[..., Step]] = {
    events.RequestReceived: asked,
    events.UILeft: left,
    events.ServerLaunched: launched,
    events.LaunchFailed: launch_failed,
    events.OutputRead: printed,
    events.ServerEnded: ended,
    events.TimerFired: time_up,
    events.AddressesFound: addresses,
    events.FilesChanged: saw,
    events.JobStep: job_step,
    events.JobDone: done,
    events.DevicesLoaded: device_activity.remembered,
    events.SettingsRead: settings_read,
    events.SettingsSaved: chosen,
    events.NotSettled: not_settled,
    events.DevicesIdentified: device_activity.recognised,
    events.ServerBusy: device_activity.busyness,
}
