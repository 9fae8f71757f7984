"""Every request a UI can send and every event the keeper sends back, in one file. They travel as JSON. PURE.

A UI sends each request in an `Envelope` with an `id` of its own, and gets one `Reply` with that id. After `Watch` it
also gets `Changed` with the whole view, now and after every change.
"""

from enum import StrEnum

import msgspec

from launcher.access.exposure import Mode
from launcher.keeper.view import Tray, View
from launcher.problem import Problem
from launcher.system.settings import Value


class Message(msgspec.Struct, frozen=True, tag_field="type", tag=str.lower, forbid_unknown_fields=True):
    """Base of everything that travels."""


class Hello(Message, frozen=True):
    """A UI introduces itself: `tray`, `window`, `terminal`, or `question` that asks while there is no window.

    There is one tray and one window: a second one is refused and should end; a first window gets `ShowYourself(what)`.
    The same goes for a question beside a window or another question; it gets `Close` when a window comes.
    A tray may say hello again when it learns more about itself.
    """

    ui: str
    tray: Tray = Tray.UNKNOWN
    what: str = "window"


class Watch(Message, frozen=True):
    """Send this UI the view now and after every change."""


class Ping(Message, frozen=True):
    """Reply at once: shows that the keeper's loop goes on."""


class Start(Message, frozen=True):
    """Start the server; answered when it answers, or with the problem. `folder`: instead of the remembered one."""

    folder: str | None = None


class Stop(Message, frozen=True):
    """Stop the server; answered when it is gone."""


class Restart(Message, frozen=True):
    """Stop and start; answered when it answers again. Starts a server that was stopped."""


class Quit(Message, frozen=True):
    """Stop the server, tell the UIs to close, and end the keeper; answered when the server is gone."""


class Install(Message, frozen=True):
    """Install SillyTavern (newest, or `version`) as our own and use it; answered when done. `start`: then start it."""

    version: str | None = None
    start: bool = False


class Update(Message, frozen=True):
    """Put the next version beside our installation, start it, and go back by itself when it does not answer."""

    version: str | None = None


class Cancel(Message, frozen=True):
    """Give up the installation that is under way."""


class Use(Message, frozen=True):
    """Use and remember the installation in `folder`; a running server is restarted from there."""

    folder: str


class ApplyFix(Message, frozen=True):
    """Do the repair that a problem offered: `Problem.fix.id`. Then start, when starting is what had failed."""

    fix: str


class SetAccess(Message, frozen=True):
    """Change who can get in. A running server is restarted unless `later`."""

    mode: Mode
    later: bool = False


class EditWhitelist(Message, frozen=True):
    """Take `remove` out of the whitelist that counts and put `add` in. Restarts a running server unless `later`."""

    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    later: bool = False


class MoveWhitelist(Message, frozen=True):
    """Keep the whitelist in another file from now on: `txt` (whitelist.txt) or `config`."""

    to: str
    later: bool = False


class UndoWhitelist(Message, frozen=True):
    """Bring back the file that holds the whitelist as it was before our last change of it."""

    later: bool = False


class SetLogin(Message, frozen=True):
    """Store this user name and password and ask every device for them."""

    username: str
    password: str
    later: bool = False

    def __repr__(self) -> str:
        return f"SetLogin({self.username!r}, …)"


class LoginOff(Message, frozen=True):
    """Ask for no user name and password any more. Refused where that would let everyone in."""

    later: bool = False


class ApprovalChoice(StrEnum):
    """What the user says to a question."""

    DEVICE = "device"
    NETWORK = "network"
    NOT_NOW = "not-now"
    NEVER = "never"


class AnswerQuestion(Message, frozen=True):
    """The answer to the question about `address`. DEVICE and NETWORK let in and restart a running server.

    `when_idle`: restart only when no request is under way any more.
    """

    address: str
    verdict: ApprovalChoice
    when_idle: bool = False


class AllowDevice(Message, frozen=True):
    """Put the address of a device into the whitelist, whether or not it was asked about."""

    address: str
    later: bool = False


class RefuseDevice(Message, frozen=True):
    """Take the entries that let in just this address out of the whitelist. Refused when a wider one lets it in too."""

    address: str
    later: bool = False


class NameDevice(Message, frozen=True):
    """Give the device at `address` a name of the user's own; empty takes it away."""

    address: str
    name: str


class ShowingCode(Message, frozen=True):
    """This UI shows the QR code now, or no longer. Questions are asked while one does and ten minutes after.

    A `window` or `terminal` is taken to show it from its Hello on; a UI that leaves shows it no longer.
    """

    shown: bool


class SetPort(Message, frozen=True):
    """Let the server answer on this port, in its own configuration. Restarts a running server unless `later`."""

    port: int
    later: bool = False


class ChangeSettings(Message, frozen=True):
    """Change Tavernkeep's own settings; None is the default. They count at once.

    All but the waiting page, which a running server shows or no longer shows from its next start on.
    """

    changes: dict[str, Value]


WhoGetsIn = SetAccess | EditWhitelist | MoveWhitelist | UndoWhitelist | SetLogin | LoginOff | AllowDevice | RefuseDevice
Settings = WhoGetsIn | SetPort
Job = Install | Update | Use | ApplyFix | Settings
AboutDevices = AnswerQuestion | NameDevice | ShowingCode
Request = Hello | Watch | Ping | Start | Stop | Restart | Quit | Cancel | ChangeSettings | AboutDevices | Job


class Envelope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One request on its way."""

    id: int
    request: Request


class Reply(Message, frozen=True):
    """The answer to request `id`: done when `problem` is None. `refused`: not allowed, rather than failed.

    `leaving`: nobody needs the keeper any longer and it ends now.
    """

    id: int
    problem: Problem | None = None
    refused: bool = False
    leaving: bool = False


class Changed(Message, frozen=True):
    """The view as it is now."""

    view: View


class ShowYourself(Message, frozen=True):
    """Come to the front, or open it; `what` is `window`, `qr`, `question`, or a window about who gets in."""

    what: str = "window"


class Close(Message, frozen=True):
    """Tavernkeep quits: close."""


UIMessage = Reply | Changed | ShowYourself | Close
