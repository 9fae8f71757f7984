"""Real SillyTaverns from npm, laid out as a git clone is: fetched once, then copied for each test that starts one."""

import fcntl
import functools
import itertools
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.machine import cache_folder, need

# Both came with a dependency that no longer loads.
EXTRA_PACKAGES = {"1.9.0": "@mlc-ai/web-tokenizers@0.1.0", "1.9.7": "@mlc-ai/web-tokenizers@0.1.0"}
NPM_INSTALL = ["npm", "install", "--omit=dev", "--no-audit", "--no-fund", "--ignore-scripts", "--no-save"]
COMPILED_FOLDERS = ["dist", "data/_webpack", "thumbnails"]


def server_folder(version: str) -> Path:
    """The one `version` that all tests share: for reading and copying only. Skips when npm's registry is down."""
    need("node", "npm")
    folder, reason = _fetched(version)
    if folder is None:
        pytest.skip(f"SillyTavern {version} could not be fetched: {reason}")
    return folder


def private_copy(version: str, target: Path) -> Path:
    """SillyTavern `version` as the new folder `target`, to start and to write in. Its first start takes 20 s.

    node_modules is hard-linked where the file system allows that: replace its files, never write into them.
    """
    _copy(server_folder(version), target)
    return target


@contextmanager
def warm_copy(version: str) -> Iterator[Path]:
    """The same as `private_copy`, in a place of its own that keeps what the server once compiled: starts in 3 s.

    The server knows what it compiled by the path, so the places stay; two users at once get two places.
    """
    for place in itertools.count():
        target = cache_folder() / "copies" / f"{version}-{place}"
        target.parent.mkdir(exist_ok=True)
        with target.with_name(f"{target.name}.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            _renew(version, target)
            yield target
            return


def _renew(version: str, target: Path) -> None:
    """Makes `target` as good as new but for what the server compiled."""
    aside = target.with_name(f"{target.name}.compiled")
    for folder in COMPILED_FOLDERS:
        _move(target / folder, aside / folder)
    shutil.rmtree(target, ignore_errors=True)
    _copy(server_folder(version), target)
    for folder in COMPILED_FOLDERS:
        _move(aside / folder, target / folder)


def _move(folder: Path, target: Path) -> None:
    if folder.is_dir():
        shutil.rmtree(target, ignore_errors=True)
        target.parent.mkdir(parents=True, exist_ok=True)
        folder.rename(target)


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
def one_at_a_time(name: str) -> Iterator[None]:
    """Only one process on this computer is inside at a time: what it makes in the cache is made once."""
    with (cache_folder() / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@functools.cache
def _fetched(version: str) -> tuple[Path | None, str]:
    """The folder, or why there is none; asked once in a run, because a registry that is down answers slowly."""
    folder = cache_folder() / version
    with one_at_a_time(version):
        if (folder / "server.js").is_file() and (folder / "node_modules").is_dir():
            return folder, ""
        incoming = cache_folder() / f"{version}.incoming"
        shutil.rmtree(incoming, ignore_errors=True)
        incoming.mkdir()
        reason = npm(incoming, ["npm", "pack", f"sillytavern@{version}"])
        if reason:
            return None, reason
        subprocess.run(["tar", "xzf", *incoming.glob("*.tgz"), "--strip-components=1"], cwd=incoming, check=True)
        for package in incoming.glob("*.tgz"):
            package.unlink()
        reason = npm(incoming, NPM_INSTALL)
        if not reason and version in EXTRA_PACKAGES:
            reason = npm(incoming, [*NPM_INSTALL, EXTRA_PACKAGES[version]])
        if reason:
            return None, reason
        (incoming / "data").mkdir(exist_ok=True)
        shutil.rmtree(folder, ignore_errors=True)
        incoming.replace(folder)
        return folder, ""


def npm(folder: Path, command: list[str]) -> str:
    """Runs npm in `folder`; the reason when it fails, else nothing."""
    environment = {**os.environ, "npm_config_fetch_retries": "1", "npm_config_loglevel": "error"}
    done = subprocess.run(
        command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode == 0:
        return ""
    lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    return next((line for line in lines if "code E" in line), "npm ended with an error") + f" ({' '.join(command[:2])})"
