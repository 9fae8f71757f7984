"""Taking Tavernkeep off this computer: what would go and what would stay, and then doing it.

Only what Tavernkeep made goes, by name: another file in one of its folders stays and is named. Chats, characters and
settings of SillyTavern stay unless they are asked for; a SillyTavern of the user's own always does. All of this blocks.
"""

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import launcher
from launcher.problem import TavernkeepError
from launcher.server import waiting_page
from launcher.server.disabled_whitelist import disabled_file
from launcher.server.install import STAGING
from launcher.server.installation import Installation, find_installations, our_installation, our_versions
from launcher.server.waiting_page.install_page import page_file
from launcher.system import autostart, menu_entry, settings
from launcher.system.autostart import AutostartState
from launcher.system.bundle import is_bundled
from launcher.system.elevation import Consent
from launcher.system.file_lock import held
from launcher.system.folders import Folders
from launcher.system.removal import NotRemoved, bytes_in, remove, remove_if_empty

KEEPER_ENDS_WITHIN_S = 10.0
POLL_INTERVAL_S = 0.05
# What Tavernkeep makes in its folders, SillyTavern aside.
OWN_SETTINGS = ("settings.toml*",)
OWN_DATA = ("backups", "waiting-page", "devices.json*", "node-versions.json*", "firewall-rules.json*", "phone-address")
OWN_LOGS = ("server.log*", "tavernkeep.log*")
OWN_RUN = ("keeper.lock", "keeper.pid", "channel*", "busy-*", "reach-page*")
SILLYTAVERN = "sillytavern"


@dataclass(frozen=True)
class Thing:
    """Files and folders that belong together, in words."""

    what: str
    paths: tuple[Path, ...]
    bytes: int = 0


@dataclass(frozen=True)
class UninstallPlan:
    """`besides`: what is done apart from removing files. `by_hand`: what is left to the person, or "".

    `with_data`: chats and settings of our own SillyTavern go too.
    """

    removes: tuple[Thing, ...]
    keeps: tuple[Thing, ...]
    besides: tuple[str, ...]
    by_hand: str
    with_data: bool


@dataclass(frozen=True)
class UninstallResult:
    """`left`: what could not be removed. `told`: what else did not work."""

    left: tuple[NotRemoved, ...]
    told: tuple[str, ...]


def plan(folders: Folders, with_data: bool) -> UninstallPlan:
    """What `carry_out` will do. Changes nothing; reading the sizes takes a second."""
    programs = [_program(one) for one in _ours(folders)]
    chats = list(_chats(folders))
    own = _sized("Settings, notes, backups and logs of Tavernkeep", (*_own(folders), *_own_run(folders)))
    menu = _sized("The entry in the menu of programs", menu_entry.files())
    removes = [*programs, *_leftovers(folders), own, menu, *(chats if with_data else [])]
    keeps = [*([] if with_data else chats), *_strange(folders), *_theirs(folders)]
    return UninstallPlan(
        tuple(thing for thing in removes if thing.paths),
        tuple(thing for thing in keeps if thing.paths),
        tuple(_besides(folders)),
        _by_hand(),
        with_data,
    )


def carry_out(folders: Folders, planned: UninstallPlan, tell: Callable[[str], None]) -> UninstallResult:
    """Do it, after the keeper has been asked to quit. `tell` gets what is being done, in this thread.

    Raises TavernkeepError, having removed nothing, when a keeper runs all the same.
    """
    told: list[str] = []
    with ExitStack() as alone:
        if folders.run.is_dir():
            _wait_for_keeper(folders, alone)
        told += _undo_on_this_pc(folders, tell)
        left = list(_remove_files(folders, planned, tell))
    for path in _own_run(folders):
        left += remove(path)
    _remove_empty_folders(folders)
    return UninstallResult(tuple(left), tuple(told))


# --- what there is ----------------------------------------------------------------------------------------------------


def _versions(folders: Folders) -> Path:
    return folders.data / SILLYTAVERN / "versions"


