"""Install SillyTavern from npm as our own: built beside, checked, and moved into place by one rename.

Whatever ends an attempt (a cancel, kill -9, a full disk), what it leaves is in a staging folder that the next one
removes. Every function here blocks, for a minute where it downloads: call it from a worker thread.
"""

import errno
import json
import logging
import os
import re
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from launcher.problem import TavernkeepError
from launcher.server.first_config import prepare_first_config, set_aside_config
from launcher.server.install_progress import Progress
from launcher.server.installation import MARKER, Installation, inspect, modules_missing, our_installation
from launcher.server.node import Node, find_node
from launcher.server.npm import FETCH, Cancelled, NotPublished, disk_full, run_npm
from launcher.server.packages import MEGABYTE, Tell, bytes_in, fetch_packages
from launcher.server.tarball import unpack
from launcher.system.file_lock import held
from launcher.system.folders import Folders
from launcher.versions.table import facts

PROGRAM_MB = 1000
PACKAGES_MB = 600
MOVE_TIMEOUT_S = 10.0
STAGING = ".staging-"
MODULES_STAGING = ".tavernkeep-modules-"

log = logging.getLogger(__name__)


def install(folders: Folders, version: str | None, progress: Tell, cancelled: Cancelled) -> Installation:
    """Our own installation of `version` (None: the newest; or a tag), downloaded when it is not there yet.

    `progress` is called about four times a second, `cancelled` as often; both in this thread. Raises InstallCancelled,
    or TavernkeepError that says what is in the way: offline, no such version, no space, no Node, another installation.
    """
    _check_wanted(version)
    with _alone(folders.data / "sillytavern" / "versions"):
        installation = our_installation(folders, version) if version else None
        if installation is None or not _is_complete(installation):
            installation = _downloaded(folders, version, progress, cancelled)
    if modules_missing(installation):
        modules_install(folders, installation, progress, cancelled)
    prepare_first_config(installation)
    return installation


def modules_install(folders: Folders, installation: Installation, progress: Tell, cancelled: Cancelled) -> None:
    """Put the packages it needs into the installation's node_modules; nothing else in its folder changes.

    They are built in a folder of their own inside it, and then take the place of the old ones. The server must not
    run. Raises as `install` does; then the old ones are still there.
    """
    folder = installation.folder
    node = find_node((facts(installation.version).node_minimum,), folders)
    with _alone(folders.data / "sillytavern" / "versions"):
        _remove_leftovers(folder, MODULES_STAGING)
        _check_space(folder, PACKAGES_MB)
        with _staging(folder, MODULES_STAGING) as staging:
            for name in ("package.json", "package-lock.json", "npm-shrinkwrap.json", ".npmrc"):
                if (folder / name).is_file():
                    shutil.copyfile(folder / name, staging / name)
            fetch_packages(node, staging, facts(installation.version).extra_packages, progress, cancelled)
            old = folder / "node_modules"
            if os.path.lexists(old):
                _move(old, staging / "old")
            _move(staging / "node_modules", old)


def newest_version(folders: Folders, cancelled: Cancelled = lambda: False) -> str:
    """The newest published version. Raises TavernkeepError, when offline for one."""
    return _published(folders, None, cancelled)


def check_update(old: Installation, new: Installation) -> None:
    """Raises TavernkeepError when one of the two keeps its configuration and chats inside its program folder.

    Then nothing can be carried over. Neither has to exist: ask before `new` is downloaded.
    """
    inside = next((one for one in (old, new) if not one.config_outside), None)
    if inside:
        raise TavernkeepError(
            f"SillyTavern {inside.version} keeps its chats and settings inside its own folder, "
            f"so Tavernkeep does not change {old.version} for {new.version} by itself.",
            f"Install {new.version} as a new one, and bring over what you want to keep from {old.folder}.",
        )


def carry_over(old: Installation, new: Installation) -> None:
    """Copy what the user put into our old program folder into the new one, before the new one is used.

    That is whitelist.txt, plugins, and extensions installed for all users. Raises TavernkeepError as `check_update`.
    """
    check_update(old, new)
    with _disk_errors(new.folder):
        if old.whitelist_file.is_file():
            shutil.copy2(old.whitelist_file, new.whitelist_file)
        for name in ("plugins", "public/scripts/extensions/third-party"):
            shelf = old.folder / name
            for added in shelf.iterdir() if shelf.is_dir() else ():
                target = new.folder / name / added.name
                if added.is_dir() and not target.exists():
                    shutil.copytree(added, target, symlinks=True)


def _downloaded(folders: Folders, version: str | None, progress: Tell, cancelled: Cancelled) -> Installation:
    versions = folders.data / "sillytavern" / "versions"
    _remove_leftovers(versions, STAGING)
    _check_space(versions, PROGRAM_MB)
    progress(Progress("Looking for SillyTavern" + (f" {version}" if version else "")))
    installation = our_installation(folders, _published(folders, version, cancelled))
    if not _is_complete(installation):
        _build(folders, installation, progress, cancelled)
    return installation


def _is_complete(installation: Installation) -> bool:
    return (installation.folder / MARKER).is_file()


def _check_wanted(version: str | None) -> None:
    if version is not None and not re.fullmatch(r"\w[\w.+-]*", version, re.ASCII):
        raise TavernkeepError(f"{version!r} is no version of SillyTavern.", "Give one such as 1.19.0.")


