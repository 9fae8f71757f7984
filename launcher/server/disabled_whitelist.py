"""Where whitelist.txt waits while everyone is let in, as SillyTavern's guide asks: renamed, not removed."""

from pathlib import Path

from launcher.server.installation import Installation

ASIDE_NAME = "whitelist.off.txt"


def aside_file(installation: Installation) -> Path:
    return installation.whitelist_file.with_name(ASIDE_NAME)
