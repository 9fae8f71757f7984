"""Taking away folders of ours whole: links in them are removed, never followed. All of this blocks for the disk."""

import stat
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

RETRY_INTERVAL_S = 0.1


@dataclass(frozen=True)
class NotRemoved:
    """What could not be removed, and what the system said."""

    path: Path
    why: str


def bytes_in(path: Path) -> int:
    """How much room `path` takes, with all that is in it. What cannot be read counts nothing."""
    try:
        total = path.lstat().st_size
    except OSError:
        return 0
    return total + sum(bytes_in(child) for child in _children(path))


def remove(path: Path, patience_s: float = 10.0) -> list[NotRemoved]:
    """Remove the file, link or folder `path`, write-protected or not; what is left of it, nothing when all is gone.

    On Windows a file that another program still has open is tried again until `patience_s` have passed.
    """
    if sys.platform == "win32":
        # Deep packages pass the 260 characters of a plain Windows path.
        path = Path(f"\\\\?\\{path.absolute()}")
    left: list[NotRemoved] = []
    _remove(path, time.monotonic() + patience_s, left)
    return left


def remove_if_empty(path: Path) -> bool:
    """Remove the folder when nothing is in it; whether it is gone. A link to a folder stays."""
    try:
        path.rmdir()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True


def _remove(path: Path, give_up_at: float, left: list[NotRemoved]) -> None:
    before = len(left)
    if _is_folder(path):
        _make_writable(path)
        for child in _children(path):
            _remove(child, give_up_at, left)
        if len(left) > before:
            return
    while True:
        try:
            path.rmdir() if _is_folder(path) else path.unlink(missing_ok=True)
        except FileNotFoundError:
            return
        except OSError as error:
            if sys.platform == "win32" and isinstance(error, PermissionError) and time.monotonic() < give_up_at:
                _make_writable(path)
                threading.Event().wait(RETRY_INTERVAL_S)
                continue
            left.append(NotRemoved(path, error.strerror or str(error)))
        return


def _make_writable(path: Path) -> None:
    """What cannot be made so says why when it is removed."""
    try:
        wanted = stat.S_IRWXU if _is_folder(path) else stat.S_IWRITE | stat.S_IREAD
        path.chmod(stat.S_IMODE(path.lstat().st_mode) | wanted)
    except OSError:
        return


def _is_folder(path: Path) -> bool:
    """A real one: not a link, nor a junction of Windows."""
    try:
        found = path.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and not getattr(found, "st_reparse_tag", 0)


def _children(path: Path) -> Iterator[Path]:
    if not _is_folder(path):
        return
    try:
        found = list(path.iterdir())
    except OSError:
        return
    yield from found