def _ours(folders: Folders) -> list[Installation]:
    return [our_installation(folders, version) for version in our_versions(folders)]


def _program(ours: Installation) -> Thing:
    """Return the parts of an old version that are certainly no chats. Its chats are among the program's files."""
    paths = (ours.folder,) if ours.config_outside else (ours.folder / "node_modules",)
    what = "the program" if ours.config_outside else "its modules"
    return _sized(f"SillyTavern {ours.version}: {what}", paths)


def _chats(folders: Folders) -> Iterator[Thing]:
    home = folders.data / SILLYTAVERN
    yield _sized("Chats, characters and settings of SillyTavern", (home / "data", home / "config"))
    for ours in _ours(folders):
        if not ours.config_outside:
            program = _program(ours).bytes
            all_of_it = bytes_in(ours.folder)
            what = f"SillyTavern {ours.version}: its folder with its chats and settings"
            yield Thing(what, (ours.folder,), max(0, all_of_it - program))


def _leftovers(folders: Folders) -> Iterator[Thing]:
    """What broken-off installations left behind."""
    yield _sized("SillyTavern, half installed", tuple(_versions(folders).glob(f"{STAGING}*")))


def _own(folders: Folders) -> tuple[Path, ...]:
    found = (
        *_matching(folders.settings, OWN_SETTINGS),
        *_matching(folders.data, OWN_DATA),
        *_matching(folders.logs, OWN_LOGS),
        *_matching(_versions(folders), (".lock",)),
    )
    return tuple(dict.fromkeys(found))


def _own_run(folders: Folders) -> tuple[Path, ...]:
    return tuple(_matching(folders.run, OWN_RUN))


def _matching(folder: Path, patterns: tuple[str, ...]) -> Iterator[Path]:
    for pattern in patterns:
        yield from sorted(folder.glob(pattern))
        yield from sorted(folder.glob(f".{pattern}"))  # What `atomic_file` leaves when it is killed.


def _strange(folders: Folders) -> Iterator[Thing]:
    """What is in our folders and was not made by us. Our settings may share a folder with other things."""
    known = {*_own(folders), *_own_run(folders), folders.data / SILLYTAVERN}
    known |= {folders.settings, folders.data, folders.logs, folders.run}
    shelves = dict.fromkeys((folders.data, folders.logs, folders.run))
    found = [child for shelf in shelves for child in _children(shelf) if child not in known]
    complete = {ours.folder for ours in _ours(folders)}
    found += [
        child
        for child in _children(_versions(folders))
        if child not in complete and not child.name.startswith((STAGING, ".lock"))
    ]
    yield _sized("Not made by Tavernkeep", tuple(found))


def _theirs(folders: Folders) -> Iterator[Thing]:
    for one in _installations(folders):
        if not one.ours:
            yield Thing(f"Your own SillyTavern {one.version}, as it is", (one.folder,))


def _installations(folders: Folders) -> list[Installation]:
    try:
        remembered = settings.load(folders.settings_file).folder
    except TavernkeepError:
        remembered = None
    return find_installations(folders, Path(remembered) if remembered else None)


def _besides(folders: Folders) -> Iterator[str]:
    yield "SillyTavern is stopped, if it runs, and Tavernkeep closes."
    if _starts_at_login():
        yield "Tavernkeep no longer starts when you log in."
    if _has_firewall_rules(folders) is not False:
        yield "The rules that Tavernkeep added to the firewall are removed; your system may ask for permission."
    if (folders.data / "waiting-page").exists():
        yield "Phones that are refused see SillyTavern's own page again."


def _starts_at_login() -> bool:
    return autostart.look().state not in (
        AutostartState.OFF,
        AutostartState.ELSEWHERE,
        AutostartState.UNKNOWN,
    )


def _has_firewall_rules(folders: Folders) -> bool | None:
    from launcher.network.firewall import this_pc

    return this_pc.has_rules(folders)


