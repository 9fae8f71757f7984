"""What the keeper knows. PURE."""

from dataclasses import dataclass, field, replace
from enum import Enum, auto
from typing import TYPE_CHECKING

from launcher.keeper.approval import Approval
from launcher.keeper.devices import Book
from launcher.keeper.effects import Effect, Tell
from launcher.keeper.events import FileSnapshot, RequestReceived
from launcher.keeper.messages import EditWhitelist, Job, Reply
from launcher.keeper.view import ShutOut, View
from launcher.problem import Problem

if TYPE_CHECKING:
    from launcher.server.resolve_settings import EffectiveSettings

# The client number of requests that no client made: signals, and what the keeper was started for.
OURSELVES = 0


class Process(Enum):
    """The server process. LAUNCHING: it is being started; ALIVE: it has a pid."""

    NONE = auto()
    LAUNCHING = auto()
    ALIVE = auto()


class Until(Enum):
    """What a request waits for before it is answered."""

    RUNNING = auto()
    STOPPED = auto()
    JOB = auto()


@dataclass(frozen=True)
class Waiter:
    """A request that is answered as soon as `until` has come true."""

    client: int
    id: int
    until: Until


@dataclass(frozen=True)
class Client:
    """A process on the channel. `ui` is empty for a command."""

    id: int
    ui: str = ""
    watching: bool = False


@dataclass(frozen=True)
class Admitting:
    """Devices that the user has let in. Their entries wait for the end of a request, at most until `until`."""

    received: tuple[RequestReceived, ...]
    edit: EditWhitelist
    until: float


@dataclass(frozen=True)
class DeviceActivity:
    """`shown`, `shown_at`: the devices as last shown, and when. The flags: what is under way.

    `limited`: the last device that was shut out for wrong passwords, until the UIs know.
    """

    shown: Book = field(default_factory=dict)
    shown_at: float = float("-inf")
    show_due: bool = False
    save_due: bool = False
    identifying: bool = False
    checking_busy: bool = False
    busy: bool = False
    limited: ShutOut | None = None
    admitting: Admitting | None = None


@dataclass(frozen=True)
class State:
    """`run` numbers the server processes: events of an older one are ignored.

    `again`: start again when the stopping one is gone. `folder`: what `start --folder` named, None the remembered one.
    `trial`: the folder that an update is trying; `after_trial`: the problem to tell once the old one is back.
    `effective`: what the server does, or will do when it is started; None: not known. `called_for`: the address that
    the tray last opened the question for. `files_problem`: what could not be read in the last snapshot of the files.
    `fixes_start`: the job fixes what kept the server from running, so the server is started afterwards.
    """

    view: View = field(default_factory=View)
    run: int = 0
    process: Process = Process.NONE
    again: bool = False
    folder: str | None = None
    crashes: tuple[float, ...] = ()
    job: Job | None = None
    fixes_start: bool = False
    trial: str | None = None
    after_trial: Problem | None = None
    waiters: tuple[Waiter, ...] = ()
    clients: tuple[Client, ...] = ()
    quitting: bool = False
    effective: "EffectiveSettings | None" = None
    book: Book = field(default_factory=dict)
    approval: Approval = field(default_factory=Approval)
    activity: DeviceActivity = field(default_factory=DeviceActivity)
    called_for: str = ""
    files_problem: Problem | None = None


Step = tuple[State, list[Effect]]


def show(state: State, **changes: object) -> State:
    """Return the state with these fields of the view changed."""
    return replace(state, view=replace(state.view, **changes))  # type: ignore[arg-type]


def note(state: State, **changes: object) -> State:
    """Return the state with these fields of the device activity changed."""
    return replace(state, activity=replace(state.activity, **changes))  # type: ignore[arg-type]


def with_snapshot(state: State, snapshot: FileSnapshot) -> State:
    """Return the state with what the files say."""
    return show(
        replace(state, effective=snapshot.effective),
        installation=snapshot.installed,
        port=snapshot.port,
        scheme=snapshot.scheme,
        access=snapshot.access,
        whitelist=snapshot.whitelist,
        login=snapshot.login,
    )


def wait(state: State, received: RequestReceived, until: Until) -> State:
    """Answer the request later, when `until` has come true."""
    return replace(state, waiters=(*state.waiters, Waiter(received.client, received.id, until)))


def reply_to_waiters(state: State, until: Until, problem: Problem | None = None, refused: bool = False) -> Step:
    """Answer every request that waits for `until`."""
    due = [w for w in state.waiters if w.until is until]
    rest = tuple(w for w in state.waiters if w.until is not until)
    effects: list[Effect] = [Tell(w.client, Reply(w.id, problem, refused)) for w in due]
    return replace(state, waiters=rest), effects


def reply(received: RequestReceived, problem: Problem | None = None, refused: bool = False) -> list[Effect]:
    """Answer the request now."""
    return [Tell(received.client, Reply(received.id, problem, refused))]


def with_client(state: State, client: int, **changes: object) -> State:
    clients = tuple(replace(c, **changes) if c.id == client else c for c in state.clients)  # type: ignore[arg-type]
    return replace(state, clients=clients)
