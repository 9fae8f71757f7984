"""A new user with an empty home: install from npm, start, a phone knocks, an update fails and is taken back."""

import json
import shutil
import threading
from pathlib import Path

import pytest

from tests.e2e.test_main_job import URL, status_on_phone
from tests.support.commands import Tavernkeep
from tests.support.hosts import Hosts
from tests.support.leftovers import processes_of
from tests.support.machine import need
from tests.support.waiting import wait_until


def skip_when_offline(done_stderr: str) -> None:
    if "offline" in done_stderr or "registry" in done_stderr:
        pytest.skip(f"npm's registry does not answer: {done_stderr.strip()}")


@pytest.mark.timeout(420)
def test_from_nothing_to_a_phone_at_the_door_and_back_from_a_bad_update(hosts: Hosts, home: Path) -> None:
    need("node", "npm")
    here, pc = Tavernkeep(home), Tavernkeep(home, hosts.on_pc())

    done = here.run("install", timeout_s=300)
    skip_when_offline(done.stderr)
    assert done.returncode == 0, done.stderr
    assert "packages" in done.stdout
    installed = here.status()
    assert (installed["state"], installed["access"]["mode"], installed["access"]["listens"]) == (
        "stopped",
        "whitelist",
        True,
    )
    assert "Only this PC" in installed["access"]["who"]

    pc.do("start", timeout_s=120)
    assert status_on_phone(hosts, URL) == 403

    # A next version that is there, complete, and does not start.
    program = Path(installed["folder"])
    bad = program.with_name("1.99.0")
    bad.mkdir()
    package = json.loads((program / "package.json").read_text("utf-8"))
    (bad / "package.json").write_text(json.dumps({**package, "version": "1.99.0", "dependencies": {}}), "utf-8")
    (bad / "server.js").write_text("console.log('I do not want to'); process.exit(0)", "utf-8")
    (bad / "public").mkdir()
    shutil.copytree(program / "default", bad / "default")
    for marker in program.glob(".tavernkeep-*"):
        (bad / marker.name).write_text("1.99.0\n", "utf-8")
    config = (home / "data/sillytavern/config/config.yaml").read_bytes()

    done = pc.run("update", "--version", "1.99.0", timeout_s=120)

    assert done.returncode == 3
    assert "the old one is used again" in done.stderr
    after = pc.status()
    assert (after["state"], after["version"], after["folder"]) == ("running", installed["version"], str(program))
    assert (home / "data/sillytavern/config/config.yaml").read_bytes() == config
    assert status_on_phone(hosts, URL) == 403
    assert pc.run("update", "--version", installed["version"]).returncode == 1

    pc.do("quit")
    wait_until(lambda: processes_of(home) == [])


def test_an_installation_can_be_cancelled_from_another_terminal(home: Path) -> None:
    need("node", "npm")
    pc = Tavernkeep(home)
    installing = pc.popen("install")
    assert installing.stdout
    lines: list[str] = []
    downloading = threading.Event()

    def read() -> None:
        for line in installing.stdout or ():
            lines.append(line)
            if "Downloading" in line or "packages" in line:
                downloading.set()

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    assert downloading.wait(60), lines
    assert pc.status()["state"] == "installing"
    pc.do("quit")
    assert installing.wait(20) in (1, 3)
    reader.join(5)
    versions = home / "data/sillytavern/versions"
    assert [p.name for p in versions.iterdir() if p.is_dir()] == []
    wait_until(lambda: processes_of(home) == [])
