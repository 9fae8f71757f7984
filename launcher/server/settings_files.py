"""An installation's settings files as texts: read together, judged by what a start makes of them, written together.

They are config.yaml or config.conf, whitelist.txt, and whitelist.off.txt: the disabled list while everyone may come.
"""

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from launcher.problem import Problem, TavernkeepError
from launcher.server.default_settings import default_values
from launcher.server.disabled_whitelist import disabled_file
from launcher.server.installation import Installation
from launcher.server.launch import flags_for
from launcher.server.read_settings import (
    Config,
    EffectiveSettings,
    config_file,
    decide,
    default_settings,
    open_accounts,
    with_unread_file,
)
from launcher.server_files.config import edit_config, read_config
from launcher.server_files.value import Value
from launcher.system.files import FileText, read_if_there, read_text, remove_file, undo, write_text
from launcher.versions.facts import ConfigName
from launcher.versions.table import facts


@dataclass(frozen=True)
class Place:
    """Where the files of an installation are, and what else decides. `backups`: the folder for earlier versions."""

    installation: Installation
    config: Path
    whitelist: Path
    aside: Path
    backups: Path
    defaults: Mapping[str, object] | None
    open_accounts: bool | None

    @property
    def version(self) -> str:
        return self.installation.version

    @property
    def is_conf(self) -> bool:
        return self.config.name == ConfigName.CONF


@dataclass(frozen=True, repr=False)
class Texts:
    """What the files hold; None: there is no such file. No repr: the configuration holds the password."""

    config: str | None
    whitelist: str | None
    aside: str | None


@dataclass(frozen=True)
class UndoableStep:
    """One thing done to a file, and how it is taken back."""

    do: Callable[[], object]
    take_back: Callable[[], object]


def read_files(installation: Installation, backups: Path) -> tuple[Place, Texts]:
    """Return where the files are, and what each holds now. Raises TavernkeepError for a file that is no text."""
    config, whitelist, aside = config_file(installation), installation.whitelist_file, disabled_file(installation)
    found = [read_if_there(file) for file in (config, whitelist, aside)]
    texts = Texts(*(None if file is None else file.text for file in found))
    defaults, accounts = default_settings(installation), open_accounts(installation, _values(texts.config, config.name))
    return Place(installation, config, whitelist, aside, backups, defaults, accounts), texts


def effect_of(place: Place, texts: Texts, heard: bool = False) -> EffectiveSettings:
    """What a start with these texts would do; `heard`: if it listened on the network."""
    config = _values(texts.config, place.config.name)
    if heard and not isinstance(config, Problem):
        config = {**(config or place.defaults or default_values(facts(place.version))), "listen": True}
    return decide(
        place.version,
        config,
        texts.whitelist,
        flags_for(place.installation),
        {},
        defaults=place.defaults,
        config_name=place.config.name,
        open_accounts=place.open_accounts,
    )


def _values(text: str | None, name: str) -> Config:
    try:
        return None if text is None else read_config(text, name)
    except TavernkeepError as error:
        return error.problem


def with_config(place: Place, texts: Texts, changes: Mapping[str, Value]) -> Texts:
    """The texts with these keys of the configuration changed; one that is not there is made from the default file.

    Raises TavernkeepError when that cannot be done without touching anything else.
    """
    text = _default_text(place) if texts.config is None else texts.config
    edited = edit_config(text, place.config.name, changes)
    return texts if edited == texts.config else replace(texts, config=edited)


def _default_text(place: Place) -> str:
    file = place.installation.folder / "default" / place.config.name
    found = read_if_there(file)
    if found is None:
        raise TavernkeepError(
            f"SillyTavern has no settings file {place.config.name}, and no default one to make it from.",
            f"{file} is missing: download SillyTavern again.",
        )
    return found.text


def write(place: Place, before: Texts, after: Texts, config_first: bool = False) -> EffectiveSettings:
    """Make the files hold `after`, and return what a start then does.

    Raises TavernkeepError when one cannot be written; the others are then as before.
    `config_first`: the configuration before the lists, for changes that are safe in that order only.
    """
    lists = _list_steps(place, before, after)
    config = _steps(place.config, before.config, after.config, place.backups)
    run(config + lists if config_first else lists + config)
    return with_unread_file(place.installation, effect_of(place, after))


def run(steps: Sequence[UndoableStep]) -> None:
    """Do all steps, or take back those that were done and raise the TavernkeepError of the one that failed."""
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


def _list_steps(place: Place, before: Texts, after: Texts) -> list[UndoableStep]:
    backups = place.backups
    if before.whitelist is not None and after.whitelist is None and after.aside == before.whitelist:
        clear = _steps(place.aside, before.aside, None, backups)
        return [*clear, _rename(place.whitelist, place.aside, before.whitelist)]
    if before.whitelist is None and before.aside is not None and after.aside is None and after.whitelist is not None:
        change = _steps(place.whitelist, before.aside, after.whitelist, backups)
        return [_rename(place.aside, place.whitelist, before.aside), *change]
    return [
        *_steps(place.whitelist, before.whitelist, after.whitelist, backups),
        *_steps(place.aside, before.aside, after.aside, backups),
    ]


def _steps(file: Path, before: str | None, after: str | None, backups: Path) -> list[UndoableStep]:
    """What makes `file` hold `after`; nothing when it does already."""
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
