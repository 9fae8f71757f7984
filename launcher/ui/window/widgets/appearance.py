"""Light or dark windows: as chosen in the settings, otherwise as the system has it.

The choice is read at once. The system is asked in the background: its answer must not delay the first window.
"""

import os
import signal
import sys
import time
import tkinter as tk

from launcher.ui.window.widgets.theme import Theme

ASK_AGAIN_S = 5.0
WATCH_MS = 5_000
PORTAL_QUESTION = (
    "dbus-send",
    "--session",
    "--print-reply=literal",
    "--reply-timeout=2000",
    "--dest=org.freedesktop.portal.Desktop",
    "/org/freedesktop/portal/desktop",
    "org.freedesktop.portal.Settings.Read",
    "string:org.freedesktop.appearance",
    "string:color-scheme",
)
MAC_QUESTION = ("defaults", "read", "-g", "AppleInterfaceStyle")
MOST_ANSWER_BYTES = 4096


class Appearance:
    """Keeps the windows of this process light or dark.

    Make it before the first window, so that no window changes in front of the user; then call `follow`.
    """

    def __init__(self) -> None:
        # For tests and pictures.
        self._told = {"dark": True, "light": False}.get(os.environ.get("TAVERNKEEP_THEME", ""))
        self._choice = chosen_theme()
        self._asked = ask_system() if self._by_system else SystemQuestion(None)
        self._asked_at = time.monotonic()
        self._root: tk.Tk
        self._theme: Theme

    @property
    def dark(self) -> bool:
        """What is known now. Light while nothing is known."""
        if self._told is not None:
            return self._told
        return bool(self._asked.answer()) if self._by_system else self._choice == "dark"

    @property
    def _by_system(self) -> bool:
        return self._told is None and self._choice == "system"

    def follow(self, root: tk.Tk, theme: Theme) -> None:
        """Switch `theme` whenever the system changes.

        The system is asked when the user comes back to a window, and every few seconds while one is visible.
        """
        self._root, self._theme = root, theme
        self._listen()
        root.bind("<FocusIn>", lambda _event: self._came_back(), add=True)
        self._next = root.after(WATCH_MS, self._watch)
        root.bind("<Destroy>", self._destroyed, add=True)

    def choose(self, choice: str) -> None:
        """Follow the settings: `system`, `light` or `dark`."""
        if choice == self._choice:
            return
        self._choice = choice
        if self._by_system:
            self._ask()
        elif self._told is None:
            self._switch(choice == "dark")

    def _came_back(self) -> None:
        if self._by_system and time.monotonic() - self._asked_at > ASK_AGAIN_S:
            self._ask()

    def _watch(self) -> None:
        if any(window.winfo_viewable() for window in (self._root, *self._root.winfo_children())):
            self._came_back()
        self._next = self._root.after(WATCH_MS, self._watch)

    def _destroyed(self, event: "tk.Event[tk.Misc]") -> None:
        if event.widget is self._root:
            self._root.after_cancel(self._next)

    def _ask(self) -> None:
        if self._asked.fd is None:
            self._asked, self._asked_at = ask_system(), time.monotonic()
            self._listen()

    def _listen(self) -> None:
        if sys.platform == "win32" or self._asked.fd is None:
            self._heard()
        else:
            self._root.createfilehandler(self._asked.fd, tk.READABLE, lambda *_: self._heard())

    def _heard(self) -> None:
        if sys.platform != "win32" and self._asked.fd is not None:
            self._root.deletefilehandler(self._asked.fd)
        dark = self._asked.answer()
        if dark is not None and self._by_system:
            self._switch(dark)

    def _switch(self, dark: bool) -> None:
        if dark != (self._theme.palette.name == "dark"):
            self._theme.switch(dark)


