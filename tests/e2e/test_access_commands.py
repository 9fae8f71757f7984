"""Who gets in, by the real commands: a real phone before and after, on the newest and on an old SillyTavern."""

import json
import os
import subprocess
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout, suppress
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from launcher.cli import main
from tests.support.commands import Tavernkeep
from tests.support.hosts import PC_ADDRESS, PHONE_ADDRESS, Hosts
from tests.support.leftovers import processes_of
from tests.support.machine import need
from tests.support.waiting import wait_until

VERSIONS = ["1.19.0", pytest.param("1.9.7", marks=pytest.mark.sweep)]
URL = f"http://{PC_ADDRESS}:8000"
PASSWORD = "correct horse battery"
REFUSED, WRONG_USAGE = 1, 2


def on_phone(hosts: Hosts, *more: str) -> int:
    """The HTTP status that the phone gets; 0 when it reaches nothing."""
    need("curl")
    curl = hosts.on_phone("curl", "--silent", "--max-time", "40", "--output", "/dev/null", "-w", "%{http_code}")
    return int(subprocess.run([*curl, *more, URL], capture_output=True, text=True, check=False).stdout or 0)


def on_pc(hosts: Hosts, *more: str) -> int:
    """The HTTP status that the browser on the PC gets."""
    curl = hosts.on_pc("curl", "--silent", "--max-time", "40", "--output", "/dev/null", "-w", "%{http_code}", *more)
    done = subprocess.run([*curl, "http://127.0.0.1:8000"], capture_output=True, text=True, check=False)
    return int(done.stdout or 0)


def refused(pc: Tavernkeep, *words: str, stdin: str | None = None) -> dict[str, str]:
    """Why the command was refused, after a look that it was: the status, one sentence, nothing else on stdout."""
    done = pc.run(*words, "--json", stdin=stdin)
    assert done.returncode == REFUSED, f"{words}: {done.returncode} {done.stdout} {done.stderr}"
    error: dict[str, str] = json.loads(done.stdout)["error"]
    assert set(error) == {"title", "advice"}
    assert error["title"] in done.stderr
    return error


def entries(document: dict[str, Any]) -> list[str]:
    return [entry["entry"] for entry in document["entries"]]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_refused_phone_is_let_in_taken_out_and_asked_for_the_password(
    version: str, hosts: Hosts, home: Path, sillytavern: Callable[[str], Path]
) -> None:
    folder = sillytavern(version)
    pc = Tavernkeep(home, hosts.on_pc())
    pc.do("use", str(folder))
    assert pc.json("access", "whitelist")["mode"] == "whitelist"
    pc.do("start")
    assert (on_phone(hosts), on_pc(hosts)) == (403, 200)
    first = pc.status()["pid"]

    added = pc.json("whitelist", "add", PHONE_ADDRESS)
    assert entries(added)[-1] == PHONE_ADDRESS
    assert (on_phone(hosts), on_pc(hosts)) == (200, 200)
    second = pc.status()["pid"]
    assert second != first
    assert PHONE_ADDRESS in pc.do("whitelist", "check", PHONE_ADDRESS)

    refused(pc, "whitelist", "add", "0.0.0.0/0")
    refused(pc, "access", "everyone")
    pc.do("whitelist", "add", "10.0.0.9", "--later")
    assert (pc.status()["pid"], on_phone(hosts)) == (second, 200)

    pc.do("whitelist", "remove", PHONE_ADDRESS)
    assert (on_phone(hosts), on_pc(hosts)) == (403, 200)
    assert pc.run("whitelist", "check", PHONE_ADDRESS).returncode == REFUSED

    done = pc.run("login", "set", "tavern", "--later", "--json", stdin=f"{PASSWORD}\n")
    assert (done.returncode, json.loads(done.stdout)["on"], json.loads(done.stdout)["fit"]) == (0, True, "fit")
    everyone = pc.json("access", "everyone")
    assert everyone["mode"] == "everyone"
    assert any("one person" in warning for warning in everyone["warnings"])
    assert any("plain http" in warning for warning in everyone["warnings"])
    assert on_phone(hosts) == 401
    assert on_phone(hosts, "--user", f"tavern:{PASSWORD}") == 200
    assert not (folder / "whitelist.txt").exists()
    refused(pc, "login", "off")

    pc.do("access", "this-pc")
    assert (on_phone(hosts), on_pc(hosts)) == (0, 200)
    assert pc.run("whitelist", "check", PHONE_ADDRESS).returncode == REFUSED

    pc.do("quit")
    wait_until(lambda: processes_of(home) == [], timeout_s=30, what="nothing is left")
    told = [file for file in home.rglob("*") if file.is_file() and "backups" not in file.parts]
    assert not [file for file in told if PASSWORD in file.read_bytes().decode("utf-8", "replace")]


