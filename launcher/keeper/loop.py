"""The keeper's one loop: takes an event, has `next_state` decide, tells the UIs, and has the effects done."""

import contextlib
import heapq
import os
import queue
import signal
import threading
import time
from collections.abc import Sequence
from functools import partial

from launcher.keeper import channel, device_store, effects, events, file_snapshot
from launcher.keeper.after_bug import after_bug
from launcher.keeper.disk_queue import DiskQueue
from launcher.keeper.effect_runner import EffectRunner
from launcher.keeper.effects import Effect, SetTimer
from launcher.keeper.events import Event
from launcher.keeper.messages import Changed, Envelope, Quit, Request, Start
from launcher.keeper.next_state import next_state
from launcher.keeper.state import OURSELVES, State
from launcher.keeper.view import View
from launcher.network.addresses import local_addresses
from launcher.system import file_lock, safety_net
from launcher.system.folders import Folders
from launcher.system.process_tree import end_children_with_us

WATCH_INTERVAL_S = 4.0
FIRST_CLIENT_PATIENCE_S = 60.0
FIRST_LOOK_PATIENCE_S = 3.0
LAST_WRITE_PATIENCE_S = 3.0


def keep(folders: Folders, start: bool) -> int:
    """Be the keeper of these folders until told to quit. Returns the exit status: 0 at once when there is one already.

    `start`: start the server as well, before anyone asks. Raises TavernkeepError when the folders or the channel cannot
    be made.
    """
    folders.make()
    if not file_lock.hold(folders.run / "keeper.lock"):
        return 0
    end_children_with_us()
    Keeper(folders).run(Start() if start else None)
    return 0


class Keeper:
    """Decides in the thread that calls `run`. All other threads only put events into its queue."""

    def __init__(self, folders: Folders) -> None:
        self._folders = folders
        self._queue: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._timers: list[tuple[float, int, SetTimer]] = []
        self._timer_count = 0
        self._disk = DiskQueue()
        self._runner = EffectRunner(folders, self._disk, self._queue.put, lambda: self.state.view)
        self._watching_files = False
        self._address_watch: threading.Thread | None = None
        self._ended = False
        self._seen: file_snapshot.Stamp | None = None
        self.state = State(view=View(keeper_pid=os.getpid()))

    def run(self, first: Request | None = None) -> None:
        """Run until the end. `first` is a request that no UI made. Raises TavernkeepError without a channel."""
        self._channel = channel.ChannelServer(channel.place_of(self._folders), self._on_request, self._on_left)
        for name in ("SIGTERM", "SIGINT", "SIGHUP", "SIGBREAK"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), self._on_signal)
        self._set_timer(SetTimer("idle", 0, FIRST_CLIENT_PATIENCE_S))
        self._set_timer(SetTimer("watch", 0, WATCH_INTERVAL_S))
        self._first_look()
        if first:
            self._on_request(OURSELVES, Envelope(0, first))
        while not self._ended:
            self._take(self._next())
        self._channel.stop_accepting()
        self._disk.finish(LAST_WRITE_PATIENCE_S)
        self._channel.close()

    def _first_look(self) -> None:
        """Read everything before the first request is handled, so that nobody sees a view that knows nothing yet.

        A drive that hangs is not waited for: what it says is taken over when it comes.
        """
        found: queue.SimpleQueue[Event] = queue.SimpleQueue()
        looked = threading.Event()

        def look() -> None:
            found.put(events.AddressesFound(time.monotonic(), local_addresses()))
            self._seen = file_snapshot.stamp(self._folders)
            found.put(events.FilesChanged(time.monotonic(), file_snapshot.read_snapshot(self._folders)))
            found.put(events.DevicesLoaded(time.monotonic(), device_store.load(self._folders.devices_file)))
            found.put(self._runner.settings_now())
            looked.set()

        def hand_over() -> None:
            while not found.empty():
                self._queue.put(found.get())

        self._disk.put(look, "the first look", looked.set)
        looked.wait(FIRST_LOOK_PATIENCE_S)
        while not found.empty():
            self._take(found.get())
        self._disk.put(hand_over, "the late first look")

    def _on_request(self, client: int, envelope: Envelope) -> None:
        self._queue.put(events.RequestReceived(time.monotonic(), client, envelope.id, envelope.request))

    def _on_left(self, client: int) -> None:
        self._queue.put(events.UILeft(time.monotonic(), client))

    def _on_signal(self, number: int, frame: object) -> None:
        self._on_request(OURSELVES, Envelope(0, Quit()))

    def _next(self) -> Event:
        """Return the next event, or the next timer that is due."""
        while True:
            due_s = self._timers[0][0] - time.monotonic() if self._timers else None
            if due_s is not None and due_s <= 0:
                timer = heapq.heappop(self._timers)[2]
                return events.TimerFired(time.monotonic(), timer.name, timer.run)
            with contextlib.suppress(queue.Empty):
                return self._queue.get(timeout=due_s)

    def _set_timer(self, timer: SetTimer) -> None:
        self._timer_count += 1  # Of timers that are due at once, the older first.
        heapq.heappush(self._timers, (time.monotonic() + timer.seconds, self._timer_count, timer))

    def _take(self, event: Event) -> None:
        if isinstance(event, events.TimerFired) and event.name == "watch":
            self._watch()
            return
        before = self.state.view
        watching = _watchers(self.state)
        name = type(event).__name__
        step = safety_net.attempt(lambda: next_state(self.state, event), f"handling {name}")
        self.state, to_do = step or after_bug(self.state, event, self._runner.mistake())
        self._tell_watchers(before, watching)
        for effect in to_do:
            safety_net.attempt(partial(self._do, effect), f"the effect {type(effect).__name__}")

    def _tell_watchers(self, before: View, watching: Sequence[int]) -> None:
        """Before any effect, so that nobody gets a reply before the view that explains it."""
        changed = self.state.view != before
        for client in _watchers(self.state):
            if changed or client not in watching:
                self._channel.send(client, Changed(self.state.view))

    def _do(self, effect: Effect) -> None:
        match effect:
            case effects.Tell(client, event):
                self._channel.send(client, event)
            case SetTimer():
                self._set_timer(effect)
            case effects.End():
                self._ended = True
            case _:
                self._runner.run(effect)

    def _watch(self) -> None:
        """Have addresses and files looked at, each in a thread of its own, and neither again before it has ended."""
        self._set_timer(SetTimer("watch", 0, WATCH_INTERVAL_S))
        if not (self._address_watch and self._address_watch.is_alive()):
            self._address_watch = safety_net.start_thread(self._watch_addresses, "watching the addresses")
        if not self._watching_files:
            self._watching_files = True
            self._disk.put(self._watch_files, "watching the files")

    def _watch_addresses(self) -> None:
        found = local_addresses()
        if found != self.state.view.addresses:
            self._queue.put(events.AddressesFound(time.monotonic(), found))

    def _watch_files(self) -> None:
        self._watching_files = False
        stamp = file_snapshot.stamp(self._folders)
        if stamp != self._seen:
            self._seen = stamp
            self._queue.put(events.FilesChanged(time.monotonic(), file_snapshot.read_snapshot(self._folders)))
            self._runner.read_settings()


def _watchers(state: State) -> list[int]:
    return [client.id for client in state.clients if client.watching]
