"""Where Tavernkeep keeps its own files.

Linux: ~/.config/tavernkeep, ~/.local/share/tavernkeep, ~/.local/state/tavernkeep/log and /run (not XDG_RUNTIME_DIR:
a session without it must find the same keeper).
Windows: %LOCALAPPDATA%\\tavernkeep. macOS: ~/Library/Application Support/tavernkeep, ~/Library/Logs/tavernkeep.
TAVERNKEEP_HOME puts all of them under one folder.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from launcher.problem import TavernkeepError


@dataclass(frozen=True)
class Folders:
    """Absolute folders; `make` creates them, readable by the user alone."""

    settings: Path
    data: Path
    logs: Path
    run: Path

    @property
    def settings_file(self) -> Path:
        return self.settings / "settings.toml"

    @property
    def server_log(self) -> Path:
        return self.logs / "server.log"

    @property
    def own_log(self) -> Path:
        return self.logs / "tavernkeep.log"

    @property
    def devices_file(self) -> Path:
        """The devices that were here."""
        return self.data / "devices.json"

    @property
    def channel_address(self) -> Path:
        """Where the keeper's channel is; there while a keeper is, and after one that was killed."""
        return self.run / "channel.address"

    @property
    def reach_page(self) -> Path:
        """There while a test page has SillyTavern's port; see network/port_lease.py."""
        return self.run / "reach-page"

    @property
    def backups(self) -> Path:
        """Earlier versions of SillyTavern's files, for undo."""
        return self.data / "backups"

    def make(self) -> None:
        """Create what is missing. Raises TavernkeepError when the disk says no."""
        for folder in (self.settings, self.data, self.logs, self.run):
            try:
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            except OSError as error:
                raise TavernkeepError(
                    f"Tavernkeep cannot use its folder {folder}.",
                    f"Make it writable, or set TAVERNKEEP_HOME to another folder. ({error.strerror})",
                ) from error


def our_folders() -> Folders:
    """The folders of this user, or those under TAVERNKEEP_HOME."""
    home = os.environ.get("TAVERNKEEP_HOME")
    if home:
        base = Path(home).absolute()
        return Folders(base, base / "data", base / "logs", base / "run")
    from platformdirs import PlatformDirs

    dirs = PlatformDirs("tavernkeep", appauthor=False)
    return Folders(dirs.user_config_path, dirs.user_data_path, dirs.user_log_path, dirs.user_state_path / "run")
