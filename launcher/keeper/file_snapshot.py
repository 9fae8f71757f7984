"""What a UI is shown of the files: read fresh, with what each whitelist line means. Blocks for milliseconds."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from launcher.access.entry import EntryError
from launcher.access.exposure import exposure
from launcher.access.javascript import Value, text_of, trim
from launcher.keeper.events import FileSnapshot
from launcher.keeper.view import Installed, Login, Whitelist, WhitelistLine
from launcher.problem import Problem, TavernkeepError
from launcher.server import whitelist_history
from launcher.server.disabled_whitelist import DISABLED_NAME, disabled_file
from launcher.server.installation import Installation, find_installations, inspect
from launcher.server.read_settings import effective_settings
from launcher.server.resolve_settings import TEXT_LIST, EffectiveSettings
from launcher.system import look_up, settings
from launcher.system.folders import Folders
from launcher.versions.table import facts

Stamp = tuple[tuple[str, int, int], ...]

# Nobody reads more of them in a dialog, and each costs time at every start.
SHOWN_LINES = 1000


def installation_at(folders: Folders, folder: str | None = None) -> Installation | None:
    """The installation in `folder`, the remembered one, or the first one found; None: there is none.

    Raises TavernkeepError when the one that was named or remembered cannot be used.
    """
    remembered = folder or settings.load(folders.settings_file).folder
    if remembered:
        return inspect(Path(remembered))
    return next(iter(find_installations(folders, None)), None)


def read_snapshot(folders: Folders, folder: str | None = None, most_lines: int = SHOWN_LINES) -> FileSnapshot:
    """What the files say now. Never raises: what could not be read is its `problem`."""
    try:
        installation = installation_at(folders, folder)
    except TavernkeepError as error:
        return FileSnapshot(problem=error.problem)
    if not installation:
        return FileSnapshot()
    return snapshot_of(installation, effective_settings(installation), folders.backups, most_lines)


def snapshot_of(
    installation: Installation, effective: EffectiveSettings, backups: Path, most_lines: int = SHOWN_LINES
) -> FileSnapshot:
    """What a UI is shown of `installation`, with the first `most_lines` of its whitelist."""
    era = facts(installation.version).config_name
    installed = Installed(str(installation.folder), installation.version, era, installation.ours)
    return FileSnapshot(
        installed,
        effective.port,
        effective.scheme,
        exposure(effective),
        _whitelist(installation, effective, backups, most_lines),
        _login(effective),
        effective.problem,
        effective,
    )


def stamp(folders: Folders) -> Stamp:
    """Changes when one of the files that `read_snapshot` reads does."""
    files = [folders.settings_file]
    try:
        installation = installation_at(folders)
    except TavernkeepError:
        installation = None
    if installation:
        files += [installation.config_file, installation.whitelist_file, installation.folder / "package.json"]
        files.append(disabled_file(installation))
    found = []
    for file in files:
        try:
            status = file.stat()
        except OSError:
            continue
        found.append((str(file), status.st_mtime_ns, status.st_size))
    return tuple(found)


@lru_cache(maxsize=SHOWN_LINES)
def line_of(entry: str, version: str) -> WhitelistLine:
    """One entry in words; also what a person is still typing."""
    from launcher.access import meaning, problem

    try:
        meant = meaning(entry)
        words, addresses = meant.text, meant.addresses
    except EntryError:
        words, addresses = "nobody: SillyTavern cannot read it", 0
    found = problem(entry, version)
    if not found:
        return WhitelistLine(trim(entry), words, addresses)
    told = Problem(found.title, found.advice)
    return WhitelistLine(trim(entry), words, addresses, told, found.severity, found.replacement or ())


def _whitelist(installation: Installation, effective: EffectiveSettings, backups: Path, most_lines: int) -> Whitelist:
    entries: Sequence[Value] = effective.entries
    name, why = effective.whitelist_source, effective.whitelist_reason
    file = installation.config_file
    if name == TEXT_LIST:
        file = installation.whitelist_file
    elif name == effective.config_name:
        file = file.with_name(name)
    aside = disabled_file(installation)
    if effective.whitelist_on is False and not look_up.exists(installation.whitelist_file) and look_up.is_file(aside):
        entries, name, file = _disabled_entries(aside), DISABLED_NAME, aside
        why = f"{installation.whitelist_file.name} was renamed to {DISABLED_NAME} when everyone was let in."
    return Whitelist(
        source=name,
        file=str(file),
        why=why,
        enforced=effective.whitelist_on,
        lines=tuple(line_of(text_of(entry), installation.version) for entry in entries[:most_lines]),
        can_undo=whitelist_history.can_undo(whitelist_history.history_of(installation.folder, backups)),
        left_out=max(0, len(entries) - most_lines),
        complete=effective.entries_complete or effective.refuses_to_start is not None,
    )


def _disabled_entries(file: Path) -> Sequence[Value]:
    from launcher.access.list_verdict import parse_text

    try:
        return parse_text(file.read_bytes().decode("utf-8", "replace"))
    except OSError:
        return ()


def _login(effective: EffectiveSettings) -> Login:
    return Login(
        effective.login_switch, effective.username, effective.login_fit, effective.login_problem, effective.login_on
    )
