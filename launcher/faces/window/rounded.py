"""Rounded rectangles as PNG bytes with smooth edges, in plain Python.

Pillow would take longer to import than drawing all of the theme takes here (40 ms against 10), before the first
window can be seen. PURE.
"""

import struct
import zlib
from functools import cache
from math import hypot

Layer = tuple[float, str | None]
# Steps between clear and covered: 16 look as smooth as 256 and leave few colours to mix.
SHADES = 16

Pixel = tuple[int, int, int, int]


def rounded_png(corner_px: int, middle_px: int, radius: float, layers: tuple[Layer, ...]) -> bytes:
    """A square of `corner_px` + `middle_px` + `corner_px` pixels, as PNG.

    Each layer is (inset, colour): a rounded rectangle that far inside the edge, drawn over the ones before it; its
    radius shrinks with its inset. Colour None cuts the layer's shape out.
    """
    insets = tuple(inset for inset, _ in layers)
    colours = tuple(None if colour is None else bytes.fromhex(colour[1:]) for _, colour in layers)
    quarter = _coverage(corner_px, radius, insets)
    paint = {key: _blend(key, colours) for key in {key for row in quarter for key in row}}
    rows = [[paint[key] for key in row] for row in quarter]
    side = corner_px * 2 + middle_px
    top = [b"\0" + _line(row, middle_px) for row in rows]
    data = b"".join(top) + top[-1] * middle_px + b"".join(reversed(top))
    return _png(side, data)


@cache
def _coverage(corner_px: int, radius: float, insets: tuple[float, ...]) -> list[list[tuple[float, ...]]]:
    """How much of each pixel of the upper left corner each layer covers, 0 to 1."""
    return [
        [tuple(_covered(x + 0.5, y + 0.5, radius, inset) for inset in insets) for x in range(corner_px)]
        for y in range(corner_px)
    ]


def _covered(x: float, y: float, radius: float, inset: float) -> float:
    own_radius = max(radius - inset, 0.0)
    centre = inset + own_radius
    if x < centre and y < centre and own_radius:
        inside = own_radius - hypot(centre - x, centre - y)
    else:
        inside = min(x, y) - inset
    return round(min(max(inside + 0.5, 0.0), 1.0) * SHADES) / SHADES


def _blend(coverage: tuple[float, ...], colours: tuple[bytes | None, ...]) -> Pixel:
    pixel, alpha = (0.0, 0.0, 0.0), 0.0
    for share, colour in zip(coverage, colours, strict=True):
        if colour is None:
            alpha *= 1 - share
        elif share == 1:
            pixel, alpha = (colour[0], colour[1], colour[2]), 1.0
        elif share:
            result = share + alpha * (1 - share)
            old = alpha * (1 - share) / result
            red, green, blue = pixel
            pixel = (
                colour[0] * (1 - old) + red * old,
                colour[1] * (1 - old) + green * old,
                colour[2] * (1 - old) + blue * old,
            )
            alpha = result
    return round(pixel[0]), round(pixel[1]), round(pixel[2]), round(alpha * 255)


def _line(corner: list[Pixel], middle_px: int) -> bytes:
    left = b"".join(map(bytes, corner))
    right = b"".join(map(bytes, reversed(corner)))
    return left + bytes(corner[-1]) * middle_px + right


def _png(side: int, data: bytes) -> bytes:
    header = struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(data, 1)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )
