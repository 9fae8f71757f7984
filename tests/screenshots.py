"""Pictures of every window and dialog in every state: `python tests/screenshots.py [--readme] FOLDER [NAME ...]`.

In light and dark, at 96 and 192 dpi. `--readme`: only the large ones, in few colours, as small files.
"""

import os
import sys
import tempfile
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from PIL import Image  # noqa: E402

from tests.support.displays import Display, new_display  # noqa: E402
from tests.support.services import named_in_settings  # noqa: E402
from tests.ui.window.desk import Desk  # noqa: E402
from tests.ui.window.gallery import SCENES, Scene, Stage  # noqa: E402
from tests.ui.window.x11 import still_picture  # noqa: E402

SCREENS = {96: (1280, 1024), 192: (2560, 2048)}
COLOURS_FOR_README = 96


def main(arguments: list[str]) -> None:
    readme = arguments[0] == "--readme"
    folder, *names = arguments[1:] if readme else arguments
    Path(folder).mkdir(parents=True, exist_ok=True)
    with ExitStack() as screens:
        # Tk ends the process when a screen goes away, so all of them stay to the end.
        for dpi in [192] if readme else [96, 192]:
            display = screens.enter_context(new_display(dpi, *SCREENS[dpi]))
            for theme in ("light", "dark"):
                for name in names or SCENES:
                    file = Path(folder) / f"{name}-{theme}-{dpi}.png"
                    take(display, theme, SCENES[name], file)
                    if readme:
                        make_small(file)


def take(display: Display, theme: str, scene: Scene, file: Path) -> None:
    with tempfile.TemporaryDirectory() as home, named_in_settings(Path(home), *scene.answers):
        os.environ.update(DISPLAY=display.name, TAVERNKEEP_THEME=theme, TAVERNKEEP_HOME=home)
        os.environ.pop("DBUS_SESSION_BUS_ADDRESS", None)
        with Desk(Path(home)) as desk:
            window = Stage(desk).show(scene)
            still_picture(display, str(window.winfo_id()), file)


def make_small(file: Path) -> None:
    """The colours of which there is most stay as they are, and each other becomes the nearest of them."""
    with Image.open(file) as image:
        size, pixels = image.size, list(zip(*[iter(image.convert("RGB").tobytes())] * 3, strict=True))
    counted = Counter(pixels)
    kept = [colour for colour, _ in counted.most_common(COLOURS_FOR_README)]
    index = {
        colour: min(range(len(kept)), key=lambda at: sum((a - b) ** 2 for a, b in zip(kept[at], colour, strict=True)))
        for colour in counted
    }
    small = Image.frombytes("P", size, bytes(index[pixel] for pixel in pixels))
    small.putpalette([part for colour in kept for part in colour])
    small.save(file, optimize=True)


if __name__ == "__main__":
    main(sys.argv[1:])
