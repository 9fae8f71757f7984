"""Unpack a package as npm publishes it: files and folders below one folder, and nothing else."""

import gzip
import tarfile
import zlib
from pathlib import Path, PurePosixPath

from launcher.problem import TavernkeepError
from launcher.server.npm import Cancelled, InstallCancelled

COPY_BYTES = 1 << 20


def unpack(archive: Path, target: Path, cancelled: Cancelled) -> int:
    """Put what is below the archive's own folder into the new folder `target`; returns the bytes written.

    Raises InstallCancelled; TavernkeepError for an archive that is damaged or holds more than files and folders inside
    `target`; OSError when the disk says no.
    """
    target.mkdir()
    written = 0
    try:
        with gzip.open(archive) as stream, tarfile.open(fileobj=stream, mode="r:") as members:
            for member in members:
                if cancelled():
                    raise InstallCancelled
                if path := _inside(member, target):
                    written += _put(members, member, path)
            # The checksum comes after the last member.
            while stream.read(COPY_BYTES):
                pass
    except (tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError, ValueError) as error:
        raise _damaged(archive) from error
    return written


def _inside(member: tarfile.TarInfo, target: Path) -> Path | None:
    parts = PurePosixPath(member.name).parts
    if not (member.isreg() or member.isdir()) or any(part in ("..", "/") or _odd(part) for part in parts):
        raise ValueError(f"unexpected in a package: {member.name!r}")
    return target.joinpath(*parts[1:]) if len(parts) > 1 else None


def _odd(part: str) -> bool:
    """Whether Windows would take it for another place."""
    return any(character in part for character in "\\:\0")


def _put(members: tarfile.TarFile, member: tarfile.TarInfo, path: Path) -> int:
    if member.isdir():
        path.mkdir(parents=True, exist_ok=True)
        return 0
    path.parent.mkdir(parents=True, exist_ok=True)
    source = members.extractfile(member)
    if source is None:
        raise ValueError(f"no content: {member.name!r}")
    with source, path.open("wb") as file:
        while block := source.read(COPY_BYTES):
            file.write(block)
    if member.mode & 0o100:
        path.chmod(0o755)
    return member.size


def _damaged(archive: Path) -> TavernkeepError:
    return TavernkeepError(f"The download {archive.name} is damaged.", "Try again. Nothing was changed.")
