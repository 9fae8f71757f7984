"""A session bus, a panel and the tray process for one test."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.ui.tray.desk import Panel, Tray, session_bus


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[str]:
    """The address of a session bus of our own."""
    with session_bus(tmp_path) as address:
        yield address


@pytest.fixture
def start_tray(tmp_path: Path) -> Iterator[Callable[..., Tray]]:
    """Starts the tray with the environment given as arguments."""
    with ExitStack() as stack:

        def start(**environment: str) -> Tray:
            tray = Tray({"HOME": str(tmp_path), **environment})
            stack.callback(tray.close)
            return tray

        yield start


@pytest.fixture
def panel(bus: str) -> Iterator[Panel]:
    """A panel that shows icons."""
    panel = Panel(bus)
    yield panel
    panel.close()


@pytest.fixture
def tray(bus: str, panel: Panel, start_tray: Callable[..., Tray]) -> Tray:
    """The tray beside that panel, not yet told anything by the keeper."""
    return start_tray(DBUS_SESSION_BUS_ADDRESS=bus)
