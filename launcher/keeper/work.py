"""What the keeper does to the world: reads the files, prepares starts, does jobs. Blocks; runs in worker threads."""

import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from launcher.access.exposure import Mode
from launcher.keeper.happenings import Looked
from launcher.keeper.messages import Install, Job, Repair, SetAccess, Update, Use
from launcher.keeper.running import NO_SILLYTAVERN
from launcher.keeper.view import Installed, View
from launcher.network import ports
from launcher.problem import Problem, TavernkeepError
from launcher.server import change, install, launch, output, update, versions
from launcher.server.in_effect import InEffect, exposure_of
from launcher.server.install_progress import Progress
from launcher.server.installation import Installation, find_installations, inspect
from launcher.system import settings
from launcher.system.folders import Folders

Stamp = tuple[tuple[str, int, int], ...]


class RefusedError(TavernkeepError):
    """Not allowed, rather than failed; nothing has changed."""


def installation_at(folders: Folders, folder: str | None = None) -> Installation | None:
    """The installation in `folder`, the remembered one, or the first one found; None: there is none.

    Raises TavernkeepError when the one that was named or remembered cannot be used.
    """
    remembered = folder or settings.load(folders.settings_file).folder
    if remembered:
        return inspect(Path(remembered))
    return next(iter(find_installations(folders, None)), None)


def look(folders: Folders, folder: str | None = None) -> Looked:
    """What the files say now. Never raises: what could not be read is its `problem`."""
    try:
        installation = installation_at(folders, folder)
    except TavernkeepError as error:
        return Looked(problem=error.problem)
    return looked_at(installation, launch.what_it_does(installation)) if installation else Looked()


def looked_at(installation: Installation, effect: InEffect) -> Looked:
    """What a face is shown of `installation`."""
    era = versions.facts(installation.version).era
    installed = Installed(str(installation.folder), installation.version, era, installation.ours)
    return Looked(installed, effect.port, effect.scheme, exposure_of(effect), problem=effect.problem)


def stamp(folders: Folders) -> Stamp:
    """Changes when one of the files that `look` reads does."""
    files = [folders.settings_file]
    try:
        installation = installation_at(folders)
    except TavernkeepError:
        installation = None
    if installation:
        files += [installation.config_file, installation.whitelist_file, installation.folder / "package.json"]
    found = []
    for file in files:
        try:
            status = file.stat()
        except OSError:
            continue
        found.append((str(file), status.st_mtime_ns, status.st_size))
    return tuple(found)


def prepare(folders: Folders, folder: str | None) -> tuple[Looked, launch.Prepared]:
    """Everything for a start. Raises TavernkeepError when it cannot begin."""
    installation = installation_at(folders, folder)
    if not installation:
        raise TavernkeepError(NO_SILLYTAVERN.title, NO_SILLYTAVERN.advice)
    prepared = launch.prepare(installation, folders, os.environ)
    return looked_at(installation, prepared.effect), prepared


def why_it_ended(lines: Sequence[str], code: int, port: int | None) -> Problem:
    """Why the server ended, by its last lines; of a taken port also whose it is."""
    if port and output.port_taken(lines):
        return ports.port_problem(port, ports.PortState.TAKEN, ports.owner(port), ports.next_free_port(port))
    return output.why_it_ended(lines, code, port)


def do(
    job: Job, folders: Folders, view: View, progress: Callable[[Progress], None], cancelled: threading.Event
) -> Looked:
    """Do `job` and tell what the files say then. Raises TavernkeepError, RefusedError when it is not allowed."""
    match job:
        case Install():
            done = install.install(folders, job.version, progress, cancelled.is_set)
            settings.save(folders.settings_file, folder=str(done.folder))
        case Update():
            done = _update(folders, job.version, progress, cancelled)
        case Use():
            done = inspect(Path(job.folder))
            settings.save(folders.settings_file, folder=str(done.folder))
        case Repair():
            done = _used(folders, view)
            _repair(job.fix, done, folders, progress, cancelled)
        case SetAccess():
            done = _used(folders, view)
            _set_access(job.mode, done, folders)
    return looked_at(done, launch.what_it_does(done))


def _used(folders: Folders, view: View) -> Installation:
    """The installation that the view shows."""
    installation = installation_at(folders, view.installation.folder if view.installation else None)
    if not installation:
        raise TavernkeepError(NO_SILLYTAVERN.title, NO_SILLYTAVERN.advice)
    return installation


def _update(
    folders: Folders, version: str | None, progress: Callable[[Progress], None], cancelled: threading.Event
) -> Installation:
    try:
        return update.beside(_ours(folders), folders, version, progress, cancelled)
    except update.NothingNewerError as error:
        raise RefusedError(error.problem.title, error.problem.advice) from error


def _ours(folders: Folders) -> Installation:
    installation = installation_at(folders)
    if not installation or not installation.ours:
        raise RefusedError(
            "Only a SillyTavern that Tavernkeep installed can be updated from here.",
            "Update your own folder the way you got it, for instance with git pull.",
        )
    return installation


def _repair(
    fix: str,
    installation: Installation,
    folders: Folders,
    progress: Callable[[Progress], None],
    cancelled: threading.Event,
) -> None:
    match fix.split():
        case ["start"]:
            return
        case ["install-modules"]:
            install.modules_install(folders, installation, progress, cancelled.is_set)
        case ["port", number] if number.isascii() and number.isdigit() and 0 < int(number) < 65536:
            change.configuration(installation, {"port": int(number)}, folders.backups)
        case ["access", mode] if mode in list(Mode):
            _set_access(Mode(mode), installation, folders)
        case _:
            raise RefusedError(f"Tavernkeep knows no repair “{fix[:40]}”.")


def _set_access(mode: Mode, installation: Installation, folders: Folders) -> None:
    if mode is Mode.EVERYONE:
        raise RefusedError("Letting everyone in needs a user name and a password first.")
    wanted = {"listen": mode is Mode.WHITELIST} | ({"whitelistMode": True} if mode is Mode.WHITELIST else {})
    change.configuration(installation, wanted, folders.backups)


def settle_update(folders: Folders, folder: str, kept: bool) -> None:
    """Remember the update when it answered; else bring back what it may have changed in the configuration."""
    update.settle(_ours(folders), kept)
    if kept:
        settings.save(folders.settings_file, folder=folder)
