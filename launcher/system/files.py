"""Reading and writing SillyTavern's settings files: whole or not at all, never over someone else's change.

The versions before each write stay in a folder that only the user can read; `undo` goes back through them. All of this
blocks for as long as the disk takes.
"""

import contextlib
import errno
import hashlib
import os
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from launcher.problem import TavernkeepError
from launcher.system import atomic_file

KEPT_VERSIONS = 10
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
    """What the file holds. FileMissing, UndecodableFile (UTF-16, Latin-1) or FileProblem when that is no text."""
    data = _read_bytes(path)
    if data is None:
        raise FileMissing(f"There is no file {path}.", "Start SillyTavern once, or choose another folder.")
    return FileText(path, _decoded(path, data))


def read_if_there(path: Path) -> FileText | None:
    """As `read_text`; None when there is no such file."""
    data = _read_bytes(path)
    return None if data is None else FileText(path, _decoded(path, data))


def write_text(path: Path, text: str, expected: FileText | None, backups: Path) -> FileText:
    """Put `text` into the file in one step: a reader sees the old or the new text, also after a power cut.

    `expected` is what was read before (None: there was no file); when the file holds something else now, FileChanged
    is raised and nothing is written. The old version goes to `backups`; the newest ten stay. A link is followed; the
    mode stays, for root the owner too; a new file can be read by its owner alone. FileProblem when the disk says no.
    """
    _replace(path, text, expected, backups)
    return FileText(path, text)


def rewrite_as_text(path: Path, read: Callable[[bytes], str], backups: Path) -> None:
    """Save the file as UTF-8, `read` telling what its bytes mean; the old bytes go to `backups`. FileProblem."""
    before = _read_bytes(path)
    if before is not None:
        _replace_bytes(path, read(before).encode("utf-8", "replace"), before, backups)


def remove_file(path: Path, expected: FileText, backups: Path) -> None:
    """Take the file away, as `write_text` would write it: `undo` brings it back."""
    _replace(path, None, expected, backups)


def undo(path: Path, backups: Path) -> FileText | None:
    """Bring back the version before the last write, and forget it as a backup: each undo steps one further back.

    None when that version was "no file", which is then so again. The version that was replaced, whoever wrote it, stays
    beside the backups as `undone`. FileProblem when there is no earlier version.
    """
    with _locked(path, backups) as history:
        now = _read_bytes(history.target)
        versions = history.versions()
        while versions and _version_data(versions[-1]) == now:
            versions.pop().unlink()
        if not versions:
            raise FileProblem(f"There is no earlier version of {path.name}.", "Tavernkeep has not changed it yet.")
        back = _version_data(versions[-1])
        if now is not None:
            _write_whole(history.folder / "undone", now, None)
        _put(history.target, back)
        versions[-1].unlink()
    return None if back is None else FileText(path, _decoded(path, back))


def can_undo(path: Path, backups: Path) -> bool:
    """Whether there is a version that `undo` could bring back."""
    with _translated(path):
        target = _resolved(path)
        history = _History(target, _folder_of(target, backups))
        now = _read_bytes(history.target)
        return any(_version_data(version) != now for version in history.versions())


def _replace(path: Path, text: str | None, expected: FileText | None, backups: Path) -> None:
    try:
        data = None if text is None else text.encode()
        before = None if expected is None else expected.text.encode()
    except UnicodeEncodeError as error:
        raise FileProblem(
            f"{path.name} cannot hold this text.", "It has half a character in it; type it anew."
        ) from error
    _replace_bytes(path, data, before, backups)


def _replace_bytes(path: Path, data: bytes | None, before: bytes | None, backups: Path) -> None:
    with _locked(path, backups) as history:
        now = _read_bytes(history.target)
        if now != before:
            raise FileChanged(
                f"{path.name} was changed by another program in the meantime, so nothing was written.",
                "Look at the new content and make the change again.",
            )
        if now != data:
            history.keep(now)
            _put(history.target, data)


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


@dataclass(frozen=True)
class _History:
    """The kept versions of one file: `000007` holds one, `000008.absent` says that there was no file."""

    target: Path
    folder: Path

    def versions(self) -> list[Path]:
        """Oldest first."""
        if not self.folder.is_dir():
            return []
        return sorted(file for file in self.folder.iterdir() if file.name[:6].isdigit() and len(file.name) in (6, 13))

    def keep(self, data: bytes | None) -> None:
        versions = self.versions()
        if versions and _version_data(versions[-1]) == data:
            return
        number = int(versions[-1].name[:6]) + 1 if versions else 1
        _write_whole(self.folder / f"{number:06}{'.absent' if data is None else ''}", data or b"", None)
        for old in versions[: max(0, len(versions) + 1 - KEPT_VERSIONS)]:
            old.unlink()


def _version_data(version: Path) -> bytes | None:
    return None if version.suffix == ".absent" else version.read_bytes()


def _resolved(path: Path) -> Path:
    """The real file behind links. Python up to 3.12 raises RuntimeError for links in a circle, later ones OSError."""
    try:
        return path.resolve()
    except RuntimeError as error:
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path)) from error


def _folder_of(target: Path, backups: Path) -> Path:
    return backups / f"{target.name}-{hashlib.sha256(os.fsencode(target)).hexdigest()[:12]}"


@contextlib.contextmanager
def _locked(path: Path, backups: Path) -> Iterator[_History]:
    """The history of a file while no other Tavernkeep writes it; OSError of the disk as FileProblem."""
    with _translated(path):
        target = _resolved(path)
        folder = _folder_of(target, backups)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for private in (backups, folder):
            private.chmod(0o700)
        lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(lock)
            yield _History(target, folder)
        finally:
            os.close(lock)


if sys.platform == "win32":
    import msvcrt

    def _lock(file: int) -> None:
        """Until the file is closed. OSError after ten seconds."""
        os.lseek(file, 0, os.SEEK_SET)
        msvcrt.locking(file, msvcrt.LK_LOCK, 1)
else:
    import fcntl

    def _lock(file: int) -> None:
        """Until the file is closed."""
        fcntl.flock(file, fcntl.LOCK_EX)


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
    _write_whole(target, data, status)


def _write_whole(target: Path, data: bytes, like: os.stat_result | None) -> None:
    """Replace the file in one step; nobody else writes it meanwhile. `like`: see `atomic_file.write`."""
    atomic_file.write(target, data, target.with_name(f".{target.name}.tavernkeep-new"), like)


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
        own = f".{path.name}.tavernkeep-new"
        where = error.filename if isinstance(error.filename, str) and not error.filename.endswith(own) else path
        raise FileProblem(f"{where} could not be read or written.", advice) from error
