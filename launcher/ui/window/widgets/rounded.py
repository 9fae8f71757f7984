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


def tick_png(side: int, radius: float, line: float, edge: str, fill: str, tick: str | None) -> bytes:
    """A box to tick, `side` pixels wide: ticked in the colour `tick`, or empty."""
    colours = (bytes.fromhex((fill if tick else edge)[1:]), bytes.fromhex(fill[1:]), bytes.fromhex((tick or fill)[1:]))
    points = [(side * x, side * y) for x, y in ((0.24, 0.52), (0.43, 0.71), (0.77, 0.32))]
    rows = []
    for y in range(side):
        row = bytearray(b"\0")
        for x in range(side):
            corner = (min(x, side - 1 - x) + 0.5, min(y, side - 1 - y) + 0.5)
            box = [_covered(*corner, radius, inset) for inset in (0, line)]
            away = min(_away((x + 0.5, y + 0.5), *points[at : at + 2]) for at in (0, 1))
            row += bytes(_blend((*box, min(max(side / 16 + 0.5 - away, 0.0), 1.0)), colours))
        rows.append(bytes(row))
    return _png(side, b"".join(rows))


def _away(point: tuple[float, float], start: tuple[float, float], end: tuple[float, float]) -> float:
    """How far `point` is from the straight line between the others."""
    along, across = end[0] - start[0], end[1] - start[1]
    share = ((point[0] - start[0]) * along + (point[1] - start[1]) * across) / (along**2 + across**2)
    share = min(max(share, 0.0), 1.0)
    return hypot(point[0] - start[0] - share * along, point[1] - start[1] - share * across)


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
