"""The drawn icons as StatusNotifierItem wants them, loaded without Pillow (a third of this process's memory).

`assets/tray/<state>.argb` is deflated; inside, for each size: the size as two bytes, then its pixels as A, R, G, B.
`assets/make_icons.py` writes these files.
"""

import zlib
from pathlib import Path

import launcher
from launcher.problem import TavernkeepError
from launcher.ui.tray.menu import IconState

SIZES = (16, 22, 24, 32, 48, 64)

Pixmap = tuple[int, int, bytes]


def assets() -> Path:
    """The folder of pictures: inside the installed package, or beside it in a checkout and in the built program."""
    package = Path(launcher.__file__).parent
    inside = package / "assets"
    return inside if inside.is_dir() else package.parent / "assets"


def load(state: IconState) -> list[Pixmap]:
    """Width, height, pixels of the icon of `state` in every size. Raises TavernkeepError when they are missing."""
    file = assets() / "tray" / f"{state}.argb"
    try:
        return unpack(file.read_bytes())
    except (OSError, zlib.error, ValueError) as error:
        raise TavernkeepError(
            "A picture of Tavernkeep is missing.", f"Install Tavernkeep again. ({file}: {error})"
        ) from error


def pack(pixmaps: list[Pixmap]) -> bytes:
    """The content of a file that `unpack` reads."""
    return zlib.compress(b"".join(size.to_bytes(2) + pixels for size, _, pixels in pixmaps), 9)


def unpack(data: bytes) -> list[Pixmap]:
    """The reverse of `pack`. Raises ValueError or zlib.error for anything else."""
    raw = zlib.decompress(data)
    pixmaps: list[Pixmap] = []
    at = 0
    while at < len(raw):
        size = int.from_bytes(raw[at : at + 2])
        end = at + 2 + 4 * size * size
        if size == 0 or end > len(raw):
            raise ValueError("cut short")
        pixmaps.append((size, size, raw[at + 2 : end]))
        at = end
    return pixmaps