def _published(folders: Folders, version: str | None, cancelled: Cancelled) -> str:
    """The exact version that the registry has for `version`, which may also be a tag."""
    wanted = version or "latest"
    node = find_node((), folders)
    look_up = (
        "view",
        f"sillytavern@{wanted}",
        "version",
        "--json",
        "--fetch-retries=1",
        "--fetch-retry-mintimeout=500",
    )
    try:
        with tempfile.TemporaryDirectory(prefix="tavernkeep-") as nowhere:
            answer = json.loads(run_npm(node, look_up, Path(nowhere), cancelled))
    except NotPublished as error:
        raise TavernkeepError(
            f"There is no SillyTavern {wanted} to download.", "`tavernkeep install` without a version takes the newest."
        ) from error
    except ValueError:
        answer = None
    if not isinstance(answer, str):
        raise TavernkeepError(f"{wanted} does not name one version of SillyTavern.", "Give one such as 1.19.0.")
    return answer


def _build(folders: Folders, installation: Installation, progress: Tell, cancelled: Cancelled) -> None:
    version, target = installation.version, installation.folder
    if target.exists():
        raise TavernkeepError(
            f"{target} is in the way.", "It was not made by Tavernkeep: move it away, then try again."
        )
    node = find_node((facts(version).node_minimum,), folders)
    with _staging(target.parent, STAGING) as staging:
        archive = _download(node, version, staging, progress, cancelled)
        program = staging / "st"
        megabytes = unpack(archive, program, cancelled) / MEGABYTE
        archive.unlink()
        set_aside_config(program)
        megabytes = fetch_packages(node, program, facts(version).extra_packages, progress, cancelled, megabytes)
        _check_complete(program, version)
        (program / MARKER).write_text(f"{version}\n", "utf-8")
        _move(program, target)
    log.info("installed SillyTavern %s in %s, %.0f MB", version, target, megabytes)


def _download(node: Node, version: str, staging: Path, progress: Tell, cancelled: Cancelled) -> Path:
    # In a cache of its own, because there npm's progress can be seen.
    cache = staging / "cache"

    def tell(step: str) -> None:
        progress(Progress(f"{step} SillyTavern {version}", megabytes=round(bytes_in(str(cache)) / MEGABYTE, 1)))

    pack = ("pack", f"sillytavern@{version}", f"--cache={cache}", "--ignore-scripts", *FETCH)
    run_npm(node, pack, staging, cancelled, lambda _: tell("Downloading"))
    archive = next(staging.glob("*.tgz"), None)
    if archive is None:
        raise TavernkeepError(f"SillyTavern {version} could not be downloaded.", "Try again; the log says more.")
    tell("Unpacking")
    _remove(cache)
    return archive


def _check_complete(program: Path, version: str) -> None:
    installed = inspect(program)
    if installed.version != version or modules_missing(installed):
        raise TavernkeepError(
            f"SillyTavern {version} did not arrive completely.", "Try again. Nothing was changed; the log says more."
        )


@contextmanager
def _alone(versions: Path) -> Iterator[None]:
    """One installation at a time."""
    with _disk_errors(versions):
        versions.mkdir(mode=0o700, parents=True, exist_ok=True)
    with held(versions / ".lock") as alone:
        if not alone:
            raise TavernkeepError("Another installation is under way.", "Wait until it is done, or cancel it.")
        yield


@contextmanager
def _staging(beside: Path, prefix: str) -> Iterator[Path]:
    """A folder to build in, on the same disk. It is gone afterwards."""
    with _disk_errors(beside):
        folder = Path(tempfile.mkdtemp(prefix=f"{prefix}{os.getpid()}-", dir=beside))
        try:
            yield folder
        finally:
            _remove(folder)


@contextmanager
def _disk_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise disk_full() from error
        raise TavernkeepError(
            f"Tavernkeep cannot write in {folder}.", f"Make it writable for your user. ({error.strerror or error})"
        ) from error


def _check_space(folder: Path, needed_mb: int) -> None:
    with _disk_errors(folder):
        free_mb = shutil.disk_usage(folder).free // MEGABYTE
    if free_mb < needed_mb:
        raise TavernkeepError(
            f"Not enough space: SillyTavern needs {needed_mb} MB, and {free_mb} MB are free where {folder} is.",
            f"Free at least {needed_mb - free_mb} MB, then try again.",
        )


def _move(source: Path, target: Path) -> None:
    """Rename. Windows refuses that for a moment while a virus scanner still reads the new files."""
    deadline_s = time.monotonic() + MOVE_TIMEOUT_S
    while True:
        try:
            source.rename(target)
            return
        except PermissionError:
            if sys.platform != "win32" or time.monotonic() > deadline_s:
                raise
            threading.Event().wait(0.2)


def _remove_leftovers(folder: Path, prefix: str) -> None:
    """What attempts that were killed left behind. Called with the lock held, so none of them lives."""
    for leftover in folder.glob(f"{prefix}*"):
        _remove(leftover)


def _remove(folder: Path) -> None:
    # Deep packages pass the 260 characters of a plain Windows path.
    path = f"\\\\?\\{folder}" if sys.platform == "win32" else str(folder)
    shutil.rmtree(path, ignore_errors=True)
    if folder.exists():
        log.warning("could not remove all of %s; the next installation tries again", folder)
