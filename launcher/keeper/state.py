"""What the keeper knows. PURE."""

from dataclasses import dataclass, field, replace
from enum import Enum, auto

from launcher.keeper.happenings import Asked, Effect, Looked, Tell
from launcher.keeper.messages import Job, Reply
from launcher.keeper.view import View
from launcher.problem import Problem


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
    """Someone on the channel. `face` is empty for a command."""

    id: int
    face: str = ""
    watching: bool = False


@dataclass(frozen=True)
class State:
    """`run` numbers the server processes: what is told of an older one is ignored.

    `again`: start anew when the stopping one is gone. `folder`: what `start --folder` named, None the remembered one.
    `trial`: the folder that an update is trying; `after_trial`: the problem to tell once the old one is back.
    """

    view: View = field(default_factory=View)
    run: int = 0
    process: Process = Process.NONE
    again: bool = False
    folder: str | None = None
    crashes: tuple[float, ...] = ()
    job: Job | None = None
    trial: str | None = None
    after_trial: Problem | None = None
    waiters: tuple[Waiter, ...] = ()
    clients: tuple[Client, ...] = ()
    quitting: bool = False


Step = tuple[State, list[Effect]]


def show(state: State, **changes: object) -> State:
    return replace(state, view=replace(state.view, **changes))  # type: ignore[arg-type]


def with_looked(state: State, looked: Looked) -> State:
    return show(
        state,
        installation=looked.installed,
        port=looked.port,
        scheme=looked.scheme,
        access=looked.access,
        whitelist=looked.whitelist,
        login=looked.login,
    )


def wait(state: State, asked: Asked, until: Until) -> State:
    return replace(state, waiters=(*state.waiters, Waiter(asked.client, asked.id, until)))


def answer(state: State, until: Until, problem: Problem | None = None, refused: bool = False) -> Step:
    """Reply to everyone who waits for `until`."""
    due = [w for w in state.waiters if w.until is until]
    rest = tuple(w for w in state.waiters if w.until is not until)
    effects: list[Effect] = [Tell(w.client, Reply(w.id, problem, refused)) for w in due]
    return replace(state, waiters=rest), effects


def now(state: State, asked: Asked, problem: Problem | None = None, refused: bool = False) -> Step:
    return state, [Tell(asked.client, Reply(asked.id, problem, refused))]


def with_client(state: State, client: int, **changes: object) -> State:
    clients = tuple(replace(c, **changes) if c.id == client else c for c in state.clients)  # type: ignore[arg-type]
    return replace(state, clients=clients)
