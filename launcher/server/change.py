"""Change SillyTavern's own files: read, splice, write, with the earlier version kept for undo."""

from collections.abc import Mapping
from pathlib import Path

from launcher.problem import TavernkeepError
from launcher.server.in_effect import read_settings
from launcher.server.installation import Installation
from launcher.server_files.config import edit_config
from launcher.server_files.value import Value
from launcher.system.files import read_text, write_text


def configuration(installation: Installation, changes: Mapping[str, Value], backups: Path) -> None:
    """Set these values in the configuration that counts. Raises TavernkeepError, and then nothing has changed."""
    _, name = read_settings(installation)
    file = installation.config_file.with_name(name)
    if not file.exists():
        raise TavernkeepError(
            f"SillyTavern has no settings file {name} yet.", "Start it once: that makes the file. Then try again."
        )
    before = read_text(file)
    after = edit_config(before.text, name, changes)
    if after != before.text:
        write_text(file, after, before, backups)
