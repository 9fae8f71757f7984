"""What can happen to the keeper: the events that `next_state` takes. PURE."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from launcher.access.exposure import Exposure
from launcher.keeper.devices import DeviceDetails, DeviceRecord
from launcher.keeper.messages import Request
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

    `effective`: what a server that starts from these files would do.
    """

    installed: Installed | None = None
    port: int | None = None
    scheme: str = "http"
    access: Exposure | None = None
    whitelist: Whitelist | None = None
    login: Login | None = None
    problem: Problem | None = None
    effective: "EffectiveSettings | None" = None


@dataclass(frozen=True)
class Event:
    """Something that happened. `at`: when, in seconds of a clock that only goes forward."""

    at: float


@dataclass(frozen=True)
class RequestReceived(Event):
    """A UI sent a request."""

    client: int
    id: int
    request: Request


@dataclass(frozen=True)
class UILeft(Event):
    """A UI has gone."""

    client: int


@dataclass(frozen=True)
class RunEvent(Event):
    """Something that happened to the server process number `run`."""

    run: int


@dataclass(frozen=True)
class ServerLaunched(RunEvent):
    """The process exists."""

    pid: int
    snapshot: FileSnapshot
    notices: tuple[str, ...] = ()


@dataclass(frozen=True)
class LaunchFailed(RunEvent):
    """The process could not be started."""

    problem: Problem
    snapshot: FileSnapshot


@dataclass(frozen=True)
class OutputRead(RunEvent):
    """The server printed something that matters. `clock`: when, by the Unix clock."""

    event: OutputEvent
    clock: float


@dataclass(frozen=True)
class ServerEnded(RunEvent):
    """The process is gone, with its children. `problem`: why, as far as its last lines tell."""

    problem: Problem


@dataclass(frozen=True)
class ServerBusy(RunEvent):
    """Tells whether the server is answering a request now."""

    busy: bool


@dataclass(frozen=True)
class TimerFired(Event):
    """The timer `name`, set for the server process `run`, went off."""

    name: str
    run: int


@dataclass(frozen=True)
class AddressesFound(Event):
    """This computer's addresses, best first; None: they could not be read."""

    addresses: tuple[LocalAddress, ...] | None


@dataclass(frozen=True)
class FilesChanged(Event):
    """The files were read again because they had changed."""

    snapshot: FileSnapshot


@dataclass(frozen=True)
class JobStep(Event):
    """How far the running job has come."""

    progress: Progress


@dataclass(frozen=True)
class JobDone(Event):
    """The running job has ended. `refused`: it was not allowed, and nothing has changed."""

    snapshot: FileSnapshot
    problem: Problem | None = None
    refused: bool = False


@dataclass(frozen=True)
class DevicesLoaded(Event):
    """The devices that the previous keeper saved."""

    devices: tuple[DeviceRecord, ...]


@dataclass(frozen=True)
class DevicesIdentified(Event):
    """What was found out about devices."""

    details: tuple[DeviceDetails, ...]


@dataclass(frozen=True)
class SettingsRead(Event):
    """Tavernkeep's own settings as the file has them now. None: they cannot be read, and `problem` says why."""

    settings: Settings | None
    problem: Problem | None = None


@dataclass(frozen=True)
class SettingsSaved(Event):
    """The settings that a UI asked for were saved, or were not because of `problem`. `SettingsRead` came before."""

    received: RequestReceived
    problem: Problem | None = None
    refused: bool = False


@dataclass(frozen=True)
class NotSettled(Event):
    """The update could neither be kept nor taken back."""

    problem: Problem
