"""SillyTavern's files on a real disk: old or new, never damaged, never over someone else's change."""

import os
import stat
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from launcher.system import files
from launcher.system.files import (
    FileChanged,
    FileMissing,
    FileProblem,
    UndecodableFile,
    can_undo,
    read_if_there,
    read_text,
    remove_file,
    undo,
    write_text,
)
from tests.support.machine import need_root

POSIX = pytest.mark.skipif(os.name != "posix", reason="modes, links and owners of POSIX")


@pytest.fixture
def backups(tmp_path: Path) -> Path:
    return tmp_path / "backups"


def leftovers(folder: Path) -> list[str]:
    return [found.name for found in folder.iterdir() if found.name.endswith(".tavernkeep-new")]


@pytest.mark.parametrize("data", [b"", b"a\r\nb", b"\xef\xbb\xbfa\n", "é\u2028\x85\n\r\r\n".encode(), b"a\rb\n\n"])
def test_a_text_goes_to_the_disk_and_back_byte_by_byte(tmp_path: Path, backups: Path, data: bytes) -> None:
    file, copy = tmp_path / "config.yaml", tmp_path / "copy.yaml"
    file.write_bytes(data)
    write_text(copy, read_text(file).text, None, backups)
    assert copy.read_bytes() == data


@pytest.mark.parametrize("data", [b"caf\xe9\n", b"\xff\xfea\0\n\0", "listen: true".encode("utf-16-be"), b"\x80"])
def test_a_file_that_is_no_utf8_is_neither_read_nor_written(tmp_path: Path, backups: Path, data: bytes) -> None:
    file = tmp_path / "whitelist.txt"
    file.write_bytes(data)
    with pytest.raises(UndecodableFile) as caught:
        read_text(file)
    assert "whitelist.txt is not UTF-8" in caught.value.problem.title
    assert "UTF-8" in caught.value.problem.advice
    with pytest.raises(FileChanged):
        write_text(file, "new", None, backups)
    assert file.read_bytes() == data


def test_a_file_that_is_not_there_says_so(tmp_path: Path, backups: Path) -> None:
    with pytest.raises(FileMissing):
        read_text(tmp_path / "config.yaml")
    assert read_if_there(tmp_path / "config.yaml") is None
    with pytest.raises(FileProblem):
        read_text(tmp_path)
    assert not can_undo(tmp_path / "config.yaml", backups)


