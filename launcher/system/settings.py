"""Tavernkeep's own settings: settings.toml. Comments and unknown keys stay, and so does a file that makes no sense."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from launcher.problem import Fix, TavernkeepError
from launcher.system import atomic_file

if TYPE_CHECKING:
    from tomlkit import TOMLDocument

# What a setting can be. None: the default, which needs no line in the file.
Value = str | bool | tuple[str, ...] | None

# The fix for a file that makes no sense.
PUT_ASIDE = Fix("settings-aside", "Put that file aside and use the defaults")
UNREADABLE = "Tavernkeep cannot read its own settings."
# What people can write for a setting of this type. For a choice of words it is one of them.
CAN_BE: Mapping[object, str] = {
    str | None: "a text in quotes",
    bool: "true or false",
    tuple[str, ...]: 'a list of texts in quotes, such as ["https://example.org/"]',
}
# For the worker threads of the keeper, the only process that writes the file.
_one_at_a_time = threading.Lock()


@dataclass(frozen=True)
class Settings:
    """The settings. `folder`: the remembered installation.

    `told_about_tray`: the user knows that closing the window stops nothing. `waiting_page`: a refused phone sees our
    page instead of the server's plain refusal, from the next start on. `asking`: when to ask whether a refused device
    may come in; `armed`: while the QR code is shown, and ten minutes after. `start_server`: a double-click and the
    start at login start SillyTavern too; `start` and `serve` always do. `closing`: whether closing the window keeps
    everything running, quits, or asks. `public_ip_services`: https URLs that return this PC's public IP; empty: ours.
    """

    folder: str | None = None
    told_about_tray: bool = False
    waiting_page: bool = True
    asking: Literal["armed", "always", "never"] = "armed"
    start_server: bool = True
    theme: Literal["system", "light", "dark"] = "system"
    closing: Literal["keep", "quit", "ask"] = "keep"
    public_ip_services: tuple[str, ...] = ()


def load(path: Path) -> Settings:
    """Return the settings in `path`, the defaults when there is no file.

    Raises TavernkeepError when the file cannot be read or makes no sense.
    """
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return Settings()
    except UnicodeDecodeError as error:
        raise TavernkeepError(UNREADABLE, f"{path} is not UTF-8 text. Correct it. ({error})", PUT_ASIDE) from error
    except OSError as error:
        raise TavernkeepError(UNREADABLE, f"{path}: {error.strerror}") from error
    return _understood(path, _parsed(path, text))


def save(path: Path, **changes: Value) -> Settings:
    """Change these settings and no other line of the file; return all settings.

    Raises TavernkeepError, and writes nothing, when the file cannot be read or written or a value does not fit.
    """
    unknown = changes.keys() - {field.name for field in fields(Settings)}
    if unknown:
        raise TavernkeepError(f"Tavernkeep has no setting “{min(unknown)[:40]}”.")
    with _one_at_a_time:
        load(path)
        document = _parsed(path, path.read_text("utf-8") if path.exists() else "")
        for name, value in changes.items():
            if value is None:
                document.pop(name, None)
            else:
                document[name] = list(value) if isinstance(value, tuple) else value
        after = _understood(path, document)
        try:
            atomic_file.write(path, document.as_string().encode())
        except OSError as error:
            raise TavernkeepError("Tavernkeep cannot save its settings.", f"{path}: {error.strerror}") from error
    return after


def disable_file(path: Path) -> Path:
    """Rename the file, so that the defaults apply, and return its new path.

    The remembered installation stays when the file still tells it. Raises TavernkeepError when the disk says no.
    """
    from datetime import datetime

    folder = _folder_in(path)
    now = f"{datetime.now():%Y%m%d-%H%M%S}"
    with _one_at_a_time:
        names = (path.with_name(f"{path.name}.broken-{now}{more}") for more in ("", *(f"-{n}" for n in range(2, 100))))
        aside = next(name for name in names if not name.exists())
        try:
            path.rename(aside)
        except FileNotFoundError:
            return aside
        except OSError as error:
            raise TavernkeepError("The settings cannot be put aside.", f"{path}: {error.strerror}") from error
    if folder:
        save(path, folder=folder)
    return aside


def _folder_in(path: Path) -> str | None:
    """Return the `folder` of a file in which something else makes no sense."""
    try:
        folder = _parsed(path, path.read_text("utf-8")).unwrap().get("folder")
    except (OSError, ValueError, TavernkeepError):
        return None
    return folder if isinstance(folder, str) else None


def _parsed(path: Path, text: str) -> "TOMLDocument":
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        return tomlkit.parse(text)
    except TOMLKitError as error:
        raise TavernkeepError(UNREADABLE, f"Correct {path}, then try again. ({error})", PUT_ASIDE) from error


def _understood(path: Path, document: "TOMLDocument") -> Settings:
    import msgspec

    values = document.unwrap()
    try:
        return msgspec.convert(values, Settings)
    except msgspec.ValidationError as error:
        raise TavernkeepError(UNREADABLE, f"In {path}, {_misfit(values)}.", PUT_ASIDE) from error


def _misfit(values: Mapping[str, object]) -> str:
    """Say which setting has a value that does not fit, and what it can be."""
    import msgspec

    for field in fields(Settings):
        try:
            msgspec.convert(values.get(field.name, field.default), field.type)
        except msgspec.ValidationError:
            possible = CAN_BE.get(field.type) or " or ".join(f'"{word}"' for word in get_args(field.type))
            return f"{field.name} can only be {possible}"
    return "a value does not fit"
