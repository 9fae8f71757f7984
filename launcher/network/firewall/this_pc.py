"""The firewall of this PC, whichever it is. Each system's module has the same four functions."""

import sys
from pathlib import Path

from launcher.network.firewall.packet import Networks
from launcher.network.firewall.verdict import Firewall
from launcher.system.elevation import Consent
from launcher.system.folders import Folders

if sys.platform == "win32":
    from launcher.network.firewall import windows as system
elif sys.platform == "darwin":
    from launcher.network.firewall import macos as system
else:
    from launcher.network.firewall import linux as system


def look(program: Path | None, port: int, networks: Networks, folders: Folders) -> Firewall:
    """May a device of `networks` reach `program` on TCP `port` of this PC? Changes nothing and asks nobody.

    `program`: the Node.js that runs the server; None: not known, so what rules about programs say is unknown too.
    Never raises: what cannot be found out is `passes` None. Blocks for 2 s at most.
    """
    return system.look(program, port, networks, folders)


def open_port(program: Path | None, port: int, networks: Networks, folders: Folders) -> Consent:
    """Let the devices of `networks` reach `program` on TCP `port`, and delete the Block rules of `program`.

    The system asks the person for permission, and this blocks until they answer. `folders` remembers what was added.
    Raises TavernkeepError with the line to type when it could not be done.
    """
    return system.open_port(program, port, networks, folders)


def remove_rules(folders: Folders) -> Consent:
    """Remove every rule that `open_port` ever added; the system asks the person only when there are any.

    Blocks until they answer. Raises TavernkeepError with the line to type.
    """
    return system.remove_rules(folders)


def has_rules(folders: Folders) -> bool | None:
    """Return whether there are rules for `remove_rules` to remove; None when that could not be found out."""
    return system.has_rules(folders)
