"""The last versions of something, each in a numbered file of a folder that only the user can read."""

from dataclasses import dataclass
from pathlib import Path

from launcher.system import atomic_file

KEPT_VERSIONS = 10
ABSENT = ".absent"


@dataclass(frozen=True)
class VersionHistory:
    """Files such as `000007` in `folder`, with `suffix`; `000008.absent` is the version "there was nothing".

    All methods raise OSError. They block for as long as the disk takes.
    """

    folder: Path
    suffix: str = ""

    def versions(self) -> list[Path]:
        """Return the files, oldest first."""
        if not self.folder.is_dir():
            return []
        return sorted(file for file in self.folder.iterdir() if self._is_version(file))

    def _is_version(self, file: Path) -> bool:
        return file.stem.isdigit() and file.suffix in (self.suffix, ABSENT)

    def keep(self, data: bytes | None) -> None:
        """Add a version, and forget the oldest when there are more than KEPT_VERSIONS."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        versions = self.versions()
        number = int(versions[-1].stem) + 1 if versions else 1
        atomic_file.write(self.folder / f"{number:06}{ABSENT if data is None else self.suffix}", data or b"")
        for old in versions[: max(0, len(versions) + 1 - KEPT_VERSIONS)]:
            old.unlink()

    def newest(self) -> Path | None:
        return next(reversed(self.versions()), None)

    def forget_newest(self) -> None:
        if newest := self.newest():
            newest.unlink(missing_ok=True)


def data_of(version: Path) -> bytes | None:
    """Return the data of a version; None for "there was nothing". Raises OSError."""
    return None if version.suffix == ABSENT else version.read_bytes()
