"""The firewall of this PC, whichever it is."""

import sys
from pathlib import Path

from launcher.network.firewall.verdict import Firewall, Networks
from launcher.system.elevation import Consent
from launcher.system.folders import Folders


def look(program: Path | None, port: int, networks: Networks, folders: Folders) -> Firewall:
    """May a device of `networks` reach `program` on TCP `port` of this PC? Asks nobody for anything, changes nothing.

    Never raises for what it cannot find out: that is `passes` None. `program` (the node that runs the server) None:
    it is not known, so neither is what rules about programs say. Blocks for 2 s at most.
    """
    if sys.platform == "win32":
        from launcher.network.firewall import windows

        return windows.look(program, port, networks)
    if sys.platform == "darwin":
        from launcher.network.firewall import macos

        return macos.look(program)
    from launcher.network.firewall import linux

    return linux.look(port, networks, folders)


def open_port(program: Path | None, port: int, networks: Networks, folders: Folders) -> Consent:
    """Let the devices of `networks` reach `program` on TCP `port`, and delete the Block rules of `program`.

    The system asks the person for the permission, so this blocks for as long as that takes. What was added is
    remembered in `folders`. Raises TavernkeepError with the line to type when it could not be done.
    """
    if sys.platform == "win32":
        from launcher.network.firewall import windows

        return windows.open_port(program, port, networks)
    if sys.platform == "darwin":
        from launcher.network.firewall import macos

        return macos.open_port(program, folders)
    from launcher.network.firewall import linux

    return linux.open_port(port, networks, folders)


def remove_rules(folders: Folders) -> Consent:
    """Take away again every rule that `open_port` added, on this and earlier runs; asks only when there are any.

    Blocks for as long as the person is asked. Raises TavernkeepError with the line to type.
    """
    if sys.platform == "win32":
        from launcher.network.firewall import windows

        return windows.remove_rules()
    if sys.platform == "darwin":
        from launcher.network.firewall import macos

        return macos.remove_rules(folders)
    from launcher.network.firewall import linux

    return linux.remove_rules(folders)


def has_rules(folders: Folders) -> bool | None:
    """Is there something for `remove_rules` to remove? None when it could not be found out."""
    if sys.platform == "win32":
        from launcher.network.firewall import windows

        return windows.has_rules()
    if sys.platform == "darwin":
        from launcher.network.firewall import macos

        return macos.has_rules(folders)
    from launcher.network.firewall import linux

    return linux.has_rules(folders)
