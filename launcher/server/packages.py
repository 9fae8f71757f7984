"""Fetch the npm packages that a package.json asks for, and tell how far that is."""

import json
import os
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from launcher.server.install_progress import Progress
from launcher.server.node import Node
from launcher.server.npm import FETCH, Cancelled, run_npm

Tell = Callable[[Progress], None]

_PLACED = re.compile(r"npm (?:silly|sill) placeDep (\S+) (@?[^@\s]+)@\S* (?:OK|REPLACE|KEEP) ")
_PLANNED = re.compile(r"npm (?:silly|sill) reify ")
MEGABYTE = 1_000_000


def fetch_packages(
    node: Node, folder: Path, extra: Sequence[str], tell: Tell, cancelled: Cancelled, megabytes: float = 0.0
) -> float:
    """Make `folder`/node_modules from its package.json, plus the packages `extra`; returns the megabytes then on disk.

    Only what SillyTavern needs to run, and no package's own scripts. package.json is the same afterwards, and no lock
    file is written; one that is there is followed. `megabytes` are on disk already. Blocks; raises TavernkeepError.
    """
    package = folder / "package.json"
    original = package.read_bytes()
    package.write_text(_without_development(original), "utf-8")
    count = _Count(folder, tell, megabytes, _locked(folder))
    options = ("--omit=dev", "--ignore-scripts", "--no-save", "--loglevel=silly", "--no-global")
    try:
        run_npm(node, ("install", *options, *FETCH, *extra), folder, cancelled, count.see)
    finally:
        package.write_bytes(original)
    return count.finish()


@dataclass
class _Count:
    """Packages found needed and packages on disk. npm says at the silly log level what it places where."""

    folder: Path
    tell: Tell
    megabytes: float
    wanted: set[str]
    planned: bool = False
    done: set[str] = field(default_factory=set)
    measured: set[str] = field(default_factory=set)
    began_s: float | None = None

    def __post_init__(self) -> None:
        self.planned = bool(self.wanted)

    def see(self, lines: Sequence[str]) -> None:
        for line in lines:
            if placed := _PLACED.match(line):
                where = "" if placed[1] == "ROOT" else f"{placed[1]}/"
                self.wanted.add(f"{where}node_modules/{placed[2]}")
            elif _PLANNED.match(line):
                self.planned = True
        if not self.planned:
            found = f" ({len(self.wanted)} found)" if self.wanted else ""
            self.tell(Progress(f"Finding the packages it needs{found}", megabytes=round(self.megabytes, 1)))
            return
        self._measure(self.done - self.measured)
        self.done |= {path for path in self.wanted - self.done if (self.folder / path / "package.json").exists()}
        self._tell(len(self.wanted))

    def finish(self) -> float:
        """npm has ended well: what is there is all there is."""
        self.done |= {path for path in self.wanted if (self.folder / path).is_dir()}
        self._measure(self.done - self.measured)
        self._tell(len(self.done))
        return self.megabytes

    def _measure(self, paths: set[str]) -> None:
        # A package is measured one look after it appeared, when it has been unpacked.
        self.megabytes += sum(bytes_in(str(self.folder / path)) for path in paths) / MEGABYTE
        self.measured |= paths

    def _tell(self, expected: int) -> None:
        self.tell(
            Progress(
                "Installing packages", len(self.done), expected, round(self.megabytes, 1), self._seconds_left(expected)
            )
        )

    def _seconds_left(self, expected: int) -> int | None:
        if not self.done:
            return None
        now_s = time.monotonic()
        self.began_s = self.began_s or now_s
        passed_s = now_s - self.began_s
        if passed_s < 1 or len(self.done) < expected / 20:
            return None
        return max(
            0 if len(self.done) == expected else 1, round((expected - len(self.done)) * passed_s / len(self.done))
        )


def bytes_in(folder: str) -> int:
    """The size of all files below `folder`, packages (node_modules) aside."""
    total = 0
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    total += bytes_in(entry.path) if entry.name != "node_modules" else 0
                else:
                    total += entry.stat(follow_symlinks=False).st_size
    except OSError:
        return total
    return total


def _without_development(package: bytes) -> str:
    """package.json without what only developers need: npm would look all of it up, and count it."""
    content = json.loads(package.decode("utf-8-sig"))
    content.pop("devDependencies", None)
    return json.dumps(content, indent=4)


def _locked(folder: Path) -> set[str]:
    """The package folders that a lock file names, else nothing."""
    try:
        packages = json.loads((folder / "package-lock.json").read_text("utf-8")).get("packages", {})
    except (OSError, ValueError):
        return set()
    return {path for path, entry in packages.items() if path and not entry.get("dev") and not entry.get("optional")}
