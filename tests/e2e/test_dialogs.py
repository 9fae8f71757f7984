"""The windows about who gets in, with the real keeper and a real SillyTavern, judged by what a phone gets."""

import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.test_access_commands import on_phone
from tests.support.commands import Tavernkeep
from tests.support.displays import Display
from tests.support.hosts import PHONE_ADDRESS, Hosts
from tests.support.machine import need
from tests.support.waiting import wait_until
from tests.ui.window.x11 import keys, run, windows

FIRST_START_TIMEOUT_S = 240
CHANGE_TIMEOUT_S = 90
USER, PASSWORD = "ada", "correct-horse-battery-9"
LET_IN, ASKED, REFUSED = 200, 401, 403


@pytest.fixture
def pc(home: Path, hosts: Hosts, display: Display, sillytavern: Callable[[str], Path]) -> Iterator[Tavernkeep]:
    """SillyTavern runs and listens, and the window is open."""
    need("xdotool", "import")
    folder = sillytavern("1.19.0")
    text = (folder / "default/config.yaml").read_text("utf-8")
    (folder / "config.yaml").write_text(re.sub(r"(?m)^listen: false", "listen: true", text), "utf-8")
    pc = Tavernkeep(home, hosts.on_pc(), {"DISPLAY": display.name, "TAVERNKEEP_THEME": "light"})
    pc.do("use", str(folder))
    pc.do("start", timeout_s=FIRST_START_TIMEOUT_S)
    with pc.popen("window", "whitelist") as window:
        yield pc
        pc.run("quit")
        window.wait(30)


def at(display: Display, title: str) -> None:
    """Wait until the window with this title has the focus, and given it to what is in it."""
    wait_until(
        lambda: run(display, "xdotool", "getwindowfocus", "getwindowname").strip() == title, 30, f"“{title}” in front"
    )
    at_rest(display)


def at_rest(display: Display) -> None:
    """Wait until nothing on the screen changes any more: a change is done and told."""
    pictures: list[bytes] = [b""]

    def same_as_before() -> bool:
        shoot = ["import", "-silent", "-window", "root", "-depth", "8", "rgb:-"]
        pictures.append(subprocess.run(shoot, env=display.environment, capture_output=True, check=True).stdout)
        return pictures[-1] == pictures[-2]

    wait_until(same_as_before, 30, "the screen is at rest")


def write(display: Display, text: str) -> None:
    subprocess.run(["xdotool", "type", "--clearmodifiers", text], env=display.environment, check=True)


def gets(hosts: Hosts, status: int, *more: str) -> None:
    """Wait until the phone gets this HTTP status."""
    wait_until(lambda: on_phone(hosts, *more) == status, CHANGE_TIMEOUT_S, f"the phone gets {status}")


@pytest.mark.timeout(600)
def test_a_phone_is_let_in_asked_for_a_password_and_everyone_who_knows_it_too(
    pc: Tavernkeep, hosts: Hosts, display: Display
) -> None:
    at(display, "Whitelist")
    assert on_phone(hosts) == REFUSED

    write(display, PHONE_ADDRESS)
    keys(display, "Return", "alt+s")
    gets(hosts, LET_IN)
    assert PHONE_ADDRESS in [line["entry"] for line in pc.json("whitelist")["entries"]]
    wait_until(lambda: pc.status()["state"] == "running", CHANGE_TIMEOUT_S)
    keys(display, "Escape")
    wait_until(lambda: not windows(display, "Whitelist"), what="nothing is unsaved, so it closes")

    # Everyone: the login comes first, then the warning.
    pc.popen("window", "access").wait(30)
    at(display, "Who can get in")
    keys(display, "alt+e")
    at(display, "User name and password")
    keys(display, "ctrl+a")
    write(display, USER)
    keys(display, "Tab")
    write(display, PASSWORD)
    keys(display, "Return")
    gets(hosts, ASKED)
    gets(hosts, LET_IN, "--user", f"{USER}:{PASSWORD}")

    wait_until(lambda: pc.status()["state"] == "running", CHANGE_TIMEOUT_S)
    at(display, "Who can get in")
    keys(display, "space", "alt+s")
    wait_until(lambda: pc.json("access")["mode"] == "everyone", CHANGE_TIMEOUT_S)
    gets(hosts, LET_IN, "--user", f"{USER}:{PASSWORD}")
    gets(hosts, ASKED)
    wait_until(lambda: pc.status()["state"] == "running", CHANGE_TIMEOUT_S)

    at_rest(display)
    keys(display, "alt+o", "alt+s")
    wait_until(lambda: pc.json("access")["mode"] == "this-pc", CHANGE_TIMEOUT_S)
    gets(hosts, 0)
