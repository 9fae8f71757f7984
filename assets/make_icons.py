"""Draws every picture of this folder: `python assets/make_icons.py`, after a change of launcher/ui/tray/icon.py."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from launcher.ui.tray.icon import app_icon, state_icon  # noqa: E402
from launcher.ui.tray.menu import IconState  # noqa: E402
from launcher.ui.tray.pixmaps import SIZES, Pixmap, pack  # noqa: E402


def argb(state: IconState, size: int) -> Pixmap:
    red, green, blue, alpha = state_icon(state, size).split()
    planes = (alpha.tobytes(), red.tobytes(), green.tobytes(), blue.tobytes())
    return size, size, bytes(byte for pixel in zip(*planes, strict=True) for byte in pixel)


def main() -> None:
    (HERE / "tray").mkdir(exist_ok=True)
    for state in IconState:
        (HERE / "tray" / f"{state}.argb").write_bytes(pack([argb(state, size) for size in SIZES]))
    app_icon(256).save(HERE / "tavernkeep.png", optimize=True)
    for size in (64, 96, 128, 192):
        app_icon(size).save(HERE / f"tavernkeep-{size}.png", optimize=True)
    small = [app_icon(size) for size in (16, 24, 32, 48, 64, 128)]
    app_icon(256).save(
        HERE / "tavernkeep.ico", append_images=small, sizes=[(i.width, i.width) for i in small] + [(256, 256)]
    )
    app_icon(1024).save(
        HERE / "tavernkeep.icns", append_images=[app_icon(size) for size in (16, 32, 64, 128, 256, 512)]
    )


if __name__ == "__main__":
    main()
