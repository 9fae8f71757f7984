"""What the desktop starts at login: the real entry, keeper, tray and server, without a window."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.commands import Tavernkeep
from tests.support.displays import Display
from tests.support.machine import free_port, need
from tests.support.programs import SERVE, node_program
from tests.support.waiting import wait_until
from tests.ui.tray.desk import Panel, session_bus


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[str]:
    with session_bus(tmp_path) as address:
        yield address


@pytest.fixture
def pc(home: Path, display: Display, bus: str, tmp_path: Path) -> Iterator[Tavernkeep]:
    """With a screen, a session bus and a SillyTavern; start at login is on."""
    need("gio", "node", "wmctrl")
    session = {"DISPLAY": display.name, "DBUS_SESSION_BUS_ADDRESS": bus, "XDG_CONFIG_HOME": str(tmp_path / "config")}
    pc = Tavernkeep(home, more=session)
    pc.do("use", str(node_program(tmp_path / "st", SERVE, free_port())))
    assert pc.do("autostart", "on") == "Tavernkeep starts when you log in, without a window.\n"
    yield pc
    pc.run("quit")


def log_in(pc: Tavernkeep) -> None:
    """What a desktop does with the entry, in an environment that knows nothing of TAVERNKEEP_HOME."""
    session = {name: value for name, value in pc.environment.items() if name != "TAVERNKEEP_HOME"}
    subprocess.run(["gio", "launch", pc.json("autostart")["where"]], env=session, cwd="/", check=True)


def titles(display: Display) -> list[str]:
    listed = subprocess.run(
        ["wmctrl", "-l"], env=os.environ | {"DISPLAY": display.name}, capture_output=True, text=True
    )
    return [line.split(None, 3)[3] for line in listed.stdout.splitlines()]


def test_after_a_login_sillytavern_runs_with_an_icon_and_nothing_else(
    pc: Tavernkeep, bus: str, display: Display
) -> None:
    panel = Panel(bus, notifications=["body"])
    try:
        log_in(pc)
        wait_until(lambda: len(panel.items) == 1, what="the icon")
        wait_until(lambda: pc.status()["state"] == "running", 20)
        assert (titles(display), panel.notes) == ([], [])
        panel.click("Open Tavernkeep")
        wait_until(lambda: titles(display) == ["Tavernkeep"], what="the window")
        panel.click("Quit")
        wait_until(lambda: pc.status()["keeper_pid"] is None)
    finally:
        panel.close()


@pytest.mark.sweep
def test_sillytavern_waits_for_a_start_when_it_is_set_so(pc: Tavernkeep, bus: str) -> None:
    with (pc.home / "settings.toml").open("a") as settings:
        settings.write("start_server = false\n")
    panel = Panel(bus)
    try:
        log_in(pc)
        wait_until(lambda: len(panel.items) == 1)
        assert pc.status()["state"] == "stopped"
        panel.click("Start")
        wait_until(lambda: pc.status()["state"] == "running", 20)
    finally:
        panel.close()


def test_without_a_tray_it_serves_and_tells_and_opens_when_started_again(
    pc: Tavernkeep, bus: str, display: Display
) -> None:
    panel = Panel(bus, has_host=False, notifications=["body"])
    try:
        log_in(pc)
        wait_until(lambda: [title for _, title, _ in panel.notes] == ["SillyTavern is ready."], 20)
        before = pc.status()
        assert (before["state"], titles(display)) == ("running", [])
        window = pc.popen()
        wait_until(lambda: titles(display) == ["Tavernkeep"])
        assert pc.status()["keeper_pid"] == before["keeper_pid"]
        pc.do("quit")
        assert window.wait(10) == 0
    finally:
        panel.close()


@pytest.mark.sweep
def test_a_second_login_starts_nothing_twice(pc: Tavernkeep, bus: str) -> None:
    panel = Panel(bus)
    try:
        log_in(pc)
        wait_until(lambda: pc.status()["state"] == "running", 20)
        before = pc.status()
        again = pc.popen("at-login")
        assert again.wait(20) == 0
        assert (pc.status()["pid"], len(panel.items)) == (before["pid"], 1)
    finally:
        panel.close()


@pytest.mark.sweep
def test_a_sillytavern_that_cannot_start_is_told(pc: Tavernkeep, bus: str, tmp_path: Path) -> None:
    (tmp_path / "st/config.yaml").write_text("port: [\n", "utf-8")
    panel = Panel(bus, notifications=["body"])
    try:
        log_in(pc)
        wait_until(lambda: len(panel.notes) == 1, 20)
        assert pc.status()["error"]["title"] == panel.notes[0][1]
    finally:
        panel.close()
