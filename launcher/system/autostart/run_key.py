"""The Run key of this user in the Windows registry, and StartupApproved, where Task Manager notes what is off."""

import ctypes
import subprocess
import sys
from collections.abc import Sequence

from launcher.system.autostart.entry_file import AutostartEntry

NAME = "Tavernkeep"
RUN = r"Software\Microsoft\Windows\CurrentVersion\Run"
APPROVED = r"Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run"
# Windows starts no longer ones (Microsoft Learn, "Run and RunOnce Registry Keys").
LONGEST = 260


def where() -> str:
    return f"the registry value HKEY_CURRENT_USER\\{RUN}\\{NAME}"


def is_switched_off(approved: bytes) -> bool:
    """Tell what StartupApproved says: its first byte is odd (03) when the user switched the entry off."""
    return approved[:1] != b"" and bool(approved[0] & 1)


if sys.platform == "win32":
    import winreg

    def read() -> AutostartEntry | None:
        """Return the entry; None when there is none. Raises OSError."""
        line = _value(RUN)
        if not isinstance(line, str):
            return None
        approved = _value(APPROVED)
        return AutostartEntry(_words(line), is_switched_off(approved if isinstance(approved, bytes) else b""))

    def write(command: Sequence[str]) -> None:
        """Write the entry that starts `command`. Raises OSError, also when the line is too long for Windows."""
        line = subprocess.list2cmdline(command)
        if len(line) > LONGEST:
            raise OSError(0, f"The path of Tavernkeep is too long: Windows starts at most {LONGEST} characters")
        with winreg.CreateKey(winreg.HKEY_CURRENT_USER, RUN) as key:
            winreg.SetValueEx(key, NAME, 0, winreg.REG_SZ, line)
        _delete(APPROVED)

    def remove() -> None:
        """Remove the entry; nothing happens when there is none. Raises OSError."""
        _delete(RUN)
        _delete(APPROVED)

    def _value(path: str) -> object:
        try:
            with winreg.OpenKey(winreg.HKEY_CURRENT_USER, path) as key:
                return winreg.QueryValueEx(key, NAME)[0]
        except FileNotFoundError:
            return None

    def _delete(path: str) -> None:
        try:
            with winreg.OpenKey(winreg.HKEY_CURRENT_USER, path, 0, winreg.KEY_SET_VALUE) as key:
                winreg.DeleteValue(key, NAME)
        except FileNotFoundError:
            return

    def _words(line: str) -> tuple[str, ...]:
        """Split `line` into words as a Windows program gets them."""
        split = ctypes.WinDLL("shell32").CommandLineToArgvW
        split.argtypes = (ctypes.c_wchar_p, ctypes.POINTER(ctypes.c_int))
        split.restype = ctypes.POINTER(ctypes.c_wchar_p)
        count = ctypes.c_int()
        words = split(line, ctypes.byref(count)) if line.strip() else None
        if not words:
            return ()
        try:
            return tuple(words[at] or "" for at in range(count.value))
        finally:
            free = ctypes.WinDLL("kernel32").LocalFree
            free.argtypes = (ctypes.c_void_p,)
            free(words)
