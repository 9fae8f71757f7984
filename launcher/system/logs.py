"""Log files: the server's output as it came, and our own. UIs read the server's log here, not through the keeper."""

import os
from contextlib import suppress
from pathlib import Path

from launcher.system.printable import printable

LOG_LIMIT_BYTES = 8 << 20
TAIL_CHUNK_BYTES = 64 << 10
MOST_READ_AT_ONCE_BYTES = 1 << 20


class RotatingLog:
    """Appends bytes to a file that only the user can read; past `limit_bytes` it becomes FILE.1 and starts empty.

    Nothing here raises: a full disk or a deleted folder costs log lines and nothing else.
    """

    def __init__(self, path: Path, limit_bytes: int = LOG_LIMIT_BYTES) -> None:
        self._path = path
        self._limit = limit_bytes
        self._fd = -1
        self._size = 0
        with suppress(OSError):
            self._open()

    def write(self, data: bytes) -> None:
        """Append `data` at once. Bytes that cannot be written are lost."""
        with suppress(OSError):
            if self._fd < 0:
                self._open()
            if self._size + len(data) > self._limit and self._size:
                self._turn_over()
            os.write(self._fd, data)
            self._size += len(data)

    def close(self) -> None:
        if self._fd >= 0:
            fd, self._fd = self._fd, -1
            os.close(fd)

    def _open(self) -> None:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)
        self._fd = os.open(self._path, flags, 0o600)
        self._size = os.fstat(self._fd).st_size

    def _turn_over(self) -> None:
        self.close()
        # Windows refuses while someone reads it, and then the next write tries again. Someone may also have deleted it.
        with suppress(OSError):
            self._path.replace(self._path.with_name(self._path.name + ".1"))
        self._open()


def tail(path: Path, lines: int) -> list[str]:
    """Return the last `lines` lines, printable, the older ones from FILE.1. Without a file there are none.

    Raises OSError when a file cannot be read.
    """
    collected: list[bytes] = []
    for file in (path, path.with_name(path.name + ".1")):
        collected = _last_lines(file, lines - len(collected)) + collected
        if len(collected) >= lines:
            break
    return [printable(line.decode("utf-8", "replace")) for line in collected]


def _last_lines(path: Path, lines: int) -> list[bytes]:
    if lines <= 0:
        return []
    try:
        with path.open("rb") as file:
            position = file.seek(0, os.SEEK_END)
            data = b""
            while position > 0 and data.count(b"\n") <= lines:
                step = min(TAIL_CHUNK_BYTES, position)
                position -= step
                file.seek(position)
                data = file.read(step) + data
    except FileNotFoundError:
        return []
    return data.removesuffix(b"\n").split(b"\n")[-lines:] if data else []


class Follower:
    """Reads what is added to a log from now on. The file may be missing at first, or be turned over meanwhile."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._inode, self._position = self._now()
        self._rest = b""

    def read_new(self) -> list[str]:
        """Return the new lines, printable. A flood is cut to the newest megabyte, and its first line says so.

        Raises OSError when the file cannot be read.
        """
        inode, size = self._now()
        skipped = False
        if inode != self._inode or size < self._position:
            self._inode, self._position, self._rest = inode, 0, b""
        if size - self._position > MOST_READ_AT_ONCE_BYTES:
            self._position, self._rest, skipped = size - MOST_READ_AT_ONCE_BYTES, b"", True
        if size == self._position:
            return []
        with self._path.open("rb") as file:
            file.seek(self._position)
            data = file.read(size - self._position)
        self._position += len(data)
        *whole, self._rest = (self._rest + data).split(b"\n")
        lines = [printable(line.decode("utf-8", "replace")) for line in whole]
        return ["… (some lines left out)", *lines[1:]] if skipped else lines

    def _now(self) -> tuple[int, int]:
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return 0, 0
        return found.st_ino, found.st_size
