"""Tavernkeep as the benchmarks start it: with a home of its own, on a SillyTavern of its own."""

import re
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.support.commands import Tavernkeep
from tests.support.leftovers import end_leftovers, processes_of
from tests.support.machine import free_port
from tests.support.waiting import wait_until

VERSION = "1.19.0"


@contextmanager
def new_home(folder: Path, more: Mapping[str, str] | None = None) -> Iterator[Tavernkeep]:
    """Tavernkeep in the new folder `folder`, with `more` in its environment; nothing of it runs at the end."""
    folder.mkdir(mode=0o700)
    try:
        yield Tavernkeep(folder, more=dict(more or {}))
    finally:
        end_leftovers(folder)


def begin(tavernkeep: Tavernkeep, *words: str) -> "subprocess.Popen[bytes]":
    """Starts one command that nobody listens to."""
    quiet = subprocess.DEVNULL
    command = tavernkeep.command(*words)
    return subprocess.Popen(command, env=tavernkeep.environment, stdin=quiet, stdout=quiet, stderr=quiet)


def face_pid(tavernkeep: Tavernkeep, name: str) -> int:
    """The process that is the face `name`, as soon as there is one."""
    return wait_until(lambda: [p.pid for p in processes_of(tavernkeep.home) if name in p.cmdline()], 20, name)[0]


def quit_all(tavernkeep: Tavernkeep) -> None:
    """Ends everything of this home, also a keeper that is only beginning, and waits until it is gone."""

    def has_quit() -> bool:
        tavernkeep.do("quit")
        return not processes_of(tavernkeep.home)

    wait_until(has_quit, 30, "Tavernkeep has ended")


def give_port(sillytavern: Path) -> int:
    """Writes a free port into the configuration of this copy, which is made from its default."""
    port = free_port()
    default = (sillytavern / "default/config.yaml").read_text("utf-8")
    (sillytavern / "config.yaml").write_text(re.sub(r"(?m)^port: .*$", f"port: {port}", default), "utf-8")
    return port
