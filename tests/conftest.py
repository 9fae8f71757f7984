"""What tests ask for by name. Plain functions for them are in tests/support/."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from tests.support.displays import Display, new_display
from tests.support.hosts import Hosts, two_hosts
from tests.support.leftovers import end_leftovers
from tests.support.sillytavern import warm_copy


class SideBySide(LoadScopeScheduling):  # type: ignore[misc]
    """Each test goes to whoever is free, but those under Wine share one Windows: one after the other."""

    def _split_scope(self, nodeid: str) -> str:
        return "wine" if nodeid.startswith("tests/windows/") else nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """What pytest-xdist asks for when tests run side by side."""
    return SideBySide(config, log)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty TAVERNKEEP_HOME. A process that still has it in its environment at the end fails the test."""
    folder = tmp_path / "home"
    folder.mkdir(mode=0o700)
    monkeypatch.setenv("TAVERNKEEP_HOME", str(folder))
    yield folder
    left = end_leftovers(folder)
    assert not left, f"still running at the end of the test: {left}"


@pytest.fixture
def hosts() -> Iterator[Hosts]:
    """A PC and a phone on one cable."""
    with two_hosts() as hosts:
        yield hosts


@pytest.fixture
def sillytavern() -> Iterator[Callable[[str], Path]]:
    """`sillytavern("1.19.0")` is a real one in a folder as new, to start and to write in; see `warm_copy`."""
    with ExitStack() as copies:
        yield lambda version: copies.enter_context(warm_copy(version))


@pytest.fixture
def display(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Display]:
    """A screen of its own, also as DISPLAY. 96 dpi, or what `parametrize("display", [96, 192], indirect=True)` says."""
    with new_display(getattr(request, "param", 96)) as display:
        monkeypatch.setenv("DISPLAY", display.name)
        monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
        yield display
