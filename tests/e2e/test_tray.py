"""SillyTavern run from the tray alone: the real tray, keeper and server, with a panel that reads and clicks."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tests.support.commands import Tavernkeep
from tests.support.hosts import PC_ADDRESS, Hosts
from tests.support.waiting import wait_until
from tests.ui.tray.desk import LIMIT_S, ROOT, Panel, session_bus

START_PATIENCE_S = 60
URL = f"http://{PC_ADDRESS}:8000"


@pytest.fixture
def panel(tmp_path: Path) -> Iterator[Panel]:
    with session_bus(tmp_path) as address:
        panel = Panel(address, notifications=["body"])
        yield panel
        panel.close()


@pytest.fixture
def pc(home: Path, hosts: Hosts) -> Iterator[Tavernkeep]:
    pc = Tavernkeep(home, hosts.on_pc())
    yield pc
    pc.run("quit")


@pytest.fixture
def start_tray(panel: Panel, hosts: Hosts, pc: Tavernkeep) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Starts `tavernkeep tray` beside the panel."""
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        environment = os.environ | {"DBUS_SESSION_BUS_ADDRESS": panel.address, "PYTHONPATH": str(ROOT)}
        started.append(subprocess.Popen(hosts.on_pc(sys.executable, "-m", "launcher", "tray"), env=environment))
        return started[-1]

    yield start
    for tray in started:
        tray.kill()
        tray.wait(LIMIT_S)


def tooltip(panel: Panel) -> str:
    return str(panel.read("ToolTip")[3])


@pytest.mark.parametrize("version", ["1.19.0", pytest.param("1.9.7", marks=pytest.mark.sweep)])
def test_the_tray_starts_and_stops_sillytavern_and_quits(
    version: str,
    pc: Tavernkeep,
    panel: Panel,
    start_tray: Callable[[], subprocess.Popen[bytes]],
    sillytavern: Callable[[str], Path],
) -> None:
    pc.do("use", str(sillytavern(version)))
    pc.do("start")
    tray = start_tray()
    wait_until(lambda: panel.items)
    wait_until(lambda: tooltip(panel) == f"SillyTavern is running at {URL}", START_PATIENCE_S)
    assert "Start" not in panel.enabled()

    panel.click("Stop")
    wait_until(lambda: tooltip(panel) == "SillyTavern is stopped")
    assert pc.status()["state"] == "stopped"
    assert panel.notes == []

    panel.click("Start")
    wait_until(lambda: tooltip(panel) == f"SillyTavern is running at {URL}", START_PATIENCE_S)
    wait_until(lambda: [title for _, title, _ in panel.notes] == ["SillyTavern is ready."])

    panel.click("Quit")
    assert tray.wait(LIMIT_S) == 0
    wait_until(lambda: pc.status()["keeper_pid"] in (0, None))


def test_a_second_tray_ends_and_a_killed_one_ends_nothing(
    pc: Tavernkeep,
    panel: Panel,
    start_tray: Callable[[], subprocess.Popen[bytes]],
    sillytavern: Callable[[str], Path],
) -> None:
    pc.do("use", str(sillytavern("1.9.7")))
    pc.do("start")
    server = pc.status()["pid"]
    first = start_tray()
    wait_until(lambda: panel.items)
    assert start_tray().wait(LIMIT_S) == 0
    assert first.poll() is None
    assert len(panel.items) == 1

    first.kill()
    first.wait(LIMIT_S)
    assert psutil.pid_exists(server)
    start_tray()
    wait_until(lambda: len(panel.items) == 2)
    wait_until(lambda: tooltip(panel) == f"SillyTavern is running at {URL}")
