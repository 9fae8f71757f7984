"""Reads and writes SillyTavern's settings files: whole or not at all, never over someone else's change.

Each file has a history of its earlier versions in a folder that only the user can read; `undo` goes back through it.
Everything here blocks for as long as the disk takes, and raises FileProblem when it says no.
"""

import contextlib
import errno
import hashlib
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from launcher.problem import TavernkeepError
from launcher.system import atomic_file, file_lock
from launcher.system.version_history import VersionHistory, data_of

MAX_SIZE_BYTES = 10_000_000


class FileProblem(TavernkeepError):
    """This file cannot be read or written."""


class FileMissing(FileProblem):
    """There is no such file."""


class UndecodableFile(FileProblem):
    """The bytes are no UTF-8 text, so writing them back would damage them."""


class FileChanged(FileProblem):
    """Someone else wrote the file since it was read."""


@dataclass(frozen=True)
class FileText:
    """A text as it was in its file, byte order mark and line ends included: encoded as UTF-8 it is the same bytes."""

    path: Path
    text: str


def read_text(path: Path) -> FileText:
    """Return what the file holds. Raises FileMissing, or UndecodableFile when it is no UTF-8 (UTF-16, Latin-1)."""
    found = read_if_there(path)
    if found is None:
        raise FileMissing(f"There is no file {path}.", "Start SillyTavern once, or choose another folder.")
    return found


def read_if_there(path: Path) -> FileText | None:
    """Return what the file holds; None when there is no such file. Raises UndecodableFile."""
    data = _read_bytes(path)
    return None if data is None else FileText(path, _decoded(path, data))


def write_text(path: Path, text: str, expected: FileText | None, backups: Path) -> FileText:
    """Put `text` into the file in one step: a reader sees the old or the new text, also after a power cut.

    `expected` is what was read before (None: there was no file). Raises FileChanged, and writes nothing, when the file
    holds something else now. The old version goes to `backups`. A link is followed. The mode stays, for root the owner
    too; only its owner can read a new file.
    """
    _replace(path, text, expected, backups)
    return FileText(path, text)


def rewrite_as_text(path: Path, read: Callable[[bytes], str], backups: Path) -> None:
    """Save the file as UTF-8; `read` returns the text that its bytes mean. The old bytes go to `backups`."""
    before = _read_bytes(path)
    if before is not None:
        _replace_bytes(path, read(before).encode("utf-8", "replace"), before, backups)


def remove_file(path: Path, expected: FileText, backups: Path) -> None:
    """Remove the file, with the same care as `write_text`; `undo` brings it back. Raises FileChanged."""
    _replace(path, None, expected, backups)


def undo(path: Path, backups: Path) -> FileText | None:
    """Bring back the version before the last write and drop it from the history: each call goes one step further back.

    Returns None when that version was "no file", which is then so again. What the file held until now, whoever wrote
    it, stays beside the history as `undone`. Raises FileProblem when there is no earlier version.
    """
    with _locked(path, backups) as (target, history):
        now = _read_bytes(target)
        versions = history.versions()
        while versions and data_of(versions[-1]) == now:
            versions.pop().unlink()
        if not versions:
            raise FileProblem(f"There is no earlier version of {path.name}.", "Tavernkeep has not changed it yet.")
        back = data_of(versions[-1])
        if now is not None:
            atomic_file.write(history.folder / "undone", now)
        _put(target, back)
        versions[-1].unlink()
    return None if back is None else FileText(path, _decoded(path, back))


def can_undo(path: Path, backups: Path) -> bool:
    """Tell whether there is a version that `undo` could bring back."""
    with _translated(path):
        target = _resolved(path)
        now = _read_bytes(target)
        return any(data_of(version) != now for version in _history(target, backups).versions())


