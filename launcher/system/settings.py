"""Tavernkeep's own settings: settings.toml. What the user wrote in it stays; an unreadable file stays too."""

import os
import tomllib
from dataclasses import dataclass
from pathlib import Path

from launcher.problem import TavernkeepError


@dataclass(frozen=True)
class Settings:
    """`folder`: the remembered installation. `told_about_tray`: told that closing the window stops nothing.

    `waiting_page`: a refused phone sees our page instead of the server's plain refusal, from the next start on.
    `asking`: when to ask whether a refused device may come in: `armed` (while the QR code is shown and ten minutes
    after), `always` or `never`.
    """

    folder: str | None = None
    told_about_tray: bool = False
    waiting_page: bool = True
    asking: str = "armed"


KINDS = {"folder": str, "told_about_tray": bool, "waiting_page": bool, "asking": str}
CHOICES = {"asking": ("armed", "always", "never")}


def load(path: Path) -> Settings:
    """The settings in `path`, the defaults when there is no file. Raises TavernkeepError when they make no sense."""
    try:
        values = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return Settings()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise TavernkeepError(
            "Tavernkeep cannot read its own settings.",
            f"Correct or remove {path}, then try again. ({error})",
        ) from error
    for key, kind in KINDS.items():
        if key in values and not (isinstance(values[key], kind) and values[key] in CHOICES.get(key, (values[key],))):
            raise TavernkeepError(
                "Tavernkeep cannot read its own settings.", f"In {path}, “{key}” has a value that does not fit."
            )
    return Settings(**{key: values[key] for key in KINDS if key in values})


def save(path: Path, **changes: str | bool) -> None:
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
