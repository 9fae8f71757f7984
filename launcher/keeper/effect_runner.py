"""Does what `next_state` says. What takes time is done in other threads, which put what came of it into the queue."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from launcher.access.interlock import RefusedError
from launcher.keeper import device_store, effects, events, file_snapshot, worker
from launcher.keeper.disk_queue import DiskQueue
from launcher.keeper.events import Event, FileSnapshot
from launcher.keeper.messages import ChangeSettings, Job
from launcher.keeper.view import View
from launcher.network import ports
from launcher.problem import Problem, TavernkeepError
from launcher.server.install_progress import Progress
from launcher.server.output import OutputEvent, Ready
from launcher.server.server_process import ServerProcess
from launcher.system import safety_net, settings
from launcher.system.folders import Folders
from launcher.system.logs import RotatingLog

PROBE_PATIENCE_S = 2.0


class EffectRunner:
    """`put` takes events from any thread; `view` returns what the keeper shows now. `disk` is shared with the loop."""

    def __init__(
        self, folders: Folders, disk: DiskQueue, put: Callable[[Event], None], view: Callable[[], View]
    ) -> None:
        self._folders, self._disk, self._put, self._view = folders, disk, put, view
        self._servers: dict[int, ServerProcess] = {}
        self._server_log = RotatingLog(folders.server_log)
        self._cancelled = threading.Event()
        self._reading = threading.Lock()

    def run(self, effect: effects.Effect) -> None:
        """Do `effect`, any but those that the loop does itself; returns at once."""
        match effect:
            case effects.RunEffect():
                self._run_for_server(effect)
            case effects.DoJob(job):
                self._cancelled.clear()
                self._begin(
                    type(job).__name__,
                    lambda: self._do_job(job),
                    lambda at: events.JobDone(at, FileSnapshot(), self.mistake()),
                )
            case effects.CancelJob():
                self._cancelled.set()
            case effects.SettleUpdate(folder, kept):
                self._disk.put(lambda: self._settle_update(folder, kept), "settling the update")
            case effects.IdentifyDevices():
                self._begin(
                    "identifying devices", lambda: _identify(effect), lambda at: events.DevicesIdentified(at, ())
                )
            case effects.SaveDevices(devices):
                self._disk.put(lambda: device_store.save(self._folders.devices_file, devices), "saving the devices")
            case effects.SaveSettings(received, choice):
                self._begin(
                    "saving a setting",
                    lambda: self._save_settings(received, choice),
                    lambda at: events.SettingsSaved(at, received, self.mistake()),
                )

    def _run_for_server(self, effect: effects.RunEffect) -> None:
        server, port = self._servers.get(effect.run), self._view().port
        match effect:
            case effects.LaunchServer():
                # By way of the disk queue: what SettleUpdate brings back has to be there first.
                self._disk.put(lambda: self._begin_launch(effect), f"launch {effect.run}")
            case effects.CloseInput() if server:
                server.close_input()
            case effects.KillTree() if server:
                server.kill_tree()
            case effects.Probe() if server and port:
                safety_net.start_thread(lambda: self._probe(effect.run, port), "probe")
            case effects.CheckIfBusy():
                self._disk.put(lambda: self._check_if_busy(effect.run), "seeing whether a request is under way")

    def mistake(self) -> Problem:
        """Return what people read about a bug of ours."""
        return safety_net.mistake(self._folders.own_log)

    def read_settings(self) -> None:
        """Put what the settings file says now into the queue. What was read last is put last."""
        with self._reading:
            self._put(self.settings_now())

    def settings_now(self) -> events.SettingsRead:
        """Return what the settings file says now."""
        try:
            return events.SettingsRead(time.monotonic(), settings.load(self._folders.settings_file))
        except TavernkeepError as error:
            return events.SettingsRead(time.monotonic(), None, error.problem)

    def _begin(self, name: str, do: Callable[[], Event], failed: Callable[[float], Event]) -> None:
        """Put the event that `do` returns into the queue; when it has a bug, the one that `failed` returns."""
        safety_net.start_thread(lambda: self._put(do()), name, lambda: self._put(failed(time.monotonic())))

    def _begin_launch(self, launch: effects.LaunchServer) -> None:
        def failed() -> None:
            snapshot = safety_net.attempt(lambda: file_snapshot.read_snapshot(self._folders), "looking at the files")
            problem = self.mistake()
            snapshot = snapshot or FileSnapshot(problem=problem)
            self._put(events.LaunchFailed(time.monotonic(), launch.run, problem, snapshot))

        safety_net.start_thread(lambda: self._launch(launch), f"launch {launch.run}", failed)

    def _launch(self, launch: effects.LaunchServer) -> None:
        try:
            snapshot, prepared = worker.prepare(self._folders, launch.folder)
            server = ServerProcess(
                replace(prepared.plan, busy_file=self._folders.run / f"busy-{launch.run}"),
                self._server_log,
                lambda event: self._on_output(launch.run, event),
                lambda code, lines: self._on_end(launch.run, code, lines),
            )
        except TavernkeepError as error:
            snapshot = file_snapshot.read_snapshot(self._folders)
            self._put(events.LaunchFailed(time.monotonic(), launch.run, error.problem, snapshot))
            return
        self._servers[launch.run] = server
        self._put(events.ServerLaunched(time.monotonic(), launch.run, server.pid, snapshot, prepared.notices))
        server.watch()

    def _on_output(self, run: int, event: OutputEvent) -> None:
        self._put(events.OutputRead(time.monotonic(), run, event, time.time()))

    def _on_end(self, run: int, code: int, lines: Sequence[str]) -> None:
        port = self._view().port
        problem = safety_net.attempt(lambda: worker.why_it_ended(lines, code, port), "finding out why it ended")
        self._servers.pop(run, None)
        self._put(events.ServerEnded(time.monotonic(), run, problem or self.mistake()))

    def _probe(self, run: int, port: int) -> None:
        if ports.replies(port, PROBE_PATIENCE_S):
            self._on_output(run, Ready())

    def _check_if_busy(self, run: int) -> None:
        server = self._servers.get(run)
        self._put(events.ServerBusy(time.monotonic(), run, server is not None and server.busy()))

    def _do_job(self, job: Job) -> events.JobDone:
        snapshot, problem, refused = FileSnapshot(), None, False
        try:
            snapshot = worker.do(job, self._folders, self._view(), self._on_progress, self._cancelled)
        except TavernkeepError as error:
            problem, refused = error.problem, isinstance(error, RefusedError)
        self.read_settings()
        return events.JobDone(time.monotonic(), snapshot, problem, refused)

    def _on_progress(self, progress: Progress) -> None:
        self._put(events.JobStep(time.monotonic(), progress))

    def _settle_update(self, folder: str, kept: bool) -> None:
        try:
            worker.settle_update(self._folders, folder, kept)
        except TavernkeepError as error:
            self._put(events.NotSettled(time.monotonic(), error.problem))
        except OSError as error:
            problem = Problem(f"The update could not be completed: {error.strerror}.", str(error.filename or ""))
            self._put(events.NotSettled(time.monotonic(), problem))

    def _save_settings(self, received: events.RequestReceived, choice: ChangeSettings) -> events.SettingsSaved:
        problem, refused = None, False
        try:
            problem = worker.choose(choice, self._folders)
        except TavernkeepError as error:
            problem, refused = error.problem, isinstance(error, RefusedError)
        self.read_settings()
        return events.SettingsSaved(time.monotonic(), received, problem, refused)


def _identify(effect: effects.IdentifyDevices) -> events.DevicesIdentified:
    # Imported late: it loads ua-parser.
    from launcher.keeper.device_details import recognise

    return events.DevicesIdentified(time.monotonic(), recognise(effect.devices))
