"""Removing our folders: everything in them, nothing behind their links."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from launcher.system.removal import bytes_in, remove, remove_if_empty
from tests.support.waiting import wait_until

no_windows = pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")


def test_a_folder_goes_with_all_that_is_in_it(tmp_path: Path) -> None:
    folder = tmp_path / "ours"
    (folder / "a" / "b" / "ünï ☕").mkdir(parents=True)
    (folder / "a" / "file").write_bytes(b"x" * 5000)
    assert bytes_in(folder) >= 5000
    assert remove(folder) == []
    assert list(tmp_path.iterdir()) == []
    assert remove(folder) == [], "it is gone already"
    assert bytes_in(folder) == 0


def test_deep_paths_go_too(tmp_path: Path) -> None:
    deep = str(tmp_path / "ours")
    prefix = "\\\\?\\" if sys.platform == "win32" else ""
    for _ in range(30):
        deep = os.path.join(deep, "node_modules_and_more")  # noqa: PTH118 - no plain path of Windows
    os.makedirs(prefix + deep)  # noqa: PTH103
    assert remove(tmp_path / "ours") == []
    assert list(tmp_path.iterdir()) == []


@no_windows
def test_what_links_lead_to_stays(tmp_path: Path) -> None:
    theirs, folder = tmp_path / "theirs", tmp_path / "ours"
    theirs.mkdir()
    (theirs / "chat").write_text("hello", "utf-8")
    folder.mkdir()
    (folder / "to a folder").symlink_to(theirs)
    (folder / "to a file").symlink_to(theirs / "chat")
    (folder / "to nothing").symlink_to(tmp_path / "nothing")
    assert remove(folder) == []
    assert (theirs / "chat").read_text("utf-8") == "hello"
    (tmp_path / "link").symlink_to(theirs)
    assert bytes_in(tmp_path / "link") < 1000
    assert remove(tmp_path / "link") == []
    assert [child.name for child in tmp_path.iterdir()] == ["theirs"]


def test_write_protected_files_and_folders_go(tmp_path: Path) -> None:
    folder = tmp_path / "ours" / "inner"
    folder.mkdir(parents=True)
    (folder / "file").write_text("x", "utf-8")
    (folder / "file").chmod(0o400)
    if sys.platform != "win32":
        folder.chmod(0)
        folder.parent.chmod(0o500)
    assert remove(tmp_path / "ours") == []
    assert list(tmp_path.iterdir()) == []


def test_an_empty_folder_goes_and_another_stays(tmp_path: Path) -> None:
    (tmp_path / "full" / "inner").mkdir(parents=True)
    assert not remove_if_empty(tmp_path / "full")
    assert remove_if_empty(tmp_path / "full" / "inner")
    assert remove_if_empty(tmp_path / "full")
    assert remove_if_empty(tmp_path / "never there")


@pytest.mark.skipif(sys.platform != "win32", reason="elsewhere an open file can be removed")
def test_a_file_in_use_is_tried_until_it_is_free(tmp_path: Path) -> None:
    folder = tmp_path / "ours"
    folder.mkdir()
    (folder / "free").write_text("x", "utf-8")
    (folder / "held").write_text("x", "utf-8")
    hold = "import sys; f = open(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", hold, str(folder / "held")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout
        assert holder.stdout.readline()
        assert [left.path.name for left in remove(folder, patience_s=0.5)] == ["held"]
        assert holder.stdin
        holder.stdin.close()
        assert remove(folder) == []
    wait_until(lambda: not folder.exists())
