"""The QR code of an address: as dark and light squares, in the terminal, and as a file."""

from functools import lru_cache
from io import BytesIO
from pathlib import Path

from launcher.system import atomic_file

BORDER_MODULES = 4
PNG_MODULE_PX = 10

Matrix = tuple[tuple[bool, ...], ...]

# Colours said outright, so that the code is dark on light on every terminal.
BLACK_ON_WHITE = "\x1b[38;2;0;0;0;48;2;255;255;255m"
RESET = "\x1b[0m"
HALF_BLOCKS = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}


@lru_cache(maxsize=8)
def matrix(url: str) -> Matrix:
    """The code of `url` with its border of four light modules, row by row; True is dark."""
    import segno

    code = segno.make_qr(url, error="m")
    return tuple(tuple(bool(module) for module in row) for row in code.matrix_iter(border=BORDER_MODULES))


def half_blocks(code: Matrix) -> str:
    """The code as lines of text, two rows of modules in each, with the colours it needs."""
    rows = list(code)
    if len(rows) % 2:
        rows.append((False,) * len(rows[0]))
    lines = (
        "".join(HALF_BLOCKS[pair] for pair in zip(upper, lower, strict=True))
        for upper, lower in zip(rows[::2], rows[1::2], strict=True)
    )
    return "\n".join(f"{BLACK_ON_WHITE}{line}{RESET}" for line in lines)


def png(url: str, path: Path) -> None:
    """Write the code as a picture. Raises OSError when it cannot."""
    _save(url, path, "png")


def svg(url: str, path: Path) -> None:
    """Write the code as a drawing. Raises OSError when it cannot."""
    _save(url, path, "svg")


def _save(url: str, path: Path, kind: str) -> None:
    import segno

    picture = BytesIO()
    code = segno.make_qr(url, error="m")
    code.save(picture, kind=kind, border=BORDER_MODULES, scale=PNG_MODULE_PX, dark="#000", light="#fff")
    atomic_file.write(path, picture.getvalue(), for_user_alone=False)
