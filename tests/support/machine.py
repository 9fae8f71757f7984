"""What a test needs of the machine; without it the test is skipped and says why."""

import os
import shutil
import socket
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parent.parent.parent


def need(*programs: str) -> None:
    """Skips the test when one of `programs` is not on PATH."""
    missing = [program for program in programs if not shutil.which(program)]
    if missing:
        pytest.skip(f"needs {', '.join(missing)}")


def need_root() -> None:
    """Skips the test when it may not make network namespaces."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        pytest.skip("needs root, to make network namespaces")


def cache_folder() -> Path:
    """Where downloads stay between runs: TAVERNKEEP_TEST_CACHE, or ~/.cache/tavernkeep-tests."""
    folder = Path(os.environ.get("TAVERNKEEP_TEST_CACHE") or Path.home() / ".cache/tavernkeep-tests").absolute()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def free_port() -> int:
    """A TCP port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
