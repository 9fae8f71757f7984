"""What the keeper does to the world: prepares starts, does jobs. Blocks; runs in worker threads."""

import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from launcher.access.exposure import Mode
from launcher.access.interlock import RefusedError
from launcher.keeper import device_entry
from launcher.keeper.events import FileSnapshot
from launcher.keeper.file_snapshot import installation_at, read_snapshot, snapshot_of
from launcher.keeper.messages import (
    AllowDevice,
    ApplyFix,
    ChangeSettings,
    EditWhitelist,
    Install,
    Job,
    LoginOff,
    MoveWhitelist,
    RefuseDevice,
    SetAccess,
    SetLogin,
    SetPort,
    UndoWhitelist,
    Update,
    Use,
    WhoGetsIn,
)
from launcher.keeper.server_lifecycle import NO_SILLYTAVERN
from launcher.keeper.view import View
from launcher.network import port_check, ports
from launcher.problem import Problem, TavernkeepError
from launcher.server import install, launch, update
from launcher.server.install_progress import Progress
from launcher.server.installation import Installation, inspect
from launcher.server.read_settings import effective_settings
from launcher.server.resolve_settings import EffectiveSettings
from launcher.system import settings
from launcher.system.folders import Folders
from launcher.versions import end_lines


def prepare(folders: Folders, folder: str | None) -> tuple[FileSnapshot, launch.Prepared]:
    """Everything for a start. Raises TavernkeepError when it cannot begin."""
    installation = installation_at(folders, folder)
    if not installation:
        raise TavernkeepError.from_problem(NO_SILLYTAVERN)
    prepared = launch.prepare(installation, folders, os.environ)
    if not folder and not settings.load(folders.settings_file).folder:
        settings.save(folders.settings_file, folder=str(installation.folder))
    return snapshot_of(installation, prepared.effective, folders.backups), prepared


def why_it_ended(lines: Sequence[str], code: int, port: int | None) -> Problem:
    """Why the server ended, by its last lines; of a taken port also whose it is."""
    if port and end_lines.port_taken(lines):
        return ports.port_problem(port, ports.PortState.TAKEN, ports.owner(port), ports.next_free_port(port))
    return end_lines.why_it_ended(lines, code, port)


def do(
    job: Job, folders: Folders, view: View, progress: Callable[[Progress], None], cancelled: threading.Event
) -> FileSnapshot:
    """Do `job` and tell what the files say then. Raises TavernkeepError, RefusedError when it is not allowed."""
    effective: EffectiveSettings | None = None
    match job:
        case ApplyFix(fix) if fix == settings.PUT_ASIDE.id:
            settings.disable_file(folders.settings_file)
            return read_snapshot(folders)
        case Install():
            settings.load(folders.settings_file)  # What is installed has to be remembered there.
            done = install.install(folders, job.version, progress, cancelled.is_set)
            settings.save(folders.settings_file, folder=str(done.folder))
        case Update():
            done = _update(folders, job.version, progress, cancelled)
        case Use():
            done = inspect(Path(job.folder))
            settings.save(folders.settings_file, folder=str(done.folder))
        case SetPort():
            done = _used(folders, view)
            effective = set_port(done, job.port, view, folders)
        case ApplyFix():
            done = _used(folders, view)
            _repair(job.fix, done, folders, progress, cancelled)
        case _:
            done = _used(folders, view)
            effective = change_settings(job, done, folders)
    return snapshot_of(done, effective or effective_settings(done), folders.backups)


def choose(choice: ChangeSettings, folders: Folders) -> Problem | None:
    """Save what was chosen. What could not be done about it at once is returned.

    Raises TavernkeepError when nothing was saved, RefusedError when a value does not fit.
    """
    from launcher.network.public_ip import problem_with_service

    services = choice.changes.get("public_ip_services")
    for service in services if isinstance(services, tuple) else ():
        if problem := problem_with_service(service):
            raise RefusedError.from_problem(problem)
    settings.save(folders.settings_file, **choice.changes)
    return _exchange_waiting_page(folders) if "waiting_page" in choice.changes else None


def _exchange_waiting_page(folders: Folders) -> Problem | None:
    """So that it also counts for a SillyTavern that is started by hand next time."""
    try:
        installation = installation_at(folders)
    except TavernkeepError:
        return None  # Every start says so.
    if not installation:
        return None
    notices = launch.care_for_waiting_page(installation, effective_settings(installation).login_on is True, folders)
    return Problem(notices[0]) if notices else None


def set_port(installation: Installation, port: int, view: View, folders: Folders) -> EffectiveSettings:
    """Have its server answer on `port`. RefusedError when it could not, or no browser would open it."""
    from launcher.server import access_changes

    if problem := port_check.problem_with_port(port):
        raise RefusedError.from_problem(problem)
    if not (view.pid and view.port == port):
        try:
            launch.check_port(port)
        except TavernkeepError as error:
            raise RefusedError.from_problem(error.problem) from error
    return access_changes.configuration(installation, {"port": port}, folders.backups)


def change_settings(job: WhoGetsIn, installation: Installation, folders: Folders) -> EffectiveSettings:
    """Change who can get into `installation`; return what its server does then.

    Raises TavernkeepError when that could not be done, RefusedError when it is not allowed.
    """
    from launcher.server import access_changes

    backups = folders.backups
    match job:
        case SetAccess():
            return access_changes.access(installation, job.mode, backups)
        case EditWhitelist():
            return access_changes.whitelist(installation, job.add, job.remove, backups)
        case AllowDevice():
            return access_changes.whitelist(installation, device_entry.to_allow(job.address), (), backups)
        case RefuseDevice():
            entries = effective_settings(installation).entries
            return access_changes.whitelist(installation, (), device_entry.to_refuse(job.address, entries), backups)
        case MoveWhitelist():
            return access_changes.move_whitelist(installation, job.to, backups)
        case UndoWhitelist():
            return access_changes.undo_whitelist(installation, backups)
        case SetLogin():
            return access_changes.login(installation, job.username, job.password, backups)
        case LoginOff():
            return access_changes.login_off(installation, backups)


def _used(folders: Folders, view: View) -> Installation:
    """The installation that the view shows."""
    installation = installation_at(folders, view.installation.folder if view.installation else None)
    if not installation:
        raise TavernkeepError.from_problem(NO_SILLYTAVERN)
    return installation


def _update(
    folders: Folders, version: str | None, progress: Callable[[Progress], None], cancelled: threading.Event
) -> Installation:
    try:
        return update.beside(_ours(folders), folders, version, progress, cancelled)
    except update.NothingNewerError as error:
        raise RefusedError.from_problem(error.problem) from error


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
    from launcher.server.settings_fixes import FIXES

    match fix.split():
        case ["start"]:
            return
        case ["install-modules"]:
            install.modules_install(folders, installation, progress, cancelled.is_set)
        case ["port", number] if number.isascii() and number.isdigit() and 0 < int(number) < 65536:
            from launcher.server import access_changes

            access_changes.configuration(installation, {"port": int(number)}, folders.backups)
        case ["access", mode] if mode in list(Mode):
            change_settings(SetAccess(Mode(mode)), installation, folders)
        case [name] if name in FIXES:
            FIXES[name](installation, folders.backups)
        case _:
            raise RefusedError(f"Tavernkeep knows no repair “{fix[:40]}”.")


def settle_update(folders: Folders, folder: str, kept: bool) -> None:
    """Remember the update when it answered; else bring back what it may have changed in the configuration."""
    update.settle(_ours(folders), kept)
    if kept:
        settings.save(folders.settings_file, folder=folder)
