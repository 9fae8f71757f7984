"""Tavernkeep leaves this computer: everything of it is stopped, then it is removed. For the command and the window."""

from collections.abc import Callable
from pathlib import Path

from launcher.keeper.channel import connect, place_of
from launcher.keeper.messages import Quit
from launcher.problem import Problem, TavernkeepError
from launcher.server import uninstall
from launcher.server.uninstall import Thing, UninstallPlan, UninstallResult
from launcher.system.folders import Folders
from launcher.system.removal import NotRemoved, remove_if_empty
from launcher.ui.keeper_connection import KeeperGoneError, ask

UNITS = ((1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "KB"))


def leave(folders: Folders, planned: UninstallPlan, tell: Callable[[str], None]) -> UninstallResult:
    """Carry `planned` out; `tell` gets each step. Blocks, for a minute perhaps. Raises TavernkeepError."""
    tell("SillyTavern and Tavernkeep are stopped.")
    _stop(folders)
    return uninstall.carry_out(folders, planned, tell)


def _stop(folders: Folders) -> None:
    link = connect(folders)
    if not link:
        return
    address = Path(place_of(folders).address)
    try:
        reply = ask(link, Quit())
    except KeeperGoneError:
        return
    if reply.problem:
        raise TavernkeepError.from_problem(reply.problem)
    while link.receive():
        pass
    # Where a deep home has its socket.
    if address.is_absolute() and address.parent != folders.run:
        remove_if_empty(address.parent)


# --- in words ---------------------------------------------------------------------------------------------------------


def size_in_words(size_bytes: int) -> str:
    """`427 MB`; empty for next to nothing."""
    for unit, name in UNITS:
        if size_bytes >= unit:
            amount = size_bytes / unit
            return f"{amount:.1f} {name}" if unit > 1 << 20 and amount < 10 else f"{amount:.0f} {name}"
    return ""


def where(thing: Thing) -> str:
    """The one place, or the folder that has them all."""
    first, *others = thing.paths
    if not others:
        return str(first)
    shared = [parent for parent in first.parents if all(parent in other.parents for other in others)]
    return str(shared[0]) if shared else str(first)


def problem_of(outcome: UninstallResult) -> Problem | None:
    """What did not work; None when all did."""
    told = list(outcome.told)
    if outcome.left:
        told.append(f"{_few(outcome.left)}. Close what uses them and try again, or delete them yourself.")
    if not told:
        return None
    return Problem("Not everything could be removed.", " ".join(told))


def _few(left: tuple[NotRemoved, ...]) -> str:
    shown = ", ".join(f"{one.path} ({one.why})" for one in left[:3])
    return f"Still there: {shown}" + (f" and {len(left) - 3} more" if len(left) > 3 else "")
