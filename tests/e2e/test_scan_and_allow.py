"""Scan and allow, from the code on the screen to SillyTavern on the phone: one click on the PC, none on the phone."""

import re
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.test_waiting_page import FIRST_START_TIMEOUT_S, IS_IN, WAITS
from tests.e2e.test_window import URL, shown_codes
from tests.support.browser import open_browser
from tests.support.commands import Tavernkeep
from tests.support.displays import Display
from tests.support.hosts import PHONE_ADDRESS, Hosts
from tests.support.machine import need
from tests.support.question import TITLE as QUESTION
from tests.support.question import asked, click_allow
from tests.support.waiting import wait_until
from tests.ui.tray.desk import Panel, session_bus
from tests.ui.window.x11 import run, windows

REFUSED = "document.body && /Forbidden|Access Denied/i.test(document.body.innerText)"
RESTART_PATIENCE_S = 90

WITH_PAGE = ["1.19.0", *(pytest.param(v, marks=pytest.mark.sweep) for v in ("1.12.12", "1.13.5", "1.17.0"))]
WITHOUT_PAGE = [pytest.param(v, marks=pytest.mark.sweep) for v in ("1.9.7", "1.10.10", "1.12.4")]

Version = Callable[[str], Path]


@pytest.fixture
def pc(home: Path, hosts: Hosts, display: Display) -> Iterator[Tavernkeep]:
    need("xdotool", "import")
    pc = Tavernkeep(home, hosts.on_pc(), {"DISPLAY": display.name, "TAVERNKEEP_THEME": "light"})
    yield pc
    pc.run("quit")


def listening(folder: Path) -> Path:
    """`folder` with its default configuration, listening on the network, the whitelist on."""
    default = folder / "default/config.yaml"
    if default.exists():
        text = re.sub(r"(?m)^listen: false", "listen: true", default.read_text("utf-8"))
        (folder / "config.yaml").write_text(text, "utf-8")
    return folder


def open_window(pc: Tavernkeep, folder: Path) -> "subprocess.Popen[str]":
    """`tavernkeep` on the screen, with its server running."""
    pc.do("use", str(listening(folder)))
    pc.do("start", timeout_s=FIRST_START_TIMEOUT_S)
    return pc.popen()


def scanned(display: Display, folder: Path) -> str:
    """The URL that a phone reads from the screen."""
    codes = wait_until(lambda: shown_codes(display.name, folder / "screen.png"), 30, "the code is on the screen")
    assert codes == [URL]
    return codes[0]


@pytest.mark.timeout(600)
@pytest.mark.parametrize("version", WITH_PAGE)
def test_one_click_and_the_waiting_tab_is_in_sillytavern(
    version: str, pc: Tavernkeep, hosts: Hosts, display: Display, sillytavern: Version, tmp_path: Path
) -> None:
    window = open_window(pc, sillytavern(version))
    with open_browser(hosts) as phone:
        phone.open(scanned(display, tmp_path))
        phone.wait_for(WAITS)
        question = asked(display)
        clicked_at = click_allow(display, question, tmp_path)
        phone.wait_for(IS_IN, timeout_s=RESTART_PATIENCE_S)
        took_s = time.monotonic() - clicked_at
        assert not windows(display, QUESTION)
    [device] = pc.json("devices")["devices"]
    assert (device["address"], device["let_in"], device["by"]) == (PHONE_ADDRESS, True, PHONE_ADDRESS)
    assert took_s < RESTART_PATIENCE_S
    pc.do("quit")
    assert window.wait(10) == 0


@pytest.mark.timeout(600)
@pytest.mark.parametrize("version", WITHOUT_PAGE)
def test_an_old_version_asks_too_and_the_phone_is_reloaded_by_hand(
    version: str, pc: Tavernkeep, hosts: Hosts, display: Display, sillytavern: Version, tmp_path: Path
) -> None:
    window = open_window(pc, sillytavern(version))
    with open_browser(hosts) as phone:
        phone.open(scanned(display, tmp_path))
        phone.wait_for(REFUSED)
        click_allow(display, asked(display), tmp_path)
        wait_until(lambda: any(d["let_in"] for d in pc.json("devices")["devices"]), RESTART_PATIENCE_S, "it may come")
        wait_until(lambda: pc.status()["state"] == "running", RESTART_PATIENCE_S)
        phone.call("Page.reload")
        phone.wait_for("document.title == 'SillyTavern' || document.title == 'Tavern.AI'", timeout_s=60)
    pc.do("quit")
    assert window.wait(10) == 0


@pytest.mark.timeout(300)
@pytest.mark.sweep
def test_without_a_window_the_tray_opens_the_question_and_it_ends_with_the_answer(
    hosts: Hosts, home: Path, display: Display, sillytavern: Version, tmp_path: Path
) -> None:
    with session_bus(tmp_path) as bus:
        more = {"DISPLAY": display.name, "TAVERNKEEP_THEME": "light", "DBUS_SESSION_BUS_ADDRESS": bus}
        pc = Tavernkeep(home, hosts.on_pc(), more)
        panel = Panel(bus, notifications=["body"])
        (home / "settings.toml").write_text('asking = "always"\n', "utf-8")
        pc.do("use", str(listening(sillytavern("1.19.0"))))
        pc.do("start", timeout_s=FIRST_START_TIMEOUT_S)
        tray = pc.popen("tray")
        wait_until(lambda: panel.items, 20, "the tray is there")
        with open_browser(hosts) as phone:
            phone.open(URL)
            phone.wait_for(WAITS)
            question = asked(display)
            assert run(display, "xdotool", "getactivewindow", "getwindowname").strip() != QUESTION
            assert not windows(display, "Tavernkeep")
            wait_until(lambda: any("asks to come in" in title for _, title, _ in panel.notes), what="a notification")
            click_allow(display, question, tmp_path)
            wait_until(lambda: not windows(display, QUESTION))
            phone.wait_for(IS_IN, timeout_s=RESTART_PATIENCE_S)
        pc.do("quit")
        assert tray.wait(10) == 0
        panel.close()
