"""The address that a phone was given last, kept between runs: after a restart of the PC it may be another."""

import contextlib
from pathlib import Path

LONGEST = 200


class LastAddress:
    """In a small file. One that cannot be read or written is as none: then a change goes unnoticed once."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def read(self) -> str:
        """The URL; empty when there is none."""
        try:
            return self._file.read_text("utf-8", "replace")[:LONGEST].strip()
        except OSError:
            return ""

    def write(self, url: str) -> None:
        with contextlib.suppress(OSError):
            self._file.write_text(f"{url}\n", "utf-8")
