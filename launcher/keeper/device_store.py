"""devices.json: the devices that are remembered from one life of the keeper to the next. Readable by the user alone."""

import logging
from collections.abc import Sequence
from pathlib import Path

import msgspec

from launcher.access.real_address import real_address
from launcher.keeper.devices import MOST_DEVICES, DeviceRecord, short
from launcher.system import atomic_file

LONGEST_FILE_BYTES = 1 << 20

log = logging.getLogger(__name__)


class Row(msgspec.Struct, frozen=True):
    """One device in the file."""

    address: str
    name: str = ""
    kind: str = ""
    mac: str | None = None
    first_seen: float = 0.0
    last_seen: float = 0.0
    never_ask: bool = False
    came_to: str = ""


def load(path: Path) -> tuple[DeviceRecord, ...]:
    """The devices in `path`; none when there is no such file. One that makes no sense is renamed, not overwritten."""
    try:
        if path.stat().st_size > LONGEST_FILE_BYTES:
            raise msgspec.ValidationError("too long")
        rows = msgspec.json.decode(path.read_bytes(), type=list[Row])
    except FileNotFoundError:
        return ()
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        log.warning("%s is renamed: %s", path, error)
        _rename_unreadable(path)
        return ()
    known = (DeviceRecord(looked=False, look_due=False, **msgspec.structs.asdict(row)) for row in rows[:MOST_DEVICES])
    return tuple(one for one in known if real_address(one.address) == one.address)


def save(path: Path, known: Sequence[DeviceRecord]) -> None:
    """Write them whole or not at all. A disk that says no costs the memory of devices, nothing else."""
    rows = [
        Row(k.address, short(k.name), k.kind, k.mac, round(k.first_seen), round(k.last_seen), k.never_ask, k.came_to)
        for k in known
    ]
    try:
        atomic_file.write(path, msgspec.json.format(msgspec.json.encode(rows), indent=1))
    except OSError as error:
        log.warning("%s could not be written: %s", path, error.strerror)


def _rename_unreadable(path: Path) -> None:
    try:
        path.replace(path.with_name(f"{path.name}.unreadable"))
    except OSError as error:
        log.warning("%s could not be renamed: %s", path, error.strerror)
