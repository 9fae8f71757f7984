"""The last changes that Tavernkeep made to a whitelist, so that each can be undone. Only the user can read them.

A change is more than the earlier version of one file (`system/files.py` keeps those): it spans up to three files, and
when others have edited them since, it is undone entry by entry.
"""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from launcher.problem import TavernkeepError
from launcher.system.version_history import VersionHistory


@dataclass(frozen=True, repr=False)
class Touched:
    """One file: its text `before` the change (None: there was none) and a fingerprint of it `after`."""

    before: str | None
    after: str


@dataclass(frozen=True, repr=False)
class Change:
    """One change. `files`: by their names in SettingsTexts. `moved`: where the list went, `txt` or `config`."""

    files: Mapping[str, Touched]
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    moved: str = ""


def fingerprint(text: str | None) -> str:
    return "" if text is None else hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def history_of(installation: Path, backups: Path) -> VersionHistory:
    """Return the history of the whitelist of the installation in this folder."""
    return VersionHistory(backups / f"list-{hashlib.sha256(os.fsencode(installation)).hexdigest()[:12]}", ".json")


def can_undo(history: VersionHistory) -> bool:
    """Tell whether there is a change to undo. A folder that cannot be read holds none."""
    try:
        return history.newest() is not None
    except OSError:
        return False


def remember(history: VersionHistory, change: Change) -> None:
    """Keep `change` as the last one. Raises TavernkeepError when the disk says no."""
    try:
        history.keep(msgspec.json.encode(change))
    except OSError as error:
        raise TavernkeepError(f"{history.folder} cannot be written.", f"({error.strerror})") from error


def last(history: VersionHistory) -> Change | None:
    """Return the last change; None when there is none, or none that can be read."""
    try:
        newest = history.newest()
        return msgspec.json.decode(newest.read_bytes(), type=Change) if newest else None
    except (OSError, msgspec.MsgspecError):
        return None
