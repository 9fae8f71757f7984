"""The settings files of an installation as texts: read together, judged by what a start does then, written together.

They are config.yaml or config.conf, whitelist.txt, and whitelist.off.txt: the disabled list while everyone is let in.
"""

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from launcher.problem import Problem, TavernkeepError
from launcher.server.default_settings import default_values
from launcher.server.disabled_whitelist import disabled_file
from launcher.server.installation import Installation
from launcher.server.read_settings import config_file, default_settings, open_accounts, parsed, with_unread_file
from launcher.server.resolve_settings import Config, EffectiveSettings, decide
from launcher.server_files.config import edit_config
from launcher.server_files.value import Value
from launcher.system.files import FileText, read_if_there, read_text, remove_file, undo, write_text
from launcher.versions.table import facts


@dataclass(frozen=True, repr=False)
class SettingsTexts:
    """What the settings files of an installation hold, or shall hold, and what else decides about a start.

    `config`, `whitelist`, `aside` (the disabled list): the texts; None: there is no such file. `backups`: the folder
    for earlier versions. No repr: the configuration holds the password.
    """

    installation: Installation
    config_file: Path
    backups: Path
    defaults: Mapping[str, object] | None
    open_accounts: bool | None
    config: str | None
    whitelist: str | None
    aside: str | None

    @property
    def version(self) -> str:
        return self.installation.version

    @cached_property
    def effective(self) -> EffectiveSettings:
        """What a start with these texts does."""
        return self._decided(self._values)

    @cached_property
    def if_listening(self) -> EffectiveSettings:
        """What a start with these texts would do if it listened on the network."""
        if isinstance(self._values, Problem):
            return self.effective
        values = self._values or self.defaults or default_values(facts(self.version))
        return self._decided({**values, "listen": True})

    @cached_property
    def _values(self) -> Config:
        return parsed(self.config, self.config_file.name)

    def _decided(self, config: Config) -> EffectiveSettings:
        found = decide(
            self.version,
            config,
            self.whitelist,
            self.installation.flags,
            {},
            defaults=self.defaults,
            config_name=self.config_file.name,
            open_accounts=self.open_accounts,
        )
        return with_unread_file(self.installation, found)


@dataclass(frozen=True)
class UndoableStep:
    """One change of a file, and what takes it back."""

    do: Callable[[], object]
    take_back: Callable[[], object]


def read_files(installation: Installation, backups: Path) -> SettingsTexts:
    """Return what the files hold now. Raises TavernkeepError for a file that cannot be read or is no text."""
    config = config_file(installation)
    found = [read_if_there(file) for file in (config, installation.whitelist_file, disabled_file(installation))]
    texts = [None if file is None else file.text for file in found]
    accounts = open_accounts(installation, parsed(texts[0], config.name))
    return SettingsTexts(installation, config, backups, default_settings(installation), accounts, *texts)


def with_config(texts: SettingsTexts, changes: Mapping[str, Value]) -> SettingsTexts:
    """Return the texts with these keys of the configuration changed. A missing one is made from the default file.

    Raises EditRefused when other text would change with it, TavernkeepError when a file cannot be read.
    """
    text = _default_text(texts) if texts.config is None else texts.config
    edited = edit_config(text, texts.config_file.name, changes)
    return texts if edited == texts.config else replace(texts, config=edited)


def _default_text(texts: SettingsTexts) -> str:
    file = texts.installation.folder / "default" / texts.config_file.name
    found = read_if_there(file)
    if found is None:
        raise TavernkeepError(
            f"SillyTavern has no settings file {file.name}, and no default one to make it from.",
            f"{file} is missing: download SillyTavern again.",
        )
    return found.text


def write(before: SettingsTexts, after: SettingsTexts, config_first: bool = False) -> EffectiveSettings:
    """Make the files hold `after`, and return what a start does then.

    `config_first`: the configuration before the lists, for changes that are safe in that order only. Raises
    TavernkeepError when a file cannot be written; all of them are then as before.
    """
    lists = _list_steps(before, after)
    config = _steps(after.config_file, before.config, after.config, after.backups)
    run(config + lists if config_first else lists + config)
    return after.effective


def run(steps: Sequence[UndoableStep]) -> None:
    """Do all steps. When one raises TavernkeepError, take back those that were done, and raise it."""
    done: list[UndoableStep] = []
    try:
        for step in steps:
            step.do()
            done.append(step)
    except TavernkeepError:
        for step in reversed(done):
            with contextlib.suppress(TavernkeepError):
                step.take_back()
        raise


def _list_steps(before: SettingsTexts, after: SettingsTexts) -> list[UndoableStep]:
    """Return what changes the lists. Disabling and enabling one renames it, which keeps the file's rights."""
    whitelist, aside, backups = after.installation.whitelist_file, disabled_file(after.installation), after.backups
    if before.whitelist is not None and after.whitelist is None and after.aside == before.whitelist:
        clear = _steps(aside, before.aside, None, backups)
        return [*clear, _rename(whitelist, aside, before.whitelist)]
    if before.whitelist is None and before.aside is not None and after.aside is None and after.whitelist is not None:
        change = _steps(whitelist, before.aside, after.whitelist, backups)
        return [_rename(aside, whitelist, before.aside), *change]
    return [
        *_steps(whitelist, before.whitelist, after.whitelist, backups),
        *_steps(aside, before.aside, after.aside, backups),
    ]


def _steps(file: Path, before: str | None, after: str | None, backups: Path) -> list[UndoableStep]:
    """Return what makes `file` hold `after`; nothing when it does already."""
    if before == after:
        return []
    there = None if before is None else FileText(file, before)

    def put() -> None:
        if after is not None:
            _make_folder(file.parent)
            write_text(file, after, there, backups)
        elif there:
            remove_file(file, there, backups)

    return [UndoableStep(put, lambda: undo(file, backups))]


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise TavernkeepError(f"The folder {folder} cannot be made.", f"({error.strerror})") from error


def _rename(file: Path, to: Path, text: str) -> UndoableStep:
    def there() -> None:
        if read_text(file).text != text:
            raise TavernkeepError(f"{file.name} was changed in the meantime, so nothing was done.", "Try again.")
        _move(file, to)

    return UndoableStep(there, lambda: _move(to, file))


def _move(file: Path, to: Path) -> None:
    try:
        file.rename(to)
    except OSError as error:
        raise TavernkeepError(
            f"{file} could not be renamed to {to.name}.", f"Close what holds it open, and try again. ({error.strerror})"
        ) from error
