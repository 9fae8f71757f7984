"""Removing Tavernkeep by mouse and keyboard: the real window, keeper and server."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from launcher.server.installation import MARKER
from tests.support.commands import Tavernkeep
from tests.support.displays import Display
from tests.support.leftovers import processes_of
from tests.support.machine import free_port
from tests.support.programs import SERVE, node_program
from tests.support.waiting import wait_until
from tests.ui.window.x11 import keys, press_until, run, window_id, windows

TITLE = "Remove Tavernkeep"
FIRST_HEIGHT_PX = 300


@pytest.fixture
def pc(home: Path, display: Display, tmp_path: Path) -> Iterator[Tavernkeep]:
    more = {"XDG_CONFIG_HOME": str(tmp_path / "config"), "HOME": str(tmp_path / "user"), "DISPLAY": display.name}
    pc = Tavernkeep(home, more=more)
    folder = node_program(home / "data/sillytavern/versions/1.19.0", SERVE, free_port())
    (folder / MARKER).write_text("1.19.0\n", "utf-8")
    (folder / "default").mkdir()
    (folder / "config.yaml").rename(folder / "default/config.yaml")
    chats = home / "data/sillytavern/data/default-user/chats"
    chats.mkdir(parents=True)
    (chats / "Seraphina.jsonl").write_text("{}\n", "utf-8")
    pc.do("start")
    yield pc
    pc.run("quit")


def height(display: Display) -> int:
    told = run(display, "xdotool", "getwindowgeometry", "--shell", window_id(display, TITLE))
    return int(told.partition("HEIGHT=")[2].split()[0])


def removal(pc: Tavernkeep, display: Display) -> subprocess.Popen[str]:
    started = pc.popen("window", "remove")
    window = window_id(display, TITLE)
    run(display, "xdotool", "windowactivate", "--sync", window)
    return started


def test_removing_leaves_the_chats_and_closes_every_window(pc: Tavernkeep, home: Path, display: Display) -> None:
    main = pc.popen()
    window_id(display)
    asking = removal(pc, display)
    press_until(display, lambda: not (home / "data/sillytavern/versions").exists(), "alt+r", what="it is removed")
    assert main.wait(20) == 0
    press_until(display, lambda: asking.poll() is not None, "Return", what="it is closed")
    assert asking.returncode == 0
    wait_until(lambda: not any("launcher" in process.cmdline() for process in processes_of(home)))
    left = {str(file.relative_to(home)) for file in home.rglob("*") if file.is_file()}
    assert left == {
        "data/sillytavern/config/config.yaml",
        "data/sillytavern/data/default-user/chats/Seraphina.jsonl",
    }


@pytest.mark.sweep
def test_chats_go_only_after_they_were_named(pc: Tavernkeep, home: Path, display: Display) -> None:
    asking = removal(pc, display)
    wait_until(lambda: height(display) > FIRST_HEIGHT_PX, what="what goes and what stays is shown")
    without = height(display)
    keys(display, "alt+t")
    wait_until(lambda: height(display) > without, what="the words are asked for")
    run(display, "xdotool", "type", "delete my ch")
    keys(display, "alt+r")
    assert asking.poll() is None
    assert pc.status()["state"] == "running"
    run(display, "xdotool", "type", "ats")
    press_until(display, lambda: not home.exists(), "alt+r", what="it is removed")
    press_until(display, lambda: asking.poll() is not None, "Return", what="it is closed")


@pytest.mark.sweep
def test_cancel_is_the_first_choice(pc: Tavernkeep, home: Path, display: Display) -> None:
    asking = removal(pc, display)
    press_until(display, lambda: asking.poll() is not None, "Return", what="it is closed")
    assert windows(display, TITLE) == []
    assert pc.status()["state"] == "running"
    assert (home / "data/sillytavern/versions").exists()
