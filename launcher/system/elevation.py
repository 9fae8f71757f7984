"""Do one thing as administrator, after the system has asked the person.

Linux asks through pkexec, Windows through its own question, macOS through osascript (never tried on a Mac).
"""

import os
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from enum import StrEnum

from launcher.problem import TavernkeepError

# A person may be away when the question comes; then nothing is changed, and the UI that waits gets an answer.
PATIENCE_S = 300
PKEXEC_DISMISSED = 126
PKEXEC_NOT_AUTHORISED = 127
OSASCRIPT_CANCELLED = "-128"
SYSTEM_FOLDERS = "/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin"


class Consent(StrEnum):
    """What came of asking. DECLINED: the person said no, or closed the question; nothing was changed."""

    DONE = "done"
    DECLINED = "declined"


@dataclass(frozen=True)
class ElevatedRun:
    """`status` and `output` are the program's; -1 and "" when the person declined. Windows gives no output."""

    answer: Consent
    status: int = -1
    output: str = ""


def is_administrator() -> bool:
    """Whether this process already may do everything, so that nobody is asked."""
    if sys.platform == "win32":
        import ctypes

        return bool(ctypes.windll.shell32.IsUserAnAdmin())
    return os.geteuid() == 0


def find_program(name: str) -> str | None:
    """The full path of a system program; also of those that are on an administrator's PATH only."""
    return shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), SYSTEM_FOLDERS]))


def by_hand(*command: str) -> str:
    """The one line to type that does the same."""
    if sys.platform == "win32":
        return subprocess.list2cmdline(command)
    return shlex.join(command if is_administrator() else ("sudo", *command))


def run_as_administrator(*command: str) -> ElevatedRun:
    """Run a program with its full path as administrator, and wait for its end. Blocks while the person is asked.

    A program that ends with an error is an Outcome too; look at `status`. Raises TavernkeepError when the system cannot
    ask, or nobody answers for five minutes; its advice is the line to type.
    """
    if sys.platform == "win32":
        return _run_on_windows(command)
    if is_administrator():
        return _finished(command, command)
    if sys.platform == "darwin":
        return _run_on_macos(command)
    return _run_with_pkexec(command)


def run_all_as_administrator(*commands: tuple[str, ...]) -> ElevatedRun:
    """Run one after the other until one fails, after one question. As `run_as_administrator`; Linux and macOS only."""
    if len(commands) == 1:
        return run_as_administrator(*commands[0])
    return run_as_administrator("/bin/sh", "-c", " && ".join(shlex.join(command) for command in commands))


def cannot_ask(command: tuple[str, ...], reason: str = "") -> TavernkeepError:
    """What to tell when the system could not ask for the permission."""
    note = f" ({reason})" if reason else ""
    return TavernkeepError(
        "This needs an administrator, and your system could not ask for one.",
        f"Type this line in a terminal: {by_hand(*command)}{note}",
    )


def _run_with_pkexec(command: tuple[str, ...]) -> ElevatedRun:
    pkexec = shutil.which("pkexec")
    if not pkexec:
        raise cannot_ask(command)
    outcome = _finished((pkexec, *command), command)
    if outcome.status == PKEXEC_DISMISSED:
        return ElevatedRun(Consent.DECLINED)
    if outcome.status == PKEXEC_NOT_AUTHORISED:
        raise cannot_ask(command, "pkexec: not authorised")
    return outcome


def _run_on_macos(command: tuple[str, ...]) -> ElevatedRun:
    """Never tried on a Mac: from Apple's description of `do shell script` (Technical Note TN2065)."""
    quoted = shlex.join(command).replace("\\", "\\\\").replace('"', '\\"')
    script = f'do shell script "{quoted}" with administrator privileges'
    outcome = _finished(("/usr/bin/osascript", "-e", script), command)
    if outcome.status and OSASCRIPT_CANCELLED in outcome.output:
        return ElevatedRun(Consent.DECLINED)
    return outcome