def _replace(path: Path, text: str | None, expected: FileText | None, backups: Path) -> None:
    try:
        data = None if text is None else text.encode()
        before = None if expected is None else expected.text.encode()
    except UnicodeEncodeError as error:
        raise FileProblem(
            f"{path.name} cannot hold this text.", "It has half a character in it. Type it again."
        ) from error
    _replace_bytes(path, data, before, backups)


def _replace_bytes(path: Path, data: bytes | None, before: bytes | None, backups: Path) -> None:
    with _locked(path, backups) as (target, history):
        now = _read_bytes(target)
        if now != before:
            raise FileChanged(
                f"{path.name} was changed by another program in the meantime, so nothing was written.",
                "Look at the new content and make the change again.",
            )
        if now != data:
            newest = history.newest()
            if newest is None or data_of(newest) != now:
                history.keep(now)
            _put(target, data)


def _read_bytes(path: Path) -> bytes | None:
    with _translated(path):
        try:
            with path.open("rb") as file:
                status = os.fstat(file.fileno())
                if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_SIZE_BYTES:
                    raise FileProblem(f"{path} is no settings file.", "Choose SillyTavern's folder again.")
                return file.read()
        except FileNotFoundError:
            return None


def _decoded(path: Path, data: bytes) -> str:
    try:
        if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in data:
            raise UnicodeError("UTF-16")
        return data.decode()
    except UnicodeError as error:
        raise UndecodableFile(
            f"{path.name} is not UTF-8 text, so SillyTavern cannot read it and Tavernkeep does not touch it.",
            "Open it in an editor and save it with the encoding UTF-8.",
        ) from error


def _resolved(path: Path) -> Path:
    """Return the real file behind links. Raises OSError for links in a circle (RuntimeError in Python up to 3.12)."""
    try:
        return path.resolve()
    except RuntimeError as error:
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path)) from error


def _history(target: Path, backups: Path) -> VersionHistory:
    # The path is part of the name: files of the same name in two installations have histories of their own.
    return VersionHistory(backups / f"{target.name}-{hashlib.sha256(os.fsencode(target)).hexdigest()[:12]}")


@contextlib.contextmanager
def _locked(path: Path, backups: Path) -> Iterator[tuple[Path, VersionHistory]]:
    """Yield the real file and its history, while no other Tavernkeep writes it."""
    with _translated(path):
        target = _resolved(path)
        history = _history(target, backups)
        history.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for private in (backups, history.folder):
            private.chmod(0o700)
        with file_lock.waited_for(history.folder / "lock"):
            yield target, history


def _put(target: Path, data: bytes | None) -> None:
    if data is None:
        target.unlink(missing_ok=True)
        atomic_file.flush_folder(target.parent)
        return
    try:
        status = target.stat()
    except FileNotFoundError:
        status = None
    if status and not status.st_mode & 0o200:
        raise PermissionError(errno.EACCES, "write-protected")
    # A fixed name, because nobody else writes it meanwhile: the next write removes what a killed one has left there.
    atomic_file.write(target, data, _temporary(target), status)


def _temporary(target: Path) -> Path:
    return target.with_name(f".{target.name}.tavernkeep-new")


_PROTECTED = "It is write-protected or belongs to another user. Change its permissions, or close what holds it open."
ADVICE = {
    errno.ENOSPC: "The disk is full. Make some room and try again.",
    errno.EDQUOT: "Your share of the disk is full. Make some room and try again.",
    errno.EROFS: "The disk can only be read. Move SillyTavern to another one.",
    errno.EACCES: _PROTECTED,
    errno.EPERM: _PROTECTED,
    errno.EBUSY: "Another program holds it. Close that program and try again.",
}


@contextlib.contextmanager
def _translated(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        advice = ADVICE.get(error.errno or 0, f"The system said: {error.strerror}.")
        named = isinstance(error.filename, str) and not error.filename.endswith(_temporary(path).name)
        where = error.filename if named else path
        raise FileProblem(f"{where} could not be read or written.", advice) from error
