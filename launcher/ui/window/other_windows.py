"""The windows beside the main one, each by the name that `ShowYourself` may carry. Each is open once at most."""

import tkinter as tk
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from launcher.ui.window.widgets.theme import Theme

if TYPE_CHECKING:
    from pathlib import Path

    from launcher.keeper.view import View
    from launcher.ui.window.outcome import Send

# What `ShowYourself` may name.
LOG, ADDRESSES = "log", "addresses"
ACCESS, WHITELIST, LOGIN, DEVICES = "access", "whitelist", "login", "devices"
CHECK, REACH = "check", "reach"
PUBLIC_IP, SETTINGS, ABOUT = "public-ip", "settings", "about"


class OtherWindow(Protocol):
    """What they have in common."""

    window: tk.Toplevel

    def show(self, view: "View") -> None: ...

    def lost(self) -> None: ...

    @property
    def unsaved(self) -> bool: ...

    def close(self) -> None:
        """Close it, or ask when something would be lost."""


class OtherWindows:
    """Opens them, and brings each the view. Imports them when they are wanted."""

    def __init__(
        self,
        root: tk.Tk,
        theme: Theme,
        send: "Send",
        copy: Callable[[str], None],
        put: Callable[[Callable[[], None]], None],
        server_log: "Callable[[], Path]",
    ) -> None:
        """`put` brings calls of other threads into the Tk thread; `server_log` is SillyTavern's log."""
        self._root, self._theme, self._send, self._copy, self._put = root, theme, send, copy, put
        self._server_log = server_log
        self._view: View | None = None
        self._made: dict[str, OtherWindow] = {}
        self._makers: dict[str, Callable[[], OtherWindow]] = {
            LOG: self._make_log,
            ADDRESSES: self._make_addresses,
            ACCESS: self._make_access,
            WHITELIST: self._make_whitelist,
            LOGIN: self._make_login,
            DEVICES: self._make_devices,
            CHECK: self._make_check,
            REACH: self._make_reach,
            PUBLIC_IP: self._make_public_ip,
            SETTINGS: self._make_settings,
            ABOUT: self._make_about,
        }

    def show(self, view: "View") -> None:
        """Everything open follows this view."""
        self._view = view
        for each in self._open():
            each.show(view)

    def lost(self) -> None:
        """There is no keeper any more."""
        for each in self._open():
            each.lost()

    def ask_about_unsaved(self) -> bool:
        """Whether something would be lost if all of them closed now: then its window asks about it."""
        from launcher.ui.window.widgets.dialog import come_to_front

        unsaved = next((each for each in self._open() if each.unsaved), None)
        if unsaved:
            come_to_front(unsaved.window)
            unsaved.close()
        return unsaved is not None

    def open(self, name: str) -> None:
        """Open the window of this name, or bring it to the front; a name of none does nothing."""
        if name in self._makers:
            self.opened(name)

    def open_login(self, then: Callable[[], None] | None = None) -> None:
        """Open the login; `then` is called once one is set, and a login is asked for first."""
        from launcher.ui.window.access.login_window import LoginWindow

        opened = self.opened(LOGIN)
        if then and isinstance(opened, LoginWindow):
            opened.ask_first(then)

    def _open(self) -> list[OtherWindow]:
        return [each for each in self._made.values() if each.window.winfo_exists()]

    def opened(self, name: str) -> OtherWindow:
        """The window of this name, in front."""
        from launcher.ui.window.widgets.dialog import come_to_front

        made = self._made.get(name)
        if made is None or not made.window.winfo_exists():
            made = self._made[name] = self._makers[name]()
            if self._view:
                made.show(self._view)
        else:
            come_to_front(made.window)
        return made

    def _make_log(self) -> OtherWindow:
        from launcher.ui.window.main.log_window import LogWindow

        return LogWindow(self._root, self._theme, self._server_log(), self._copy)

    def _make_addresses(self) -> OtherWindow:
        from launcher.ui.window.main.addresses_window import AddressesWindow

        return AddressesWindow(self._root, self._theme, self._copy)

    def _make_access(self) -> OtherWindow:
        from launcher.ui.window.access.who_window import WhoWindow

        return WhoWindow(self._root, self._theme, self._send, lambda: self.open(WHITELIST), self.open_login)

    def _make_whitelist(self) -> OtherWindow:
        from launcher.ui.window.access.whitelist_window import WhitelistWindow

        return WhitelistWindow(self._root, self._theme, self._send)

    def _make_login(self) -> OtherWindow:
        from launcher.ui.window.access.login_window import LoginWindow

        return LoginWindow(self._root, self._theme, self._send, self._copy)

    def _make_devices(self) -> OtherWindow:
        from launcher.ui.window.access.devices_window import DevicesWindow

        return DevicesWindow(self._root, self._theme, self._send)

    def _make_check(self) -> OtherWindow:
        from launcher.ui.window.check.check_window import CheckWindow
        from launcher.ui.window.check.doctor_run import Doctor

        return CheckWindow(self._root, self._theme, Doctor(), self._put, self._copy, lambda: self.open(REACH))

    def _make_reach(self) -> OtherWindow:
        from launcher.ui.window.check.reach_window import ReachWindow

        return ReachWindow(self._root, self._theme, self._send, self._copy, self._put)

    def _make_public_ip(self) -> OtherWindow:
        from launcher.ui.window.check.public_ip_window import PublicIpWindow

        return PublicIpWindow(self._root, self._theme, self._copy, self._put, self.open)

    def _make_settings(self) -> OtherWindow:
        from launcher.ui.window.settings.settings_window import SettingsWindow

        return SettingsWindow(self._root, self._theme, self._send, lambda: self.open(ABOUT))

    def _make_about(self) -> OtherWindow:
        from launcher.ui.window.about_window import AboutSource, AboutWindow

        return AboutWindow(self._root, self._theme, AboutSource(), self._copy)
