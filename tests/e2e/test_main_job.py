"""From `start` to a phone that reaches SillyTavern, and back to nothing: two hosts, real servers."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from tests.support.commands import Tavernkeep
from tests.support.hosts import PC_ADDRESS, Hosts
from tests.support.leftovers import processes_of
from tests.support.machine import need
from tests.support.phone import page_on_phone
from tests.support.waiting import wait_until

VERSIONS = ["1.19.0", "1.9.7"]
URL = f"http://{PC_ADDRESS}:8000"


def listening(folder: Path, version: str) -> Path:
    """`folder` with the configuration that its version makes from its default one, listening on the network."""
    if version == "1.19.0":
        text = (folder / "default/config.yaml").read_text("utf-8")
        (folder / "config.yaml").write_text(re.sub(r"(?m)^listen: false", "listen: true", text), "utf-8")
    return folder


def status_on_phone(hosts: Hosts, url: str) -> int:
    """The HTTP status that the phone gets; 0 when it reaches nothing."""
    need("curl")
    command = hosts.on_phone("curl", "--silent", "--max-time", "10", "--output", "/dev/null", "-w", "%{http_code}", url)
    return int(subprocess.run(command, capture_output=True, text=True, check=False).stdout or 0)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_phone_reaches_what_start_started_and_stop_leaves_nothing(
    version: str, hosts: Hosts, home: Path, sillytavern: Callable[[str], Path]
) -> None:
    folder = listening(sillytavern(version), version)
    pc = Tavernkeep(home, hosts.on_pc())
    pc.do("use", str(folder))
    assert pc.do("url").strip() == URL

    pc.do("start")

    status = pc.status()
    assert (status["state"], status["url"], status["version"]) == ("running", URL, version)
    assert status["access"]["mode"] == "whitelist"
    assert psutil.pid_exists(status["pid"])
    # It reached the server: what it got is the whitelist's own refusal.
    assert status_on_phone(hosts, URL) == 403

    pc.do("stop")

    assert pc.status()["state"] == "stopped"
    wait_until(lambda: processes_of(home) == [], 2, "nothing is left")
    assert not psutil.pid_exists(status["pid"])
    assert status_on_phone(hosts, URL) == 0


def test_a_listed_phone_opens_sillytavern_in_its_browser(
    hosts: Hosts, home: Path, sillytavern: Callable[[str], Path]
) -> None:
    folder = listening(sillytavern("1.19.0"), "1.19.0")
    (folder / "whitelist.txt").write_text("127.0.0.1\n192.168.0.*\n", "utf-8")
    pc = Tavernkeep(home, hosts.on_pc())
    pc.do("start", "--folder", str(folder))
    assert "<title>SillyTavern</title>" in page_on_phone(hosts, pc.do("url", "--folder", str(folder)).strip())
    pc.do("quit")


def test_a_new_address_of_the_pc_is_a_new_url(hosts: Hosts, home: Path, sillytavern: Callable[[str], Path]) -> None:
    pc = Tavernkeep(home, hosts.on_pc())
    pc.do("start", "--folder", str(listening(sillytavern("1.9.7"), "1.9.7")))
    hosts.move_pc("192.168.0.77")
    wait_until(lambda: pc.status()["url"] == "http://192.168.0.77:8000", timeout_s=15)
    assert status_on_phone(hosts, "http://192.168.0.77:8000") == 403
    pc.do("quit")


def test_no_network_is_said_and_not_papered_over(home: Path, hosts: Hosts) -> None:
    from tests.support.programs import node_program

    need("node")
    subprocess.run(["ip", "-n", hosts.pc, "link", "set", "lan0", "down"], check=True)
    pc = Tavernkeep(home, hosts.on_pc())
    pc.do("use", str(node_program(home.parent / "st")))
    assert pc.status()["url"] is None
    done = pc.run("url", "--json")
    assert done.returncode == 3
    assert json.loads(done.stdout)["error"]["title"].startswith("This PC is in no local network")
    assert "127.0.0.1" not in done.stdout


@pytest.mark.parametrize("version", VERSIONS)
def test_serve_shows_the_way_in_and_ctrl_c_ends_everything(
    version: str, hosts: Hosts, home: Path, sillytavern: Callable[[str], Path]
) -> None:
    import zxingcpp
    from PIL import Image

    folder = listening(sillytavern(version), version)
    pc = Tavernkeep(home, hosts.on_pc())
    process = pc.popen("serve", "--folder", str(folder))
    assert process.stdout
    shown: list[str] = []
    while f"open {URL}" not in (shown[-1] if shown else ""):
        line = process.stdout.readline()
        assert line, "".join(shown)
        shown.append(line)
    code = [re.sub(r"\x1b\[[0-9;]*m", "", line.rstrip("\n")) for line in shown if "\x1b[" in line]
    pixels = [[c in upper for c in line] for line in code for upper in ("▀█", "▄█")]
    picture = Image.new("L", (len(pixels[0]), len(pixels)))
    picture.putdata([0 if dark else 255 for row in pixels for dark in row])
    found = zxingcpp.read_barcodes(picture.resize((picture.width * 8, picture.height * 8)))
    assert [barcode.text for barcode in found] == [URL]

    process.send_signal(2)

    assert process.wait(20) == 0
    assert "Done." in process.stdout.read()
    wait_until(lambda: processes_of(home) == [], what="nothing is left")


def test_qr_is_written_as_files_that_decode_to_the_url(hosts: Hosts, home: Path, tmp_path: Path) -> None:
    import zxingcpp
    from PIL import Image

    from tests.support.programs import node_program

    pc = Tavernkeep(home, hosts.on_pc())
    pc.do("use", str(node_program(home.parent / "st")))
    png, svg = tmp_path / "code.png", tmp_path / "code.svg"
    pc.do("qr", "--png", str(png), "--svg", str(svg))
    assert [barcode.text for barcode in zxingcpp.read_barcodes(Image.open(png))] == [URL]
    assert svg.read_text("utf-8").startswith("<?xml")
    assert pc.run("qr", "--png", str(tmp_path / "no/such/folder.png")).returncode == 3
    assert shutil.which("node")
