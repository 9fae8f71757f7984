"""The keeper's one loop: takes what happened, asks `next_state`, does what that says, tells the UIs."""

import contextlib
import heapq
import os
import queue
import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from launcher.access.interlock import RefusedError
from launcher.keeper import channel, device_store, file_snapshot, worker
from launcher.keeper.after_bug import after_bug
from launcher.keeper.disk_queue import DiskQueue
from launcher.keeper.events import (
    AddressesFound,
    CancelJob,
    CheckIfBusy,
    CloseInput,
    DevicesIdentified,
    DevicesLoaded,
    DoJob,
    Effect,
    End,
    Event,
    FilesChanged,
    FileSnapshot,
    IdentifyDevices,
    JobDone,
    JobStep,
    KillTree,
    LaunchFailed,
    LaunchServer,
    NotSettled,
    OutputRead,
    Probe,
    RequestReceived,
    SaveDevices,
    SaveSettings,
    ServerBusy,
    ServerEnded,
    ServerLaunched,
    SetTimer,
    SettingsRead,
    SettingsSaved,
    SettleUpdate,
    Tell,
    TimerFired,
    UILeft,
)
from launcher.keeper.messages import Changed, Envelope, Quit, Request, Start
from launcher.keeper.next_state import next_state
from launcher.keeper.state import OURSELVES, State
from launcher.keeper.view import View
from launcher.network import ports
from launcher.network.addresses import local_addresses
from launcher.problem import Problem, TavernkeepError
from launcher.server.install_progress import Progress
from launcher.server.output import OutputEvent, Ready
from launcher.server.server_process import ServerProcess
from launcher.system import safety_net, settings, single_instance
from launcher.system.folders import Folders
from launcher.system.logs import RotatingLog
from launcher.system.process_tree import end_children_with_us

WATCH_INTERVAL_S = 4.0
FIRST_CLIENT_PATIENCE_S = 60.0
FIRST_LOOK_PATIENCE_S = 3.0
LAST_WRITE_PATIENCE_S = 3.0
PROBE_PATIENCE_S = 2.0


def keep(folders: Folders, start: bool) -> int:
    """Be the keeper of these folders until told to quit. Returns the exit status: 0 at once when there is one.

    `start`: start the server as well, before anyone asks.
    """
    folders.make()
    if not single_instance.hold(folders.run / "keeper.lock"):
        return 0
    end_children_with_us()
    Keeper(folders).run(Start() if start else None)
    return 0


