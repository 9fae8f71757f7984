"""Tavernkeep's own settings: settings.toml. What the user wrote in it stays; an unreadable file stays too."""

import os
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec

from launcher.problem import TavernkeepError


@dataclass(frozen=True)
class Settings:
    """What can be set. `folder`: the remembered installation.

    `told_about_tray`: told that closing the window stops nothing. `waiting_page`: a refused phone sees our page instead
    of the server's plain refusal, from the next start on. `asking`: when to ask whether a refused device may come in;
    `armed` means while the QR code is shown and ten minutes after. `start_server`: SillyTavern starts as soon as
    Tavernkeep does. `closing`: what closing the window does: keep all running, quit all, or ask.
    `public_ip_services`: https addresses that tell this PC's public IP; empty means the usual ones.
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
        return msgspec.convert(tomllib.loads(path.read_text("utf-8")), Settings)
    except FileNotFoundError:
        return Settings()
    except msgspec.ValidationError as error:
        raise TavernkeepError(
            "Tavernkeep cannot read its own settings.", f"In {path} a value does not fit: {error}"
        ) from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise TavernkeepError(
            "Tavernkeep cannot read its own settings.",
            f"Correct or remove {path}, then try again. ({error})",
        ) from error


def save(path: Path, **changes: str | bool | Sequence[str]) -> None:
    """Change these settings and no other line of the file. Raises TavernkeepError when it cannot be read or written."""
    import tomlkit

    load(path)
    document = tomlkit.parse(path.read_text("utf-8")) if path.exists() else tomlkit.document()
    document.update(changes)
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(tomlkit.dumps(document))
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise TavernkeepError("Tavernkeep cannot save its settings.", f"{path}: {error.strerror}") from error
