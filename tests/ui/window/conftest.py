"""The window in this process, or in one of its own."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest

from tests.support.displays import Display, new_display
from tests.ui.window.desk import Desk
from tests.ui.window.fake_keeper import FakeKeeper, WindowProcess


@pytest.fixture(scope="session")
def lasting_display() -> Iterator[Callable[[int], Display]]:
    """Screens that stay. Tk never hangs up on a screen, and ends the process when one goes away."""
    with ExitStack() as started:
        yield cache(lambda dpi: started.enter_context(new_display(dpi, dpi * 14, dpi * 11)))


@pytest.fixture
def desk(
    request: pytest.FixtureRequest,
    lasting_display: Callable[[int], Display],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Desk]:
    """The window in this process, at the other end of a FakeLink; at 96 dpi or what `parametrize` says."""
    monkeypatch.setenv("DISPLAY", lasting_display(getattr(request, "param", 96)).name)
    with Desk(tmp_path) as desk:
        yield desk


@pytest.fixture
def window_process(display: Display, tmp_path: Path) -> Iterator[WindowProcess]:
    """`window_process(TAVERNKEEP_THEME="dark")` starts the window as a person would get it."""
    with ExitStack() as started:
        yield lambda **environment: started.enter_context(FakeKeeper(display, tmp_path, **environment))
