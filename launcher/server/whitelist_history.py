"""The last changes that Tavernkeep made to a whitelist, so that each can be undone. Readable by the user alone."""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from launcher.problem import TavernkeepError
from launcher.system import atomic_file

KEPT_CHANGES = 10


@dataclass(frozen=True, repr=False)
class Touched:
    """One file: its text `before` the change (None: there was none) and a fingerprint of it `after`."""

    before: str | None
    after: str


@dataclass(frozen=True, repr=False)
class Change:
    """One change. `files`: by the names in Texts. `moved`: where the list went (`txt`, `config`); empty: nowhere."""

    files: Mapping[str, Touched]
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    moved: str = ""


def fingerprint(text: str | None) -> str:
    return "" if text is None else hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def folder_of(installation: Path, backups: Path) -> Path:
    return backups / f"list-{hashlib.sha256(os.fsencode(installation)).hexdigest()[:12]}"


def can_undo(folder: Path) -> bool:
    return bool(_kept(folder))


def remember(folder: Path, change: Change) -> None:
    """Keep `change` as the last one. Raises TavernkeepError."""
    kept = _kept(folder)
    number = int(kept[-1].stem) + 1 if kept else 1
    file = folder / f"{number:06}.json"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        atomic_file.write(file, msgspec.json.encode(change))
        for old in kept[: len(kept) + 1 - KEPT_CHANGES]:
            old.unlink()
    except OSError as error:
        raise TavernkeepError(f"{file} cannot be written.", f"({error.strerror})") from error


def last(folder: Path) -> Change | None:
    """The last change; None when there is none, or none that can be read."""
    kept = _kept(folder)
    try:
        return msgspec.json.decode(kept[-1].read_bytes(), type=Change) if kept else None
    except (OSError, msgspec.MsgspecError):
        return None


def forget_last(folder: Path) -> None:
    for file in _kept(folder)[-1:]:
        file.unlink(missing_ok=True)


def _kept(folder: Path) -> list[Path]:
    """Oldest first."""
    return sorted(file for file in folder.glob("*.json") if file.stem.isdigit())
