"""“Can my phone reach this PC?”: the test page on one host, Chromium as the phone on another."""

import json
import re
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.browser import open_browser
from tests.support.commands import Tavernkeep
from tests.support.displays import Display
from tests.support.hosts import PC_ADDRESS, PHONE_ADDRESS, Hosts
from tests.support.machine import need
from tests.support.waiting import wait_until
from tests.ui.window.x11 import keys, window_id, windows

URL = f"http://{PC_ADDRESS}:8000"
TITLE = "Can my phone reach this PC?"
FIRST_START_TIMEOUT_S = 240


@pytest.fixture
def pc(home: Path, hosts: Hosts) -> Iterator[Tavernkeep]:
    pc = Tavernkeep(home, hosts.on_pc())
    yield pc
    pc.run("quit")


def read_until(process: "subprocess.Popen[str]", part: str) -> str:
    """What it says, up to the line with `part`."""
    assert process.stdout
    said = ""
    for line in process.stdout:
        said += line
        if part in line:
            return said
    raise AssertionError(f"no {part!r} in {said!r}")


def on_phone(hosts: Hosts, *more: str) -> str:
    """Status and page that the phone gets."""
    need("curl")
    command = hosts.on_phone("curl", "-sS", "-m", "5", "-w", "%{http_code}", *more, URL)
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def test_before_anything_is_installed_the_phone_and_the_pc_tell_that_it_arrived(
    pc: Tavernkeep, hosts: Hosts, tmp_path: Path
) -> None:
    with pc.popen("doctor", "--test-page") as page:
        assert "█" in read_until(page, URL)
        with open_browser(hosts) as phone:
            phone.open(URL)
            phone.wait_for("document.title == 'This device reaches your PC'")
            assert PHONE_ADDRESS in phone.text()
            assert phone.value("document.documentElement.scrollWidth <= innerWidth")
            phone.picture(tmp_path / "light.png")
            phone.picture(tmp_path / "dark.png", dark=True)
        assert f"at {PHONE_ADDRESS} has arrived." in read_until(page, "has arrived")
        page.send_signal(signal.SIGINT)
        assert page.wait(10) == 0
    assert not on_phone(hosts).startswith("<")


def test_without_a_phone_it_is_a_no_and_a_document_for_programs(pc: Tavernkeep, hosts: Hosts) -> None:
    with pc.popen("doctor", "--test-page", "--json") as page:
        wait_until(lambda: on_phone(hosts, "-A", "Mozilla/5.0 (Android) <b>").endswith("200"), what="the phone got it")
        page.send_signal(signal.SIGTERM)
        document = json.loads(page.communicate(timeout=10)[0])
        assert page.returncode == 0
    came = {"address": PHONE_ADDRESS, "kind": "Android", "outcome": "let-in"}
    assert document == {"url": URL, "ended": "asked", "came": [came]}
    with pc.popen("doctor", "--test-page") as page:
        read_until(page, "Ctrl+C ends it now")
        page.send_signal(signal.SIGINT)
        assert page.wait(10) == 1


@pytest.fixture
def installed(pc: Tavernkeep, sillytavern: Callable[[str], Path]) -> Tavernkeep:
    """SillyTavern is there, would listen on the network, and does not run."""
    folder = sillytavern("1.19.0")
    text = (folder / "default/config.yaml").read_text("utf-8")
    (folder / "config.yaml").write_text(re.sub(r"(?m)^listen: false", "listen: true", text), "utf-8")
    pc.do("use", str(folder))
    return pc


def test_the_whitelist_counts(installed: Tavernkeep, hosts: Hosts) -> None:
    with installed.popen("doctor", "--test-page") as page:
        read_until(page, URL)
        refused = on_phone(hosts)
        assert refused.endswith("403")
        assert "may not come in yet" in refused
        assert f"tavernkeep whitelist add {PHONE_ADDRESS}" in read_until(page, "Let it in:")
        installed.do("whitelist", "add", PHONE_ADDRESS)
        wait_until(lambda: on_phone(hosts).endswith("200"), what="the page says that it may come in")
        read_until(page, "Nothing is in its way.")
        page.send_signal(signal.SIGINT)
        assert page.wait(10) == 0


@pytest.mark.sweep
@pytest.mark.timeout(400)
def test_sillytavern_gets_its_port_back(installed: Tavernkeep) -> None:
    with installed.popen("doctor", "--test-page") as page:
        read_until(page, "Ctrl+C ends it now")
        installed.do("start", timeout_s=FIRST_START_TIMEOUT_S)
        assert "SillyTavern starts, so the test page has ended." in read_until(page, "has ended")
        assert page.wait(10) == 1
    second = installed.run("doctor", "--test-page")
    assert second.returncode == 3
    assert "SillyTavern itself uses port 8000" in second.stderr


def test_a_phone_of_another_network_is_turned_away(pc: Tavernkeep, hosts: Hosts) -> None:
    hosts.move_phone("10.9.8.7")
    subprocess.run(["ip", "-n", hosts.phone, "route", "add", "default", "dev", "wlan0"], check=True)
    subprocess.run(["ip", "-n", hosts.pc, "route", "add", "10.9.8.7", "dev", "lan0"], check=True)
    with pc.popen("doctor", "--test-page") as page:
        read_until(page, URL)
        assert on_phone(hosts) == "403"
        assert "A device at 10.9.8.7 was turned away." in read_until(page, "turned away")
        page.send_signal(signal.SIGINT)
        assert page.wait(10) == 1


def test_the_page_of_a_window_ends_with_the_window(home: Path, hosts: Hosts, display: Display) -> None:
    need("xdotool")
    pc = Tavernkeep(home, hosts.on_pc(), {"DISPLAY": display.name})
    with pc.popen("window", "reach") as window:
        window_id(display, TITLE)
        wait_until(lambda: on_phone(hosts).endswith("200"), 30, "the phone gets the page")
        keys(display, "Escape")
        wait_until(lambda: not windows(display, TITLE), what="the window closes")
        wait_until(lambda: not on_phone(hosts).endswith("200"), what="the page has gone")
        with pc.popen("window", "reach"):
            pass
        wait_until(lambda: on_phone(hosts).endswith("200"), 30, "the phone gets the page again")
        window.kill()
        wait_until(lambda: not on_phone(hosts).endswith("200"), what="it dies with the window")
    pc.run("quit")
