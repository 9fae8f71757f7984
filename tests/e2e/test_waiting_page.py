"""A phone that waits: real servers, a real browser whose tab nobody touches, and what the server logs of it."""

import re
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.support.browser import Tab, open_browser
from tests.support.commands import Tavernkeep
from tests.support.hosts import PC_ADDRESS, PHONE_ADDRESS, Hosts
from tests.support.machine import need
from tests.support.waiting import wait_until

VERSIONS = [*(pytest.param(version, marks=pytest.mark.sweep) for version in ("1.12.12", "1.13.5", "1.17.0")), "1.19.0"]
URL = f"http://{PC_ADDRESS}:8000"
HOSTILE = "<img src=x onerror=\"document.title='broken in'\">{{this}}</bdi><script>"
WAITS = "document.title == 'Waiting for your PC'"
IS_IN = "document.title == 'SillyTavern' && !!document.querySelector('#chat')"
POLLS = "performance.getEntriesByType('resource').filter(e => e.name.includes('favicon')).length"

# Compiles its pages for the browser; minutes on a busy machine.
FIRST_START_TIMEOUT_S = 240

Version = Callable[[str], Path]


@pytest.fixture
def pc(home: Path, hosts: Hosts) -> Iterator[Tavernkeep]:
    pc = Tavernkeep(home, hosts.on_pc())
    yield pc
    pc.run("quit")


def listening(folder: Path) -> Path:
    """`folder` with its default configuration, listening on the network."""
    text = (folder / "default/config.yaml").read_text("utf-8")
    (folder / "config.yaml").write_text(re.sub(r"(?m)^listen: false", "listen: true", text), "utf-8")
    return folder


def refusals(home: Path) -> int:
    """How many refused requests the server has told of."""
    return (home / "logs/server.log").read_text("utf-8", "replace").count("Blocked connection from")


def answer_to(hosts: Hosts, *headers: str) -> str:
    """What the phone is sent for `/`."""
    need("curl")
    command = hosts.on_phone("curl", "--silent", "--max-time", "5", *(f"-H{header}" for header in headers), URL)
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def set_login(pc: Tavernkeep, phone: Tab, password: str) -> None:
    """Sets it while the phone goes on: what it asks for passes through the test once `log_in` was called."""
    with ThreadPoolExecutor(1) as elsewhere:
        done = elsewhere.submit(pc.run, "login", "set", "me", stdin=f"{password}\n")
        wait_until(lambda: phone.value("1") and done.done(), timeout_s=90, what="the login is set")
        assert done.result().returncode == 0


def open_and_wait(phone: Tab, url: str = URL) -> None:
    phone.open(url)
    phone.wait_for(WAITS)


@pytest.mark.timeout(500)
@pytest.mark.parametrize("version", VERSIONS)
def test_a_waiting_tab_is_let_in_without_being_touched(
    version: str, pc: Tavernkeep, home: Path, hosts: Hosts, sillytavern: Version, tmp_path: Path
) -> None:
    pc.do("use", str(listening(sillytavern(version))))
    pc.do("start", timeout_s=FIRST_START_TIMEOUT_S)
    with open_browser(hosts) as phone:
        open_and_wait(phone)
        assert "Look at your PC and press Allow" in phone.text()
        assert PHONE_ADDRESS in phone.text()
        assert "password" not in phone.text()
        sent = answer_to(hosts).lower()
        assert "sillytavern" not in sent
        assert "tavernkeep" not in sent
        phone.picture(tmp_path / "light.png")
        phone.picture(tmp_path / "dark.png", dark=True)
        wait_until(lambda: refusals(home) == 2, what="the browser's request and the other one are logged")

        asked = phone.value(POLLS)
        wait_until(lambda: phone.value(POLLS) >= asked + 3, what="it asks again")
        assert refusals(home) == 2

        pc.do("whitelist", "add", PHONE_ADDRESS)
        phone.wait_for(IS_IN, timeout_s=90)


@pytest.mark.timeout(500)
@pytest.mark.sweep
@pytest.mark.parametrize("version", VERSIONS)
def test_a_forged_address_is_shown_as_text(
    version: str, pc: Tavernkeep, hosts: Hosts, sillytavern: Version, tmp_path: Path
) -> None:
    pc.do("use", str(listening(sillytavern(version))))
    pc.do("start", timeout_s=FIRST_START_TIMEOUT_S)
    assert "&lt;img src" in answer_to(hosts, f"X-Forwarded-For: {HOSTILE}")
    with open_browser(hosts) as phone:
        phone.call("Network.enable")
        phone.call("Network.setExtraHTTPHeaders", headers={"X-Forwarded-For": HOSTILE + "A" * 6000})
        open_and_wait(phone)
        assert f"{PHONE_ADDRESS} (forwarded from {HOSTILE}" in phone.value("document.body.textContent")
        assert phone.value("document.images.length") == 0
        assert phone.value("document.documentElement.scrollWidth <= innerWidth")
        phone.picture(tmp_path / "forged.png")
        wait_until(lambda: phone.value(POLLS) >= 2, what="it asks again")
        assert phone.value(WAITS)


