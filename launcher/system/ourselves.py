"""How to start Tavernkeep again, as a new process: from Python or from the built program."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from launcher.system.bundle import is_bundled, users_environment
from launcher.system.own_log import keep_small

DETACHED = 0
if sys.platform == "win32":
    DETACHED = subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP
# build.spec makes two programs for Windows; this is the one without a console.
WINDOWED = "Tavernkeep.exe"


def command(*arguments: str) -> list[str]:
    """Return the command line that starts Tavernkeep with `arguments`, without a console."""
    if not is_bundled():
        return [sys.executable, "-m", "launcher", *arguments]
    windowed = Path(sys.executable).with_name(WINDOWED)
    program = windowed if sys.platform == "win32" and windowed.exists() else sys.executable
    return [str(program), *arguments]


def command_at_login() -> tuple[str, ...]:
    """Return the command line that starts Tavernkeep without a window when the user logs in.

    It names a TAVERNKEEP_HOME, which the environment at login may not have.
    """
    home = os.environ.get("TAVERNKEEP_HOME")
    words = ["at-login", *([str(Path(home).absolute())] if home else [])]
    if is_bundled():
        return tuple(command(*words))
    windowed = Path(sys.executable).with_name("pythonw.exe")
    python = windowed if sys.platform == "win32" and windowed.exists() else sys.executable
    # -P: or a folder called launcher, where the session starts, would be taken for ours.
    return (str(python), "-P", "-m", "launcher", *words)


def start_detached(*arguments: str, log: Path) -> subprocess.Popen[bytes]:
    """Start Tavernkeep as a process that outlives this one and its terminal. Its output goes to the file `log`.

    Raises OSError.
    """
    return _start(arguments, log, attached=False)


def start_attached(*arguments: str, log: Path) -> subprocess.Popen[bytes]:
    """Start Tavernkeep as a process that ends when its input closes, as it does at the end of this process.

    Its output is a pipe; its errors go to the file `log`. Raises OSError.
    """
    return _start(arguments, log, attached=True)


def _start(arguments: Sequence[str], log: Path, attached: bool) -> subprocess.Popen[bytes]:
    home = Path.home()
    keep_small(log)
    with log.open("ab") as errors:
        return subprocess.Popen(
            command(*arguments),
            stdin=subprocess.PIPE if attached else subprocess.DEVNULL,
            stdout=subprocess.PIPE if attached else errors,
            stderr=errors,
            env=_environment(),
            cwd=home if home.is_dir() else log.parent,
            start_new_session=sys.platform != "win32",
            creationflags=DETACHED,
        )


def _environment() -> dict[str, str]:
    environment = users_environment(os.environ)
    if is_bundled():
        # Without it the loader takes the new process for a part of this one.
        environment["PYINSTALLER_RESET_ENVIRONMENT"] = "1"
    else:
        # The package may be found only through the working folder, and the new process has another one.
        package_home = str(Path(__file__).parents[2])
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, [package_home, environment.get("PYTHONPATH")]))
    return environment
