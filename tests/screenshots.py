"""Pictures of every state of the window: `python tests/screenshots.py FOLDER [STATE ...]`."""

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.faces.window.fake_keeper import FakeKeeper  # noqa: E402
from tests.faces.window.states import STATES  # noqa: E402
from tests.faces.window.x11 import run, still_picture, window_id  # noqa: E402
from tests.support.displays import Display, new_display  # noqa: E402

SCREENS = {96: (1280, 1024), 192: (2560, 2048)}


def main(folder: Path, names: list[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for dpi, (width, height) in SCREENS.items():
        with new_display(dpi, width, height) as display:
            for theme in ("light", "dark"):
                with tempfile.TemporaryDirectory() as home:
                    take(display, Path(home), folder, theme, names or list(STATES))


def take(display: Display, home: Path, folder: Path, theme: str, names: list[str]) -> None:
    with FakeKeeper(display, home, TAVERNKEEP_THEME=theme) as keeper:
        window = window_id(display)
        for name in names:
            keeper.show(STATES[name])
            still_picture(display, window, folder / f"{name}-{theme}-{display.dpi}.png")
        run(display, "wmctrl", "-ic", window)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
