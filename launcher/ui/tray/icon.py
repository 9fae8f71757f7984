"""Draws the mug that is our icon, in every state and size, with Pillow.

Copper strokes on a cream edge: the strokes stand out on light panels, the edge on dark ones. Drawn at 4 x and scaled
down. Only the generator of the assets and pystray draw at run time; the Linux tray loads what was drawn (pixmaps.py).
"""

from math import cos, pi, radians, sin
from typing import TYPE_CHECKING

from launcher.ui.tray.menu import IconState

if TYPE_CHECKING:
    from PIL import Image

GRID = 16
OVERSAMPLING = 4

STROKE = "#9a4a0c"
EDGE = "#fff8ee"
COFFEE = "#e08a3c"
BAD, ON_BAD = "#d92d20", "#ffffff"
CAREFUL, ON_CAREFUL = "#f5a623", "#231503"
STROKE_WIDTH, EDGE_WIDTH = 1.4, 0.55

LEFT, RIM, RIGHT, BOTTOM, CORNER = 2.1, 5.3, 10.7, 14.1, 2.4
LEVEL = {IconState.STARTING: 9.6, IconState.RUNNING: RIM, IconState.WAITING: RIM}
MARK = (11.4, 4.6, 4.5)

Point = tuple[float, float]


def state_icon(state: IconState, size: int) -> "Image.Image":
    """The tray icon of `state`, RGBA, `size` pixels square."""
    pen = _Pen(size)
    strokes = [_body(), _handle()]
    if state is IconState.RUNNING:
        strokes += [_steam(4.5), _steam(8.3)]
    dots = [(x, 2.2) for x in (3.2, 6.4, 9.6)] if state is IconState.STARTING else []
    for stroke in strokes:
        pen.stroke(stroke, STROKE_WIDTH + 2 * EDGE_WIDTH, EDGE)
    for dot in dots:
        pen.disc(dot, 0.95 + EDGE_WIDTH, EDGE)
    pen.area(_body(), EDGE)
    if state in LEVEL:
        pen.area(_body(LEVEL[state]), COFFEE)
    for stroke in strokes:
        pen.stroke(stroke, STROKE_WIDTH, STROKE)
    for dot in dots:
        pen.disc(dot, 0.95, STROKE)
    if state is IconState.PROBLEM:
        _exclamation(pen)
    elif state is IconState.WAITING:
        _person(pen)
    return pen.image()


def app_icon(size: int) -> "Image.Image":
    """The icon of the program itself: the steaming mug on a rounded tile, RGBA, `size` pixels square."""
    from PIL import Image, ImageDraw

    tile = Image.new("RGBA", (size * OVERSAMPLING,) * 2)
    last = size * OVERSAMPLING - 1
    ImageDraw.Draw(tile).rounded_rectangle((0, 0, last, last), radius=round(0.22 * last), fill="#f6d9b8")
    tile = tile.resize((size, size), Image.Resampling.LANCZOS)
    inner = round(size * 0.74)
    mug = state_icon(IconState.RUNNING, inner)
    tile.alpha_composite(mug, ((size - inner + round(size * 0.04)) // 2, (size - inner) // 2))
    return tile


def _arc(centre: Point, radius: float, start: int, end: int) -> list[Point]:
    step = 6 if end > start else -6
    return [
        (centre[0] + radius * cos(radians(a)), centre[1] + radius * sin(radians(a)))
        for a in range(start, end + step, step)
    ]


def _body(level: float = RIM) -> list[Point]:
    """The closed line around the mug, or around what is in it up to `level`."""
    corners = _arc((LEFT + CORNER, BOTTOM - CORNER), CORNER, 180, 90) + _arc(
        (RIGHT - CORNER, BOTTOM - CORNER), CORNER, 90, 0
    )
    return [(LEFT, level), *corners, (RIGHT, level), (LEFT, level)]


def _handle() -> list[Point]:
    return [(RIGHT, 7.0), *_arc((11.5, 9.25), 2.25, -90, 90), (RIGHT, 11.5)]


def _steam(x: float) -> list[Point]:
    return [(x + 0.6 * sin(step / 12 * 2 * pi), 3.5 - 2.5 * step / 12) for step in range(13)]


def _exclamation(pen: "_Pen") -> None:
    x, y, radius = MARK
    pen.clear((x, y), radius + 0.8)
    pen.disc((x, y), radius, BAD)
    pen.stroke([(x, y - 2.2), (x, y + 0.3)], 1.7, ON_BAD)
    pen.disc((x, y + 2.4), 0.95, ON_BAD)


def _person(pen: "_Pen") -> None:
    x, y, radius = MARK
    pen.clear((x, y), radius + 0.8)
    pen.disc((x, y), radius, CAREFUL)
    pen.disc((x, y - 1.5), 1.45, ON_CAREFUL)
    pen.area(_arc((x, y + 2.9), 2.5, 180, 360), ON_CAREFUL)


class _Pen:
    """Draws on a square of 16 x 16 units whatever its size in pixels."""

    def __init__(self, size: int) -> None:
        from PIL import Image, ImageDraw

        self._size = size
        self._unit = size * OVERSAMPLING / GRID
        self._image = Image.new("RGBA", (size * OVERSAMPLING,) * 2)
        self._draw = ImageDraw.Draw(self._image)

    def stroke(self, line: list[Point], width: float, colour: str) -> None:
        self._draw.line([self._at(p) for p in line], fill=colour, width=round(width * self._unit), joint="curve")
        for point in line:
            self.disc(point, width / 2, colour)

    def area(self, line: list[Point], colour: str) -> None:
        self._draw.polygon([self._at(p) for p in line], fill=colour)

    def disc(self, centre: Point, radius: float, colour: str | tuple[int, int, int, int]) -> None:
        (x, y), r = self._at(centre), radius * self._unit
        self._draw.ellipse((x - r, y - r, x + r, y + r), fill=colour)

    def clear(self, centre: Point, radius: float) -> None:
        self.disc(centre, radius, (0, 0, 0, 0))

    def image(self) -> "Image.Image":
        from PIL import Image

        # Scaled with premultiplied colour: otherwise transparent black bleeds into the cream edge.
        small = self._image.convert("RGBa").resize((self._size,) * 2, Image.Resampling.LANCZOS)
        return small.convert("RGBA")

    def _at(self, point: Point) -> Point:
        return point[0] * self._unit, point[1] * self._unit
