"""The command `doctor`: here without a keeper, and on a PC and a phone with a real SillyTavern."""

import json
import socket
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from launcher.doctor.checks import CHECKS
from tests.doctor.patients import DEFAULTS
from tests.support.commands import Tavernkeep
from tests.support.hosts import PHONE_ADDRESS, Hosts


@pytest.fixture
def tavernkeep(home: Path) -> Tavernkeep:
    return Tavernkeep(home)


def examined(tavernkeep: Tavernkeep, *words: str) -> tuple[int, dict[str, Any]]:
    """The exit status, and the findings by their checks. A fix may start a SillyTavern for the first time."""
    done = tavernkeep.run("doctor", "--json", *words, timeout_s=300)
    found = json.loads(done.stdout)
    assert [each["id"] for each in found] == list(CHECKS), done.stderr
    return done.returncode, {each["id"]: each for each in found}


def problems(found: dict[str, Any]) -> list[str]:
    return [check for check in CHECKS if found[check]["status"] == "problem"]


def test_without_a_keeper_none_is_started(tavernkeep: Tavernkeep, folder: Path, home: Path) -> None:
    status, found = examined(tavernkeep, "--folder", str(folder))
    assert (status, problems(found)) == (1, ["server", "listening"])
    assert found["listening"]["fix"] == {"id": "access whitelist", "label": "Listen on the network"}
    assert not (home / "run" / "channel.address").exists()


def test_for_people_there_is_a_line_for_each_check_and_one_sentence(tavernkeep: Tavernkeep, folder: Path) -> None:
    done = tavernkeep.run("doctor", "--folder", str(folder))
    lines = [line for line in done.stdout.splitlines() if not line.startswith(" ")]
    assert done.returncode == 1
    assert sorted(line.split(":")[0][2:] for line in lines[:-1]) == sorted(CHECKS)
    assert {line[0] for line in lines[:-1]} <= set("✓✗?–")  # noqa: RUF001 - the marks
    assert lines[-1].startswith("2 things are in the way.")


@pytest.mark.parametrize("phone", ["phone", "192.168.0.300", "192.168.0.*", "192.168.0.20:8000", ""])
def test_what_is_no_address_is_wrong_usage(tavernkeep: Tavernkeep, folder: Path, phone: str) -> None:
    done = tavernkeep.run("doctor", "--folder", str(folder), "--phone", phone)
    assert done.returncode == 2, done.stdout
    assert "is no address" in done.stderr


def test_a_fix_without_a_keeper_changes_the_files(tavernkeep: Tavernkeep, folder: Path, home: Path) -> None:
    status, found = examined(tavernkeep, "--folder", str(folder), "--fix", "listening")
    assert (status, problems(found)) == (1, ["server"])
    assert "listen: true" in (folder / "config.yaml").read_text()
    assert not (home / "run" / "channel.address").exists()


def test_a_fix_is_also_known_by_its_own_id(tavernkeep: Tavernkeep, folder: Path) -> None:
    _, found = examined(tavernkeep, "--folder", str(folder), "--fix", "access whitelist")
    assert "listening" not in problems(found)


def test_an_unknown_fix_is_wrong_usage_and_tells_which_there_are(tavernkeep: Tavernkeep, folder: Path) -> None:
    done = tavernkeep.run("doctor", "--folder", str(folder), "--fix", "everything")
    assert done.returncode == 2
    assert "server, listening" in done.stderr


def test_a_check_without_a_fix_could_not_be_fixed(tavernkeep: Tavernkeep, folder: Path) -> None:
    done = tavernkeep.run("doctor", "--folder", str(folder), "--fix", "node")
    assert done.returncode == 3
    assert "nothing that Tavernkeep can do about node" in done.stderr


def test_a_port_taken_by_another_program_is_moved_away_from(tavernkeep: Tavernkeep, folder: Path) -> None:
    with closing(socket.create_server(("0.0.0.0", 0))) as door:
        port = door.getsockname()[1]
        (folder / "config.yaml").write_text(
            DEFAULTS.replace("listen: false", "listen: true").replace("8000", str(port))
        )
        status, found = examined(tavernkeep, "--folder", str(folder))
        assert problems(found) == ["port"]
        _, found = examined(tavernkeep, "--folder", str(folder), "--fix", "port")
        assert found["port"]["status"] == "ok"


def test_a_list_with_a_mistake_is_corrected(tavernkeep: Tavernkeep, folder: Path) -> None:
    (folder / "config.yaml").write_text(DEFAULTS.replace("listen: false", "listen: true"))
    (folder / "whitelist.txt").write_text("127.0.0.1\n192.168.0.20,\n")
    _, found = examined(tavernkeep, "--folder", str(folder))
    assert found["whitelist-entries"]["title"].startswith("Line 2 of whitelist.txt, “192.168.0.20,”")
    _, found = examined(tavernkeep, "--folder", str(folder), "--fix", "whitelist-entries")
    assert found["whitelist-entries"]["status"] == "ok"
    assert (folder / "whitelist.txt").read_text() == "127.0.0.1\n192.168.0.20\n"


def test_an_empty_line_is_told_once(tavernkeep: Tavernkeep, folder: Path) -> None:
    (folder / "config.yaml").write_text(DEFAULTS.replace("listen: false", "listen: true"))
    (folder / "package.json").write_text('{"name": "sillytavern", "version": "1.12.0"}')
    (folder / "whitelist.txt").write_bytes(b"127.0.0.1\r\n\r\n192.168.0.20\r\n")
    _, found = examined(tavernkeep, "--folder", str(folder))
    assert found["whitelist-entries"]["title"] == "Line 2 of whitelist.txt is empty."


def test_nothing_at_all_is_one_problem(tavernkeep: Tavernkeep, tmp_path: Path) -> None:
    status, found = examined(tavernkeep, "--folder", str(tmp_path / "nothing"))
    assert (status, problems(found)) == (1, ["installation"])


@pytest.mark.timeout(400)
def test_on_a_pc_with_a_phone_it_finds_the_cause_fixes_it_and_sees_the_proof(
    home: Path, hosts: Hosts, sillytavern: Callable[[str], Path]
) -> None:
    pc = Tavernkeep(home, hosts.on_pc())
    folder = sillytavern("1.19.0")
    (folder / "config.yaml").write_text("listen: true\n")
    pc.do("use", str(folder))
    status, found = examined(pc, "--fix", "server")
    assert (status, found["reached"]["status"]) == (0, "unknown")
    assert phone_gets(hosts) == "403"
    status, found = examined(pc, "--phone", PHONE_ADDRESS)
    assert (status, problems(found)) == (1, ["whitelist-covers"])
    status, found = examined(pc, "--phone", PHONE_ADDRESS, "--fix", "whitelist-covers")
    assert (status, problems(found)) == (0, [])
    assert phone_gets(hosts) == "200"
    status, found = examined(pc)
    assert (status, found["reached"]["status"]) == (0, "ok")
    assert PHONE_ADDRESS in found["reached"]["title"]
    pc.do("quit")


def phone_gets(hosts: Hosts) -> str:
    """The status of the page that the phone sees."""
    words = ["curl", "-s", "-m", "10", "-o", "/dev/null", "-w", "%{http_code}", "http://192.168.0.5:8000/"]
    return subprocess.run(hosts.on_phone(*words), capture_output=True, text=True, check=True).stdout
