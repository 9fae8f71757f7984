"""Tavernkeep as the benchmarks start it: with a home of its own, on a SillyTavern of its own."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.support.leftovers import end_leftovers, processes_of
from tests.support.machine import REPOSITORY, free_port
from tests.support.waiting import wait_until

VERSION = "1.19.0"
COMMAND = [sys.executable, "-P", "-m", "launcher"]


@dataclass(frozen=True)
class Tavernkeep:
    """A home and what to run in it."""

    home: Path
    environment: Mapping[str, str]

    def run(self, *arguments: str) -> str:
        """Runs one command to its end; what it printed."""
        command = [*COMMAND, *arguments]
        done = subprocess.run(
            command, env=self.environment, cwd=REPOSITORY, check=False, capture_output=True, text=True
        )
        assert done.returncode == 0, f"{arguments}: {done.stderr}"
        return done.stdout

    def begin(self, *arguments: str) -> "subprocess.Popen[bytes]":
        """Starts one command."""
        quiet = subprocess.DEVNULL
        return subprocess.Popen(
            [*COMMAND, *arguments], env=self.environment, cwd=REPOSITORY, stdin=quiet, stdout=quiet, stderr=quiet
        )

    def pid(self, key: str) -> int:
        """`pid` of the server or `keeper_pid`, as status tells."""
        pid: int = json.loads(self.run("status", "--json"))[key]
        return pid

    def face(self, name: str) -> psutil.Process:
        """The process that is the face `name`."""
        return wait_until(lambda: [p for p in processes_of(self.home) if name in p.cmdline()], 20, name)[0]

    def quit(self) -> None:
        """Ends everything of this home, also a keeper that is only beginning, and waits until it is gone."""
        try:
            wait_until(self._has_quit, 30)
        except AssertionError as error:
            raise AssertionError(f"does not quit: {end_leftovers(self.home)}") from error

    def _has_quit(self) -> bool:
        self.run("quit")
        return not processes_of(self.home)


@contextmanager
def new_home(folder: Path, environment: Mapping[str, str] = os.environ) -> Iterator[Tavernkeep]:
    """Tavernkeep in the new folder `folder`; nothing of it runs at the end."""
    folder.mkdir(mode=0o700)
    try:
        yield Tavernkeep(folder, {**environment, "TAVERNKEEP_HOME": str(folder)})
    finally:
        end_leftovers(folder)


def give_port(sillytavern: Path) -> int:
    """Writes a free port into the configuration of this copy, which is made from its default."""
    port = free_port()
    default = (sillytavern / "default/config.yaml").read_text("utf-8")
    (sillytavern / "config.yaml").write_text(re.sub(r"(?m)^port: .*$", f"port: {port}", default), "utf-8")
    return port
