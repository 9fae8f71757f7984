"""Light or dark windows: what was chosen, and what this system wants.

The system is asked beside the start of the window, never in its way; what was chosen is read at once.
"""

import os
import signal
import sys

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


class Asked:
    """A question to the system under way. `fd` becomes readable when the answer is there; None: nothing to wait for."""

    def __init__(self, command: tuple[str, ...] | None) -> None:
        self.fd: int | None = None
        self._pid: int | None = None
        if command:
            self._ask(command)

    def _ask(self, command: tuple[str, ...]) -> None:
        if sys.platform == "win32":
            return  # It is never asked by a command.
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
        """True: dark. None: not answered yet, or the system does not say. Does not wait for the answer."""
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


def told_by_environment() -> bool | None:
    """TAVERNKEEP_THEME=dark or light, for tests and pictures. None: not told."""
    return {"dark": True, "light": False}.get(os.environ.get("TAVERNKEEP_THEME", ""))


def chosen() -> str:
    """`system`, `light` or `dark`: what a plain line of our settings file says, read without anything that takes time.

    For the first sight of a window. What the keeper tells a moment later counts.
    """
    try:
        with open(f"{settings_folder()}/settings.toml", encoding="utf-8", errors="replace") as file:  # noqa: PTH123
            pairs = [line.partition("#")[0].partition("=") for line in file]
    except OSError:
        return "system"
    said = [value.strip().strip("\"'") for name, _, value in pairs if name.strip() == "theme"]
    return said[0] if said and said[0] in ("light", "dark") else "system"


def settings_folder() -> str:
    """`our_folders().settings`, without importing what that needs (25 ms)."""
    home = os.environ.get("TAVERNKEEP_HOME")
    if home:
        return home
    if sys.platform == "win32":
        return f"{os.environ.get('LOCALAPPDATA', '')}/tavernkeep"
    if sys.platform == "darwin":
        return os.path.expanduser("~/Library/Application Support/tavernkeep")  # noqa: PTH111
    return f"{_xdg_config_home()}/tavernkeep"


def ask() -> Asked:
    """Begin to ask the system."""
    if sys.platform == "darwin":
        return Asked(MAC_QUESTION)
    if sys.platform == "linux" and "DBUS_SESSION_BUS_ADDRESS" in os.environ:
        return Asked(PORTAL_QUESTION)
    return Asked(None)


def _from_files() -> bool | None:
    """What the settings of Windows or GTK say; read at once."""
    if sys.platform == "win32":
        return _windows()
    return _gtk() if sys.platform == "linux" else None


def _windows() -> bool | None:
    if sys.platform == "win32":
        import winreg

        key = r"Software\Microsoft\Windows\CurrentVersion\Themes\Personalize"
        try:
            with winreg.OpenKey(winreg.HKEY_CURRENT_USER, key) as opened:
                return bool(winreg.QueryValueEx(opened, "AppsUseLightTheme")[0] == 0)
        except OSError:
            return None
    return None


def _xdg_config_home() -> str:
    return os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")  # noqa: PTH111 (pathlib takes 8 ms)


def _gtk() -> bool | None:
    """GTK's settings.ini, read line by line: its one section is all we need."""
    try:
        with open(f"{_xdg_config_home()}/gtk-3.0/settings.ini", encoding="utf-8", errors="replace") as file:  # noqa: PTH123
            pairs = [line.partition("=") for line in file]
    except OSError:
        return None
    settings = {name.strip(): value.strip().lower() for name, _, value in pairs}
    prefers = settings.get("gtk-application-prefer-dark-theme") in ("1", "true")
    return prefers or settings.get("gtk-theme-name", "").endswith("-dark")
