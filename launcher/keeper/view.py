"""What a UI needs to know, whole, as one value. It travels over the channel as JSON. PURE."""

from dataclasses import dataclass
from enum import StrEnum

from launcher.access.exposure import Exposure
from launcher.network.addresses import LocalAddress
from launcher.problem import Problem
from launcher.server.install_progress import Progress as Progress
from launcher.system.settings import Settings


class Phase(StrEnum):
    """Where the server is. STOPPED may carry a problem (a start that could not begin); CRASHED always does."""

    STOPPED = "stopped"
    INSTALLING = "installing"
    STARTING = "starting"
    RUNNING = "running"
    STOPPING = "stopping"
    CRASHED = "crashed"


class Tray(StrEnum):
    """What became of the tray icon. NONE: this desktop shows none, so the window stays the only UI."""

    UNKNOWN = "unknown"
    SHOWN = "shown"
    NONE = "none"


@dataclass(frozen=True)
class Installed:
    """The installation in use, for showing."""

    folder: str
    version: str
    era: str
    ours: bool


@dataclass(frozen=True)
class WhitelistLine:
    """One entry, for showing. `problem` None: it is fine. `instead`: the entries that it probably should be."""

    entry: str
    meaning: str
    addresses: int
    problem: Problem | None = None
    severity: str = ""
    instead: tuple[str, ...] = ()


@dataclass(frozen=True)
class Whitelist:
    """The list that counts: `source` is the file's name, `why` says why that one; `enforced` None: not known.

    `left_out`: so many more entries are not in `lines`. `complete` False: the configuration computes some of them.
    """

    source: str
    file: str
    why: str
    enforced: bool | None
    lines: tuple[WhitelistLine, ...] = ()
    can_undo: bool = False
    left_out: int = 0
    complete: bool = True


@dataclass(frozen=True)
class Login:
    """`on` None: not known. `fit`: `fit weak broken unknown`; `problem`: why it is not fit. Never the password.

    `asked` False although it is `on`: SillyTavern asks for it only while it listens on the network.
    """

    on: bool | None
    username: str | None
    fit: str
    problem: Problem | None = None
    asked: bool | None = None


@dataclass(frozen=True)
class Device:
    """Something that connected or was refused. Times are seconds of the Unix clock.

    `name` is the user's own, `kind` what its User-Agent says ("iPhone · Safari"), both empty when not known; `mac` None
    when this system does not know it. `let_in`: it may come, by the entry `by` (empty: the whitelist is off).
    `forwarded`: when it came last it was refused with a header that named another address, which the list would have
    to hold too.
    `came_to`: the URL of this PC when it last came; empty when not known.
    """

    address: str
    name: str
    kind: str
    mac: str | None
    first_seen: float
    last_seen: float
    let_in: bool
    by: str = ""
    never_ask: bool = False
    forwarded: bool = False
    came_to: str = ""


@dataclass(frozen=True)
class ShutOut:
    """The device at `address` typed too many wrong passwords: for a minute from `at` not even the right one helps."""

    address: str
    at: float


@dataclass(frozen=True)
class Question:
    """Shall this device come in? One at a time; `more` others wait behind it.

    `network`: the entry that would let in its whole network, empty when that is not offered. `replaces`: the entry of
    the same device under an earlier address. `busy`: a request is under way now, and a restart would cut it off.
    `warning`: a sentence to read before letting it in, such as that it comes from the Internet.
    """

    address: str
    name: str
    kind: str
    network: str = ""
    replaces: str = ""
    more: int = 0
    busy: bool = False
    warning: str = ""


@dataclass(frozen=True)
class ShownCode:
    """The URL that was in the QR code. `after`: when the last device had come by then, in seconds of the Unix clock."""

    url: str
    after: float


@dataclass(frozen=True)
class View:
    """The whole state that UIs show. Times are seconds of the Unix clock.

    `installation` None: there is no SillyTavern yet (first run). `addresses`: best first, None while not yet known.
    `notices`: sentences worth telling that are no problems. `waiting_for`: while starting, what it waits for; while
    running, what the restart waits for that lets a device in. `settings`: Tavernkeep's own; `settings_problem`: why
    they cannot be read now, and then those that were read last, or the defaults. `window`: one is open. `shut_out`: who
    was last shut out since the server was started. `shown`: the code that was last brought up.
    """

    phase: Phase = Phase.STOPPED
    keeper_pid: int = 0
    installation: Installed | None = None
    pid: int | None = None
    port: int | None = None
    scheme: str = "http"
    running_since: float | None = None
    addresses: tuple[LocalAddress, ...] | None = None
    access: Exposure | None = None
    whitelist: Whitelist | None = None
    login: Login | None = None
    devices: tuple[Device, ...] = ()
    question: Question | None = None
    progress: Progress | None = None
    waiting_for: str = ""
    problem: Problem | None = None
    notices: tuple[str, ...] = ()
    tray: Tray = Tray.UNKNOWN
    window: bool = False
    settings: Settings = Settings()
    settings_problem: Problem | None = None
    shut_out: ShutOut | None = None
    shown: ShownCode | None = None

    def url_at(self, address: str) -> str | None:
        """The URL at `address`, or None while the port is unknown."""
        return None if self.port is None else f"{self.scheme}://{address}:{self.port}"

    @property
    def url(self) -> str | None:
        """The URL for a phone on the same network; None when there is no local network or no port yet."""
        best = next((a for a in self.addresses or () if a.local), None)
        return self.url_at(best.address) if best else None

    @property
    def local_url(self) -> str | None:
        """The URL for the browser on this PC."""
        return self.url_at("127.0.0.1")
