"""What can happen to the keeper, and what it can do about it: the words `next_state` speaks. PURE.

Every event carries `at`, seconds of a clock that only goes forward.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from launcher.access.exposure import Exposure
from launcher.keeper.devices import DeviceDetails, DeviceRecord
from launcher.keeper.messages import ChangeSettings, Job, Request, UIMessage
from launcher.keeper.view import Installed, Login, Progress, Whitelist
from launcher.network.addresses import LocalAddress
from launcher.problem import Problem
from launcher.server.output import OutputEvent
from launcher.system.settings import Settings

if TYPE_CHECKING:
    from launcher.server.resolve_settings import EffectiveSettings


@dataclass(frozen=True)
class FileSnapshot:
    """What the files say now. `installed` None: there is no SillyTavern. `problem`: what could not be read.

    `effect`: what a server would do that starts from these files.
    """

    installed: Installed | None = None
    port: int | None = None
    scheme: str = "http"
    access: Exposure | None = None
    whitelist: Whitelist | None = None
    login: Login | None = None
    problem: Problem | None = None
    effect: "EffectiveSettings | None" = None


@dataclass(frozen=True)
class RequestReceived:
    """A UI sent a request."""

    at: float
    client: int
    id: int
    request: Request


@dataclass(frozen=True)
class UILeft:
    """A UI has gone."""

    at: float
    client: int


@dataclass(frozen=True)
class ServerLaunched:
    """The process of `run` exists."""

    at: float
    run: int
    pid: int
    looked: FileSnapshot
    notices: tuple[str, ...] = ()


@dataclass(frozen=True)
class LaunchFailed:
    """The process of `run` could not be started."""

    at: float
    run: int
    problem: Problem
    looked: FileSnapshot


@dataclass(frozen=True)
class OutputRead:
    """The server of `run` printed something that matters; `clock` is the Unix time."""

    at: float
    run: int
    event: OutputEvent
    clock: float


@dataclass(frozen=True)
class ServerEnded:
    """The process of `run` is gone, with its children. `problem`: why, as far as its last lines tell."""

    at: float
    run: int
    problem: Problem


@dataclass(frozen=True)
class TimerFired:
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
class FilesChanged:
    """The files were read again because they had changed."""

    at: float
    looked: FileSnapshot


@dataclass(frozen=True)
class JobStep:
    """How far the running job has come."""

    at: float
    progress: Progress


@dataclass(frozen=True)
class JobDone:
    """The running job has ended. `refused`: it was not allowed; nothing has changed."""

    at: float
    looked: FileSnapshot
    problem: Problem | None = None
    refused: bool = False


@dataclass(frozen=True)
class DevicesLoaded:
    """The devices that the last keeper remembered."""

    at: float
    known: tuple[DeviceRecord, ...]


@dataclass(frozen=True)
class SettingsRead:
    """Our own settings as the file has them now. None: they cannot be read, and `problem` says why."""

    at: float
    settings: Settings | None
    problem: Problem | None = None


@dataclass(frozen=True)
class SettingsSaved:
    """The settings that a UI asked for were saved, or were not because of `problem`. `SettingsRead` came before."""

    at: float
    asked: RequestReceived
    problem: Problem | None = None
    refused: bool = False


@dataclass(frozen=True)
class NotSettled:
    """The update could not be remembered, or not taken back."""

    at: float
    problem: Problem


@dataclass(frozen=True)
class DevicesIdentified:
    """What was found out about devices."""

    at: float
    sights: tuple[DeviceDetails, ...]


@dataclass(frozen=True)
class ServerBusy:
    """Whether a request is under way in the server of `run`."""

    at: float
    run: int
    busy: bool


Event = (
    RequestReceived
    | UILeft
    | ServerLaunched
    | LaunchFailed
    | OutputRead
    | ServerEnded
    | TimerFired
    | AddressesFound
    | FilesChanged
    | JobStep
    | JobDone
    | DevicesLoaded
    | SettingsRead
    | SettingsSaved
    | NotSettled
    | DevicesIdentified
    | ServerBusy
)


@dataclass(frozen=True)
class LaunchServer:
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
    """See whether the server of `run` answers on its port; if so, the event is `OutputRead` with `Ready`."""

    run: int


@dataclass(frozen=True)
class SetTimer:
    """Ring `name` for `run` after `seconds`."""

    name: str
    run: int
    seconds: float


@dataclass(frozen=True)
class DoJob:
    """Do this in a worker thread; `JobDone` follows."""

    job: Job


@dataclass(frozen=True)
class CancelJob:
    """Cancel the running job."""


@dataclass(frozen=True)
class SettleUpdate:
    """The update to `folder` answers (`kept`: remember it), or did not (bring the old configuration back)."""

    folder: str
    kept: bool


@dataclass(frozen=True)
class IdentifyDevices:
    """Find out what these devices are, in a worker thread; `DevicesIdentified` tells."""

    devices: tuple[DeviceRecord, ...]


@dataclass(frozen=True)
class CheckIfBusy:
    """See whether a request is under way in the server of `run`; `ServerBusy` tells."""

    run: int


@dataclass(frozen=True)
class SaveDevices:
    """Remember these devices."""

    known: tuple[DeviceRecord, ...]


@dataclass(frozen=True)
class SaveSettings:
    """Save these settings in a worker thread; `SettingsRead` and `SettingsSaved` follow."""

    asked: RequestReceived
    choice: ChangeSettings


@dataclass(frozen=True)
class Tell:
    """Send `event` to `client`."""

    client: int
    event: UIMessage


@dataclass(frozen=True)
class End:
    """End the keeper."""


Effect = (
    LaunchServer
    | CloseInput
    | KillTree
    | Probe
    | SetTimer
    | DoJob
    | CancelJob
    | SettleUpdate
    | IdentifyDevices
    | CheckIfBusy
    | SaveDevices
    | SaveSettings
    | Tell
    | End
)
