"""Writing an entry that is a file: whole or not at all."""

import os
from pathlib import Path


def put(path: Path, data: bytes) -> None:
    """Write the file and the folders above it. What is a link becomes a file of our own. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_bytes(data)
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
