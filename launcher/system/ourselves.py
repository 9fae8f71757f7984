"""How to start Tavernkeep again, as a new process: from Python or from the built program."""

import os
import subprocess
import sys
from pathlib import Path

from launcher.system.bundle import is_bundled, users_environment
from launcher.system.own_log import keep_small

DETACHED = 0
if sys.platform == "win32":
    DETACHED = subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP
# Of the two programs that are built for Windows, the one without a console (build.spec).
WINDOWED = "Tavernkeep.exe"


def command(*arguments: str) -> list[str]:
    """The command line that starts Tavernkeep with `arguments`, without a console."""
    if not is_bundled():
        return [sys.executable, "-m", "launcher", *arguments]
    windowed = Path(sys.executable).with_name(WINDOWED)
    program = windowed if sys.platform == "win32" and windowed.exists() else sys.executable
    return [str(program), *arguments]


def command_at_login() -> tuple[str, ...]:
    """The command line that starts Tavernkeep without a window when the user logs in.

    It names a TAVERNKEEP_HOME, which the environment at login may not have.
    """
    home = os.environ.get("TAVERNKEEP_HOME")
    words = ["at-login", *([str(Path(home).absolute())] if home else [])]
    if is_bundled():
        return tuple(command(*words))
    windowed = Path(sys.executable).with_name("pythonw.exe")
    python = windowed if sys.platform == "win32" and windowed.exists() else sys.executable
    # -P: a folder called launcher where the session starts is not taken for ours.
    return (str(python), "-P", "-m", "launcher", *words)


def start_detached(*arguments: str, log: Path) -> subprocess.Popen[bytes]:
    """Start Tavernkeep as a process that outlives this one and its terminal. What it says goes to the file `log`."""
    home = Path.home()
    keep_small(log)
    with log.open("ab") as output:
        return subprocess.Popen(
            command(*arguments),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=_environment(),
            cwd=home if home.is_dir() else log.parent,
            start_new_session=sys.platform != "win32",
            creationflags=DETACHED,
        )


def start_attached(*arguments: str, log: Path) -> subprocess.Popen[bytes]:
    """Start Tavernkeep as a process that ends when its input closes, which it does with this process.

    Its output is a pipe. What it complains of goes to the file `log`.
    """
    home = Path.home()
    keep_small(log)
    with log.open("ab") as complaints:
        return subprocess.Popen(
            command(*arguments),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            env=_environment(),
            cwd=home if home.is_dir() else log.parent,
            start_new_session=sys.platform != "win32",
            creationflags=DETACHED,
        )


def _environment() -> dict[str, str]:
    environment = users_environment(os.environ)
    if is_bundled():
        # Or the loader takes the new process for a part of this one.
        environment["PYINSTALLER_RESET_ENVIRONMENT"] = "1"
    else:
        # The package may be found through the working folder only, and the new process has another one.
        package_home = str(Path(__file__).parents[2])
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, [package_home, environment.get("PYTHONPATH")]))
    return environment
