"""Start at login: one entry of this user, where the system keeps such entries. Needs no administrator.

An entry that the user switched off with the system's own tools stays off until they turn it on here.
"""

import os
import sys
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from launcher.problem import TavernkeepError
from launcher.system.ourselves import command_at_login

if sys.platform == "win32":
    from launcher.system.autostart import run_key

    place = run_key
elif sys.platform == "darwin":
    from launcher.system.autostart import launch_agent

    place = launch_agent.ENTRY_FILE
else:
    from launcher.system.autostart import desktop_entry

    place = desktop_entry.ENTRY_FILE


class AutostartState(StrEnum):
    """SWITCHED_OFF: by the user, with the system's own tools. STALE: the program that it starts is gone.

    ELSEWHERE: it starts another Tavernkeep than this one.
    """

    ON = "on"
    OFF = "off"
    SWITCHED_OFF = "switched-off"
    STALE = "stale"
    ELSEWHERE = "elsewhere"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Autostart:
    """`where` names the entry for a person; `program` is what it starts, empty when there is none."""

    state: AutostartState
    where: str
    program: str = ""


def look() -> Autostart:
    """Return how it is now. Reads one small file or two registry values."""
    try:
        entry = place.read()
    except OSError:
        return Autostart(AutostartState.UNKNOWN, place.where())
    if entry is None:
        return Autostart(AutostartState.OFF, place.where())
    program = entry.command[0] if entry.command else ""
    return Autostart(_state(entry.switched_off, entry.command, program), place.where(), program)


def _state(switched_off: bool, command: tuple[str, ...], program: str) -> AutostartState:
    if switched_off:
        return AutostartState.SWITCHED_OFF
    if command == command_at_login():
        return AutostartState.ON
    return AutostartState.ELSEWHERE if program and Path(program).exists() else AutostartState.STALE


def is_on() -> bool | None:
    """Tell whether a Tavernkeep starts at login; None when that cannot be found out."""
    return is_on_now(look())


def is_on_now(found: Autostart) -> bool | None:
    """As `is_on`, for what `look` found."""
    return (
        None if found.state is AutostartState.UNKNOWN else found.state in (AutostartState.ON, AutostartState.ELSEWHERE)
    )


def turn_on() -> None:
    """Start this Tavernkeep at login, even if the user has switched that off elsewhere: only call it when they ask.

    Raises TavernkeepError when the system says no.
    """
    try:
        place.write(command_at_login())
    except OSError as error:
        raise _refused("on", error) from error


def turn_off() -> None:
    """Start nothing at login. Raises TavernkeepError when the system says no."""
    try:
        place.remove()
    except OSError as error:
        raise _refused("off", error) from error


def renew() -> bool:
    """Let the entry start this program when the one that it names is gone. Returns whether that was needed.

    Call it at every start by the user. An entry that is off stays off. Raises TavernkeepError when the system says no.
    """
    if look().state is not AutostartState.STALE:
        return False
    turn_on()
    return True


def _refused(way: str, error: OSError) -> TavernkeepError:
    said = error.strerror or (os.strerror(error.errno) if error.errno else "no reason given")
    return TavernkeepError(
        f"Start at login could not be turned {way}.", f"Your system does not let {place.where()} be changed. ({said})"
    )
