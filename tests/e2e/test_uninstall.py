"""`uninstall` with a real keeper and server: what is left is what was to stay, byte for byte."""

import json
import os
import pty
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from launcher.server.installation import MARKER
from launcher.server.waiting_page.page import MARKER as PAGE_MARKER
from tests.support.commands import Tavernkeep
from tests.support.leftovers import processes_of
from tests.support.machine import free_port
from tests.support.programs import SERVE, node_program
from tests.support.waiting import wait_until

PAGE = "data/_errors/forbidden-by-whitelist.html"


@pytest.fixture
def pc(home: Path, tmp_path: Path) -> Iterator[Tavernkeep]:
    pc = Tavernkeep(home, more={"XDG_CONFIG_HOME": str(tmp_path / "config"), "HOME": str(tmp_path / "user")})
    yield pc
    pc.run("quit")


@pytest.fixture
def ours(home: Path) -> Path:
    """Our own SillyTavern with a chat, a whitelist, a write-protected file and links that lead to the user's things."""
    folder = node_program(home / "data/sillytavern/versions/1.19.0", SERVE, free_port())
    (folder / MARKER).write_text("1.19.0\n", "utf-8")
    (folder / "default").mkdir()
    (folder / "config.yaml").rename(folder / "default/config.yaml")
    (folder / "whitelist.txt").write_text("127.0.0.1\n", "utf-8")
    (folder / "node_modules/express").mkdir()
    (folder / "node_modules/express/index.js").write_text("x" * 100_000, "utf-8")
    (folder / "node_modules/express/index.js").chmod(0o400)
    (folder / "node_modules/express").chmod(0o500)
    chats = home / "data/sillytavern/data/default-user/chats"
    chats.mkdir(parents=True)
    (chats / "Seraphina.jsonl").write_text("{}\n", "utf-8")
    return folder


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below, and every folder that is empty."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else b""
        for path in sorted(folder.rglob("*"))
        if not path.is_dir() or path.is_symlink() or not any(path.iterdir())
    }


def test_chats_and_settings_stay_and_nothing_else(pc: Tavernkeep, home: Path, ours: Path, tmp_path: Path) -> None:
    theirs = tmp_path / "user/mine"
    theirs.mkdir(parents=True)
    (theirs / "diary").write_text("mine", "utf-8")
    (ours / "plugins").symlink_to(theirs)
    pc.do("use", str(ours))
    pc.do("start")
    pc.do("whitelist", "add", "192.168.0.23")
    pc.do("autostart", "on")
    terminal = pc.popen("serve")
    assert (home / "data/sillytavern" / PAGE).read_text("utf-8").startswith(PAGE_MARKER)

    told = pc.do("uninstall", "--yes")

    assert "Tavernkeep is removed." in told
    assert "SillyTavern 1.19.0: the program" in told
    left = tree(home)
    assert set(left) == {
        "data/sillytavern/config/config.yaml",
        "data/sillytavern/config/whitelist-1.19.0.txt",
        "data/sillytavern/data/default-user/chats/Seraphina.jsonl",
    }
    assert b"192.168.0.23" in left["data/sillytavern/config/whitelist-1.19.0.txt"]
    assert tree(tmp_path / "config") == {"autostart": b""}
    assert tree(theirs) == {"diary": b"mine"}
    assert terminal.wait(10) == 0
    wait_until(lambda: not processes_of(home))


def test_asked_for_chats_go_too_and_the_folder_is_gone(pc: Tavernkeep, home: Path, ours: Path, tmp_path: Path) -> None:
    pictures = tmp_path / "user/pictures"
    pictures.mkdir(parents=True)
    (pictures / "cat.png").write_bytes(b"cat")
    (home / "data/sillytavern/data/default-user/backgrounds").symlink_to(pictures)
    pc.do("use", str(ours))
    pc.do("start")

    refused = pc.run("uninstall", "--data", "--yes")
    assert refused.returncode == 1
    assert "--yes-delete-my-chats" in refused.stderr
    assert pc.status()["state"] == "running"

    pc.do("uninstall", "--yes-delete-my-chats")

    assert not home.exists()
    assert tree(pictures) == {"cat.png": b"cat"}


def test_a_sillytavern_of_the_user_stays_as_it_was(pc: Tavernkeep, home: Path, tmp_path: Path) -> None:
    folder = node_program(tmp_path / "user/SillyTavern", SERVE, free_port())
    (folder / "data").mkdir()
    (folder / "whitelist.txt").write_text("127.0.0.1\n", "utf-8")
    before = tree(folder)
    pc.do("use", str(folder))
    pc.do("start")
    assert (folder / PAGE).exists()

    told = pc.json("uninstall", "--yes-delete-my-chats")

    assert told["removed"] is True
    assert [str(folder)] in [thing["paths"] for thing in told["keeps"]]
    assert not home.exists()
    assert tree(folder) == before


