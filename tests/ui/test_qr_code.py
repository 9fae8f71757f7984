"""The QR code outside the window: in the terminal and as a file."""

import re
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from launcher.ui import qr_code

URL = "http://192.168.0.5:8000"
MODULE_PX = 6


def decoded(image: Image.Image) -> list[str]:
    return [code.text for code in zxingcpp.read_barcodes(image.convert("RGB"))]


@pytest.mark.parametrize("terminal", [(0, 0, 0), (255, 255, 255)], ids=["dark", "light"])
def test_phones_read_the_code_on_dark_and_light_terminals(terminal: tuple[int, int, int]) -> None:
    lines = qr_code.half_blocks(qr_code.matrix(URL)).split("\n")
    width = max(len(re.sub(r"\x1b\[[0-9;]*m", "", line)) for line in lines)
    image = Image.new("RGB", ((width + 8) * MODULE_PX, (2 * len(lines) + 8) * MODULE_PX), terminal)
    for row, line in enumerate(lines):
        start = re.match(r"\x1b\[38;2;(\d+);(\d+);(\d+);48;2;(\d+);(\d+);(\d+)m", line)
        assert start, "each line says its colours"
        numbers = [int(number) for number in start.groups()]
        ink, paper = (numbers[0], numbers[1], numbers[2]), (numbers[3], numbers[4], numbers[5])
        assert line.endswith("\x1b[0m")
        for column, block in enumerate(re.sub(r"\x1b\[[0-9;]*m", "", line)):
            for half, dark in ((0, block in "▀█"), (1, block in "▄█")):
                left, top = (column + 4) * MODULE_PX, (2 * row + half + 4) * MODULE_PX
                image.paste(ink if dark else paper, (left, top, left + MODULE_PX, top + MODULE_PX))
    assert decoded(image) == [URL]


def test_the_picture_file_is_read(tmp_path: Path) -> None:
    qr_code.png(URL, tmp_path / "code.png")
    with Image.open(tmp_path / "code.png") as image:
        assert decoded(image) == [URL]
    assert [file.name for file in tmp_path.iterdir()] == ["code.png"]


def test_a_picture_has_the_usual_rights_and_an_old_one_stays_when_the_disk_says_no(tmp_path: Path) -> None:
    usual, picture = tmp_path / "usual", tmp_path / "code.png"
    usual.touch()
    qr_code.png("http://192.168.0.2:8000", picture)
    assert picture.stat().st_mode == usual.stat().st_mode
    with pytest.raises(OSError, match="directory"):
        qr_code.png("http://192.168.0.2:8000", tmp_path / "missing" / "code.png")


def test_the_drawing_has_a_white_ground(tmp_path: Path) -> None:
    qr_code.svg(URL, tmp_path / "code.svg")
    assert "#fff" in (tmp_path / "code.svg").read_text()