def _finished(started: tuple[str, ...], wanted: tuple[str, ...]) -> ElevatedRun:
    # In the words that we can read: pkexec hands LC_ALL on.
    environment = os.environ | {"LC_ALL": "C"}
    try:
        done = subprocess.run(
            started,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=PATIENCE_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise cannot_ask(wanted, "nobody answered") from error
    except OSError as error:
        raise cannot_ask(wanted, str(error.strerror)) from error
    return ElevatedRun(Consent.DONE, done.returncode, done.stdout.decode("utf-8", "replace"))


if sys.platform == "win32":
    import ctypes
    from ctypes import wintypes

    ERROR_CANCELLED = 1223
    SEE_MASK_NOCLOSEPROCESS = 0x40
    SEE_MASK_NOASYNC = 0x100
    SW_HIDE = 0
    WAIT_OBJECT_0 = 0

    class _ExecuteInfo(ctypes.Structure):
        """SHELLEXECUTEINFOW."""

        _fields_ = (
            ("cbSize", wintypes.DWORD),
            ("fMask", wintypes.ULONG),
            ("hwnd", wintypes.HWND),
            ("lpVerb", wintypes.LPCWSTR),
            ("lpFile", wintypes.LPCWSTR),
            ("lpParameters", wintypes.LPCWSTR),
            ("lpDirectory", wintypes.LPCWSTR),
            ("nShow", ctypes.c_int),
            ("hInstApp", wintypes.HINSTANCE),
            ("lpIDList", ctypes.c_void_p),
            ("lpClass", wintypes.LPCWSTR),
            ("hkeyClass", wintypes.HKEY),
            ("dwHotKey", wintypes.DWORD),
            ("hIcon", wintypes.HANDLE),
            ("hProcess", wintypes.HANDLE),
        )

    def _run_on_windows(command: tuple[str, ...]) -> ElevatedRun:
        return run_line_as_administrator(command[0], subprocess.list2cmdline(command[1:]))

    def run_line_as_administrator(program: str, parameters: str) -> ElevatedRun:
        """As `run_as_administrator`, for a program that reads its parameters in its own way, like cmd.exe."""
        shell = ctypes.WinDLL("shell32", use_last_error=True)
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        shell.ShellExecuteExW.argtypes = (ctypes.POINTER(_ExecuteInfo),)
        kernel.WaitForSingleObject.argtypes = (wintypes.HANDLE, wintypes.DWORD)
        kernel.GetExitCodeProcess.argtypes = (wintypes.HANDLE, ctypes.POINTER(wintypes.DWORD))
        kernel.CloseHandle.argtypes = (wintypes.HANDLE,)
        info = _ExecuteInfo(
            cbSize=ctypes.sizeof(_ExecuteInfo),
            fMask=SEE_MASK_NOCLOSEPROCESS | SEE_MASK_NOASYNC,
            lpVerb="runas",
            lpFile=program,
            lpParameters=parameters,
            nShow=SW_HIDE,
        )
        if not shell.ShellExecuteExW(ctypes.byref(info)):
            number = ctypes.get_last_error()
            if number == ERROR_CANCELLED:
                return ElevatedRun(Consent.DECLINED)
            raise cannot_ask((program, parameters), ctypes.FormatError(number))
        try:
            if kernel.WaitForSingleObject(info.hProcess, PATIENCE_S * 1000) != WAIT_OBJECT_0:
                raise cannot_ask((program, parameters), "it does not end")
            status = wintypes.DWORD()
            kernel.GetExitCodeProcess(info.hProcess, ctypes.byref(status))
        finally:
            kernel.CloseHandle(info.hProcess)
        return ElevatedRun(Consent.DONE, status.value)

else:

    def _run_on_windows(command: tuple[str, ...]) -> ElevatedRun:
        raise cannot_ask(command)

    def run_line_as_administrator(program: str, parameters: str) -> ElevatedRun:
        """Windows only."""
        raise cannot_ask((program, parameters))
