"""A newer version beside the one in use. Going back brings the old configuration back, which a new version rewrites."""

import shutil
import threading
from collections.abc import Callable
from pathlib import Path

from launcher.problem import TavernkeepError
from launcher.server import install
from launcher.server.install_progress import Progress
from launcher.server.installation import Installation, our_installation
from launcher.system.folders import Folders


class NothingNewerError(TavernkeepError):
    """The version that was wanted is in use already."""


def beside(
    used: Installation,
    folders: Folders,
    version: str | None,
    progress: Callable[[Progress], None],
    cancelled: threading.Event,
) -> Installation:
    """Install `version` (None: the newest) beside `used`, ready for a trial. Raises TavernkeepError."""
    wanted = version or install.newest_version(folders, cancelled.is_set)
    if wanted == used.version:
        raise NothingNewerError(f"SillyTavern {wanted} is in use already.", "There is nothing to update.")
    install.check_update(used, our_installation(folders, wanted))
    new = install.install(folders, wanted, progress, cancelled.is_set)
    install.carry_over(used, new)
    if used.config_file.exists():
        shutil.copy2(used.config_file, _kept_config(used))
    return new


def settle(used: Installation, kept: bool) -> None:
    """The trial is over. Not `kept`: the configuration becomes what it was before."""
    kept_config = _kept_config(used)
    if not kept_config.exists():
        return
    if kept:
        kept_config.unlink()
    else:
        kept_config.replace(used.config_file)


def _kept_config(used: Installation) -> Path:
    return used.config_file.with_name(f"{used.config_file.name}.before-update")
