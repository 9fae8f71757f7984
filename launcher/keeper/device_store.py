"""devices.json: the devices that one keeper saves for the next. Only the user can read it."""

import logging
from collections.abc import Sequence
from pathlib import Path

import msgspec

from launcher.access.real_address import real_address
from launcher.keeper.devices import MOST_DEVICES, DeviceRecord, short
from launcher.system import atomic_file

LONGEST_FILE_BYTES = 1 << 20

log = logging.getLogger(__name__)


class SavedDevice(msgspec.Struct, frozen=True):
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
    """Return the devices in `path`, none when there is no such file. A file that makes no sense is renamed and kept."""
    try:
        if path.stat().st_size > LONGEST_FILE_BYTES:
            raise msgspec.ValidationError("too long")
        saved = msgspec.json.decode(path.read_bytes(), type=list[SavedDevice])
    except FileNotFoundError:
        return ()
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        log.warning("%s is renamed: %s", path, error)
        _rename_unreadable(path)
        return ()
    devices = (DeviceRecord(**msgspec.structs.asdict(device)) for device in saved[:MOST_DEVICES])
    return tuple(device for device in devices if real_address(device.address) == device.address)


def save(path: Path, devices: Sequence[DeviceRecord]) -> None:
    """Write all devices or none. When the disk refuses, that is logged, and the next keeper does not know them."""
    saved = [
        SavedDevice(
            d.address, short(d.name), d.kind, d.mac, round(d.first_seen), round(d.last_seen), d.never_ask, d.came_to
        )
        for d in devices
    ]
    try:
        atomic_file.write(path, msgspec.json.format(msgspec.json.encode(saved), indent=1))
    except OSError as error:
        log.warning("%s could not be written: %s", path, error.strerror)


def _rename_unreadable(path: Path) -> None:
    try:
        path.replace(path.with_name(f"{path.name}.unreadable"))
    except OSError as error:
        log.warning("%s could not be renamed: %s", path, error.strerror)
