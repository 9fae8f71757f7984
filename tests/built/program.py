"""The built program, and somebody who has just unpacked it: an empty home, and no Python on PATH."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.support.commands import Tavernkeep
from tests.support.machine import REPOSITORY, need
from tests.support.waiting import wait_until

BUILD_PATIENCE_S = 300
# What every desktop has; the programs that open pages are looked for among them.
# Who signs for the registries that this computer reaches, and by which way.
KEPT = ("NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY")
ON_PATH = ("sh", "cat", "cp", "dirname", "env", "ls", "mkdir", "mv", "rm", "sed", "uname")


def build(folder: Path, *options: str) -> Path:
    """The program in a new folder under `folder`, as `run.py build` makes it."""
    need("objdump")
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--distpath", str(folder / "dist")]
    command += ["--workpath", str(folder / "work"), str(REPOSITORY / "build.spec"), "--", *options]
    done = subprocess.run(
        command, cwd=REPOSITORY, capture_output=True, text=True, timeout=BUILD_PATIENCE_S, check=False
    )
    assert done.returncode == 0, done.stderr[-4000:]
    shutil.rmtree(folder / "work")
    return folder / "dist/tavernkeep/tavernkeep"


@dataclass(frozen=True)
class BuiltTavernkeep(Tavernkeep):
    """`home` is the user's home itself. `program` is what is started."""

    program: Path = Path("tavernkeep")

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        return kept | {"HOME": str(self.home), "PATH": str(self.home / "bin"), "LANG": "C.UTF-8"} | self.more

    def command(self, *words: str) -> list[str]:
        return [*self.prefix, str(self.program), *words]

    def processes(self) -> list[psutil.Process]:
        """Everything that was started with this home, the programs it started too."""
        return [process for process in psutil.process_iter() if _home_of(process) == str(self.home)]


def _home_of(process: psutil.Process) -> str | None:
    try:
        return process.environ().get("HOME")
    except (psutil.Error, OSError):  # ended meanwhile, or not ours to read
        return None


@contextmanager
def fresh_user(folder: Path, program: Path, prefix: list[str], more: dict[str, str]) -> Iterator[BuiltTavernkeep]:
    """Somebody with nothing but the program. What still runs of theirs at the end fails the test, and is ended."""
    home = folder / "home"
    (home / "bin").mkdir(parents=True, mode=0o700)
    for name in ON_PATH:
        found = shutil.which(name)
        assert found
        (home / "bin" / name).symlink_to(found)
    # `ip netns exec` is for the test to find, not for the user.
    inside = [shutil.which(prefix[0]) or prefix[0], *prefix[1:]] if prefix else []
    user = BuiltTavernkeep(home, inside, more, program)
    assert not [name for name in ("python", "python3") if shutil.which(name, path=user.environment["PATH"])]
    try:
        yield user
        user.run("quit")
        wait_until(lambda: not user.processes(), 20, "quit leaves no process")
    finally:
        for process in user.processes():
            process.kill()


def environment_of(pid: int) -> dict[str, str]:
    """What the process `pid` was started with."""
    return psutil.Process(pid).environ()


def libraries_of(pid: int) -> set[str]:
    """The files that the process `pid` has loaded."""
    lines = Path(f"/proc/{pid}/maps").read_text("utf-8").splitlines()
    return {line.split(None, 5)[5] for line in lines if line.count("/") and os.sep in line}
