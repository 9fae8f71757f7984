"""What every kind of tray icon shares: it hears the keeper, and does what was chosen in the menu."""

import contextlib
import subprocess
import sys
from collections.abc import Callable
from typing import Protocol

from launcher.keeper.messages import Changed, Close, Hello, Reply, Request, ShowYourself, UIMessage, Watch
from launcher.keeper.view import Tray, View
from launcher.problem import Problem, TavernkeepError
from launcher.system import safety_net
from launcher.ui.tray.menu import Item, Local
from launcher.ui.tray.notes import Memory, Note, after_login, is_answered, seen, worth_telling

ENDED = 0
NO_TRAY = 3


class KeeperLink(Protocol):
    """The channel to the keeper. One thread receives, another sends."""

    def send(self, request: Request) -> int:
        """Returns the id that its `Reply` carries. Raises ConnectionError when the keeper is gone."""

    def receive(self) -> UIMessage | None:
        """Blocks until the next event; None: the keeper is gone. Raises TavernkeepError when it does not answer."""


class Icon(Protocol):
    """What a person sees. All methods are called in the thread of the icon's own loop."""

    def show(self, view: View) -> None: ...

    def tell(self, note: Note) -> None: ...

    def take_back(self) -> None:
        """Remove the last notification, if the desktop still shows it."""

    def end(self) -> None:
        """Disappear and let the loop return."""


class PhoneAddress(Protocol):
    """The address that a phone was given last; empty: none."""

    def read(self) -> str: ...

    def write(self, url: str) -> None: ...


class TrayUI:
    """The tray as the keeper knows it. All methods but `listen` belong to the thread of the icon's loop.

    `at_login`: it came with the session of the user, who waits for nothing.
    """

    def __init__(
        self,
        link: KeeperLink,
        open_window: Callable[[str], None],
        open_url: Callable[[str], None],
        last_address: PhoneAddress | None = None,
        at_login: bool = False,
    ) -> None:
        self._link = link
        self._open_window, self._open_url = open_window, open_url
        self._last_address = last_address
        url = last_address.read() if last_address else ""
        self._memory = after_login(url) if at_login else Memory(url=url)
        self._view: View | None = None
        self._told: Note | None = None
        self._first_request: int | None = None

    def listen(self, hand_over: Callable[[UIMessage | None], None]) -> None:
        """Call `hand_over` in a thread of its own with every event, and with None when the keeper is gone."""

        def hear() -> None:
            while True:
                try:
                    event = self._link.receive()
                except TavernkeepError:
                    continue  # It hangs. Nobody waits for the icon, and a click on it opens a window, which says so.
                hand_over(event)
                if event is None:
                    return

        safety_net.start_thread(hear, "keeper", lambda: hand_over(None))

    def say(self, tray: Tray) -> None:
        """Tell the keeper what became of the icon; the first time it also asks for the view."""
        number = self._send(Hello(ui="tray", tray=tray))
        if self._first_request is None:
            self._first_request = number
            self._send(Watch())

    def take(self, event: UIMessage | None, icon: Icon) -> None:
        """Do what `event` asks of this tray."""
        match event:
            case Changed(view=view):
                note = worth_telling(self._memory, view)
                self._remember(view)
                icon.show(view)
                if note:
                    self._tell(note, icon)
                elif self._told and is_answered(self._told, view):
                    icon.take_back()
                    self._told = None
            case ShowYourself(what=what):
                self._open_window(what)
            case Reply(id=number, refused=True) if number == self._first_request:
                icon.end()  # Another tray is there already.
            case Reply(problem=Problem(title=title, advice=advice), refused=True):
                self._tell(Note(title, advice), icon)
            case None | Close():
                icon.end()

    def choose(self, item: Item) -> None:
        """Do what `item` of the menu says. One that is not enabled does nothing."""
        if not item.enabled:
            return
        match item.action:
            case None:
                return
            case Local.BROWSER:
                url = self._view.local_url if self._view else None
                if url:
                    self._open_url(url)
            case Local.QR | Local.WINDOW | Local.QUESTION as what:
                self._open_window(what)
            case request:
                self._send(request)

    def _tell(self, note: Note, icon: Icon) -> None:
        icon.tell(note)
        self._told = note

    def _remember(self, view: View) -> None:
        before, self._memory, self._view = self._memory, seen(self._memory, view), view
        if self._last_address and self._memory.url != before.url:
            self._last_address.write(self._memory.url)

    def _send(self, request: Request) -> int | None:
        # When nobody is there `receive` says so, too; that ends the icon.
        with contextlib.suppress(ConnectionError):
            return self._link.send(request)
        return None


def open_url(url: str) -> None:
    """Open `url` in the default browser; returns at once."""
    safety_net.start_thread(lambda: _open_and_wait(url), "browser")


def _open_and_wait(url: str) -> None:
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            quiet = subprocess.DEVNULL
            done = subprocess.run(
                ["xdg-open", url], stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True, check=False
            )
            if done.returncode == 0:
                return
    import webbrowser

    webbrowser.open(url)