@pytest.fixture
def installation(tmp_path: Path) -> Path:
    """Only what a command looks at: nothing of it is ever started."""
    folder = tmp_path / "st"
    folder.mkdir()
    (folder / "server.js").write_text("")
    (folder / "package.json").write_text('{"name": "sillytavern", "version": "1.19.0"}')
    (folder / "config.yaml").write_text(
        "listen: true\nport: 8000\nwhitelistMode: true\nwhitelist:\n  - ::1\n  - 127.0.0.1\nbasicAuthMode: false\n"
        "basicAuthUser:\n  username: user\n  password: password\n"
    )
    return folder


class Here(Tavernkeep):
    """The command in this process: where no server runs that saves a second each time."""

    def run(self, *words: str, timeout_s: float = 90, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        out, err = StringIO(), StringIO()
        line = TextIOWrapper(BytesIO((stdin or "").encode()), encoding="ascii")
        with patch("sys.stdin", line), redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as end:
            main(words)
        return subprocess.CompletedProcess(words, int(end.value.code or 0), out.getvalue(), err.getvalue())


@pytest.fixture
def pc(home: Path, installation: Path) -> Tavernkeep:
    (home / "settings.toml").write_text(f'folder = "{installation}"\n')
    return Here(home)


def test_the_list_is_told_with_what_each_entry_means(pc: Tavernkeep, installation: Path) -> None:
    (installation / "whitelist.txt").write_text("127.0.0.1\n192.168.0.*\nmy-phone\n192.168.0.20/\n")
    found = pc.json("whitelist")
    assert found["source"]["file"] == str(installation / "whitelist.txt")
    assert "config.yaml is not used" in found["source"]["why"]
    assert found["enforced"] is True
    told = {entry["entry"]: entry for entry in found["entries"]}
    assert (told["192.168.0.*"]["addresses"], told["192.168.0.*"]["problem"]) == (256, None)
    assert "256 addresses" in told["192.168.0.*"]["meaning"]
    assert told["my-phone"]["problem"]["title"] == "Names do not work here."
    assert told["192.168.0.20/"]["addresses"] == 1 << 32
    assert told["192.168.0.20/"]["problem"]["instead"] == ["192.168.0.20"]
    assert "my-phone — nobody" in pc.do("whitelist")


def test_what_is_open_already_is_told_at_the_first_look(pc: Tavernkeep, installation: Path) -> None:
    (installation / "whitelist.txt").write_text("127.0.0.1\n192.168.0.20/\n")
    found = pc.status()["access"]
    assert (found["mode"], found["listens"]) == ("everyone", True)
    assert "192.168.0.20/" in found["warnings"][0]
    assert "192.168.0.20/" in pc.do("status")


def test_what_is_added_twice_or_covered_is_done_with_a_word(pc: Tavernkeep) -> None:
    assert pc.json("whitelist", "add", "192.168.0.*")["words"] == [
        "In: 192.168.0.* — all 256 addresses of this network"
    ]
    assert "got in already by “192.168.0.*”" in pc.do("whitelist", "add", "192.168.0.20")
    assert "in the whitelist already" in pc.do("whitelist", "add", "192.168.0.20")
    assert entries(pc.json("whitelist"))[-2:] == ["192.168.0.*", "192.168.0.20"]
    assert "is not in the whitelist" in refused(pc, "whitelist", "remove", "10.0.0.1")["title"]


def test_check_says_by_which_entry_and_after_which_question(pc: Tavernkeep) -> None:
    pc.do("whitelist", "add", "192.168.0.*")
    found = pc.json("whitelist", "check", "192.168.0.20")
    assert (found["gets_in"], found["by"], found["login"]) == (True, "192.168.0.*", False)
    assert pc.run("login", "generate").returncode == 0
    assert "after user name and password" in pc.do("whitelist", "check", "::ffff:192.168.0.20")
    other = pc.run("whitelist", "check", "10.0.0.1", "--json")
    assert (other.returncode, json.loads(other.stdout)["gets_in"]) == (REFUSED, False)
    assert pc.run("whitelist", "check", "my-phone").returncode == WRONG_USAGE
    pc.do("access", "this-pc")
    silent = pc.run("whitelist", "check", "192.168.0.20")
    assert silent.returncode == REFUSED
    assert "does not listen on the network. The whitelist would let it in." in silent.stdout


def test_this_network_is_the_network_of_this_pc(hosts: Hosts, home: Path, installation: Path) -> None:
    pc = Tavernkeep(home, hosts.on_pc())
    found = pc.json("whitelist", "add", "this-network", "--folder", str(installation))
    assert entries(found)[-1] == "192.168.0.*"


def test_the_list_moves_and_each_step_is_undone(pc: Tavernkeep, installation: Path) -> None:
    before = (installation / "config.yaml").read_text()
    pc.do("whitelist", "add", "192.168.0.20")
    assert pc.json("whitelist", "move", "txt")["source"]["name"] == "whitelist.txt"
    assert (installation / "whitelist.txt").read_text().split() == ["::1", "127.0.0.1", "192.168.0.20"]
    assert pc.json("whitelist", "move", "config")["source"]["name"] == "config.yaml"
    for _ in range(3):
        pc.do("whitelist", "undo")
    assert (installation / "config.yaml").read_text() == before
    assert not (installation / "whitelist.txt").exists()
    assert "no change of the whitelist to undo" in refused(pc, "whitelist", "undo")["title"]


def test_a_password_is_told_only_when_asked_for(pc: Tavernkeep, installation: Path) -> None:
    made = pc.json("login", "generate")
    assert (made["username"], made["on"], made["fit"], made["problem"]) == ("tavern", True, "fit", None)
    assert len(made["password"].split("-")) == 5
    assert made["password"] in (installation / "config.yaml").read_text()
    assert "password" not in pc.json("login")
    assert made["password"] not in pc.do("login")
    assert pc.json("login", "--show")["password"] == made["password"]
    assert pc.json("login", "generate", "me")["username"] == "me"
    assert pc.json("login", "generate")["username"] == "me"
    assert pc.json("login", "off")["on"] is False


@pytest.mark.parametrize(
    ("user", "line"), [("tavern", ""), ("tavern", "\n"), ("user", "password\n"), ("", "fine words\n"), ("a:b", "c d\n")]
)
def test_a_login_that_protects_nothing_is_refused(pc: Tavernkeep, installation: Path, user: str, line: str) -> None:
    before = (installation / "config.yaml").read_text()
    refused(pc, "login", "set", user, stdin=line)
    assert (installation / "config.yaml").read_text() == before


def test_spaces_and_odd_letters_of_a_password_are_kept(pc: Tavernkeep) -> None:
    assert pc.run("login", "set", "tavern", stdin=" pass wörd 🗝 \r\n").returncode == 0
    assert pc.json("login", "--show")["password"] == " pass wörd 🗝 "


@pytest.mark.parametrize(("again", "status"), [("fine words", 0), ("fine wards", REFUSED)])
def test_at_a_terminal_the_password_is_asked_for_twice_and_not_shown(
    home: Path, pc: Tavernkeep, again: str, status: int
) -> None:
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    words = Tavernkeep(home).command("login", "set", "tavern")
    typing = subprocess.Popen(
        words, env=pc.environment, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    )
    os.close(theirs)
    shown = ""
    for prompt, line in (("Password: ", "fine words"), ("Once more: ", again)):
        while not shown.endswith(prompt):
            shown += os.read(ours, 1000).decode()
        os.write(ours, f"{line}\n".encode())
    with suppress(OSError):  # So Linux says that the other end has gone.
        while more := os.read(ours, 1000).decode():
            shown += more
    os.close(ours)
    assert typing.wait(20) == status
    assert "fine w" not in shown


def test_a_folder_that_is_not_remembered_is_changed_where_it_is(pc: Tavernkeep, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    for name, text in {"server.js": "", "package.json": '{"name": "sillytavern", "version": "1.9.7"}'}.items():
        (other / name).write_text(text)
    (other / "config.conf").write_text(
        'module.exports = { listen: true, whitelistMode: true, whitelist: ["127.0.0.1"] };'
    )
    pc.do("whitelist", "--folder", str(other), "add", "192.168.0.20")
    assert (other / "whitelist.txt").read_text() == "127.0.0.1\n192.168.0.20\n"
    assert entries(pc.json("whitelist")) == ["::1", "127.0.0.1"]


@pytest.mark.parametrize(
    "words", [["access", "all"], ["whitelist", "move", "xml"], ["login", "set"], ["whitelist", "add"]]
)
def test_wrong_words_are_wrong_usage(pc: Tavernkeep, words: list[str]) -> None:
    assert pc.run(*words).returncode == WRONG_USAGE
    for done in (pc.run("--json", *words), pc.run(*words, "--json")):
        assert done.returncode == WRONG_USAGE
        error = json.loads(done.stdout)["error"]
        assert error["title"].endswith(".") and "--help" in error["advice"]


def test_json_and_folder_work_before_and_after_the_command(pc: Tavernkeep, installation: Path, tmp_path: Path) -> None:
    shown = pc.json("whitelist")
    assert json.loads(pc.run("--json", "whitelist").stdout) == shown
    missing = str(tmp_path / "missing")
    for words in (["--folder", missing, "whitelist"], ["whitelist", "--folder", missing]):
        done = pc.run("--json", *words)
        assert done.returncode == 3
        assert missing in done.stdout


def test_a_configuration_that_cannot_be_read_is_could_not(pc: Tavernkeep, installation: Path) -> None:
    (installation / "config.yaml").write_text("listen: [\n")
    done = pc.run("access", "whitelist", "--json")
    assert done.returncode == 3
    assert "config.yaml" in json.loads(done.stdout)["error"]["title"]
    assert (installation / "config.yaml").read_text() == "listen: [\n"
    told = pc.run("status").stdout
    assert told.count("config.yaml cannot be read") == 1


def test_status_without_a_sillytavern_says_how_to_get_one(home: Path) -> None:
    told = Tavernkeep(home).run("status").stdout
    assert told.splitlines()[0] == "SillyTavern is stopped."
    assert "There is no SillyTavern on this computer yet. Install it with: tavernkeep install" in told


def test_status_says_when_only_this_pc_can_open_it(pc: Tavernkeep) -> None:
    pc.do("access", "this-pc")
    assert "tavernkeep access whitelist" in pc.do("status")
