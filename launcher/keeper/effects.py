"""What `next_state` can have the keeper do; `effect_runner.py` does it. PURE."""

from dataclasses import dataclass

from launcher.keeper.devices import DeviceRecord
from launcher.keeper.events import RequestReceived
from launcher.keeper.messages import ChangeSettings, Job, UIMessage


class Effect:
    """Something to do."""


@dataclass(frozen=True)
class RunEffect(Effect):
    """Something to do about the server process number `run`."""

    run: int


@dataclass(frozen=True)
class LaunchServer(RunEffect):
    """Read the files of the installation in `folder` (None: the remembered one) and start its server."""

    folder: str | None


@dataclass(frozen=True)
class CloseInput(RunEffect):
    """Close its standard input: its guard then ends it."""


@dataclass(frozen=True)
class KillTree(RunEffect):
    """End it and all its children by force."""


@dataclass(frozen=True)
class Probe(RunEffect):
    """See whether it answers on its port; if so, `OutputRead` with `Ready` follows."""


@dataclass(frozen=True)
class CheckIfBusy(RunEffect):
    """See whether it is answering a request; `ServerBusy` follows."""


@dataclass(frozen=True)
class SetTimer(Effect):
    """`TimerFired` follows after `seconds`, with this `name` and `run`."""

    name: str
    run: int
    seconds: float


@dataclass(frozen=True)
class DoJob(Effect):
    """Do `job` in a worker thread; `JobDone` follows."""

    job: Job


@dataclass(frozen=True)
class CancelJob(Effect):
    """Cancel the running job."""


@dataclass(frozen=True)
class SettleUpdate(Effect):
    """The update to `folder` works (`kept`: remember it), or does not: then bring the old configuration back."""

    folder: str
    kept: bool


@dataclass(frozen=True)
class IdentifyDevices(Effect):
    """Find out what these devices are, in a worker thread; `DevicesIdentified` follows."""

    devices: tuple[DeviceRecord, ...]


@dataclass(frozen=True)
class SaveDevices(Effect):
    """Save these devices."""

    devices: tuple[DeviceRecord, ...]


@dataclass(frozen=True)
class SaveSettings(Effect):
    """Save these settings in a worker thread; `SettingsRead` and `SettingsSaved` follow."""

    received: RequestReceived
    choice: ChangeSettings


@dataclass(frozen=True)
class Tell(Effect):
    """Send `event` to `client`."""

    client: int
    event: UIMessage


@dataclass(frozen=True)
class End(Effect):
    """End the keeper."""
