"""Start a program so that it ends with all its children, in an environment that is really the user's."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from launcher.system.bundle import users_environment

if TYPE_CHECKING:
    import psutil

END_TIMEOUT_S = 5.0

# The channel of another Node program that started us; a Node of ours must not speak on it.
_FOREIGN = ("NODE_CHANNEL_FD", "NODE_CHANNEL_SERIALIZATION_MODE")


def popen_kwargs() -> dict[str, Any]:
    """Arguments for `subprocess.Popen`: a process group of its own, and no console window on Windows."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


def end_tree(process: subprocess.Popen[Any], grace_s: float = 0.0) -> None:
    """End `process`, started with `popen_kwargs`, and everything it started. Blocks until they are gone.

    With `grace_s` it may first end by itself that long, on POSIX asked by SIGTERM; 0 ends it at once. Takes at most
    `grace_s` + END_TIMEOUT_S seconds. From any thread; a process that has already ended is no error.
    """
    children = _children(process.pid) if process.poll() is None else []
    if grace_s > 0 and process.poll() is None:
        if sys.platform != "win32":
            process.terminate()
        try:
            process.wait(grace_s)
        except subprocess.TimeoutExpired:
            children += [child for child in _children(process.pid) if child not in children]
    _kill(process, children)


def clean_environment(environ: Mapping[str, str]) -> tuple[dict[str, str], tuple[str, ...]]:
    """`environ` for a program that is not ours, and the names of the SillyTavern settings dropped from it.

    Dropped: SILLYTAVERN_* and SILLY_TAVERN_PORT, which would override its configuration, and what the built program
    needs for itself. Names only: a value may be a password.
    """
    environment: dict[str, str] = {}
    settings = []
    for name, value in users_environment(environ).items():
        if name.upper().startswith("SILLYTAVERN_") or name.upper() == "SILLY_TAVERN_PORT":
            settings.append(name)
        elif name not in _FOREIGN:
            environment[name] = value
    return environment, tuple(sorted(settings))


def _children(pid: int) -> "list[psutil.Process]":
    import psutil

    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.Error:
        return []


def _kill(process: subprocess.Popen[Any], children: "list[psutil.Process]") -> None:
    import psutil

    _kill_group(process)
    for child in children:
        try:
            child.kill()
        except psutil.Error:
            continue
    if process.poll() is None:
        process.kill()
    psutil.wait_procs(children, timeout=END_TIMEOUT_S)
    try:
        process.wait(END_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        return


if sys.platform == "win32":

    def end_children_with_us() -> None:
        """From now on the system ends what this process starts, and what that starts, when this process ends.

        However it ends, and also children that hang.
        """
        from launcher.system.windows_job import keep_in_job

        keep_in_job()

    def _kill_group(process: subprocess.Popen[Any]) -> None:
        """Windows has no groups to kill; the list of children does."""

else:

    def end_children_with_us() -> None:
        """Windows only: elsewhere a child has to watch a pipe that closes with this process."""

    def _kill_group(process: subprocess.Popen[Any]) -> None:
        # The number of a reaped process may belong to a stranger by now; its group's only while the group lives.
        if process.poll() is not None and _exists(process.pid):
            return
        try:
            if process.returncode is not None or os.getpgid(process.pid) == process.pid:
                os.killpg(process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            return


def _exists(pid: int) -> bool:
    import psutil

    return psutil.pid_exists(pid)