def _by_hand() -> str:
    if is_bundled():
        program = Path(sys.executable).parent
        bundle = next((parent for parent in program.parents if parent.suffix == ".app"), program)
        return f"The program itself remains: delete {bundle}."
    package_home = Path(launcher.__file__).parents[1]
    if package_home.name in ("site-packages", "dist-packages"):
        return f"The program itself remains; to remove it: {sys.executable} -m pip uninstall tavernkeep"
    return f"The program itself remains: delete the folder {package_home}."


def _sized(what: str, paths: tuple[Path, ...]) -> Thing:
    there = tuple(path for path in paths if os.path.lexists(path))
    return Thing(what, there, sum(bytes_in(path) for path in there))


def _children(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


# --- doing it ---------------------------------------------------------------------------------------------------------


def _wait_for_keeper(folders: Folders, alone: ExitStack) -> None:
    """Be the only one until `alone` ends: no keeper can start meanwhile."""
    give_up_at = time.monotonic() + KEEPER_ENDS_WITHIN_S
    while not alone.enter_context(held(folders.run / "keeper.lock")):
        if time.monotonic() > give_up_at:
            raise TavernkeepError("Tavernkeep is still running, so nothing was removed.", "Quit it, then try again.")
        threading.Event().wait(POLL_INTERVAL_S)


def _undo_on_this_pc(folders: Folders, tell: Callable[[str], None]) -> Iterator[str]:
    """What was changed outside our folders. What does not work is yielded."""
    if _starts_at_login():
        tell("Start at login is turned off.")
        yield from _tried(autostart.turn_off)
    if (folders.data / "waiting-page").exists():
        tell("SillyTavern's own page for refused phones is brought back.")
        for installation in _installations(folders):
            problem = waiting_page.restore(installation, folders)
            if problem:
                yield problem
            elif page := page_file(installation):
                remove_if_empty(page.parent)
    if _has_firewall_rules(folders) is not False:
        tell("Firewall rules are removed.")
        yield from _tried(lambda: _remove_firewall_rules(folders))


def _remove_firewall_rules(folders: Folders) -> None:
    from launcher.network.firewall import this_pc

    if this_pc.remove_rules(folders) is Consent.DECLINED:
        raise TavernkeepError("The firewall rules of Tavernkeep stay, because the permission was not given.")


def _tried(act: Callable[[], None]) -> Iterator[str]:
    try:
        act()
    except TavernkeepError as error:
        yield f"{error.problem.title} {error.problem.advice}".strip()


def _remove_files(folders: Folders, planned: UninstallPlan, tell: Callable[[str], None]) -> Iterator[NotRemoved]:
    stay = set(_own_run(folders))
    if not planned.with_data:
        for ours in _ours(folders):
            stuck = list(_keep_whitelists(folders, ours))
            stay |= {ours.folder for _ in stuck}
            yield from stuck
    for thing in planned.removes:
        tell(f"{thing.what}: being removed.")
        for path in thing.paths:
            if path not in stay:
                yield from remove(path)


def _keep_whitelists(folders: Folders, ours: Installation) -> Iterator[NotRemoved]:
    """Move the whitelists from the program's folder to the other settings: they are settings too.

    Yields one that could not be moved, and then the program has to stay.
    """
    if not ours.config_outside:
        return
    for file in (ours.whitelist_file, disabled_file(ours)):
        if not os.path.lexists(file):
            continue
        kept = folders.data / SILLYTAVERN / "config" / f"{file.stem}-{ours.version}{file.suffix}"
        try:
            kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            file.replace(kept)
        except OSError as error:
            yield NotRemoved(file, error.strerror or str(error))


def _remove_empty_folders(folders: Folders) -> None:
    """Remove our empty folders, and the folders of our name around them."""
    home = folders.data / SILLYTAVERN
    for folder in (_versions(folders), home / "data", home / "config", home, folders.run, folders.logs, folders.data):
        remove_if_empty(folder)
    remove_if_empty(folders.settings)
    for folder in (folders.run, folders.logs, folders.data, folders.settings):
        if folder.parent.name == "tavernkeep":
            remove_if_empty(folder.parent)
