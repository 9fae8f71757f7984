"""Tavernkeep's settings with a real keeper, a real server and the real window."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from launcher.keeper.messages import ApplyFix, ChangeSettings, Reply, Request, SetPort
from launcher.system import settings
from launcher.system.folders import our_folders
from launcher.system.settings import Settings, Value
from launcher.ui.keeper_connection import ask, reach
from launcher.ui.window.widgets.palette import DARK, LIGHT
from tests.support.commands import Tavernkeep
from tests.support.displays import Display, new_display
from tests.support.machine import free_port, need
from tests.support.programs import SERVE, node_program
from tests.support.waiting import wait_until
from tests.ui.window.x11 import keys, picture, window_id, windows

READ_PORT = "Number(/^port: *(\\d+)/m.exec(require('fs').readFileSync('config.yaml', 'utf8'))[1])"


@pytest.fixture
def pc(home: Path, tmp_path: Path) -> Iterator[Tavernkeep]:
    """A small server that answers on the port of its configuration, and a user without a start at login."""
    need("node")
    pc = Tavernkeep(home, more={"XDG_CONFIG_HOME": str(tmp_path / "config"), "HOME": str(tmp_path)})
    pc.do("use", str(node_program(tmp_path / "st", SERVE.replace("__PORT__", READ_PORT), free_port())))
    yield pc
    pc.run("quit")


def request(wanted: Request) -> Reply:
    link, _ = reach(our_folders())
    reply = ask(link, wanted)
    link.close()
    return reply


def choose(**changes: Value) -> Reply:
    return request(ChangeSettings(changes))


def background(display: Display, window: str, file: Path) -> str:
    with Image.open(picture(display, window, file)) as image:
        return "#{:02x}{:02x}{:02x}".format(*image.convert("RGB").getpixel((3, image.height // 2)))  # type: ignore[misc]


def open_window(pc: Tavernkeep, display: Display, *words: str) -> subprocess.Popen[bytes]:
    environment = pc.environment | {"DISPLAY": display.name}
    environment.pop("DBUS_SESSION_BUS_ADDRESS", None)
    return subprocess.Popen(pc.command(*words), env=environment, stderr=subprocess.DEVNULL)


def test_a_new_port_counts_at_once_and_a_taken_one_is_refused(pc: Tavernkeep) -> None:
    pc.do("start")
    before = pc.json("status")
    port = free_port()
    assert request(SetPort(port)).problem is None
    after = pc.json("status")
    assert (after["state"], after["port"]) == ("running", port)
    assert after["pid"] != before["pid"]
    assert request(SetPort(port)).problem is None
    assert pc.json("status")["pid"] == after["pid"]
    refused = request(SetPort(6667))
    assert refused.refused
    assert pc.json("status")["pid"] == after["pid"]


def test_a_window_is_dark_when_that_was_chosen_and_an_open_one_follows(pc: Tavernkeep, tmp_path: Path) -> None:
    choose(theme="dark", start_server=False)
    with new_display() as display:
        window = open_window(pc, display)
        try:
            shown = window_id(display)
            wait_until(lambda: background(display, shown, tmp_path / "seen.png") == DARK.background)
            # It opens a second time without SillyTavern having been started.
            assert pc.json("status")["state"] == "stopped"
            choose(theme="light")
            wait_until(lambda: background(display, shown, tmp_path / "seen.png") == LIGHT.background)
            open_window(pc, display, "window", "settings").wait(20)
            wait_until(lambda: windows(display, "Settings"))
            wait_until(lambda: _focused(display) in windows(display, "Settings"))
            keys(display, "alt+d", "Down")
            wait_until(lambda: settings.load(our_folders().settings_file).asking == "always")
        finally:
            pc.run("quit")
            window.wait(20)


def _focused(display: Display) -> str:
    command = ["xdotool", "getwindowfocus"]
    return subprocess.run(command, env=display.environment, capture_output=True, text=True, check=False).stdout.strip()


def test_a_broken_settings_file_is_told_kept_and_put_aside_by_its_repair(pc: Tavernkeep, home: Path) -> None:
    file = home / "settings.toml"
    folder = settings.load(file).folder
    broken = f'theme = "blue"\n{file.read_text("utf-8")}'
    file.write_text(broken, "utf-8")
    told = pc.run("start")
    assert 'theme can only be "system" or "light" or "dark"' in told.stderr
    reply = choose(theme="dark")
    assert reply.problem
    assert reply.problem.fix == settings.PUT_ASIDE
    assert file.read_text("utf-8") == broken
    assert request(ApplyFix(settings.PUT_ASIDE.id)).problem is None
    assert [kept.read_text("utf-8") for kept in home.glob("settings.toml.broken-*")] == [broken]
    assert choose(theme="dark").problem is None
    assert settings.load(file) == Settings(folder=folder, theme="dark")
