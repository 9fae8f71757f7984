"""The menu of the tray icon as `com.canonical.dbusmenu` on D-Bus. The panel draws it and tells what was clicked.

Interface: https://github.com/AyatanaIndicators/libdbusmenu/blob/master/libdbusmenu-glib/dbus-menu.xml
"""

from collections.abc import Callable
from typing import Annotated

from dbus_fast import Variant
from dbus_fast.annotations import (
    DBusBool,
    DBusInt32,
    DBusSignature,
    DBusStr,
    DBusUInt32,
    DBusVariant,
)
from dbus_fast.constants import ErrorType, PropertyAccess
from dbus_fast.errors import DBusError
from dbus_fast.service import ServiceInterface, dbus_method, dbus_property, dbus_signal

from launcher.ui.tray.menu import Item

Properties = dict[str, Variant]
Node = tuple[int, Properties, list[Variant]]

Numbers = Annotated[list[int], DBusSignature("ai")]
Names = Annotated[list[str], DBusSignature("as")]
Layout = Annotated[tuple[int, Node], DBusSignature("u(ia{sv}av)")]
Group = Annotated[list[tuple[int, Properties]], DBusSignature("a(ia{sv})")]
Happenings = Annotated[list[tuple[int, str, Variant, int]], DBusSignature("a(isvu)")]
UpdatesAndErrors = Annotated[tuple[list[int], list[int]], DBusSignature("aiai")]
Updated = Annotated[tuple[list[tuple[int, Properties]], list[tuple[int, list[str]]]], DBusSignature("a(ia{sv})a(ias)")]
Revised = Annotated[tuple[int, int], DBusSignature("ui")]

ROOT = 0


def properties(item: Item) -> Properties:
    """How dbusmenu describes one line. What has its default value is left out."""
    if item.action is None:
        return {"type": Variant("s", "separator")}
    found = {"label": Variant("s", item.label.replace("_", "__"))}
    if not item.enabled:
        found["enabled"] = Variant("b", False)
    return found


def _only(found: Properties, names: list[str]) -> Properties:
    return {name: value for name, value in found.items() if not names or name in names}


class DBusMenu(ServiceInterface):
    """Item number n of the menu has id n, from 1; the root is 0. `choose` is called with the item clicked."""

    def __init__(self, choose: Callable[[Item], None]) -> None:
        super().__init__("com.canonical.dbusmenu")
        self._choose = choose
        self._items: tuple[Item, ...] = ()
        self._revision = 1

    def show(self, items: tuple[Item, ...]) -> None:
        """Show `items`, also in a menu that is open right now."""
        old, self._items = self._items, items
        if old == items:
            return
        self._revision += 1
        changed = [(number, new) for number, new in enumerate(items, 1) if old[number - 1 : number] != (new,)]
        updated = [(number, {"enabled": Variant("b", True)} | properties(new)) for number, new in changed]
        self.ItemsPropertiesUpdated(updated)
        self.LayoutUpdated()

    def _known(self, number: int) -> bool:
        return 0 <= number <= len(self._items)

    def _properties(self, number: int) -> Properties:
        return {"children-display": Variant("s", "submenu")} if number == ROOT else properties(self._items[number - 1])

    def _happened(self, number: int, event: str) -> None:
        if event == "clicked" and number != ROOT:
            self._choose(self._items[number - 1])

    @dbus_property(access=PropertyAccess.READ)
    def Version(self) -> DBusUInt32:
        return 3

    @dbus_property(access=PropertyAccess.READ)
    def TextDirection(self) -> DBusStr:
        return "ltr"

    @dbus_property(access=PropertyAccess.READ)
    def Status(self) -> DBusStr:
        return "normal"

    @dbus_property(access=PropertyAccess.READ)
    def IconThemePath(self) -> Names:
        return []

    @dbus_method()
    def GetLayout(self, parent: DBusInt32, depth: DBusInt32, names: Names) -> Layout:
        self._require(parent)
        children: list[Variant] = []
        if parent == ROOT and depth != 0:
            for number, item in enumerate(self._items, 1):
                children.append(Variant("(ia{sv}av)", (number, _only(properties(item), names), [])))
        return self._revision, (parent, _only(self._properties(parent), names), children)

    @dbus_method()
    def GetGroupProperties(self, numbers: Numbers, names: Names) -> Group:
        wanted = numbers or range(len(self._items) + 1)
        return [(number, _only(self._properties(number), names)) for number in wanted if self._known(number)]

    @dbus_method()
    def GetProperty(self, number: DBusInt32, name: DBusStr) -> DBusVariant:
        self._require(number)
        found = self._properties(number).get(name)
        if found is None:
            raise DBusError(ErrorType.INVALID_ARGS, f"item {number} has no {name}")
        return found

    @dbus_method()
    def Event(self, number: DBusInt32, event: DBusStr, data: DBusVariant, timestamp: DBusUInt32) -> None:
        self._require(number)
        self._happened(number, event)

    @dbus_method()
    def EventGroup(self, events: Happenings) -> Numbers:
        for number, event, _, _ in events:
            if self._known(number):
                self._happened(number, event)
        return [number for number, _, _, _ in events if not self._known(number)]

    @dbus_method()
    def AboutToShow(self, number: DBusInt32) -> DBusBool:
        self._require(number)
        return False  # Every change was told when it came.

    @dbus_method()
    def AboutToShowGroup(self, numbers: Numbers) -> UpdatesAndErrors:
        return [], [number for number in numbers if not self._known(number)]

    @dbus_signal()
    def ItemsPropertiesUpdated(self, updated: list[tuple[int, Properties]]) -> Updated:
        return updated, []

    @dbus_signal()
    def LayoutUpdated(self) -> Revised:
        return self._revision, ROOT

    def _require(self, number: int) -> None:
        if not self._known(number):
            raise DBusError(ErrorType.INVALID_ARGS, f"there is no item {number}")
