"""Where whitelist.txt waits while everyone is let in, as SillyTavern's guide asks: renamed, not removed."""

from pathlib import Path

from launcher.server.installation import Installation

DISABLED_NAME = "whitelist.off.txt"


def disabled_file(installation: Installation) -> Path:
    return installation.whitelist_file.with_name(DISABLED_NAME)
