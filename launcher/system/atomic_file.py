"""Replaces a file in one step: a reader sees the old bytes or the new ones, also after a power cut.

Everything here blocks for as long as the disk takes.
"""

import contextlib
import os
import stat
import sys
import threading
from pathlib import Path


def write(
    path: Path,
    data: bytes,
    temporary: Path | None = None,
    like: os.stat_result | None = None,
    for_user_alone: bool = True,
) -> None:
    """Put `data` into the file; a link is replaced by a file. Raises OSError, and then the old file is untouched.

    `like` gives mode and owner. Without it only the user can read the file, unless `for_user_alone` is False.
    `temporary`: where the bytes are collected, in the same folder; name it only when no other process or thread writes
    this file at the same time.
    """
    collected = temporary or path.with_name(f".{path.name}.{os.getpid()}-{threading.get_native_id()}")
    mode = 0o600 if for_user_alone else 0o666  # The umask takes some of that away.
    collected.unlink(missing_ok=True)
    try:
        handle = os.open(collected, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        _copy_rights(collected, like or path.parent.stat(), with_mode=like is not None)
        collected.replace(path)
    except OSError:
        collected.unlink(missing_ok=True)
        raise
    flush_folder(path.parent)


def flush_folder(folder: Path) -> None:
    """Make the names in `folder` survive a power cut. Windows has no such call, and some network disks refuse it."""
    if sys.platform == "win32":
        return
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _copy_rights(file: Path, like: os.stat_result, with_mode: bool) -> None:
    if sys.platform != "win32":
        if os.geteuid() == 0:
            os.chown(file, like.st_uid, like.st_gid)
        elif with_mode and like.st_gid != file.stat().st_gid:
            with contextlib.suppress(PermissionError):
                os.chown(file, -1, like.st_gid)
    if with_mode:
        file.chmod(stat.S_IMODE(like.st_mode))
