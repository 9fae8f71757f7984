"""The first configuration of our own installation: it listens on the network, and lets only this PC in."""

from pathlib import Path

from launcher.problem import TavernkeepError
from launcher.server.installation import Installation
from launcher.server_files.config import edit_config
from launcher.server_files.value import Value
from launcher.system import atomic_file
from launcher.versions.table import facts


def prepare_first_config(installation: Installation) -> bool:
    """Give our own installation its data folder and, when it has none, a configuration made from its default file.

    That one has `listen` on and a whitelist of this PC's own addresses. True when it was made now; a configuration
    that is there, and an installation that is not ours, stay as they are. Raises TavernkeepError. Cheap when there is
    nothing to do, so it may be called before every start.
    """
    if not installation.ours:
        return False
    known = facts(installation.version)
    changes: dict[str, Value] = {
        "listen": True,
        "whitelistMode": True,
        "whitelist": list(known.default_whitelist),
    }
    file = installation.config_file
    try:
        installation.data_root.mkdir(mode=0o700, parents=True, exist_ok=True)
        if file.exists():
            return False
        default = installation.folder / "default" / file.name
        text = default.read_bytes().decode("utf-8") if default.exists() else ""
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        atomic_file.write(file, edit_config(text, file.name, changes).encode())
    except OSError as error:
        raise TavernkeepError(
            f"The configuration {file} cannot be made.", f"Make that folder writable. ({error.strerror})"
        ) from error
    return True


def set_aside_config(program: Path) -> None:
    """Turn a configuration that came with the program into its default file, so that the first one is made by us."""
    for name in ("config.yaml", "config.conf"):
        shipped, default = program / name, program / "default" / name
        if shipped.is_file() and default.is_file():
            shipped.unlink()
        elif shipped.is_file():
            default.parent.mkdir(exist_ok=True)
            shipped.rename(default)
