"""A Windows PC for tests: a real Windows Python under Wine."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.windows import WindowsPC, windows_python


@pytest.fixture(scope="session")
def built_python() -> Path:
    return windows_python()


@pytest.fixture
def pc(built_python: Path, tmp_path: Path) -> Iterator[WindowsPC]:
    """A Windows with an empty home. Something of Tavernkeep that outlives `quit` fails the test."""
    home = tmp_path / "home"
    home.mkdir()
    pc = WindowsPC(built_python, home)
    try:
        yield pc
        pc.run("-m", "launcher", "quit")
        assert pc.running() == []
    finally:
        pc.end_all()
