"""firewall-rules.json in the data folder: the rules that Tavernkeep added and that do not carry its name themselves."""

import logging
from contextlib import suppress
from pathlib import Path

import msgspec

from launcher.problem import TavernkeepError
from launcher.system import atomic_file
from launcher.system.folders import Folders

log = logging.getLogger(__name__)


class Added(msgspec.Struct, frozen=True):
    """One rule. `kind`: the value of a FirewallKind. `zone`: firewalld's.

    `seen`: what the files of ufw looked like right after. While they still do, the rule is there.
    """

    kind: str
    network: str
    port: int
    zone: str = ""
    seen: str = ""


def added(folders: Folders, kind: str) -> tuple[Added, ...]:
    """Return the rules of this kind that Tavernkeep added and has not removed."""
    return tuple(rule for rule in _read(folders) if rule.kind == kind)


def remember(folders: Folders, *rules: Added) -> None:
    """Add them to the file. Raises TavernkeepError when it cannot be written."""
    same = {(rule.kind, rule.network, rule.port, rule.zone) for rule in rules}
    kept = [one for one in _read(folders) if (one.kind, one.network, one.port, one.zone) not in same]
    if rules:
        _write(folders, (*kept, *rules))


def forget(folders: Folders, kind: str) -> None:
    """Remove those of this kind. Raises TavernkeepError when the file cannot be written."""
    _write(folders, tuple(one for one in _read(folders) if one.kind != kind))


def _file(folders: Folders) -> Path:
    return folders.data / "firewall-rules.json"


def _read(folders: Folders) -> list[Added]:
    """Return the rules in the file, if any. A file that makes no sense is renamed, not overwritten."""
    try:
        return msgspec.json.decode(_file(folders).read_bytes(), type=list[Added])
    except FileNotFoundError:
        return []
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        log.warning("%s is renamed: %s", _file(folders), error)
        with suppress(OSError):
            _file(folders).replace(_file(folders).with_suffix(".unreadable"))
        return []


def _write(folders: Folders, rules: tuple[Added, ...]) -> None:
    file = _file(folders)
    try:
        if not rules:
            file.unlink(missing_ok=True)
            return
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        atomic_file.write(file, msgspec.json.format(msgspec.json.encode(rules), indent=1))
    except OSError as error:
        raise TavernkeepError(
            f"Tavernkeep could not write down in {file} which firewall rules it added.",
            f"Make the folder writable, or remove the rules yourself later. ({error.strerror})",
        ) from error
