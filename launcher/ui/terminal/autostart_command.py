"""`autostart`: whether Tavernkeep starts at login, and changing that."""

from launcher.system import autostart
from launcher.system.autostart import Autostart, AutostartState
from launcher.ui.terminal import console
from launcher.ui.terminal.exit_codes import DONE
from launcher.ui.terminal.server_commands import Command


def run(command: Command, verb: str | None) -> int:
    """on, off, or neither: then it only tells. Raises TavernkeepError."""
    if verb == "on":
        autostart.turn_on()
    elif verb == "off":
        autostart.turn_off()
    found = autostart.look()
    if command.as_json:
        console.say_json(document(found))
    else:
        console.say(in_words(found))
    return DONE


def document(found: Autostart) -> dict[str, object]:
    """The `autostart --json` document. `on` null: it could not be found out."""
    return {
        "on": autostart.is_on_now(found),
        "state": found.state,
        "where": found.where,
        "program": found.program or None,
    }


def in_words(found: Autostart) -> str:
    """For a person, with what to do where it is not as they may think."""
    match found.state:
        case AutostartState.ON:
            return "Tavernkeep starts when you log in, without a window."
        case AutostartState.OFF:
            return "Tavernkeep does not start when you log in."
        case AutostartState.SWITCHED_OFF:
            return (
                "Tavernkeep does not start when you log in: that was switched off in the settings of this computer. "
                "To switch it on again: tavernkeep autostart on"
            )
        case AutostartState.STALE:
            return (
                "Tavernkeep does not start when you log in, because it is no longer where it was. "
                "To correct that: tavernkeep autostart on"
            )
        case AutostartState.ELSEWHERE:
            return f"Another Tavernkeep starts when you log in: {found.program}"
        case AutostartState.UNKNOWN:
            return f"Whether Tavernkeep starts when you log in could not be found out: {found.where} cannot be read."