def test_a_change_by_someone_else_is_not_overwritten(tmp_path: Path, backups: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("listen: false\n")
    seen = read_text(file)
    file.write_text("listen: false\nport: 1\n")
    with pytest.raises(FileChanged, match="changed by another program"):
        write_text(file, "listen: true\n", seen, backups)
    with pytest.raises(FileChanged):
        write_text(file, "listen: true\n", None, backups)
    with pytest.raises(FileChanged):
        remove_file(file, seen, backups)
    file.unlink()
    with pytest.raises(FileChanged):
        write_text(file, "listen: true\n", seen, backups)
    assert [found.name for found in tmp_path.iterdir()] == ["backups"]


def test_undo_goes_back_version_by_version_to_where_there_was_no_file(tmp_path: Path, backups: Path) -> None:
    file = tmp_path / "whitelist.txt"
    now = write_text(file, "1", None, backups)
    for text in "23":
        now = write_text(file, text, now, backups)
    for text in "21":
        assert can_undo(file, backups)
        assert undo(file, backups) == read_text(file)
        assert file.read_text() == text
    assert undo(file, backups) is None
    assert not file.exists()
    with pytest.raises(FileProblem, match="no earlier version"):
        undo(file, backups)


def test_undo_keeps_what_it_replaces(tmp_path: Path, backups: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("old")
    write_text(file, "new", read_text(file), backups)
    file.write_text("by hand")
    undo(file, backups)
    assert file.read_text() == "old"
    assert [found.read_text() for found in backups.rglob("undone")] == ["by hand"]


def test_a_removed_file_comes_back(tmp_path: Path, backups: Path) -> None:
    file = tmp_path / "whitelist.txt"
    remove_file(file, write_text(file, "::1\n", None, backups), backups)
    assert not file.exists()
    undo(file, backups)
    assert file.read_text() == "::1\n"


def test_the_last_ten_versions_are_kept(tmp_path: Path, backups: Path) -> None:
    file = tmp_path / "config.yaml"
    now = write_text(file, "0", None, backups)
    for number in range(1, 26):
        now = write_text(file, str(number), now, backups)
    back = 0
    while can_undo(file, backups):
        undo(file, backups)
        back += 1
    assert (back, file.read_text()) == (10, "15")


def test_writing_the_same_text_is_no_version(tmp_path: Path, backups: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("a")
    before = file.stat()
    write_text(file, "a", read_text(file), backups)
    assert not can_undo(file, backups)
    assert file.stat().st_ino == before.st_ino


def test_files_of_the_same_name_have_their_own_versions(tmp_path: Path, backups: Path) -> None:
    for folder in "ab":
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "config.yaml").write_text(folder)
        file = tmp_path / folder / "config.yaml"
        write_text(file, "new", read_text(file), backups)
    undo(tmp_path / "a" / "config.yaml", backups)
    assert (tmp_path / "a" / "config.yaml").read_text() == "a"
    assert (tmp_path / "b" / "config.yaml").read_text() == "new"


@POSIX
@pytest.mark.parametrize("mode", [0o600, 0o644, 0o664, 0o640])
def test_the_mode_stays_and_backups_are_the_users_alone(tmp_path: Path, backups: Path, mode: int) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("old")
    file.chmod(mode)
    write_text(file, "new", read_text(file), backups)
    assert stat.S_IMODE(file.stat().st_mode) == mode
    undo(file, backups)
    assert stat.S_IMODE(file.stat().st_mode) == mode
    write_text(file, "new", read_text(file), backups)
    for found in [backups, *backups.rglob("*")]:
        assert stat.S_IMODE(found.stat().st_mode) & 0o077 == 0, found


@POSIX
def test_a_new_file_can_be_read_by_its_owner_alone(tmp_path: Path, backups: Path) -> None:
    write_text(tmp_path / "config.yaml", "password: x\n", None, backups)
    assert stat.S_IMODE((tmp_path / "config.yaml").stat().st_mode) == 0o600


@POSIX
def test_a_link_stays_a_link(tmp_path: Path, backups: Path) -> None:
    (tmp_path / "real").mkdir()
    real, link = tmp_path / "real" / "settings.yaml", tmp_path / "config.yaml"
    real.write_text("old")
    link.symlink_to(Path("real") / "settings.yaml")
    write_text(link, "new", read_text(link), backups)
    assert link.is_symlink()
    assert real.read_text() == "new"
    undo(link, backups)
    assert real.read_text() == "old"
    assert not leftovers(tmp_path) + leftovers(tmp_path / "real")


@POSIX
def test_links_in_a_circle_are_told_in_a_sentence(tmp_path: Path, backups: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(FileProblem):
        read_text(tmp_path / "a")
    with pytest.raises(FileProblem):
        write_text(tmp_path / "a", "x", None, backups)


@POSIX
def test_for_root_the_owner_stays(tmp_path: Path, backups: Path) -> None:
    need_root()
    file = tmp_path / "config.yaml"
    file.write_text("old")
    os.chown(file, 1234, 2345)
    os.chown(tmp_path, 3456, 4567)
    write_text(file, "new", read_text(file), backups)
    assert (file.stat().st_uid, file.stat().st_gid) == (1234, 2345)
    write_text(tmp_path / "whitelist.txt", "new", None, backups)
    assert (tmp_path / "whitelist.txt").stat().st_uid == 3456


@POSIX
def test_a_write_protected_file_is_left_alone(tmp_path: Path, backups: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("old")
    file.chmod(0o444)
    with pytest.raises(FileProblem) as caught:
        write_text(file, "new", read_text(file), backups)
    assert "write-protected" in caught.value.problem.advice
    assert file.read_text() == "old"


@POSIX
def test_a_folder_that_can_only_be_read_is_told_in_a_sentence(tmp_path: Path) -> None:
    """As another user when root runs the tests, for whom no folder is closed."""
    folder = tmp_path / "st"
    folder.mkdir()
    (folder / "config.yaml").write_text("old")
    folder.chmod(0o555)
    private = tmp_path / "private"
    private.mkdir(mode=0o777)
    private.chmod(0o777)
    child = os.fork()
    if child == 0:
        os._exit(in_closed_folder(folder, private))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert (folder / "config.yaml").read_text() == "old"
    assert not leftovers(folder)


def in_closed_folder(folder: Path, private: Path) -> int:
    """0 when the write was refused with advice."""
    try:
        if os.geteuid() == 0:
            for parent in [folder, *folder.parents]:
                if not parent.stat().st_mode & 0o001:
                    parent.chmod(parent.stat().st_mode | 0o011)
            os.setgid(65534)
            os.setuid(65534)
        write_text(folder / "config.yaml", "new", read_text(folder / "config.yaml"), private / "backups")
    except FileProblem as problem:
        return 0 if "write-protected" in problem.problem.advice else 2
    return 3


@POSIX
def test_a_full_disk_is_told_in_a_sentence_and_leaves_the_old_file(tmp_path: Path) -> None:
    need_root()
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tavernkeep-test", str(disk)]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("may not mount a small disk")
    try:
        file = disk / "config.yaml"
        file.write_text("old")
        with pytest.raises(FileProblem) as caught:
            write_text(file, "x" * 100_000, read_text(file), tmp_path / "backups")
        assert "full" in caught.value.problem.advice
        assert file.read_text() == "old"
        assert not leftovers(disk)
    finally:
        subprocess.run(["umount", str(disk)], check=True, capture_output=True)


EDITOR = """
import sys
from pathlib import Path
from launcher.server_files.config import edit_config, read_config
from launcher.system.files import read_text, undo, write_text

file, backups = Path(sys.argv[1]), Path(sys.argv[2])
print("ready", flush=True)
number = 0
while True:
    number += 1
    seen = read_text(file)
    if number % 7 == 0:
        undo(file, backups)
    else:
        port = read_config(seen.text, file.name)["port"] % 60000 + 1
        new = edit_config(seen.text, file.name, {"port": port, "basicAuthUser.password": "p" * (port % 5000)})
        write_text(file, new, seen, backups)
"""
PADDING = "".join(f"# a comment in line {line}\n" for line in range(2000))
ORIGINAL = f'port: 1\nbasicAuthUser:\n  password: "p"\n{PADDING}end: true\n'


def is_whole(text: str) -> bool:
    from launcher.server_files.config import read_config

    values = read_config(text, "config.yaml")
    port, user = values["port"], values["basicAuthUser"]
    is_known = isinstance(port, int) and isinstance(user, dict) and user["password"] == "p" * (port % 5000)
    return is_known and text.endswith(f"{PADDING}end: true\n") and values["end"] is True


def kill_editors(tmp_path: Path, times: int) -> None:
    """Edits in another process, killed at a random moment, `times` over."""
    file, backups = tmp_path / "config.yaml", tmp_path / "backups"
    file.write_text(ORIGINAL)
    moments = Random(times)  # noqa: S311 - no secret
    for _ in range(times):
        command = [sys.executable, "-c", EDITOR, str(file), str(backups)]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, cwd=Path(files.__file__).parents[2]
        ) as editor:
            assert editor.stdout
            assert editor.stdout.readline() == "ready\n"
            try:
                editor.wait(timeout=moments.uniform(0, 0.06))
            except subprocess.TimeoutExpired:
                editor.kill()
            assert editor.wait() < 0, "the editor failed by itself"
        assert is_whole(file.read_text()), "a damaged file"
        assert all(is_whole(version.read_text()) for version in backups.glob("*/??????")), "a damaged backup"
    write_text(file, "port: 1\n", read_text(file), backups)
    assert not leftovers(tmp_path)
    undo(file, backups)
    assert is_whole(file.read_text())


@POSIX
def test_a_kill_at_any_moment_leaves_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    kill_editors(tmp_path, 30)


@POSIX
@pytest.mark.sweep
@pytest.mark.timeout(1800)
def test_a_thousand_kills_leave_no_damaged_file(tmp_path: Path) -> None:
    kill_editors(tmp_path, 1000)


@POSIX
def test_two_writers_at_once_never_mix(tmp_path: Path, backups: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("0")
    code = (
        "import sys; from pathlib import Path; from launcher.system.files import *\n"
        "file, done = Path(sys.argv[1]), 0\n"
        "while done < 50:\n"
        "    seen = read_text(file)\n"
        "    try: write_text(file, str(int(seen.text) + 1), seen, Path(sys.argv[2])); done += 1\n"
        "    except FileChanged: pass\n"
    )
    command = [sys.executable, "-c", code, str(file), str(backups)]
    writers = [subprocess.Popen(command, cwd=Path(files.__file__).parents[2]) for _ in range(2)]
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0]
    assert file.read_text() == "100"
