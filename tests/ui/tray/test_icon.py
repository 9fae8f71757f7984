"""The mugs: told apart, seen on every panel, and drawn as committed."""

from itertools import combinations
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from launcher.problem import TavernkeepError
from launcher.ui.tray.icon import app_icon, state_icon
from launcher.ui.tray.menu import IconState
from launcher.ui.tray.pixmaps import SIZES, assets, load, unpack

PANELS = {"light": "#f6f5f4", "dark": "#2d2a2e", "black": "#000000", "white": "#ffffff"}


def on_panel(icon: Image.Image, colour: str) -> Image.Image:
    panel = Image.new("RGBA", icon.size, colour)
    panel.alpha_composite(icon)
    return panel.convert("RGB")


def luminance(pixel: tuple[int, ...]) -> float:
    linear = [c / 255 / 12.92 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in pixel[:3]]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("size", [16, 22, 32, 64])
@pytest.mark.parametrize("panel", PANELS)
@pytest.mark.parametrize("state", IconState)
def test_enough_of_the_mug_stands_out_from_the_panel(state: IconState, panel: str, size: int) -> None:
    picture = on_panel(state_icon(state, size), PANELS[panel])
    ground = Image.new("RGB", (1, 1), PANELS[panel]).getpixel((0, 0))
    assert isinstance(ground, tuple)
    pixels = [picture.getpixel((x, y)) for x in range(size) for y in range(size)]
    clear = sum(contrast(pixel, ground) >= 3 for pixel in pixels if isinstance(pixel, tuple))
    assert clear >= 0.08 * size * size


@pytest.mark.parametrize("panel", PANELS)
def test_no_two_states_look_alike_at_16_pixels(panel: str) -> None:
    for one, other in combinations(IconState, 2):
        difference = ImageChops.difference(
            on_panel(state_icon(one, 16), PANELS[panel]), on_panel(state_icon(other, 16), PANELS[panel])
        )
        assert sum(ImageStat.Stat(difference.convert("L")).sum) > 16 * 16 * 8, (one, other)


@pytest.mark.parametrize("state", IconState)
def test_the_committed_pictures_are_those_that_the_code_draws(state: IconState) -> None:
    loaded = load(state)
    assert [size for size, _, _ in loaded] == list(SIZES)
    for size, height, pixels in loaded:
        stored = Image.frombytes("RGBA", (size, height), pixels)  # The bands are A, R, G, B.
        alpha, red, green, blue = stored.split()
        difference = ImageChops.difference(Image.merge("RGBA", (red, green, blue, alpha)), state_icon(state, size))
        # Another version of Pillow may round differently.
        assert max(difference.tobytes()) <= 24


@pytest.mark.parametrize("name", ["tavernkeep.png", "tavernkeep.ico", "tavernkeep.icns"])
def test_the_pictures_of_the_program_open(name: str) -> None:
    with Image.open(assets() / name) as picture:
        picture.load()
        assert picture.width >= 256


def test_the_windows_icon_has_every_size() -> None:
    with Image.open(assets() / "tavernkeep.ico") as picture:
        assert {16, 24, 32, 48, 64, 128, 256} <= {width for width, _ in picture.info["sizes"]}


@pytest.mark.parametrize("size", [16, 48, 256])
def test_the_program_has_an_icon_of_any_size(size: int) -> None:
    assert app_icon(size).size == (size, size)


def test_a_missing_picture_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("launcher.ui.tray.pixmaps.assets", lambda: tmp_path)
    with pytest.raises(TavernkeepError, match="picture"):
        load(IconState.RUNNING)


def test_a_cut_picture_is_not_read_as_a_smaller_one() -> None:
    import zlib

    with pytest.raises(ValueError, match="cut short"):
        unpack(zlib.compress(b"\x00\x10" + b"x" * 100))
