"""Where the page lies, and putting it there and taking it away. A page that the user made is never touched.

What was there before is kept among Tavernkeep's own files. All of this blocks for as long as the disk takes.
"""

from pathlib import Path

from launcher.problem import TavernkeepError
from launcher.server.installation import Installation
from launcher.server.read_settings import data_root
from launcher.server.waiting_page.page import is_original, is_ours, page
from launcher.system.files import FileText, UndecodableFile, can_undo, read_if_there, remove_file, undo, write_text
from launcher.system.folders import Folders
from launcher.versions.refusal_page import DATA_FOLDER, DEFAULTS, IN_PROGRAM
from launcher.versions.table import facts


def put_in_place(installation: Installation, login_on: bool, folders: Folders) -> str | None:
    """Before a start: let waiting phones see our page instead of the server's own, where the version allows that.

    The server reads it once, when it starts. A page that the user made stays. What the user should know is returned:
    that it could not be done. Never raises for that: the plain refusal is enough to start with.
    """
    file = page_file(installation)
    if file is None:
        return None
    try:
        there = read_if_there(file)
        if not _is_ours_to_change(installation, file, there):
            return None
        text = page(installation.version, login_on)
        if there is None or there.text != text:
            file.parent.mkdir(parents=True, exist_ok=True)
            renewed = there is not None and is_ours(there.text)
            write_text(file, text, there, _kept(folders) / "renewed" if renewed else _kept(folders))
    except UndecodableFile:
        return None
    except (TavernkeepError, OSError):
        return f"A phone that has to wait sees SillyTavern's plain refusal: {file} cannot be written."
    return None


def restore(installation: Installation, folders: Folders) -> str | None:
    """Bring back what was there before our page: when it is switched off, and before Tavernkeep is removed.

    Does nothing when our page is not there. Takes effect at the next start. Returns what the user should know.
    """
    problem = None
    for file in {page_file(installation) or installation.folder / IN_PROGRAM, installation.folder / IN_PROGRAM}:
        try:
            _bring_back(file, installation, _kept(folders))
        except UndecodableFile:
            continue
        except (TavernkeepError, OSError):
            problem = f"SillyTavern's own page for refused phones could not be brought back: {file} cannot be written."
    return problem


def page_file(installation: Installation) -> Path | None:
    """The file that its server sends to whom it refuses; None when that version has none. Reads its configuration."""
    place = facts(installation.version).page_403
    if place is None:
        return None
    if place.startswith(DATA_FOLDER):
        return data_root(installation) / place.removeprefix(DATA_FOLDER).lstrip("/")
    return installation.folder / place


def _is_ours_to_change(installation: Installation, file: Path, there: FileText | None) -> bool:
    if there is not None:
        return not file.is_symlink() and _is_known(installation, there.text)
    before = installation.folder / IN_PROGRAM
    moving = None if before == file else read_if_there(before)
    return moving is None or _is_known(installation, moving.text)


def _is_known(installation: Installation, text: str) -> bool:
    return is_ours(text) or is_original(text, _default(installation))


def _bring_back(file: Path, installation: Installation, kept: Path) -> None:
    there = read_if_there(file)
    if there is None or not is_ours(there.text):
        return
    if can_undo(file, kept):
        there = undo(file, kept)
    if there is not None and not is_ours(there.text):
        return
    # Once it has put its own page there, the server never does so again.
    default = _default(installation)
    if default is not None:
        write_text(file, default, there, kept)
    elif there is not None:
        remove_file(file, there, kept)


def _default(installation: Installation) -> str | None:
    """The page that came with the installation."""
    for name in DEFAULTS:
        try:
            return (installation.folder / name).read_bytes().decode("utf-8")
        except (OSError, UnicodeDecodeError):
            continue
    return None


def _kept(folders: Folders) -> Path:
    return folders.data / "waiting-page"
