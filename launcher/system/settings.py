"""Tavernkeep's own settings: settings.toml. What the user wrote in it stays; an unreadable file stays too."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Literal, get_args

from launcher.problem import Fix, TavernkeepError
from launcher.system import atomic_file

# What can stand in the file. None: the default, which needs no line.
Value = str | bool | tuple[str, ...] | None

# The repair of a file that makes no sense.
PUT_ASIDE = Fix("settings-aside", "Put that file aside and use the defaults")
UNREADABLE = "Tavernkeep cannot read its own settings."
# What a setting of this type can be; of words, it is one of them.
CAN_BE: Mapping[object, str] = {
    str | None: "a text in quotes",
    bool: "true or false",
    tuple[str, ...]: 'a list of texts in quotes, such as ["https://example.org/"]',
}
# The worker threads of the keeper, the only process that writes them.
_one_at_a_time = threading.Lock()


@dataclass(frozen=True)
class Settings:
    """What can be set. `folder`: the remembered installation.

    `told_about_tray`: told that closing the window stops nothing. `waiting_page`: a refused phone sees our page instead
    of the server's plain refusal, from the next start on. `asking`: when to ask whether a refused device may come in;
    `armed` means while the QR code is shown and ten minutes after. `start_server`: SillyTavern starts as soon as
    Tavernkeep does, by double-click or at login; `start` and `serve` start it in any case. `closing`: what closing the
    window does: keep all running, quit all, or ask. `public_ip_services`: https addresses that tell this PC's public
    IP; empty means the usual ones.
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
    """The settings in `path`, the defaults when there is no file. Raises TavernkeepError when they make no sense."""
    try:
        return _understood(path, path.read_text("utf-8"))
    except FileNotFoundError:
        return Settings()
    except UnicodeDecodeError as error:
        raise TavernkeepError(UNREADABLE, f"{path} is not UTF-8 text. Correct it. ({error})", PUT_ASIDE) from error
    except OSError as error:
        raise TavernkeepError(UNREADABLE, f"{path}: {error.strerror}") from error


def save(path: Path, **changes: Value) -> Settings:
    """Change these settings and no other line of the file; what they are then.

    Raises TavernkeepError, with nothing written, when the file cannot be read or written or a value does not fit.
    """
    import tomlkit

    unknown = changes.keys() - {field.name for field in fields(Settings)}
    if unknown:
        raise TavernkeepError(f"Tavernkeep has no setting “{min(unknown)[:40]}”.")
    with _one_at_a_time:
        load(path)
        document = tomlkit.parse(path.read_text("utf-8")) if path.exists() else tomlkit.document()
        for name, value in changes.items():
            if value is None:
                document.pop(name, None)
            else:
                document[name] = list(value) if isinstance(value, tuple) else value
        text = tomlkit.dumps(document)
        after = _understood(path, text)
        _write(path, text)
    return after


def disable_file(path: Path) -> Path:
    """Rename the file, so that the defaults count; its new name. Which SillyTavern is used stays, if it can be read.

    Raises TavernkeepError when the disk says no.
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
    """The `folder` of a file in which something else makes no sense."""
    import tomllib

    try:
        folder = tomllib.loads(path.read_text("utf-8")).get("folder")
    except (OSError, ValueError):
        return None
    return folder if isinstance(folder, str) else None


def _understood(path: Path, text: str) -> Settings:
    import tomllib

    import msgspec

    try:
        values = tomllib.loads(text)
        return msgspec.convert(values, Settings)
    except msgspec.ValidationError as error:
        raise TavernkeepError(UNREADABLE, f"In {path}, {_misfit(values)}.", PUT_ASIDE) from error
    except tomllib.TOMLDecodeError as error:
        raise TavernkeepError(UNREADABLE, f"Correct {path}, then try again. ({error})", PUT_ASIDE) from error


def _misfit(values: Mapping[str, object]) -> str:
    """Which setting has a value that it cannot have, and which it can."""
    import msgspec

    for field in fields(Settings):
        try:
            msgspec.convert(values.get(field.name, field.default), field.type)
        except msgspec.ValidationError:
            possible = CAN_BE.get(field.type) or " or ".join(f'"{word}"' for word in get_args(field.type))
            return f"{field.name} can only be {possible}"
    return "a value does not fit"


def _write(path: Path, text: str) -> None:
    try:
        atomic_file.write(path, text.encode())
    except OSError as error:
        raise TavernkeepError("Tavernkeep cannot save its settings.", f"{path}: {error.strerror}") from error
