"""Find SillyTavern on this computer and tell what it is."""

import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from launcher.problem import TavernkeepError
from launcher.system import look_up
from launcher.system.folders import Folders
from launcher.versions.facts import Facts
from launcher.versions.flags import launch_flags
from launcher.versions.number import number
from launcher.versions.table import facts

# Written last into a program folder of ours: without it the folder is not complete, or not ours.
MARKER = ".tavernkeep-complete"
PACKAGE = "sillytavern"
CHOOSE_ADVICE = "Choose the folder that holds SillyTavern's server.js."


@dataclass(frozen=True)
class Installation:
    """A folder that holds SillyTavern.

    Paths are absolute; `config_file`, `whitelist_file` and `data_root` may not exist yet.

    `folder` holds server.js and is its working folder. `ours`: installed by Tavernkeep, with configuration and data
    outside the program folder where the version allows that (`config_outside`, from 1.13.0). `config_outside` is also
    true for npm's global installation, whose `sillytavern` command keeps both in the user's data folder.
    """

    folder: Path
    version: str
    ours: bool
    config_file: Path
    whitelist_file: Path
    data_root: Path
    config_outside: bool = False

    @property
    def flags(self) -> tuple[str, ...]:
        """The flags that Tavernkeep starts its server with."""
        outside = (str(self.config_file), str(self.data_root)) if self.config_outside else ()
        return launch_flags(self.version, *outside)


def inspect(folder: Path) -> Installation:
    """The installation in `folder`; also given a project folder with node_modules/sillytavern, or a ZIP's outer folder.

    `data_root` is that version's default; a `dataRoot` in its configuration may say otherwise. Raises TavernkeepError
    that says what is missing, and which folder was probably meant. Reads one small file; takes well under 1 ms.
    """
    folder = Path(os.path.normpath(_at_home(folder).absolute()))
    if look_up.is_file(folder):
        raise TavernkeepError(f"{folder} is a file, not a folder.", _advice(folder))
    if not look_up.is_dir(folder):
        raise _no_folder(folder)
    if _is_program(folder):
        return _described(folder, _version(folder))
    inner = _stepped_in(folder)
    if inner is None:
        raise TavernkeepError(_what_is_missing(folder), _advice(folder))
    return _described(inner, _version(inner))


def _at_home(folder: Path) -> Path:
    try:
        return folder.expanduser()
    except RuntimeError:  # `~name` of nobody: a folder may be called so.
        return folder


def _no_folder(folder: Path) -> TavernkeepError:
    """Say why `folder` is no folder: there is none, or the system does not let us see."""
    try:
        folder.stat()
    except (FileNotFoundError, NotADirectoryError, ValueError):
        pass
    except OSError as error:
        return TavernkeepError(f"{folder} cannot be read: {error.strerror}.", CHOOSE_ADVICE)
    return TavernkeepError(f"There is no folder {folder}.", CHOOSE_ADVICE)


def modules_missing(installation: Installation) -> bool:
    """Whether a package that its package.json asks for is not there, so that it cannot start."""
    wanted = _package(installation.folder).get("dependencies")
    if not isinstance(wanted, dict):
        return False
    shelves = [shelf / "node_modules" for shelf in (installation.folder, *installation.folder.parents)]
    shelves = [shelf for shelf in shelves if look_up.is_dir(shelf)]
    return not all(any(look_up.is_dir(shelf / name) for shelf in shelves) for name in wanted)


def our_installation(folders: Folders, version: str) -> Installation:
    """Where our own installation of `version` is or will be."""
    return _ours(folders.data / "sillytavern" / "versions" / version, version)


def our_versions(folders: Folders) -> tuple[str, ...]:
    """The versions that we have installed completely, newest first."""
    versions = folders.data / "sillytavern" / "versions"
    found = [marker.parent.name for marker in versions.glob(f"[!.]*/{MARKER}")]
    return tuple(sorted(found, key=number, reverse=True))


def find_installations(folders: Folders, remembered: Path | None) -> list[Installation]:
    """The installations on this computer, each once: the remembered one, ours (newest first), then the usual places.

    Looks into no folder that nobody named or where nobody puts it, and takes some milliseconds.
    """
    ours = [our_installation(folders, version).folder for version in our_versions(folders)]
    first = [remembered] if remembered else []
    found: dict[Path, Installation] = {}
    for candidate in [*first, *ours, *_usual_places()]:
        try:
            installation = inspect(candidate)
            found.setdefault(look_up.real(installation.folder), installation)
        except (TavernkeepError, OSError):
            continue
    return list(found.values())


def _described(folder: Path, version: str) -> Installation:
    if look_up.is_file(folder / MARKER) and folder.parent.name == "versions":
        return _ours(folder, version)
    known = facts(version)
    if known.global_mode and _is_global(folder):
        home = _global_home()
        return Installation(
            folder, version, False, home / "config.yaml", folder / "whitelist.txt", home / "data", config_outside=True
        )
    return Installation(
        folder=folder,
        version=version,
        ours=False,
        config_file=_config_file(folder, known),
        whitelist_file=folder / "whitelist.txt",
        data_root=folder / known.data,
    )


def _ours(folder: Path, version: str) -> Installation:
    known = facts(version)
    outside = known.config_path_flag and known.data_root_flag
    home = folder.parent.parent
    return Installation(
        folder=folder,
        version=version,
        ours=True,
        config_file=home / "config" / "config.yaml" if outside else _config_file(folder, known),
        whitelist_file=folder / "whitelist.txt",
        data_root=home / "data" if outside else folder / known.data,
        config_outside=outside,
    )


