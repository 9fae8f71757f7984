"""Keeps tavernkeep.log small: what every process of Tavernkeep complains of goes there."""

import os
from contextlib import suppress
from pathlib import Path

LIMIT_BYTES = 1 << 20


def keep_small(log: Path, limit_bytes: int = LIMIT_BYTES) -> bool:
    """Past `limit_bytes`, move the newest of `log` into FILE.1 and empty it; whether that was done. Never raises.

    It is not renamed, because several processes hold it open at once and would go on writing to the old file.
    """
    try:
        size = log.stat().st_size
        if size <= limit_bytes:
            return False
        # Not above: every start of Tavernkeep looks here, and few have anything to do.
        from launcher.system import atomic_file

        with log.open("r+b") as file:
            file.seek(size - limit_bytes)
            newest = file.read(limit_bytes)
            atomic_file.write(log.with_name(f"{log.name}.1"), newest.partition(b"\n")[2] or newest)
            file.truncate(0)
    except OSError:
        return False
    # Windows does not append by itself: without this, zeros would fill the place of what was there.
    with suppress(OSError):
        os.lseek(2, 0, os.SEEK_END)
    return True
