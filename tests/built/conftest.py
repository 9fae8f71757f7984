"""The program is built once for all tests here, or TAVERNKEEP_PROGRAM says where it is already. Linux."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.built.program import BuiltTavernkeep, build, fresh_user
from tests.support.displays import Display
from tests.support.hosts import Hosts


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if sys.platform != "linux":
        pytest.skip("looks at the program of Linux")
    if built := os.environ.get("TAVERNKEEP_PROGRAM"):
        return Path(built).absolute()
    # A name that needs care wherever it is quoted.
    return build(tmp_path_factory.mktemp("built for $you, 100 %"))


@pytest.fixture
def user(program: Path, hosts: Hosts, display: Display, tmp_path: Path) -> Iterator[BuiltTavernkeep]:
    """Somebody at the PC of `hosts`, in front of `display`."""
    with fresh_user(tmp_path, program, hosts.on_pc(), {"DISPLAY": display.name}) as user:
        yield user