def _config_file(folder: Path, known: Facts) -> Path:
    chosen = folder / known.config_name.value
    old = folder / "config.conf"
    return old if known.reads_conf_too and not look_up.exists(chosen) and look_up.exists(old) else chosen


def _is_program(folder: Path) -> bool:
    if not look_up.is_file(folder / "server.js"):
        return False
    try:
        return str(_package(folder).get("name", "")).lower() == PACKAGE
    except TavernkeepError:
        return False


def _package(folder: Path) -> dict[str, object]:
    """Its package.json. Raises TavernkeepError when there is none that can be read."""
    file = folder / "package.json"
    try:
        package = json.loads(file.read_text("utf-8-sig"))
    except FileNotFoundError as error:
        raise TavernkeepError(f"{folder} has no package.json.", CHOOSE_ADVICE) from error
    except OSError as error:
        raise TavernkeepError(
            f"{file} cannot be read.", f"Make it readable for your user. ({error.strerror})"
        ) from error
    except ValueError as error:
        raise TavernkeepError(f"{file} is damaged.", "Download SillyTavern again, or bring that file back.") from error
    return package if isinstance(package, dict) else {}


def _version(folder: Path) -> str:
    version = _package(folder).get("version")
    if not isinstance(version, str) or not version.strip():
        raise TavernkeepError(
            f"SillyTavern in {folder} does not say its version.",
            "Its package.json was changed: download SillyTavern again, or bring that file back.",
        )
    return version.strip()


def _what_is_missing(folder: Path) -> str:
    has_server = look_up.is_file(folder / "server.js")
    try:
        name = _package(folder).get("name")
    except TavernkeepError as error:
        if look_up.exists(folder / "package.json"):
            return error.problem.title
        missing = "package.json" if has_server else "server.js"
        return f"There is no SillyTavern in {folder}: it has no {missing}."
    if str(name).lower() == PACKAGE:
        return f"SillyTavern in {folder} is not complete: server.js is missing."
    return f"{folder} holds another program ({name})." if name else f"{folder} holds another program."


def _advice(folder: Path) -> str:
    meant = _meant(folder)
    return f"Did you mean {meant}?" if meant else CHOOSE_ADVICE


def _meant(folder: Path) -> Path | None:
    """The one folder just below, or the nearest above, that holds SillyTavern."""
    below = [child for child in _children(folder) if _is_program(child)]
    if len(below) == 1:
        return below[0]
    return next((parent for parent in folder.parents if _is_program(parent)), None)


def _stepped_in(folder: Path) -> Path | None:
    npm = folder / "node_modules" / PACKAGE
    if _is_program(npm):
        return npm
    children = list(_children(folder))
    return children[0] if len(children) == 1 and _is_program(children[0]) else None


def _children(folder: Path) -> Iterator[Path]:
    try:
        with os.scandir(folder) as entries:
            names = [entry.path for entry in entries if entry.is_dir() and not entry.name.startswith((".", "__MACOSX"))]
    except OSError:
        return
    yield from map(Path, sorted(names))


def _is_global(folder: Path) -> bool:
    modules = folder.parent
    if folder.name != PACKAGE or modules.name != "node_modules":
        return False
    return modules.parent.name == "lib" or look_up.exists(modules.parent / f"{PACKAGE}.cmd")


def _global_home() -> Path:
    """Where the `sillytavern` command keeps configuration and data: npm's `env-paths`, name "SillyTavern"."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "SillyTavern" / "Data"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "SillyTavern"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "SillyTavern"


def _usual_places() -> Iterator[Path]:
    for shelf in _shelves():
        for child in _children(shelf):
            if child.name.lower().startswith(PACKAGE):
                yield child
                yield child / "SillyTavern"
    yield from _global_packages()


def _shelves() -> Iterable[Path]:
    """Folders in which people put it."""
    import platformdirs

    home = Path.home()
    shelves = [home, *(home / name for name in ("git", "src", "code", "repos", "projects", "Games", "AI", "apps"))]
    shelves += [Path("/opt"), Path("/srv")]
    if sys.platform == "win32":
        shelves += [Path(f"{letter}:\\{name}") for letter in "CD" for name in ("", "AI", "Games")]
    # macOS asks the user before it lets a program look into these (open).
    if sys.platform != "darwin":
        shelves += [platformdirs.user_desktop_path(), platformdirs.user_documents_path()]
        shelves += [platformdirs.user_downloads_path()]
    return dict.fromkeys(shelves)


def _global_packages() -> Iterator[Path]:
    """npm's global packages, without running npm."""
    home = Path.home()
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        if not folder:
            continue
        # The command is a link into the package, on Windows a script beside its node_modules.
        command = Path(folder) / PACKAGE
        if look_up.is_link(command):
            yield from (parent for parent in look_up.real(command).parents if parent.name == PACKAGE)
        yield Path(folder) / "node_modules" / PACKAGE
    prefixes = [Path("/usr/local"), Path("/opt/homebrew"), Path("/usr"), home / ".npm-global", home / ".local"]
    with suppress(OSError):
        prefixes += (home / ".nvm" / "versions" / "node").glob("v*")
    yield from (prefix / "lib" / "node_modules" / PACKAGE for prefix in prefixes)
    yield home / "node_modules" / PACKAGE
    if appdata := os.environ.get("APPDATA"):
        yield Path(appdata) / "npm" / "node_modules" / PACKAGE
