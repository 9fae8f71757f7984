"""Locks on files. A lock ends with the process that holds it, however that ends."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def hold(path: Path) -> bool:
    """Lock `path` for the rest of this process. False when another process holds it. Raises OSError."""
    fd = _open(path)
    try:
        _lock(fd, wait=False)
    except OSError:
        os.close(fd)
        return False
    return True  # The descriptor stays open on purpose: closing it would give the lock away.


@contextmanager
def held(path: Path) -> Iterator[bool]:
    """Lock `path` while inside. Yields False when another process or thread holds it. Raises OSError."""
    fd = _open(path)
    try:
        try:
            _lock(fd, wait=False)
        except OSError:
            yield False
        else:
            yield True
    finally:
        os.close(fd)


@contextmanager
def waited_for(path: Path) -> Iterator[None]:
    """Lock `path` while inside, as soon as nobody else holds it. Raises OSError, on Windows also after ten seconds."""
    fd = _open(path)
    try:
        _lock(fd, wait=True)
        yield
    finally:
        os.close(fd)


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


if sys.platform == "win32":
    import msvcrt

    def _lock(fd: int, wait: bool) -> None:
        msvcrt.locking(fd, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(fd: int, wait: bool) -> None:
        fcntl.flock(fd, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
