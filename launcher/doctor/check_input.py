"""What an examination works with: the patient, and what was seen of it. Plain values; the judgements read nothing else.
PURE."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from launcher.doctor.finding import Finding
from launcher.keeper.view import Device, Phase, View
from launcher.network.addresses import LocalAddress
from launcher.network.firewall.verdict import Firewall
from launcher.network.ports import PortOwner, PortState
from launcher.network.profile import NetworkProfile
from launcher.problem import Problem
from launcher.server.installation import Installation
from launcher.server.misplaced_file import WrongFile
from launcher.server.node import Node
from launcher.server.resolve_settings import EffectiveSettings
from launcher.system.folders import Folders

Findings = Mapping[str, Finding]


@dataclass(frozen=True)
class Patient:
    """Who is examined. `view`: the keeper's, or what the files say when there is none.

    `installation` None: there is none that can be used, and `problem` says why when that is known. `effect`: what its
    files say now. `stale`: the server that runs still does what the files said before. `devices`: who was here, last
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
        """The one the server uses, or will use."""
        runs = self.view.phase is Phase.RUNNING
        return self.effect.port if self.effect and not runs else self.view.port

    @property
    def scheme(self) -> str:
        """What the server speaks, or will speak."""
        runs = self.view.phase is Phase.RUNNING
        return self.effect.scheme if self.effect and not runs else self.view.scheme

    @property
    def best(self) -> LocalAddress | None:
        """The address of this PC that the QR code shows."""
        return next((address for address in self.view.addresses or () if address.local), None)

    def came_since_start(self) -> list[Device]:
        """The devices that came to the server that runs now, last seen first."""
        since = self.view.running_since
        return [] if since is None else [device for device in self.devices if device.last_seen >= since - 1]


@dataclass(frozen=True)
class NodeFound:
    """The Node.js that would be used, or why there is none."""

    node: Node | None
    problem: Problem | None = None


@dataclass(frozen=True)
class ProgramState:
    """The program's folder. `incomplete`: parts are missing; `read_only`: folders it must write to and cannot."""

    incomplete: bool = False
    read_only: tuple[str, ...] = ()


class FileState(StrEnum):
    """How a settings file can be read. UTF16: in an encoding that SillyTavern does not read; OTHER: no UTF-8."""

    ABSENT = "absent"
    TEXT = "text"
    UTF16 = "utf-16"
    OTHER = "other"
    UNREADABLE = "unreadable"
    FOLDER = "folder"


@dataclass(frozen=True)
class SettingsFiles:
    """The files that decide. `wrong`: one that was changed instead.

    `lines`: on which line of its file each whitelist entry stands, counted from 1. `bare_login`: the login is a number
    that only lacks its quotes.
    """

    config: FileState = FileState.TEXT
    whitelist: FileState = FileState.ABSENT
    wrong: WrongFile | None = None
    lines: Mapping[str, int] = field(default_factory=dict)
    bare_login: bool = False


@dataclass(frozen=True)
class PortListener:
    """Someone who listens on the server's port. `folder`: the one it runs in; `owner` None: ended meanwhile."""

    address: str
    owner: PortOwner | None = None
    folder: str | None = None


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
    """From which of this PC's addresses something to `target` is sent; `source` None: there is no way there."""

    target: str
    source: str | None


@dataclass(frozen=True)
class PhoneSeen:
    """Whether the phone answers on the local network; None: it could not be tried."""

    answers: bool | None


@dataclass(frozen=True)
class CheckInput:
    """The patient and what the readings brought; one that was not asked for is None.

    `heard`: a connection can be made to the address that the QR code shows, from this PC itself.
    """

    patient: Patient
    node: NodeFound | None = None
    program: ProgramState | None = None
    files: SettingsFiles | None = None
    door: ServerPort | None = None
    heard: bool | None = None
    route: PhoneRoute | None = None
    phone: PhoneSeen | None = None
    firewall: Firewall | None = None
    profiles: tuple[NetworkProfile, ...] | None = None
