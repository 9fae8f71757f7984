"""What the checks judge: the patient, and what the readings found about it. PURE."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from launcher.keeper.view import Device, Phase, View
from launcher.network.addresses import LocalAddress
from launcher.network.firewall.verdict import Firewall
from launcher.network.ports import PortListener, PortState
from launcher.network.profile import NetworkProfile
from launcher.problem import Problem
from launcher.server.installation import Installation
from launcher.server.misplaced_file import WrongFile
from launcher.server.node import Node
from launcher.server.resolve_settings import EffectiveSettings
from launcher.system.folders import Folders


@dataclass(frozen=True)
class Patient:
    """The SillyTavern that is checked. `view`: the keeper's, or what the files say when there is no keeper.

    `installation` None: there is none that can be used; `problem` says why, where that is known. `effect`: what its
    files say now. `stale`: the running server was started with other settings. `devices`: those that were here, last
    seen first. `phone`: the address of the one that cannot connect. `now`: seconds of the Unix clock.
    """

    folders: Folders
    view: View
    installation: Installation | None = None
    problem: Problem | None = None
    effect: EffectiveSettings | None = None
    stale: bool = False
    devices: Sequence[Device] = ()
    phone: str | None = None
    now: float = 0.0

    @property
    def port(self) -> int | None:
        """The port that the server uses, or will use."""
        runs = self.view.phase is Phase.RUNNING
        return self.effect.port if self.effect and not runs else self.view.port

    @property
    def scheme(self) -> str:
        """`http` or `https`: what the server speaks, or will speak."""
        runs = self.view.phase is Phase.RUNNING
        return self.effect.scheme if self.effect and not runs else self.view.scheme

    @property
    def best(self) -> LocalAddress | None:
        """The address of this PC that the QR code shows."""
        return next((address for address in self.view.addresses or () if address.local), None)

    def came_since_start(self) -> list[Device]:
        """Return the devices that came to the running server, last seen first."""
        since = self.view.running_since
        return [] if since is None else [device for device in self.devices if device.last_seen >= since - 1]


@dataclass(frozen=True)
class ProgramState:
    """The program's folder. `incomplete`: parts are missing. `read_only`: folders it must write to and cannot."""

    incomplete: bool = False
    read_only: tuple[str, ...] = ()


class FileState(StrEnum):
    """How a settings file can be read. UTF16: SillyTavern does not read that encoding. OTHER: not UTF-8 either."""

    ABSENT = "absent"
    TEXT = "text"
    UTF16 = "utf-16"
    OTHER = "other"
    UNREADABLE = "unreadable"
    FOLDER = "folder"


@dataclass(frozen=True)
class SettingsFiles:
    """The settings files. `wrong`: a file that SillyTavern does not read was changed instead.

    `lines`: the line of each whitelist entry in its file, counted from 1. `bare_login`: the login is a number that
    only lacks its quotes.
    """

    config: FileState = FileState.TEXT
    whitelist: FileState = FileState.ABSENT
    wrong: WrongFile | None = None
    lines: Mapping[str, int] = field(default_factory=dict)
    bare_login: bool = False


@dataclass(frozen=True)
class ServerPort:
    """The server's port. `listeners` None: this user may not see them. `answers`: a request from this PC is answered.

    `next_free`: a port to use instead.
    """

    port: int
    state: PortState
    listeners: tuple[PortListener, ...] | None = ()
    answers: bool = False
    next_free: int | None = None


@dataclass(frozen=True)
class PhoneRoute:
    """The address of this PC from which the system sends to `target`; `source` None: it has no route there."""

    target: str
    source: str | None


@dataclass(frozen=True)
class CheckInput:
    """The patient and one value of each reading; None while there is none.

    `node`: the Node.js that a start would use, or why there is none. `heard`: a connection to the address in the QR
    code succeeds from this PC. `phone_answers`: the phone answers on the local network.
    """

    patient: Patient
    node: Node | Problem | None = None
    program: ProgramState | None = None
    files: SettingsFiles | None = None
    server_port: ServerPort | None = None
    heard: bool | None = None
    route: PhoneRoute | None = None
    phone_answers: bool | None = None
    firewall: Firewall | None = None
    profiles: tuple[NetworkProfile, ...] | None = None
