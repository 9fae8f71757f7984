"""Find settings that a person changed in a file that SillyTavern does not read, such as default/config.yaml."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from launcher.problem import TavernkeepError
from launcher.server.installation import Installation
from launcher.server.read_settings import config_file, read_settings
from launcher.server.resolve_settings import TEXT_LIST
from launcher.server_files.config import read_config
from launcher.server_files.value import UNDEFINED, Value, value_at
from launcher.versions.facts import Facts
from launcher.versions.number import NEWEST_KNOWN, number
from launcher.versions.table import facts


@dataclass(frozen=True)
class WrongFile:
    """SillyTavern reads `instead` and not `file`. `values`: the settings in `file`; empty for a list of its own."""

    file: Path
    instead: Path
    values: Mapping[str, Value] = field(default_factory=dict)


def wrong_file(installation: Installation) -> WrongFile | None:
    """Return the first file that a person changed instead of the one that SillyTavern reads. Reads small files.

    A configuration counts only for settings that still have their default in the right file, or for entries that its
    list lacks. Versions newer than NEWEST_KNOWN are left out: their default file may differ by itself.
    """
    return _configuration(installation) or _list(installation)


def _configuration(installation: Installation) -> WrongFile | None:
    if number(installation.version) > number(NEWEST_KNOWN):
        return None
    config, instead = read_settings(installation), config_file(installation)
    if not isinstance(config, Mapping):
        return None
    shipped = dict(_shipped(facts(installation.version)))
    for file in _others(installation, instead):
        values: dict[str, Value] = {}
        for key, value in _values(file, shipped):
            counts = value_at(config, key)
            if isinstance(value, list):
                more = _lacking(value, shipped[key], counts)
                if more and not installation.whitelist_file.exists():
                    values[key] = more
            elif value != shipped[key] and counts == shipped[key]:
                values[key] = value
        if values:
            return WrongFile(file, instead, values)
    return None


def _lacking(entries: list[str], shipped: Value, counts: object) -> list[str] | None:
    """Return the right list with the entries added that a person put into the wrong one; None without such entries."""
    if not isinstance(counts, list) or not isinstance(shipped, list):
        return None
    there = [str(entry) for entry in counts]
    new = [entry for entry in entries if entry not in shipped and entry not in there]
    return [*there, *new] if new else None


def _others(installation: Installation, instead: Path) -> Iterator[Path]:
    """Yield the files that a person may take for the right one."""
    yield installation.folder / "default" / instead.name
    if installation.folder / instead.name != instead:
        yield installation.folder / instead.name
    yield instead.with_name("config.yml")
    yield instead.with_name("config.yaml.txt")


def _shipped(known: Facts) -> Iterator[tuple[str, Value]]:
    yield "listen", known.default_listen
    yield "whitelistMode", known.default_whitelist_mode
    yield "port", known.default_port
    yield "basicAuthMode", known.default_basic_auth_mode
    yield "whitelist", list(known.default_whitelist)


def _values(file: Path, keys: Mapping[str, Value]) -> Iterator[tuple[str, Value]]:
    """Yield the values of `keys` in `file` that have the right type."""
    try:
        text = file.read_bytes().decode("utf-8")
        values = read_config(text, file.name if file.suffix == ".conf" else "config.yaml")
    except (OSError, UnicodeDecodeError, TavernkeepError):
        return
    for key, usual in keys.items():
        value = value_at(values, key)
        if value is UNDEFINED or type(value) is not type(usual):
            continue
        if isinstance(value, bool | int):
            yield key, value
        elif isinstance(value, list):
            yield key, [str(one) for one in value]


def _list(installation: Installation) -> WrongFile | None:
    """Return a whitelist.txt under another name or in another folder, while there is none in the right place."""
    instead = installation.whitelist_file
    if instead.exists():
        return None
    places = [instead.with_name(f"{TEXT_LIST}.txt"), installation.folder / "default" / TEXT_LIST]
    places += [installation.data_root / TEXT_LIST, installation.config_file.with_name(TEXT_LIST)]
    found = next((file for file in places if file != instead and file.is_file()), None)
    return WrongFile(found, instead) if found else None
