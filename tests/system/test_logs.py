"""The log files: what is kept, shown and followed."""

import shutil
from pathlib import Path

import pytest

from launcher.system.logs import MOST_READ_AT_ONCE_BYTES, Follower, RotatingLog, tail
from launcher.system.printable import printable


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "server.log"


def test_only_the_user_can_read_it(path: Path) -> None:
    RotatingLog(path).write(b"x")
    assert path.stat().st_mode & 0o777 == 0o600


def test_it_stays_small_and_keeps_the_newest(path: Path) -> None:
    log = RotatingLog(path, limit_bytes=1000)
    for number in range(500):
        log.write(b"line %d\n" % number)
    files = [path, path.with_name("server.log.1")]
    assert all(file.stat().st_size <= 1000 for file in files)
    assert tail(path, 3) == ["line 497", "line 498", "line 499"]


def test_logging_goes_on_after_somebody_deleted_the_file(path: Path) -> None:
    log = RotatingLog(path, limit_bytes=50)
    log.write(b"x" * 40 + b"\n")
    path.unlink()
    log.write(b"after the turn\n")
    log.write(b"and later\n")
    assert tail(path, 3) == ["after the turn", "and later"]


def test_logging_goes_on_after_somebody_deleted_the_folder(path: Path) -> None:
    path = path.parent / "logs" / path.name
    log = RotatingLog(path, limit_bytes=50)
    log.write(b"x" * 40 + b"\n")
    shutil.rmtree(path.parent)
    log.write(b"after the turn\n")
    assert tail(path, 3) == ["after the turn"]


def test_a_log_that_cannot_be_written_stops_nobody_and_goes_on_when_it_can(path: Path) -> None:
    path = path.parent / "logs" / path.name
    path.parent.write_bytes(b"in the way")
    log = RotatingLog(path)
    log.write(b"lost\n")
    path.parent.unlink()
    log.write(b"kept\n")
    log.close()
    assert tail(path, 3) == ["kept"]


def test_the_tail_goes_on_in_the_older_file(path: Path) -> None:
    log = RotatingLog(path, limit_bytes=100)
    for number in range(20):
        log.write(b"line %d\n" % number)
    wanted = [f"line {number}" for number in range(20 - len(tail(path, 100)), 20)]
    assert tail(path, 100) == wanted
    assert len(wanted) > 10


@pytest.mark.parametrize("text", [b"", b"\n", b"one", b"one\n", b"one\ntwo", b"a\n\nb\n"])
def test_the_tail_of_odd_files(path: Path, text: bytes) -> None:
    path.write_bytes(text)
    assert tail(path, 10) == text.decode().removesuffix("\n").split("\n")[-10:] if text else tail(path, 10) == []


def test_there_may_be_no_log_yet(path: Path) -> None:
    assert tail(path, 10) == []
    assert Follower(path).read_new() == []


def test_a_long_tail_is_read_from_the_end(path: Path) -> None:
    path.write_bytes(b"".join(b"%d %s\n" % (n, b"x" * 90) for n in range(5000)))
    lines = tail(path, 2000)
    assert len(lines) == 2000
    assert lines[0].startswith("3000 ")


def test_following_gives_whole_new_lines(path: Path) -> None:
    log = RotatingLog(path)
    log.write(b"old\n")
    follower = Follower(path)
    log.write(b"new\nhal")
    assert follower.read_new() == ["new"]
    log.write(b"f\n")
    assert follower.read_new() == ["half"]
    assert follower.read_new() == []


def test_following_survives_a_log_that_is_turned_over(path: Path) -> None:
    log = RotatingLog(path, limit_bytes=50)
    log.write(b"x" * 40 + b"\n")
    follower = Follower(path)
    log.write(b"after the turn\n")
    assert follower.read_new() == ["after the turn"]


def test_of_a_flood_only_the_newest_comes_and_the_gap_is_told(path: Path) -> None:
    follower = Follower(path)
    path.write_bytes(b"line\n" * (MOST_READ_AT_ONCE_BYTES // 2))
    lines = follower.read_new()
    assert lines[0].startswith("…")
    assert len(lines) < MOST_READ_AT_ONCE_BYTES


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("\x1b[31mred\x1b[39m", "red"),
        ("\x1b]2;title\x07text", "text"),
        ("\x1b]2;title\x1b\\text", "text"),
        ("a\rb\x85c\u2028d", "abcd"),
        ("left\u202egnp.exe\u202c", "leftgnp.exe"),
        ("tab\tstays, ünïcode 🙂 too", "tab\tstays, ünïcode 🙂 too"),
        ("cut \x1b", "cut "),
    ],
)
def test_nothing_in_a_line_can_move_the_cursor_or_turn_the_text(raw: str, shown: str) -> None:
    assert printable(raw) == shown
