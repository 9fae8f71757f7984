"""Read the settings of an installation, and find out what its server does with them."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from launcher.problem import Problem, TavernkeepError
from launcher.server.installation import Installation
from launcher.server.resolve_settings import Config, EffectiveSettings, credentials, decide
from launcher.server.setting_sources import truthy
from launcher.server_files.config import read_config
from launcher.server_files.value import value_at
from launcher.system import look_up
from launcher.versions.facts import ConfigName
from launcher.versions.table import facts


def effective_settings(
    installation: Installation, flags: Sequence[str] | None = None, environment: Mapping[str, str] | None = None
) -> EffectiveSettings:
    """Return what the server of `installation` does when started with `flags` and `environment`. Reads its files.

    `flags`: None for those of Tavernkeep.
    """
    config = read_settings(installation)
    found = decide(
        installation.version,
        config,
        text_if_readable(installation.whitelist_file),
        installation.flags if flags is None else flags,
        environment or {},
        defaults=default_settings(installation),
        config_name=config_file(installation).name,
        open_accounts=open_accounts(installation, config),
    )
    return with_unread_file(installation, found)


def with_unread_file(installation: Installation, found: EffectiveSettings) -> EffectiveSettings:
    """Return `found`, with one more reason when there is an old config.conf that this version does not read."""
    old = installation.folder / ConfigName.CONF
    if found.config_name == ConfigName.YAML and not facts(installation.version).reads_conf_too and look_up.exists(old):
        return replace(found, reasons=(*found.reasons, f"This version does not read {ConfigName.CONF} any more."))
    return found


def stored_credentials(
    installation: Installation, environment: Mapping[str, str] | None = None
) -> tuple[str, str] | None:
    """Return user name and password of `installation`; None when nobody can log in. Reads its files."""
    config, defaults = read_settings(installation), default_settings(installation)
    return credentials(installation.version, config, environment or {}, defaults=defaults)


def read_settings(installation: Installation) -> Config:
    """Return what Node reads from the configuration; None when there is no file, a Problem when it cannot be read."""
    return _values(config_file(installation))


def config_file(installation: Installation) -> Path:
    """Return the configuration file that the server reads; it may not exist yet."""
    if facts(installation.version).reads_conf_too:
        for name in (ConfigName.YAML, ConfigName.CONF):
            if look_up.exists(installation.folder / name):
                return installation.folder / name
    return installation.config_file


def _values(file: Path) -> Config:
    try:
        text = file.read_bytes().decode("utf-8", "replace")
    except FileNotFoundError:
        return None
    except OSError as error:
        return Problem(f"{file.name} cannot be read: {error.strerror}.", f"Make {file} readable for you.")
    return parsed(text, file.name)


def parsed(text: str | None, name: str) -> Config:
    """Return what Node reads from the text of a configuration; a Problem when it cannot, None for None."""
    try:
        return None if text is None else read_config(text, name)
    except TavernkeepError as error:
        return error.problem


def default_settings(installation: Installation) -> Mapping[str, object] | None:
    """Return what its default file holds; None when it cannot be read."""
    known = facts(installation.version)
    values = _values(installation.folder / "default" / known.config_name)
    return values if isinstance(values, Mapping) else None


def text_if_readable(file: Path) -> str | None:
    """Return the text of `file`; None when it cannot be read, which SillyTavern takes for a missing whitelist.txt."""
    try:
        return file.read_bytes().decode("utf-8", "replace")
    except OSError:
        return None


def data_root(installation: Installation) -> Path:
    """Return the data folder that its server uses: the one we tell it, or the `dataRoot` of its configuration."""
    return _data_root_by(installation, None if installation.config_outside else read_settings(installation))


def _data_root_by(installation: Installation, config: Config) -> Path:
    if installation.config_outside:
        return installation.data_root
    chosen = value_at(config, "dataRoot")
    return Path(os.path.normpath(installation.folder / chosen)) if isinstance(chosen, str) else installation.data_root


def open_accounts(installation: Installation, config: Config) -> bool | None:
    """Return whether an administrator's account has no password; None when that cannot be read.

    The first start makes such an account, so a missing folder means True.
    """
    storage = _data_root_by(installation, config) / "_storage"
    try:
        files = [file.read_text("utf-8") for file in storage.iterdir() if file.is_file()]
        records = [json.loads(text) for text in files]
    except FileNotFoundError:
        return True
    except (OSError, ValueError, RecursionError):
        return None
    users = [value_at(record, "value") for record in records if str(value_at(record, "key")).startswith("user:")]
    if not all(isinstance(user, dict) for user in users):
        return None
    admins = [user for user in users if truthy(value_at(user, "admin")) and truthy(value_at(user, "enabled"))]
    return not users or any(not truthy(value_at(user, "password")) for user in admins)