class Keeper:
    """Everything runs in the thread that calls `run`, but for the channel's, the server's and the workers' threads.

    They only put events into the queue.
    """

    def __init__(self, folders: Folders) -> None:
        self._folders = folders
        self._queue: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._timers: list[tuple[float, int, SetTimer]] = []
        self._timer_count = 0
        self._servers: dict[int, ServerProcess] = {}
        self._server_log = RotatingLog(folders.server_log)
        self._cancelled = threading.Event()
        self._reading = threading.Lock()
        self._disk = DiskQueue()
        self._watching = False
        self._address_watch: threading.Thread | None = None
        self._ended = False
        self._seen: file_snapshot.Stamp | None = None
        self.state = State(view=View(keeper_pid=os.getpid()))
        self._effects: dict[type, Callable[..., None]] = {
            LaunchServer: self._launch,
            CloseInput: self._close_input,
            KillTree: self._kill_tree,
            Probe: self._probe,
            SetTimer: self._set_timer,
            DoJob: self._do_job,
            CancelJob: lambda effect: self._cancelled.set(),
            SettleUpdate: self._settle_update,
            IdentifyDevices: self._recognise,
            CheckIfBusy: self._look_if_busy,
            SaveDevices: self._save_devices,
            SaveSettings: self._save_settings,
            Tell: lambda effect: self._door.send(effect.client, effect.event),
            End: self._end,
        }

    def run(self, first: Request | None = None) -> None:
        """Until the end; `first` is asked for by nobody. Raises TavernkeepError when the channel cannot be opened."""
        self._door = channel.ChannelServer(channel.place_of(self._folders), self._on_request, self._on_left)
        for name in ("SIGTERM", "SIGINT", "SIGHUP", "SIGBREAK"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), self._on_signal)
        self._set_timer(SetTimer("idle", 0, FIRST_CLIENT_PATIENCE_S))
        self._set_timer(SetTimer("watch", 0, WATCH_INTERVAL_S))
        self._first_look()
        if first:
            self._queue.put(RequestReceived(time.monotonic(), OURSELVES, 0, first))
        while not self._ended:
            self._take(self._next())
        self._door.stop_accepting()
        self._disk.finish(LAST_WRITE_PATIENCE_S)
        self._door.close()

    def _first_look(self) -> None:
        """Read everything before the first request is handled, so that nobody sees a view that knows nothing yet.

        A drive that hangs is not waited for: what it says is taken over when it comes.
        """
        found: queue.SimpleQueue[Event] = queue.SimpleQueue()
        looked = threading.Event()

        def look() -> None:
            found.put(AddressesFound(time.monotonic(), local_addresses()))
            self._seen = file_snapshot.stamp(self._folders)
            found.put(FilesChanged(time.monotonic(), file_snapshot.read_snapshot(self._folders)))
            found.put(DevicesLoaded(time.monotonic(), device_store.load(self._folders.devices_file)))
            found.put(self._settings_now())
            looked.set()

        def hand_over() -> None:
            while not found.empty():
                self._queue.put(found.get())

        self._disk.put(look, "the first look", looked.set)
        looked.wait(FIRST_LOOK_PATIENCE_S)
        while not found.empty():
            self._take(found.get())
        self._disk.put(hand_over, "the late first look")

    # What happens, put into the queue by other threads.

    def _on_request(self, client: int, envelope: Envelope) -> None:
        self._queue.put(RequestReceived(time.monotonic(), client, envelope.id, envelope.request))

    def _on_left(self, client: int) -> None:
        self._queue.put(UILeft(time.monotonic(), client))

    def _on_signal(self, number: int, frame: object) -> None:
        self._queue.put(RequestReceived(time.monotonic(), OURSELVES, 0, Quit()))

    def _next(self) -> Event:
        """Return the next event, or the next timer that is due."""
        while True:
            due_s = self._timers[0][0] - time.monotonic() if self._timers else None
            if due_s is not None and due_s <= 0:
                timer = heapq.heappop(self._timers)[2]
                return TimerFired(time.monotonic(), timer.name, timer.run)
            with contextlib.suppress(queue.Empty):
                return self._queue.get(timeout=due_s)

    def _take(self, event: Event) -> None:
        if isinstance(event, TimerFired) and event.name == "watch":
            self._watch()
            return
        before = self.state.view
        watching = _watchers(self.state)
        name = type(event).__name__
        step = safety_net.attempt(lambda: next_state(self.state, event), f"handling {name}")
        self.state, effects = step or after_bug(self.state, event, self._mistake())
        self._apply(before, watching, effects)

    def _apply(self, before: View, watching: Sequence[int], effects: Sequence[Effect]) -> None:
        """Tell the watchers first, so that nobody gets a reply before the view that explains it."""
        changed = self.state.view != before
        for client in _watchers(self.state):
            if changed or client not in watching:
                self._door.send(client, Changed(self.state.view))
        for effect in effects:
            safety_net.attempt(partial(self._effects[type(effect)], effect), f"the effect {type(effect).__name__}")

    def _mistake(self) -> Problem:
        return safety_net.mistake(self._folders.own_log)

    # What is done about it.

    def _launch(self, launch: LaunchServer) -> None:
        def failed() -> None:
            looked = safety_net.attempt(lambda: file_snapshot.read_snapshot(self._folders), "looking at the files")
            problem = self._mistake()
            self._queue.put(
                LaunchFailed(time.monotonic(), launch.run, problem, looked or FileSnapshot(problem=problem))
            )

        # By way of the disk queue: what SettleUpdate brings back has to be there first.
        name = f"launch {launch.run}"
        self._disk.put(lambda: safety_net.start_thread(lambda: self._launch_now(launch), name, failed), name)

    def _launch_now(self, launch: LaunchServer) -> None:
        looked = FileSnapshot()
        try:
            looked, prepared = worker.prepare(self._folders, launch.folder)
            server = ServerProcess(
                replace(prepared.plan, busy_file=self._folders.run / f"busy-{launch.run}"),
                self._server_log,
                lambda event: self._on_output(launch.run, event),
                lambda code, lines: self._on_end(launch.run, code, lines),
            )
        except TavernkeepError as error:
            self._queue.put(
                LaunchFailed(time.monotonic(), launch.run, error.problem, file_snapshot.read_snapshot(self._folders))
            )
            return
        self._servers[launch.run] = server
        self._queue.put(ServerLaunched(time.monotonic(), launch.run, server.pid, looked, prepared.notices))
        server.watch()

    def _on_output(self, run: int, event: OutputEvent) -> None:
        self._queue.put(OutputRead(time.monotonic(), run, event, time.time()))

    def _on_end(self, run: int, code: int, lines: Sequence[str]) -> None:
        port = self.state.view.port
        problem = safety_net.attempt(lambda: worker.why_it_ended(lines, code, port), "finding out why it ended")
        self._servers.pop(run, None)
        self._queue.put(ServerEnded(time.monotonic(), run, problem or self._mistake()))

    def _close_input(self, close: CloseInput) -> None:
        if server := self._servers.get(close.run):
            server.close_input()

    def _kill_tree(self, kill: KillTree) -> None:
        if server := self._servers.get(kill.run):
            server.kill_tree()

    def _probe(self, probe: Probe) -> None:
        port = self.state.view.port
        if port and probe.run in self._servers:
            safety_net.start_thread(lambda: self._probe_now(probe, port), "probe")

    def _probe_now(self, probe: Probe, port: int) -> None:
        if ports.replies(port, PROBE_PATIENCE_S):
            self._on_output(probe.run, Ready())

    def _set_timer(self, timer: SetTimer) -> None:
        self._timer_count += 1
        heapq.heappush(self._timers, (time.monotonic() + timer.seconds, self._timer_count, timer))

    def _do_job(self, do: DoJob) -> None:
        self._cancelled.clear()

        def failed() -> None:
            self._queue.put(JobDone(time.monotonic(), FileSnapshot(), self._mistake()))

        safety_net.start_thread(lambda: self._do_job_now(do), type(do.job).__name__, failed)

    def _do_job_now(self, do: DoJob) -> None:
        try:
            looked = worker.do(do.job, self._folders, self.state.view, self._on_progress, self._cancelled)
            done = JobDone(time.monotonic(), looked)
        except RefusedError as error:
            done = JobDone(time.monotonic(), FileSnapshot(), error.problem, refused=True)
        except TavernkeepError as error:
            done = JobDone(time.monotonic(), FileSnapshot(), error.problem)
        self._read_settings()
        self._queue.put(done)

    def _on_progress(self, progress: Progress) -> None:
        self._queue.put(JobStep(time.monotonic(), progress))

    def _settle_update(self, settle: SettleUpdate) -> None:
        self._disk.put(lambda: self._settle_update_now(settle), "settling the update")

    def _settle_update_now(self, settle: SettleUpdate) -> None:
        try:
            worker.settle_update(self._folders, settle.folder, settle.kept)
        except TavernkeepError as error:
            self._queue.put(NotSettled(time.monotonic(), error.problem))
        except OSError as error:
            problem = Problem(f"The update could not be completed: {error.strerror}.", str(error.filename or ""))
            self._queue.put(NotSettled(time.monotonic(), problem))

    def _save_devices(self, save: SaveDevices) -> None:
        self._disk.put(lambda: device_store.save(self._folders.devices_file, save.known), "saving the devices")

    def _recognise(self, effect: IdentifyDevices) -> None:
        def failed() -> None:
            self._queue.put(DevicesIdentified(time.monotonic(), ()))

        safety_net.start_thread(lambda: self._recognise_now(effect), "recognise", failed)

    def _recognise_now(self, effect: IdentifyDevices) -> None:
        from launcher.keeper.device_details import recognise

        self._queue.put(DevicesIdentified(time.monotonic(), recognise(effect.devices)))

    def _look_if_busy(self, look: CheckIfBusy) -> None:
        def see() -> None:
            server = self._servers.get(look.run)
            self._queue.put(ServerBusy(time.monotonic(), look.run, server is not None and server.busy()))

        self._disk.put(see, "seeing whether a request is under way")

    def _end(self, end: End) -> None:
        self._ended = True

    # What is looked after by the clock.

    def _watch(self) -> None:
        """Have addresses and files looked at, each in a thread of its own, and neither again before it has ended."""
        self._set_timer(SetTimer("watch", 0, WATCH_INTERVAL_S))
        if not (self._address_watch and self._address_watch.is_alive()):
            self._address_watch = safety_net.start_thread(self._watch_addresses_now, "watching the addresses")
        if not self._watching:
            self._watching = True
            self._disk.put(self._watch_files_now, "watching the files")

    def _watch_addresses_now(self) -> None:
        found = local_addresses()
        if found != self.state.view.addresses:
            self._queue.put(AddressesFound(time.monotonic(), found))

    def _watch_files_now(self) -> None:
        self._watching = False
        stamp = file_snapshot.stamp(self._folders)
        if stamp != self._seen:
            self._seen = stamp
            self._queue.put(FilesChanged(time.monotonic(), file_snapshot.read_snapshot(self._folders)))
            self._read_settings()

    def _read_settings(self) -> None:
        """Take over what the file says now. In one go: what was read last is told last."""
        with self._reading:
            self._queue.put(self._settings_now())

    def _settings_now(self) -> SettingsRead:
        try:
            return SettingsRead(time.monotonic(), settings.load(self._folders.settings_file))
        except TavernkeepError as error:
            return SettingsRead(time.monotonic(), None, error.problem)

    # What is chosen.

    def _save_settings(self, save: SaveSettings) -> None:
        def failed() -> None:
            self._queue.put(SettingsSaved(time.monotonic(), save.asked, self._mistake()))

        safety_net.start_thread(lambda: self._save_settings_now(save), "saving a setting", failed)

    def _save_settings_now(self, save: SaveSettings) -> None:
        problem, refused = None, False
        try:
            problem = worker.choose(save.choice, self._folders)
        except TavernkeepError as error:
            problem, refused = error.problem, isinstance(error, RefusedError)
        self._read_settings()
        self._queue.put(SettingsSaved(time.monotonic(), save.asked, problem, refused))


def _watchers(state: State) -> list[int]:
    return [client.id for client in state.clients if client.watching]
