"""The function that decides everything the keeper does: `next_state(state, event)`. PURE."""

from collections.abc import Callable
from dataclasses import replace

from launcher.keeper import approval_ui, device_activity, events, server_lifecycle
from launcher.keeper.approval import AskWhen
from launcher.keeper.effects import Effect, End, KillTree, Probe, SetTimer
from launcher.keeper.jobs import job_done, job_step
from launcher.keeper.request_handlers import handle_request
from launcher.keeper.server_lifecycle import PROBE_INTERVAL_S, launch, launch_failed, server_ended, server_launched
from launcher.keeper.state import Process, State, Step, reply, show, with_snapshot
from launcher.keeper.view import Phase, Tray
from launcher.server.output import Doing, Ready

IDLE_PATIENCE_S = 600.0


def next_state(state: State, event: events.Event) -> Step:
    """Return the state after `event`, and the effects in the order in which they have to be done."""
    step: Callable[[State, events.Event], Step] = _STEPS[type(event)]
    after, effects = step(state, event)
    of_a_device = isinstance(event, events.OutputRead) and not _of_the_server(event)
    if of_a_device or isinstance(event, events.DevicesIdentified):
        return after, effects  # It may be one of thousands: the timer `devices` shows what they come to.
    after, more = device_activity.settle(state, after, event.at)
    after, calls = approval_ui.call(after)
    return after, _saving_first(after, effects + more + calls)


def _saving_first(state: State, effects: list[Effect]) -> list[Effect]:
    """Save before the keeper ends."""
    ends = any(isinstance(effect, End) for effect in effects)
    return [*device_activity.save_devices(state)[1], *effects] if ends else effects


def output_read(state: State, printed: events.OutputRead) -> Step:
    handle = server_lifecycle.output_read if _of_the_server(printed) else device_activity.device_seen
    return handle(state, printed)


def _of_the_server(printed: events.OutputRead) -> bool:
    return isinstance(printed.event, Ready | Doing)


def job_ended(state: State, done: events.JobDone) -> Step:
    return job_done(device_activity.whitelist_edited(state, done), done)


def timer_fired(state: State, fired: events.TimerFired) -> Step:
    if fired.name in device_activity.TIMERS:
        return device_activity.timer_fired(state, fired)
    if fired.name == "idle":
        leave = not state.clients and state.process is Process.NONE and not state.job
        return state, [End()] if leave and state.view.phase in (Phase.STOPPED, Phase.CRASHED) else []
    if fired.run != state.run:
        return state, []
    if fired.name == "retry" and state.process is Process.NONE:
        return launch(state, "SillyTavern is started again.")
    if fired.name == "probe" and state.view.phase is Phase.STARTING:
        return state, [Probe(state.run), SetTimer("probe", state.run, PROBE_INTERVAL_S)]
    if fired.name == "kill" and state.view.phase is Phase.STOPPING:
        return state, [KillTree(state.run)]
    return state, []


def ui_left(state: State, left: events.UILeft) -> Step:
    gone = next((c for c in state.clients if c.id == left.client), None)
    state = replace(
        state,
        clients=tuple(c for c in state.clients if c.id != left.client),
        waiters=tuple(w for w in state.waiters if w.client != left.client),
    )
    state = device_activity.ui_left(state, left)
    if gone and gone.ui == "tray" and state.view.tray is Tray.SHOWN:
        state = show(state, tray=Tray.UNKNOWN)
    if gone and gone.ui == "window":
        state = show(state, window=False)
    if state.clients or state.process is not Process.NONE or state.job:
        return state, []
    if state.view.phase is Phase.STOPPED and not state.view.problem:
        return state, [End()]
    return state, [SetTimer("idle", state.run, IDLE_PATIENCE_S)]


def addresses_found(state: State, found: events.AddressesFound) -> Step:
    return show(state, addresses=found.addresses), []


def files_changed(state: State, changed: events.FilesChanged) -> Step:
    """Show what the files say, unless a server runs: it still does what it read at its start."""
    if state.process is not Process.NONE:
        return state, []
    before, now_wrong = state.files_problem, changed.snapshot.problem
    state = replace(with_snapshot(state, changed.snapshot), files_problem=now_wrong)
    # A problem that the files showed goes when they no longer do. Why a start failed stays on the screen.
    if state.view.phase is Phase.STOPPED and (now_wrong or state.view.problem == before):
        state = show(state, problem=now_wrong)
    return state, []


def settings_read(state: State, read: events.SettingsRead) -> Step:
    """Settings that cannot be read leave those that were read before."""
    settings = read.settings or state.view.settings
    state = show(state, settings=settings, settings_problem=read.problem)
    return replace(state, approval=replace(state.approval, asking=AskWhen(settings.asking))), []


def settings_saved(state: State, saved: events.SettingsSaved) -> Step:
    return state, reply(saved.received, saved.problem, saved.refused)


def not_settled(state: State, found: events.NotSettled) -> Step:
    told = f"{found.problem.title} {found.problem.advice}".strip()
    return show(state, notices=(*state.view.notices, told)), []


_STEPS: dict[type, Callable[..., Step]] = {
    events.RequestReceived: handle_request,
    events.UILeft: ui_left,
    events.ServerLaunched: server_launched,
    events.LaunchFailed: launch_failed,
    events.OutputRead: output_read,
    events.ServerEnded: server_ended,
    events.TimerFired: timer_fired,
    events.AddressesFound: addresses_found,
    events.FilesChanged: files_changed,
    events.JobStep: job_step,
    events.JobDone: job_ended,
    events.DevicesLoaded: device_activity.devices_loaded,
    events.SettingsRead: settings_read,
    events.SettingsSaved: settings_saved,
    events.NotSettled: not_settled,
    events.DevicesIdentified: device_activity.devices_identified,
    events.ServerBusy: device_activity.server_busy,
}
