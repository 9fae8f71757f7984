"""The firewall of this PC, whichever it is."""

from pathlib import Path

from launcher.network.firewall.verdict import Firewall, Kind, Networks
from launcher.system.elevation import Answer
from launcher.system.folders import Folders


def look(node: Path | None, port: int, networks: Networks, folders: Folders) -> Firewall:
    """May a device of `networks` reach `node` on TCP `port` of this PC? Asks nobody for anything, changes nothing.

    Never raises for what it cannot find out: that is `passes` None. `node` None: the program is not known, so rules
    about single programs are not looked at. Blocks for 2 s at most.
    """
    return Firewall(Kind.NONE, None, None, "Nobody has looked yet.")


def open_port(node: Path | None, port: int, networks: Networks, folders: Folders) -> Answer:
    """Let the devices of `networks` reach `node` on TCP `port`, and delete the Block rules of `node`.

    The system asks the person for the permission, so this blocks for as long as that takes. What was added is
    remembered in `folders`. Raises TavernkeepError with the line to type when it could not be done.
    """
    return Answer.DECLINED


def remove_rules(folders: Folders) -> Answer:
    """Take away again every rule that `open_port` added, on this and earlier runs; asks only when there are any.

    Blocks for as long as the person is asked. Raises TavernkeepError with the line to type.
    """
    return Answer.DONE


def has_rules(folders: Folders) -> bool | None:
    """Is there something for `remove_rules` to remove? None when it could not be found out."""
    return None
