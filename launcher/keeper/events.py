"""What can happen to the keeper, and what it can do about it: the words `next_state` speaks. PURE.

Every happening carries `at`, seconds of a clock that only goes forward.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from launcher.access.exposure import Exposure
from launcher.keeper.devices import Known, Sight
from launcher.keeper.messages import Choose, Event, Job, Request
from launcher.keeper.view import Installed, Login, Progress, Whitelist
from launcher.network.addresses import LocalAddress
from launcher.problem import Problem
from launcher.server.output import OutputEvent
from launcher.system.settings import Settings

if TYPE_CHECKING:
    from launcher.server.resolve_settings import InEffect


@dataclass(frozen=True)
class Looked:
    """What the files say now. `installed` None: there is no SillyTavern. `problem`: what could not be read.

    `effect`: what a server does that is started with them.
    """

    installed: Installed | None = None
    port: int | None = None
    scheme: str = "http"
    access: Exposure | None = None
    whitelist: Whitelist | None = None
    login: Login | None = None
    problem: Problem | None = None
    effect: "InEffect | None" = None


@dataclass(frozen=True)
class Asked:
    """A face sent a request."""

    at: float
    client: int
    id: int
    request: Request


@dataclass(frozen=True)
class Left:
    """A face has gone."""

    at: float
    client: int


@dataclass(frozen=True)
class Launched:
    """The process of `run` exists."""

    at: float
    run: int
    pid: int
    looked: Looked
    notices: tuple[str, ...] = ()


@dataclass(frozen=True)
class LaunchFailed:
    """Run `run` could not even begin."""

    at: float
    run: int
    problem: Problem
    looked: Looked


@dataclass(frozen=True)
class Printed:
    """The server of `run` printed something that matters; `clock` is the Unix time."""

    at: float
    run: int
    event: OutputEvent
    clock: float


@dataclass(frozen=True)
class Ended:
    """The process of `run` is gone, with its children. `problem`: why, as far as its last lines tell."""

    at: float
    run: int
    problem: Problem


@dataclass(frozen=True)
class TimeUp:
    """The timer `name` of run `run` rang."""

    at: float
    name: str
    run: int


@dataclass(frozen=True)
class AddressesFound:
    """This computer's addresses, best first; None: they could not be read."""

    at: float
    addresses: tuple[LocalAddress, ...] | None


@dataclass(frozen=True)
class Saw:
    """The files were read again because they had changed."""

    at: float
    looked: Looked


@dataclass(frozen=True)
class JobStep:
    """The job under way has come so far."""

    at: float
    progress: Progress


@dataclass(frozen=True)
class JobDone:
    """The job under way has ended. `refused`: it was not allowed; nothing has changed."""

    at: float
    looked: Looked
    problem: Problem | None = None
    refused: bool = False


@dataclass(frozen=True)
class Remembered:
    """The devices that were known when the keeper ended last time."""

    at: float
    known: tuple[Known, ...]


@dataclass(frozen=True)
class SettingsRead:
    """Our own settings, as they are now. None: they cannot be read, and `problem` says why."""

    at: float
    settings: Settings | None
    problem: Problem | None = None


@dataclass(frozen=True)
class Chosen:
    """What was asked for has been saved, or not, for `problem`. How the settings are then was told before."""

    at: float
    asked: Asked
    problem: Problem | None = None
    refused: bool = False


@dataclass(frozen=True)
class NotSettled:
    """The update could not be remembered, or not taken back."""

    at: float
    problem: Problem


@dataclass(frozen=True)
class Recognised:
    """What was found out about devices."""

    at: float
    sights: tuple[Sight, ...]


@dataclass(frozen=True)
class Busyness:
    """Whether a request is under way in the server of `run`."""

    at: float
    run: int
    busy: bool


Happening = (
    Asked
    | Left
    | Launched
    | LaunchFailed
    | Printed
    | Ended
    | TimeUp
    | AddressesFound
    | Saw
    | JobStep
    | JobDone
    | Remembered
    | SettingsRead
    | Chosen
    | NotSettled
    | Recognised
    | Busyness
)


@dataclass(frozen=True)
class Launch:
    """Read the files of the installation in `folder` (None: the remembered one) and start its server as `run`."""

    run: int
    folder: str | None


@dataclass(frozen=True)
class CloseInput:
    """Close the standard input of `run`: its guard then ends it."""

    run: int


@dataclass(frozen=True)
class KillTree:
    """End the process of `run` and all its children by force."""

    run: int


@dataclass(frozen=True)
class Probe:
    """See whether the server of `run` answers on its port; if so, that is `Printed(Ready)` too."""

    run: int


@dataclass(frozen=True)
class SetTimer:
    """Ring `name` for `run` after `seconds`."""

    name: str
    run: int
    seconds: float


@dataclass(frozen=True)
class DoJob:
    """Do this in a worker thread; `JobDone` tells when it is done."""

    job: Job


@dataclass(frozen=True)
class CancelJob:
    """Give up the job under way."""


@dataclass(frozen=True)
class SettleUpdate:
    """The update to `folder` answers (`kept`: remember it), or did not (bring the old configuration back)."""

    folder: str
    kept: bool


@dataclass(frozen=True)
class Recognise:
    """Find out what these devices are, in a worker thread; `Recognised` tells."""

    devices: tuple[Known, ...]


@dataclass(frozen=True)
class LookIfBusy:
    """See whether a request is under way in the server of `run`; `Busyness` tells."""

    run: int


@dataclass(frozen=True)
class SaveDevices:
    """Remember these devices."""

    known: tuple[Known, ...]


@dataclass(frozen=True)
class SaveSettings:
    """Write what was chosen, in a worker thread; `SettingsRead` and `Chosen` tell what became of it."""

    asked: Asked
    choice: Choose


@dataclass(frozen=True)
class Tell:
    """Send `event` to `client`."""

    client: int
    event: Event


@dataclass(frozen=True)
class End:
    """End the keeper."""


Effect = (
    Launch
    | CloseInput
    | KillTree
    | Probe
    | SetTimer
    | DoJob
    | CancelJob
    | SettleUpdate
    | Recognise
    | LookIfBusy
    | SaveDevices
    | SaveSettings
    | Tell
    | End
)
