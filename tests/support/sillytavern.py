"""Real SillyTaverns from npm, laid out as a git clone is: fetched once, then copied for each test that starts one."""

import fcntl
import functools
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.machine import cache_folder, free_port, need

# Both came with a dependency that no longer loads.
EXTRA_PACKAGES = {"1.9.0": "@mlc-ai/web-tokenizers@0.1.0", "1.9.7": "@mlc-ai/web-tokenizers@0.1.0"}
NPM_INSTALL = ["npm", "install", "--omit=dev", "--no-audit", "--no-fund", "--ignore-scripts", "--no-save"]
WEBPACK_FOLDERS = ["dist", "data/_webpack"]
READY = "SillyTavern is listening on"


def server_folder(version: str) -> Path:
    """The one `version` that all tests share: for reading and copying only. Skips when npm's registry is down."""
    need("node", "npm")
    folder, reason = _fetched(version)
    if folder is None:
        pytest.skip(f"SillyTavern {version} could not be fetched: {reason}")
    return folder


def private_copy(version: str, target: Path, warm: bool = True) -> Path:
    """SillyTavern `version` as the new folder `target`, to start and to write in.

    node_modules is hard-linked where the file system allows that: replace its files, never write into them.
    `warm` brings along what the server compiles at its first start, which saves 14 s of 20.
    """
    _copy(server_folder(version), target)
    if warm:
        source = _warmed(version)
        for folder in WEBPACK_FOLDERS:
            if (source / folder).is_dir():
                shutil.copytree(source / folder, target / folder, dirs_exist_ok=True)
    return target


def _copy(source: Path, target: Path) -> None:
    target.mkdir(parents=True)
    for part in source.iterdir():
        if part.name == "node_modules" and _run(["cp", "-al", str(part), str(target)]):
            continue
        shutil.rmtree(target / part.name, ignore_errors=True)  # what was linked before the file system said no
        subprocess.run(["cp", "-a", str(part), str(target)], check=True)


def _run(command: list[str]) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@contextmanager
def _one_at_a_time(name: str) -> Iterator[None]:
    with (cache_folder() / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@functools.cache
def _fetched(version: str) -> tuple[Path | None, str]:
    """The folder, or why there is none; asked once in a run, because a registry that is down answers slowly."""
    folder = cache_folder() / version
    with _one_at_a_time(version):
        if (folder / "server.js").is_file() and (folder / "node_modules").is_dir():
            return folder, ""
        incoming = cache_folder() / f"{version}.incoming"
        shutil.rmtree(incoming, ignore_errors=True)
        incoming.mkdir()
        reason = _npm(incoming, ["npm", "pack", f"sillytavern@{version}"])
        if reason:
            return None, reason
        subprocess.run(["tar", "xzf", *incoming.glob("*.tgz"), "--strip-components=1"], cwd=incoming, check=True)
        for package in incoming.glob("*.tgz"):
            package.unlink()
        reason = _npm(incoming, NPM_INSTALL)
        if not reason and version in EXTRA_PACKAGES:
            reason = _npm(incoming, [*NPM_INSTALL, EXTRA_PACKAGES[version]])
        if reason:
            return None, reason
        (incoming / "data").mkdir(exist_ok=True)
        shutil.rmtree(folder, ignore_errors=True)
        incoming.replace(folder)
        return folder, ""


def _npm(folder: Path, command: list[str]) -> str:
    """Runs npm in `folder`; the reason when it fails, else nothing."""
    environment = {**os.environ, "npm_config_fetch_retries": "1", "npm_config_loglevel": "error"}
    done = subprocess.run(
        command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode == 0:
        return ""
    lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    return next((line for line in lines if "code E" in line), "npm ended with an error") + f" ({' '.join(command[:2])})"


@functools.cache
def _warmed(version: str) -> Path:
    """A folder with what `version` compiles at its first start; empty for versions that compile nothing."""
    source, warmed = server_folder(version), cache_folder() / f"{version}.warm"
    with _one_at_a_time(version):
        if warmed.is_dir():
            return warmed
        if not (source / "webpack.config.js").is_file():
            warmed.mkdir()
            return warmed
        trial = cache_folder() / f"{version}.trial"
        shutil.rmtree(trial, ignore_errors=True)
        _copy(source, trial)
        for _ in range(2):  # 1.12.14 to 1.14.0 may fail the first time
            _start_and_stop(trial)
        made = cache_folder() / f"{version}.warm.incoming"
        shutil.rmtree(made, ignore_errors=True)
        made.mkdir()
        for folder in WEBPACK_FOLDERS:
            if (trial / folder).is_dir():
                shutil.copytree(trial / folder, made / folder)
        made.replace(warmed)
        shutil.rmtree(trial)
        return warmed


def _start_and_stop(folder: Path) -> None:
    """Starts the server of `folder` on a port of its own and stops it as soon as it is ready."""
    command = ["node", "server.js", "--port", str(free_port()), "--browserLaunchEnabled=false", "--autorun=false"]
    with subprocess.Popen(
        command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as server:
        assert server.stdout
        for line in server.stdout:
            if READY in line:
                break
        server.terminate()
