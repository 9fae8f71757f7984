"""The icon through pystray 0.19.5, for Windows, macOS and Linux desktops with an older tray.

Everything that touches the icon happens in the thread of its loop, because pystray's menus are not thread-safe on
Windows and macOS (pystray issue 60). The macOS part is written from pystray's source and has not been run.
"""

import contextlib
import os
import queue
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from launcher.keeper.messages import UIMessage
from launcher.keeper.view import Phase, Tray, View
from launcher.ui.tray.icon import state_icon
from launcher.ui.tray.menu import IconState, Item, icon_state, menu, shortened, tooltip
from launcher.ui.tray.notes import Note
from launcher.ui.tray.tray_ui import ENDED, NO_TRAY, TrayUI

if TYPE_CHECKING:
    import pystray

DRAWN_SIZE = 64
TITLE_CHARACTERS, TEXT_CHARACTERS = 63, 255

NOTHING_HEARD_YET = View(phase=Phase.STARTING, waiting_for="Tavernkeep is starting")


def run_pystray(ui: TrayUI) -> int:
    """Show the icon until it is ended. NO_TRAY when pystray has no backend here. Call it in the main thread."""
    backend = None if os.environ.get("PYSTRAY_BACKEND") == "dummy" else _pystray()
    if backend is None:
        ui.say(Tray.NONE)
        return NO_TRAY
    PystrayIcon(backend, ui).run()
    return ENDED


def _pystray() -> Any | None:  # noqa: ANN401  # pystray has no types
    reasons: tuple[type[Exception], ...] = (ImportError, ValueError)  # ValueError: the typelib is missing.
    if sys.platform == "linux":
        from Xlib.error import DisplayError

        reasons += (DisplayError,)
    try:
        import pystray
    except reasons:
        return None
    return pystray


class PystrayIcon:
    """`Icon` over pystray. The events of the keeper wait in a queue until the icon's loop takes them."""

    def __init__(self, backend: Any, ui: TrayUI) -> None:  # noqa: ANN401
        self._backend, self._ui = backend, ui
        self._events: queue.SimpleQueue[UIMessage | None] = queue.SimpleQueue()
        self._view = NOTHING_HEARD_YET
        self._state: IconState | None = None
        self._icon: pystray.Icon = backend.Icon(
            "tavernkeep",
            state_icon(IconState.STARTING, DRAWN_SIZE),
            tooltip(self._view),
            backend.Menu(self._native_items),
        )
        self._menu_made_on_click = sys.platform == "win32"
        self._in_loop = _loop_of(self._icon)

    def run(self) -> None:
        """Blocks until the icon is ended."""
        self._icon.run(setup=self._appear)

    def show(self, view: View) -> None:
        self._view = view
        if icon_state(view) is not self._state:
            self._state = icon_state(view)
            self._icon.icon = state_icon(self._state, DRAWN_SIZE)
        self._icon.title = tooltip(view)
        if not self._menu_made_on_click:
            self._icon.update_menu()

    def tell(self, note: Note) -> None:
        self._icon.notify(shortened(note.text, TEXT_CHARACTERS) or " ", shortened(note.title, TITLE_CHARACTERS))

    def take_back(self) -> None:
        self._icon.remove_notification()

    def end(self) -> None:
        self._icon.stop()

    def _appear(self, _icon: object) -> None:
        self._icon.visible = True
        self._ui.say(Tray.SHOWN)
        self._ui.listen(self._hand_over)

    def _hand_over(self, event: UIMessage | None) -> None:
        self._events.put(event)
        self._in_loop(self._take_events)

    def _take_events(self) -> None:
        with contextlib.suppress(queue.Empty):
            while True:
                self._ui.take(self._events.get_nowait(), self)

    def _native_items(self) -> list[Any]:
        return [self._native_item(item) for item in menu(self._view)]

    def _native_item(self, item: Item) -> Any:  # noqa: ANN401
        if item.action is None:
            return self._backend.Menu.SEPARATOR

        def chosen(_icon: object, _item: object) -> None:
            self._ui.choose(item)

        return self._backend.MenuItem(item.label, chosen, enabled=item.enabled, default=item.default)


def _loop_of(icon: "pystray.Icon") -> Callable[[Callable[[], None]], object]:
    """How to have something done in the loop of `icon`, from any thread."""
    kind = type(icon).__module__
    if kind == "pystray._win32":
        return _windows_loop(icon)
    if kind == "pystray._darwin":
        from PyObjCTools import AppHelper

        later_in_appkit: Callable[[Callable[[], None]], object] = AppHelper.callAfter
        return later_in_appkit
    from gi.repository import GLib

    later_in_gtk: Callable[[Callable[[], None]], object] = GLib.idle_add  # Once only: `work` returns None.
    return later_in_gtk


def _windows_loop(icon: "pystray.Icon") -> Callable[[Callable[[], None]], object]:
    """A message of our own to the icon's window; its number follows those that pystray uses.

    The menu is made anew when it is about to open: replacing one that is open would destroy it.
    """
    from pystray._util import win32

    message = win32.WM_USER + 20
    waiting: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()

    def handle(_wparam: int, _lparam: int) -> int:
        waiting.get_nowait()()
        return 0

    notify = icon._message_handlers[win32.WM_NOTIFY]

    def notified(wparam: int, lparam: int) -> object:
        if lparam == win32.WM_RBUTTONUP:
            icon.update_menu()
        return notify(wparam, lparam)

    icon._message_handlers[message] = handle
    icon._message_handlers[win32.WM_NOTIFY] = notified

    def post(work: Callable[[], None]) -> object:
        waiting.put(work)
        return win32.PostMessage(icon._hwnd, message, 0, 0)

    return post
