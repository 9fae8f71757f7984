"""The icon as `org.kde.StatusNotifierItem` on D-Bus: what a panel reads of it, and the clicks it sends.

Interface: https://www.freedesktop.org/wiki/Specifications/StatusNotifierItem/
"""

from collections.abc import Callable
from typing import Annotated

from dbus_fast.annotations import DBusBool, DBusInt32, DBusObjectPath, DBusSignature, DBusStr
from dbus_fast.constants import PropertyAccess
from dbus_fast.service import ServiceInterface, dbus_method, dbus_property, dbus_signal

from launcher.ui.tray.menu import IconState
from launcher.ui.tray.pixmaps import Pixmap, load

ITEM_PATH = "/StatusNotifierItem"
MENU_PATH = "/StatusNotifierItem/Menu"
NAME = "Tavernkeep"

Pixmaps = Annotated[list[Pixmap], DBusSignature("a(iiay)")]
ToolTipText = Annotated[tuple[str, list[Pixmap], str, str], DBusSignature("(sa(iiay)ss)")]


class StatusNotifierItem(ServiceInterface):
    """`activate` is called for a click that is not for the menu."""

    def __init__(self, activate: Callable[[], None]) -> None:
        super().__init__("org.kde.StatusNotifierItem")
        self._activate = activate
        self._state: IconState | None = None
        self._pixmaps: list[Pixmap] = []
        self._tooltip = ""

    def show(self, state: IconState, tooltip: str) -> None:
        """Show the icon of `state`, and `tooltip` when the pointer rests on it."""
        if state is not self._state:
            self._state, self._pixmaps = state, load(state)
            self.NewIcon()
        if tooltip != self._tooltip:
            self._tooltip = tooltip
            self.NewToolTip()

    @dbus_property(access=PropertyAccess.READ)
    def Category(self) -> DBusStr:
        return "ApplicationStatus"

    @dbus_property(access=PropertyAccess.READ)
    def Id(self) -> DBusStr:
        return NAME.lower()

    @dbus_property(access=PropertyAccess.READ)
    def Title(self) -> DBusStr:
        return NAME

    @dbus_property(access=PropertyAccess.READ)
    def Status(self) -> DBusStr:
        return "Active"

    @dbus_property(access=PropertyAccess.READ)
    def WindowId(self) -> DBusInt32:
        return 0

    @dbus_property(access=PropertyAccess.READ)
    def IconThemePath(self) -> DBusStr:
        return ""

    @dbus_property(access=PropertyAccess.READ)
    def IconName(self) -> DBusStr:
        return ""

    @dbus_property(access=PropertyAccess.READ)
    def IconPixmap(self) -> Pixmaps:
        return self._pixmaps

    @dbus_property(access=PropertyAccess.READ)
    def OverlayIconName(self) -> DBusStr:
        return ""

    @dbus_property(access=PropertyAccess.READ)
    def OverlayIconPixmap(self) -> Pixmaps:
        return []

    @dbus_property(access=PropertyAccess.READ)
    def AttentionIconName(self) -> DBusStr:
        return ""

    @dbus_property(access=PropertyAccess.READ)
    def AttentionIconPixmap(self) -> Pixmaps:
        return []

    @dbus_property(access=PropertyAccess.READ)
    def AttentionMovieName(self) -> DBusStr:
        return ""

    @dbus_property(access=PropertyAccess.READ)
    def ToolTip(self) -> ToolTipText:
        return "", [], NAME, self._tooltip

    @dbus_property(access=PropertyAccess.READ)
    def ItemIsMenu(self) -> DBusBool:
        return False

    @dbus_property(access=PropertyAccess.READ)
    def Menu(self) -> DBusObjectPath:
        return MENU_PATH

    @dbus_method()
    def Activate(self, x: DBusInt32, y: DBusInt32) -> None:
        self._activate()

    @dbus_method()
    def SecondaryActivate(self, x: DBusInt32, y: DBusInt32) -> None:
        self._activate()

    @dbus_method()
    def ContextMenu(self, x: DBusInt32, y: DBusInt32) -> None:
        # Only panels that cannot draw the menu of MENU_PATH ask this; the window has everything the menu has.
        self._activate()

    @dbus_method()
    def Scroll(self, delta: DBusInt32, orientation: DBusStr) -> None:
        """Scrolling does nothing."""

    @dbus_method()
    def ProvideXdgActivationToken(self, token: DBusStr) -> None:
        """Plasma on Wayland offers a token with every click; our window is another process and asks for its own."""

    @dbus_signal()
    def NewIcon(self) -> None: ...

    @dbus_signal()
    def NewToolTip(self) -> None: ...
