"""Every request a face can send and every event the keeper sends back, in one file. JSON by msgspec. PURE.

A face sends `Request` lines, each with an `id` of its own. The keeper answers each with one `Reply` and sends
`Changed` with the whole view after every change.
"""

import msgspec

from launcher.access.exposure import Mode
from launcher.keeper.view import Tray, View
from launcher.problem import Problem


class Message(msgspec.Struct, frozen=True, tag_field="type", tag=str.lower, forbid_unknown_fields=True):
    """Base of everything that travels."""


class Hello(Message, frozen=True):
    """First message of a face: `tray`, `window` or `terminal`. A second tray or window is told so and should end."""

    face: str
    tray: Tray = Tray.UNKNOWN


class Start(Message, frozen=True):
    """Start the server; answered when it answers, or with the problem. `folder`: instead of the remembered one."""

    folder: str | None = None


class Stop(Message, frozen=True):
    """Stop the server; answered when it is gone."""


class Restart(Message, frozen=True):
    """Stop and start; answered when it answers again."""


class Quit(Message, frozen=True):
    """Stop the server, tell the faces to close, and end the keeper."""


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
    """Use and remember the installation in `folder`."""

    folder: str


class Repair(Message, frozen=True):
    """Do the repair that a problem offered: `Problem.fix.id`."""

    fix: str


class SetAccess(Message, frozen=True):
    """Change who can get in; restarts a running server."""

    mode: Mode


class Watch(Message, frozen=True):
    """Send this connection the view now and after every change."""


Request = Hello | Start | Stop | Restart | Quit | Install | Update | Cancel | Use | Repair | SetAccess | Watch


class Envelope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One request on its way. `id` comes back in its `Reply`."""

    id: int
    request: Request


class Reply(Message, frozen=True):
    """The answer to request `id`: done when `problem` is None."""

    id: int
    problem: Problem | None = None
    refused: bool = False


class Changed(Message, frozen=True):
    """The view as it is now."""

    view: View


class ShowYourself(Message, frozen=True):
    """Come to the front; `what` is `window` or `qr`."""

    what: str = "window"


class Close(Message, frozen=True):
    """Tavernkeep quits: close."""


Event = Reply | Changed | ShowYourself | Close
