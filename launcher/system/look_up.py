"""What lies at a path. False also where the system does not let us look, or the links go in a circle: nothing raises.

The methods of Path raise PermissionError and other errors there.
"""

import os
import stat
from pathlib import Path


def is_file(path: Path) -> bool:
    mode = _mode(path)
    return mode is not None and stat.S_ISREG(mode)


def is_dir(path: Path) -> bool:
    mode = _mode(path)
    return mode is not None and stat.S_ISDIR(mode)


def exists(path: Path) -> bool:
    return _mode(path) is not None


def is_link(path: Path) -> bool:
    mode = _mode(path, follow_links=False)
    return mode is not None and stat.S_ISLNK(mode)


def real(path: Path) -> Path:
    """Return `path` without links, as far as they can be followed."""
    return Path(os.path.realpath(path))


def _mode(path: Path, follow_links: bool = True) -> int | None:
    try:
        return path.stat(follow_symlinks=follow_links).st_mode
    except (OSError, ValueError):  # ValueError: a NUL in it.
        return None