class SystemQuestion:
    """A command that asks the system. `fd` becomes readable when the answer is there; None: there is no command."""

    def __init__(self, command: tuple[str, ...] | None) -> None:
        self.fd: int | None = None
        self._pid: int | None = None
        if command:
            self._ask(command)

    def _ask(self, command: tuple[str, ...]) -> None:
        if sys.platform == "win32":
            return  # The registry answers there.
        read_end, write_end = os.pipe()
        nothing = os.open(os.devnull, os.O_RDWR)
        actions = [(os.POSIX_SPAWN_DUP2, nothing, 0), (os.POSIX_SPAWN_DUP2, write_end, 1)]
        actions += [(os.POSIX_SPAWN_DUP2, nothing, 2)]
        try:
            self._pid = os.posix_spawnp(command[0], command, os.environ, file_actions=actions)
            self.fd = read_end
            os.set_blocking(read_end, False)
        except OSError:
            os.close(read_end)
        finally:
            os.close(write_end)
            os.close(nothing)

    def answer(self) -> bool | None:
        """Return True for dark, None while there is no answer or the system does not say. Does not block."""
        dark = self._told()
        return _from_files() if dark is None and self.fd is None else dark

    def _told(self) -> bool | None:
        if self.fd is None:
            return None
        try:
            text = os.read(self.fd, MOST_ANSWER_BYTES).decode("utf-8", "replace")
        except BlockingIOError:
            return None
        self._forget()
        if sys.platform == "darwin":
            return "Dark" in text
        number = text.split()[-1:] or [""]
        return {"0": False, "1": True, "2": False}.get(number[0])

    def close(self) -> None:
        """Stop waiting."""
        if self._pid is not None:
            os.kill(self._pid, signal.SIGTERM)
        self._forget()

    def _forget(self) -> None:
        if self.fd is not None:
            os.close(self.fd)
            self.fd = None
        if self._pid is not None:
            os.waitpid(self._pid, 0)
            self._pid = None


def ask_system() -> SystemQuestion:
    """Start asking the system."""
    if sys.platform == "darwin":
        return SystemQuestion(MAC_QUESTION)
    if sys.platform == "linux" and "DBUS_SESSION_BUS_ADDRESS" in os.environ:
        return SystemQuestion(PORTAL_QUESTION)
    return SystemQuestion(None)


def chosen_theme() -> str:
    """Return `system`, `light` or `dark`, from the plain line in our settings file, without a TOML parser.

    It is for the first window only: the keeper sends the real setting a moment later.
    """
    pairs = _lines_of(f"{settings_folder()}/settings.toml")
    said = [value.partition("#")[0].strip().strip("\"'") for name, value in pairs or () if name == "theme"]
    return said[0] if said and said[0] in ("light", "dark") else "system"


def settings_folder() -> str:
    """Return `our_folders().settings` without its imports, which take 25 ms."""
    home = os.environ.get("TAVERNKEEP_HOME")
    if home:
        return home
    if sys.platform == "win32":
        return f"{os.environ.get('LOCALAPPDATA', '')}/tavernkeep"
    if sys.platform == "darwin":
        return os.path.expanduser("~/Library/Application Support/tavernkeep")  # noqa: PTH111
    return f"{_xdg_config_home()}/tavernkeep"


def _from_files() -> bool | None:
    """Return what the settings of Windows or GTK say."""
    if sys.platform == "win32":
        import winreg

        key = r"Software\Microsoft\Windows\CurrentVersion\Themes\Personalize"
        try:
            with winreg.OpenKey(winreg.HKEY_CURRENT_USER, key) as opened:
                return bool(winreg.QueryValueEx(opened, "AppsUseLightTheme")[0] == 0)
        except OSError:
            return None
    return _from_gtk() if sys.platform == "linux" else None


def _xdg_config_home() -> str:
    return os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")  # noqa: PTH111 (pathlib takes 8 ms)


def _from_gtk() -> bool | None:
    pairs = _lines_of(f"{_xdg_config_home()}/gtk-3.0/settings.ini")
    if pairs is None:
        return None
    settings = {name: value.lower() for name, value in pairs}
    prefers = settings.get("gtk-application-prefer-dark-theme") in ("1", "true")
    return prefers or settings.get("gtk-theme-name", "").endswith("-dark")


def _lines_of(path: str) -> list[tuple[str, str]] | None:
    """Return the `name = value` lines of a file, None when it cannot be read."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:  # noqa: PTH123
            parts = [line.partition("=") for line in file]
    except OSError:
        return None
    return [(name.strip(), value.strip()) for name, _, value in parts]
