"""Find SillyTavern on this computer and tell what it is."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Installation:
    """A folder that holds SillyTavern.

    Paths are absolute; `config_file`, `whitelist_file` and `data_root` may not exist yet.

    `folder` holds server.js and is its working folder. `ours`: installed by Tavernkeep, with configuration and data
    outside the program folder where the version allows that (`config_outside`, from 1.13.0).
    """

    folder: Path
    version: str
    ours: bool
    config_file: Path
    whitelist_file: Path
    data_root: Path
    config_outside: bool = False
