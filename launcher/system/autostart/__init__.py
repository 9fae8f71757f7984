"""Tavernkeep's start at login. One entry per user, where this system keeps such: nothing here needs more rights.

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
    from launcher.system.autostart import run_key as place
elif sys.platform == "darwin":
    from launcher.system.autostart import launch_agent as place
else:
    from launcher.system.autostart import xdg as place


class State(StrEnum):
    """SWITCHED_OFF: by the user, with the system's own tools. STALE: it starts a program that is not there any more.

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
    """`where` names the entry for a person; `program` is what it starts, empty when that is nothing of ours to tell."""

    state: State
    where: str
    program: str = ""


def look() -> Autostart:
    """How it is now. Reads one small file or two registry values."""
    try:
        entry = place.read()
    except OSError:
        return Autostart(State.UNKNOWN, place.where())
    if entry is None:
        return Autostart(State.OFF, place.where())
    program = entry.command[0] if entry.command else ""
    return Autostart(_state(entry.switched_off, entry.command, program), place.where(), program)


def _state(switched_off: bool, command: tuple[str, ...], program: str) -> State:
    if switched_off:
        return State.SWITCHED_OFF
    if command == command_at_login():
        return State.ON
    return State.ELSEWHERE if program and Path(program).exists() else State.STALE


def is_on() -> bool | None:
    """Whether a Tavernkeep starts at login; None when that could not be found out."""
    return is_on_now(look())


def is_on_now(found: Autostart) -> bool | None:
    """The same, of what was found."""
    return None if found.state is State.UNKNOWN else found.state in (State.ON, State.ELSEWHERE)


def turn_on() -> None:
    """Start this Tavernkeep at login, also when the user had switched that off elsewhere: call it when they ask for it.

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
    """Let the entry start this program when the one it names has moved away; whether that was needed.

    For every start by the user. An entry that is off stays off.
    """
    if look().state is not State.STALE:
        return False
    turn_on()
    return True


def _refused(way: str, error: OSError) -> TavernkeepError:
    said = error.strerror or (os.strerror(error.errno) if error.errno else "no reason given")
    return TavernkeepError(
        f"Start at login could not be turned {way}.", f"Your system does not let {place.where()} be changed. ({said})"
    )
