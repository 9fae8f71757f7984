"""Start at login and uninstalling on Windows: the line in the registry started, files in use waited for."""

import json
from dataclasses import replace

import pytest

from launcher.server.installation import MARKER
from tests.support.displays import Display
from tests.support.machine import free_port
from tests.support.programs import SERVE, node_program
from tests.support.waiting import wait_until
from tests.support.windows import WindowsPC, windows_path

pytestmark = [pytest.mark.sweep, pytest.mark.timeout(600)]

# What Windows does at login with each line of the Run key that is not switched off.
LOG_IN = r"""
import os, subprocess, winreg
for name in ("TAVERNKEEP_HOME",):
    os.environ.pop(name, None)
with winreg.OpenKey(winreg.HKEY_CURRENT_USER, r"Software\Microsoft\Windows\CurrentVersion\Run") as key:
    line = winreg.QueryValueEx(key, "Tavernkeep")[0]
subprocess.Popen(line, close_fds=True, cwd="C:\\")
print(line)
"""


@pytest.fixture
def desk(pc: WindowsPC, display: Display) -> WindowsPC:
    return replace(pc, more={"DISPLAY": display.name})


def test_a_login_starts_the_icon_and_the_server_and_uninstalling_takes_all_away(desk: WindowsPC) -> None:
    home = desk.home
    folder = node_program(home / "data/sillytavern/versions/1.19.0", SERVE, free_port())
    (folder / MARKER).write_text("1.19.0\n", "utf-8")
    (folder / "default").mkdir()
    (folder / "config.yaml").rename(folder / "default/config.yaml")
    chats = home / "data/sillytavern/data/default-user/chats"
    chats.mkdir(parents=True)
    (chats / "Seraphina.jsonl").write_text("{}\n", "utf-8")
    desk.do("use", windows_path(folder))
    desk.do("autostart", "on")
    assert json.loads(desk.do("autostart", "--json"))["state"] == "on"

    line = desk.python_says(LOG_IN)

    assert "pythonw.exe" in line
    wait_until(lambda: desk.status()["state"] == "running", 60, "the server runs")
    wait_until(lambda: any("at-login" in words for words in desk.running()), 30, "the icon's process runs")

    told = json.loads(desk.do("uninstall", "--yes", "--json"))

    assert (told["removed"], told["left"]) == (True, [])
    left = {str(file.relative_to(home)) for file in home.rglob("*") if file.is_file()}
    assert left == {
        "data/sillytavern/config/config.yaml",
        "data/sillytavern/data/default-user/chats/Seraphina.jsonl",
    }
    assert json.loads(desk.do("autostart", "--json"))["state"] == "off"
    wait_until(lambda: desk.running() == [], 30, "nothing runs any more")


def test_the_report_has_no_name_of_the_user(desk: WindowsPC) -> None:
    text = desk.do("status", "--report")
    assert "System: Windows" in text
    user = desk.python_says("import getpass; print(getpass.getuser())")
    assert user == "root" or user not in text