@pytest.mark.sweep
def test_without_a_yes_nothing_is_done(pc: Tavernkeep, home: Path, ours: Path) -> None:
    pc.do("use", str(ours))
    pc.do("start")
    before = pc.status()
    for words in (["uninstall"], ["uninstall", "--data"]):
        done = pc.run(*words, "--json")
        assert done.returncode == 1
        document = json.loads(done.stdout)
        assert document["removed"] is False
        assert document["error"]["title"].startswith("Nothing was removed")
        assert sum(thing["bytes"] for thing in document["removes"]) > 100_000
    assert pc.status() == before
    assert (ours / "node_modules/express/index.js").exists()


@pytest.mark.parametrize(
    ("words", "typed", "gone"),
    [
        pytest.param((), "no\n", False, marks=pytest.mark.sweep),
        pytest.param((), "\n", False, marks=pytest.mark.sweep),
        pytest.param((), "Yes\n", True, marks=pytest.mark.sweep),
        (("--data",), "yes\nyes\n", False),
        (("--data",), "yes\n Delete my  chats\n", True),
    ],
)
def test_a_person_is_asked(
    words: tuple[str, ...], typed: str, gone: bool, pc: Tavernkeep, home: Path, ours: Path
) -> None:
    terminal, end = pty.openpty()
    os.write(terminal, typed.encode())
    done = subprocess.run(
        pc.command("uninstall", *words), env=pc.environment, stdin=end, stdout=end, stderr=end, timeout=60, check=False
    )
    os.close(end)
    os.close(terminal)
    assert done.returncode == (0 if gone else 1)
    assert ours.exists() is not gone
    assert (home / "data/sillytavern/data").exists() is not (gone and bool(words))


@pytest.mark.sweep
def test_what_others_put_into_our_folders_stays_and_is_told(pc: Tavernkeep, home: Path, ours: Path) -> None:
    (home / "novel.txt").write_text("mine", "utf-8")
    (home / "data/notes.txt").write_text("mine", "utf-8")
    (home / "data/sillytavern/versions/mine").mkdir()
    planned = pc.json("status") and json.loads(pc.run("uninstall", "--json").stdout)
    strange = next(thing for thing in planned["keeps"] if thing["what"] == "Not made by Tavernkeep")
    assert strange["paths"] == [str(home / "data/notes.txt"), str(home / "data/sillytavern/versions/mine")]
    pc.do("uninstall", "--yes-delete-my-chats")
    assert set(tree(home)) == {"novel.txt", "data/notes.txt", "data/sillytavern/versions/mine"}


def test_what_a_killed_keeper_leaves_is_known_as_ours(pc: Tavernkeep, home: Path, ours: Path) -> None:
    pc.do("start")
    [keeper] = [process for process in processes_of(home) if "keeper" in process.cmdline()]
    keeper.kill()
    keeper.wait(10)
    (home / "data/.devices.json.4711-4712").write_text("[", "utf-8")  # Killed in the middle of a write.
    assert (home / "run/keeper.pid").exists()
    plan = json.loads(pc.run("uninstall", "--json").stdout)
    assert [thing for thing in plan["keeps"] if thing["what"] == "Not made by Tavernkeep"] == []
    removed = [path for thing in plan["removes"] for path in thing["paths"]]
    assert str(home / "run/keeper.pid") in removed
    assert str(home / "data/.devices.json.4711-4712") in removed


def test_an_old_version_keeps_its_folder_because_chats_lie_in_it(pc: Tavernkeep, home: Path) -> None:
    folder = node_program(home / "data/sillytavern/versions/1.9.7", SERVE, free_port(), "1.9.7")
    (folder / MARKER).write_text("1.9.7\n", "utf-8")
    (folder / "node_modules/express").mkdir()
    (folder / "public/chats").mkdir()
    (folder / "public/chats/Seraphina.jsonl").write_text("{}\n", "utf-8")
    pc.do("uninstall", "--yes")
    assert "public/chats/Seraphina.jsonl" in tree(folder)
    assert not (folder / "node_modules").exists()
    pc.do("uninstall", "--yes-delete-my-chats")
    assert not home.exists()


@pytest.mark.sweep
def test_when_nothing_is_there_nothing_goes_wrong(pc: Tavernkeep, home: Path) -> None:
    home.rmdir()
    pc.do("uninstall", "--yes")
    assert not home.exists()
