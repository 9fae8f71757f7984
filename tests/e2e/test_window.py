"""The real window on a real screen beside real servers: its code decodes to the URL, and its death ends nothing."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
import zxingcpp
from PIL import Image

from tests.support.commands import COMMAND, Tavernkeep
from tests.support.displays import new_display
from tests.support.hosts import PC_ADDRESS, Hosts
from tests.support.leftovers import processes_of
from tests.support.machine import need
from tests.support.programs import node_program
from tests.support.waiting import wait_until

URL = f"http://{PC_ADDRESS}:8000"


@pytest.fixture
def pc(home: Path, hosts: Hosts) -> Iterator[Tavernkeep]:
    pc = Tavernkeep(home, hosts.on_pc())
    yield pc
    pc.run("quit")


def listening(folder: Path) -> Path:
    default = folder / "default/config.yaml"
    if default.exists():
        text = re.sub(r"(?m)^listen: false", "listen: true", default.read_text("utf-8"))
        (folder / "config.yaml").write_text(text, "utf-8")
    return folder


def shown_codes(display: str, picture: Path) -> list[str]:
    """What the QR codes on the screen say."""
    shoot = ["import", "-silent", "-window", "root", str(picture)]
    subprocess.run(shoot, env=os.environ | {"DISPLAY": display}, check=True)
    with Image.open(picture) as screen:
        return [barcode.text for barcode in zxingcpp.read_barcodes(screen.convert("L"))]


@pytest.mark.parametrize("version", ["1.19.0", pytest.param("1.9.7", marks=pytest.mark.sweep)])
def test_the_window_s_code_says_the_url_in_both_themes_and_sizes(
    version: str, pc: Tavernkeep, sillytavern: Callable[[str], Path], tmp_path: Path
) -> None:
    need("import")
    pc.do("use", str(listening(sillytavern(version))))
    pc.do("start")
    for dpi in (96, 192):
        with new_display(dpi) as display:
            for theme in ("light", "dark"):
                picture = tmp_path / f"{theme}-{dpi}.png"
                environment = pc.environment | {"DISPLAY": display.name, "TAVERNKEEP_THEME": theme}
                window = subprocess.Popen([*pc.prefix, *COMMAND, "window", "window"], env=environment)
                shown = wait_until(lambda p=picture: shown_codes(display.name, p), 30)  # type: ignore[misc]
                assert shown == [URL], f"{theme} at {dpi} dpi"
                window.terminate()
                assert window.wait(10) == 0
    assert pc.status()["state"] == "running"


def test_a_window_of_the_tray_does_not_bring_back_what_was_quit_before_it_was_there(pc: Tavernkeep) -> None:
    with new_display() as display:
        environment = pc.environment | {"DISPLAY": display.name}
        window = subprocess.Popen([*pc.prefix, *COMMAND, "window", "window", "of-tray"], env=environment)
        assert window.wait(20) == 0
        assert pc.status()["keeper_pid"] is None


@pytest.mark.parametrize("face", ["window", "tray"])
def test_kill_9_of_a_face_ends_nothing_else(face: str, pc: Tavernkeep, tmp_path: Path) -> None:
    need("node")
    pc.do("use", str(node_program(tmp_path / "st")))
    pc.do("start")
    before = pc.status()
    with new_display() as display:
        words = ["window", "window"] if face == "window" else ["tray"]
        process = subprocess.Popen([*pc.prefix, *COMMAND, *words], env=pc.environment | {"DISPLAY": display.name})
        if face == "window":
            wait_until(lambda: shown_codes(display.name, tmp_path / "screen.png") == [URL], 30)
        else:
            wait_until(lambda: pc.status()["state"] == "running")
        process.kill()
        process.wait(10)
    after = pc.status()
    assert (after["state"], after["pid"], after["keeper_pid"]) == ("running", before["pid"], before["keeper_pid"])
    pc.do("stop")


def test_a_display_that_goes_away_takes_only_the_window(pc: Tavernkeep, tmp_path: Path) -> None:
    need("node")
    pc.do("use", str(node_program(tmp_path / "st")))
    pc.do("start")
    with new_display() as display:
        command = [*pc.prefix, *COMMAND, "window", "window"]
        window = subprocess.Popen(command, env=pc.environment | {"DISPLAY": display.name}, stderr=subprocess.DEVNULL)
        wait_until(lambda: shown_codes(display.name, tmp_path / "screen.png") == [URL], 30)
    window.wait(10)
    assert pc.status()["state"] == "running"


def test_a_double_click_starts_everything_and_a_second_one_shows_the_same_window(
    pc: Tavernkeep, tmp_path: Path, home: Path
) -> None:
    need("node", "xdotool")
    pc.do("use", str(node_program(tmp_path / "st")))
    with new_display() as display:
        environment = pc.environment | {"DISPLAY": display.name}
        first = subprocess.Popen([*pc.prefix, *COMMAND], env=environment)
        wait_until(lambda: shown_codes(display.name, tmp_path / "screen.png") == [URL], 40, "the code is on the screen")
        second = subprocess.run([*pc.prefix, *COMMAND], env=environment, timeout=30, check=False)
        assert second.returncode == 0
        assert first.poll() is None
        find = ["xdotool", "search", "--onlyvisible", "--class", "Tavernkeep"]
        windows = subprocess.run(find, env=environment, capture_output=True, text=True, check=False).stdout.split()
        assert len(windows) == 1
        pc.do("quit")
        assert first.wait(10) == 0
    wait_until(lambda: processes_of(home) == [], what="quit ends keeper, server, window and tray")


def test_without_a_display_the_double_click_says_so_and_serves(pc: Tavernkeep, tmp_path: Path, home: Path) -> None:
    need("node")
    pc.do("use", str(node_program(tmp_path / "st")))
    serving = pc.popen()
    assert serving.stdout
    assert serving.stdout.readline() == "There is no display here, so SillyTavern is served in this terminal.\n"
    shown = ""
    while f"open {URL}" not in shown:
        shown = serving.stdout.readline()
        assert shown
    serving.send_signal(2)
    assert serving.wait(20) == 0
    wait_until(lambda: processes_of(home) == [])


def test_a_display_that_is_named_but_not_there_serves_too(pc: Tavernkeep, tmp_path: Path) -> None:
    need("node")
    pc.do("use", str(node_program(tmp_path / "st")))
    environment = pc.environment | {"DISPLAY": ":987"}
    serving = subprocess.Popen(
        [*pc.prefix, *COMMAND], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert serving.stdout
    assert serving.stdout.readline() == "There is no display here, so SillyTavern is served in this terminal.\n"
    wait_until(lambda: pc.status()["state"] == "running", 20)
    serving.send_signal(2)
    assert serving.wait(20) == 0


def test_the_keeper_has_no_toolkit(pc: Tavernkeep, tmp_path: Path) -> None:
    need("node")
    pc.do("use", str(node_program(tmp_path / "st")))
    pc.do("start")
    maps = Path(f"/proc/{pc.status()['keeper_pid']}/maps").read_text("utf-8")
    assert not re.findall(r"\S*(?:libtk|libtcl|libX11|libgtk|_imaging)\S*", maps)
    assert psutil.pid_exists(pc.status()["pid"])
    assert Path(sys.executable).resolve().name in maps
