"""The double-click on Windows: window, tray and keeper under Wine, on a real screen."""

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from tests.support.displays import Display
from tests.support.machine import free_port, need
from tests.support.programs import SERVE, node_program
from tests.support.waiting import wait_until
from tests.support.windows import WindowsPC, windows_path

pytestmark = [pytest.mark.sweep, pytest.mark.timeout(600)]


# A windowed program, as a double-click starts it: nothing it could print to.
WINDOWED = {"WEXE": "py/pythonw.exe"}


@pytest.fixture
def desk(pc: WindowsPC, display: Display) -> WindowsPC:
    """The PC with a screen from its very first program on: Wine keeps the one it began with, or none."""
    return replace(pc, more={"DISPLAY": display.name})


def shown_codes(display: Display, picture: Path) -> list[str]:
    """What the QR codes on the screen say."""
    subprocess.run(["import", "-silent", "-window", "root", str(picture)], env=display.environment, check=True)
    with Image.open(picture) as screen:
        return [barcode.text for barcode in zxingcpp.read_barcodes(screen.convert("L"))]


def windows_shown(display: Display) -> list[str]:
    """The names of the windows on the screen."""
    listed = subprocess.run(["wmctrl", "-l"], env=display.environment, capture_output=True, text=True, check=True)
    return sorted(line.split(None, 3)[3] for line in listed.stdout.splitlines() if len(line.split(None, 3)) == 4)


def test_a_double_click_shows_the_code_and_a_second_one_the_same_window(
    desk: WindowsPC, display: Display, tmp_path: Path
) -> None:
    need("import", "wmctrl")
    port = free_port()
    desk.do("use", windows_path(node_program(tmp_path / "st", SERVE, port)))

    first = replace(desk, more=desk.more | WINDOWED).popen("-m", "launcher")

    codes = wait_until(lambda: shown_codes(display, tmp_path / "screen.png"), 60, "the code is on the screen")
    status = desk.status()
    assert codes == [status["url"]]
    assert status["state"] == "running"
    wait_until(lambda: desk.running() == ["keeper start", "start", "tray"], 30, "window, tray and keeper run")
    # Wine has a window for tray icons where the desktop has no tray for them.
    wait_until(lambda: windows_shown(display) == ["Tavernkeep", "Wine System Tray"], 20, "the icon is in the tray")

    assert desk.run("-m", "launcher") == (0, "")

    wait_until(lambda: desk.running() == ["keeper start", "start", "tray"], 30, "nothing more runs than before")
    assert windows_shown(display) == ["Tavernkeep", "Wine System Tray"]
    assert first.poll() is None
    assert desk.own_log() == ""

    desk.do("quit")

    assert first.wait(30) == 0
    wait_until(lambda: desk.running() == [], 30, "quit ends window, tray and keeper")


def test_a_closed_window_leaves_the_server_and_the_tray(desk: WindowsPC, display: Display, tmp_path: Path) -> None:
    need("import", "wmctrl")
    (desk.home / "settings.toml").write_text("told_about_tray = true\n", "utf-8")
    desk.do("use", windows_path(node_program(tmp_path / "st", SERVE, free_port())))
    window = desk.popen("-m", "launcher")
    wait_until(lambda: shown_codes(display, tmp_path / "screen.png"), 60, "the code is on the screen")
    wait_until(lambda: "Wine System Tray" in windows_shown(display), 30, "the icon is in the tray")
    subprocess.run(["wmctrl", "-c", "Tavernkeep"], env=display.environment, check=True)
    assert window.wait(30) == 0
    assert desk.status()["state"] == "running"
    assert desk.running() == ["keeper start", "tray"]
