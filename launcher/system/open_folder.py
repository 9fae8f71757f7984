"""Show a folder in the file manager of this desktop."""

import os
import subprocess
import sys
from pathlib import Path

from launcher.problem import TavernkeepError
from launcher.system.bundle import users_environment

PATIENCE_S = 10.0


def open_folder(folder: Path) -> None:
    """Blocks until the file manager has taken it, for seconds perhaps. Raises TavernkeepError when none does."""
    if not folder.is_dir():
        raise TavernkeepError(f"There is no folder {folder}.", "It is made when it is needed.")
    try:
        if sys.platform == "win32":
            os.startfile(folder)  # noqa: S606 - a folder, and it is ours
            return
        quiet = subprocess.DEVNULL
        program = "open" if sys.platform == "darwin" else "xdg-open"
        command = [program, str(folder)]
        done = subprocess.run(
            command,
            stdin=quiet,
            stdout=quiet,
            stderr=quiet,
            env=users_environment(os.environ),
            start_new_session=True,
            timeout=PATIENCE_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return  # Where xdg-open becomes the file manager it ends with that.
    except OSError as error:
        raise _no_file_manager(folder) from error
    if done.returncode:
        raise _no_file_manager(folder)


def _no_file_manager(folder: Path) -> TavernkeepError:
    return TavernkeepError("No program here shows folders.", f"The folder is {folder}.")
