"""The entry where it is a file: on a Linux desktop and on macOS."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from launcher.system import atomic_file


@dataclass(frozen=True)
class AutostartEntry:
    """`command` is empty when it cannot be read as one. `switched_off`: the user said no with the system's tools."""

    command: tuple[str, ...]
    switched_off: bool


@dataclass(frozen=True)
class EntryFile:
    """`path` returns where the file is or would be; `encode` and `decode` know its format."""

    path: Callable[[], Path]
    encode: Callable[[Sequence[str]], bytes]
    decode: Callable[[bytes], AutostartEntry]

    def where(self) -> str:
        return str(self.path())

    def read(self) -> AutostartEntry | None:
        """Return the entry; None when there is none. Raises OSError."""
        try:
            return self.decode(self.path().read_bytes())
        except FileNotFoundError:
            return None

    def write(self, command: Sequence[str]) -> None:
        """Write the entry that starts `command`. Raises OSError."""
        self.path().parent.mkdir(parents=True, exist_ok=True)
        atomic_file.write(self.path(), self.encode(command))

    def remove(self) -> None:
        """Remove the entry; nothing happens when there is none. Raises OSError."""
        self.path().unlink(missing_ok=True)
