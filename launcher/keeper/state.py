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
    """Whether a server process exists. LAUNCHING: it is being made; ALIVE: it has a pid."""

    NONE = auto()
    LAUNCHING = auto()
    ALIVE = auto()


class Until(Enum):
    """What an asker waits for."""

    RUNNING = auto()
    STOPPED = auto()
    JOB = auto()


@dataclass(frozen=True)
class Waiter:
    """An asker who gets the reply when `until` has come true."""

    client: int
    id: int
    until: Until


@dataclass(frozen=True)
class Client:
    """Someone on the channel. `ui` is empty for a command."""

    id: int
    ui: str = ""
    watching: bool = False


@dataclass(frozen=True)
class Admitting:
    """Devices that were let in, but whose entries wait until no request is under way; at the latest until `until`."""

    asked: tuple[RequestReceived, ...]
    edit: EditWhitelist
    until: float


@dataclass(frozen=True)
class DeviceActivity:
    """What is done about devices meanwhile. `shown`, `shown_at`: what was shown last; the flags: what is under way.

    `limited`: who was last shut out for wrong passwords, until the UIs have been told.
    """

    shown: Book = field(default_factory=dict)
    shown_at: float = float("-inf")
    show_due: bool = False
    save_due: bool = False
    looking: bool = False
    minding: bool = False
    busy: bool = False
    limited: ShutOut | None = None
    admitting: Admitting | None = None


@dataclass(frozen=True)
class State:
    """`run` numbers the server processes: what is told of an older one is ignored.

    `again`: start anew when the stopping one is gone. `folder`: what `start --folder` named, None the remembered one.
    `trial`: the folder that an update is trying; `after_trial`: the problem to tell once the old one is back.
    `effect`: what the server does, or will do when it is started; None: not known. `called_for`: the address about
    which the tray was last told to ask. `files_problem`: what could not be read when the files were last looked at.
    `fixes_start`: the job fixes why the server does not run, so the server is started afterwards.
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
    effect: "EffectiveSettings | None" = None
    book: Book = field(default_factory=dict)
    bell: Approval = field(default_factory=Approval)
    visits: DeviceActivity = field(default_factory=DeviceActivity)
    called_for: str = ""
    files_problem: Problem | None = None


Step = tuple[State, list[Effect]]


def show(state: State, **changes: object) -> State:
    return replace(state, view=replace(state.view, **changes))  # type: ignore[arg-type]


def with_snapshot(state: State, looked: FileSnapshot) -> State:
    return show(
        replace(state, effect=looked.effect),
        installation=looked.installed,
        port=looked.port,
        scheme=looked.scheme,
        access=looked.access,
        whitelist=looked.whitelist,
        login=looked.login,
    )


def wait(state: State, asked: RequestReceived, until: Until) -> State:
    return replace(state, waiters=(*state.waiters, Waiter(asked.client, asked.id, until)))


def answer(state: State, until: Until, problem: Problem | None = None, refused: bool = False) -> Step:
    """Reply to everyone who waits for `until`."""
    due = [w for w in state.waiters if w.until is until]
    rest = tuple(w for w in state.waiters if w.until is not until)
    effects: list[Effect] = [Tell(w.client, Reply(w.id, problem, refused)) for w in due]
    return replace(state, waiters=rest), effects


def now(state: State, asked: RequestReceived, problem: Problem | None = None, refused: bool = False) -> Step:
    return state, [Tell(asked.client, Reply(asked.id, problem, refused))]


def with_client(state: State, client: int, **changes: object) -> State:
    clients = tuple(replace(c, **changes) if c.id == client else c for c in state.clients)  # type: ignore[arg-type]
    return replace(state, clients=clients)