@pytest.mark.timeout(500)
@pytest.mark.sweep
def test_who_has_logged_in_is_told_so_and_the_login_is_kept(
    pc: Tavernkeep, home: Path, hosts: Hosts, sillytavern: Version, tmp_path: Path
) -> None:
    pc.do("use", str(listening(sillytavern("1.19.0"))))
    assert pc.run("login", "set", "me", stdin="secret words\n").returncode == 0
    pc.do("start", timeout_s=FIRST_START_TIMEOUT_S)
    assert "Look at your PC" not in answer_to(hosts)
    with open_browser(hosts) as phone:
        open_and_wait(phone, URL.replace("//", "//me:secret%20words@"))
        assert "Your password was right." in phone.text()
        phone.picture(tmp_path / "login.png")
        wait_until(lambda: phone.value(POLLS) >= 6, timeout_s=30, what="it asks again")
        pc.do("whitelist", "add", PHONE_ADDRESS)
        phone.wait_for(IS_IN, timeout_s=90)
    assert "Rate limited" not in (home / "logs/server.log").read_text("utf-8", "replace")


@pytest.mark.timeout(500)
@pytest.mark.sweep
def test_a_login_that_is_new_is_asked_for_by_the_page_that_opens(
    pc: Tavernkeep, home: Path, hosts: Hosts, sillytavern: Version
) -> None:
    pc.do("use", str(listening(sillytavern("1.19.0"))))
    pc.do("start", timeout_s=FIRST_START_TIMEOUT_S)
    with open_browser(hosts) as phone:
        open_and_wait(phone)
        prompted = phone.log_in("me", "secret words")
        set_login(pc, phone, "secret words")
        phone.wait_for("document.body && document.body.innerText.includes('Your password was right')")
        assert prompted == ["Document"]

        prompted = phone.log_in("me", "other words")
        set_login(pc, phone, "other words")
        wait_until(lambda: phone.text() and prompted, what="the browser asks for the new password")
    assert "Rate limited" not in (home / "logs/server.log").read_text("utf-8", "replace")


@pytest.mark.timeout(500)
@pytest.mark.sweep
@pytest.mark.parametrize("version", [VERSIONS[0], VERSIONS[-1]])
def test_a_phone_that_slept_and_lost_its_network_is_let_in_when_it_wakes(
    version: str, pc: Tavernkeep, hosts: Hosts, sillytavern: Version
) -> None:
    pc.do("use", str(listening(sillytavern(version))))
    pc.do("start", timeout_s=FIRST_START_TIMEOUT_S)
    with open_browser(hosts) as phone:
        open_and_wait(phone)
        cable(hosts, "down")
        phone.wait_for("document.body.innerText.includes('does not answer')")
        phone.call("Page.setWebLifecycleState", state="frozen")
        pc.do("whitelist", "add", PHONE_ADDRESS)
        cable(hosts, "up")
        wait_until(lambda: "Look at your PC" not in answer_to(hosts), what="the way is open")
        assert phone.value(WAITS)
        phone.call("Page.setWebLifecycleState", state="active")
        phone.wait_for(IS_IN, timeout_s=90)


@pytest.mark.timeout(500)
@pytest.mark.sweep
def test_switched_off_the_servers_own_refusal_comes_back(
    pc: Tavernkeep, home: Path, hosts: Hosts, sillytavern: Version
) -> None:
    folder = listening(sillytavern("1.19.0"))
    pc.do("use", str(folder))
    pc.do("start", timeout_s=FIRST_START_TIMEOUT_S)
    assert "Look at your PC" in answer_to(hosts)
    settings = home / "settings.toml"
    settings.write_text(settings.read_text("utf-8") + "\nwaiting_page = false\n", "utf-8")
    pc.do("restart")
    original = (folder / "default/content/errors/forbidden-by-whitelist.html").read_text("utf-8")
    assert answer_to(hosts) == original.replace("{{ipDetails}}", PHONE_ADDRESS)


def cable(hosts: Hosts, state: str) -> None:
    subprocess.run(["ip", "-n", hosts.phone, "link", "set", "wlan0", state], check=True)
