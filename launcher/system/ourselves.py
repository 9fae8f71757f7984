"""How to start Tavernkeep again, as a new process: from Python or from the built program."""

import os
import subprocess
import sys
from pathlib import Path

DETACHED = 0
if sys.platform == "win32":
    DETACHED = subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP


def command(*arguments: str) -> list[str]:
    """The command line that starts Tavernkeep with `arguments`."""
    if getattr(sys, "frozen", False):
        return [sys.executable, *arguments]
    return [sys.executable, "-m", "launcher", *arguments]


def command_at_login() -> tuple[str, ...]:
    """The command line that starts Tavernkeep without a window when the user logs in.

    It names a TAVERNKEEP_HOME, which the environment at login may not have. `-P`: no folder is taken for our package.
    """
    home = os.environ.get("TAVERNKEEP_HOME")
    words = ["at-login", *([str(Path(home).absolute())] if home else [])]
    if getattr(sys, "frozen", False):
        return (sys.executable, *words)
    windowed = Path(sys.executable).with_name("pythonw.exe")
    python = str(windowed) if windowed.exists() else sys.executable
    return (python, "-P", "-m", "launcher", *words)


def start_detached(*arguments: str, log: Path) -> subprocess.Popen[bytes]:
    """Start Tavernkeep as a process that outlives this one and its terminal. What it says goes to the file `log`."""
    environment = dict(os.environ)
    if getattr(sys, "frozen", False):
        environment["PYINSTALLER_RESET_ENVIRONMENT"] = "1"
    else:
        # The package may be found through the working folder only, and the new process has another one.
        package_home = str(Path(__file__).parents[2])
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, [package_home, environment.get("PYTHONPATH")]))
    with log.open("ab") as output:
        return subprocess.Popen(
            command(*arguments),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=environment,
            cwd=Path.home(),
            start_new_session=sys.platform != "win32",
            creationflags=DETACHED,
        )
