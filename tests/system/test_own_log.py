"""tavernkeep.log: it stays small while several processes write to it."""

import logging
import subprocess
import sys
from pathlib import Path

import pytest

from launcher.keeper.log_handler import LogHandler
from launcher.system.logs import tail
from launcher.system.ourselves import start_attached
from launcher.system.own_log import LIMIT_BYTES, keep_small

TWO_WRITERS_LIMIT = 2000


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "tavernkeep.log"


def older(log: Path) -> Path:
    return log.with_name(f"{log.name}.1")


def test_a_small_log_is_left_alone(log: Path) -> None:
    log.write_bytes(b"line\n" * 20)
    assert not keep_small(log, 100)
    assert log.stat().st_size == 100
    assert not older(log).exists()


def test_a_large_log_is_emptied_and_its_newest_lines_are_kept(log: Path) -> None:
    older(log).write_bytes(b"from long ago\n")
    log.write_bytes(b"".join(b"line %d\n" % number for number in range(1000)))
    assert keep_small(log, 100)
    assert log.stat().st_size == 0
    assert 80 < older(log).stat().st_size <= 100
    assert tail(log, 2) == ["line 998", "line 999"]
    assert tail(log, 100)[0].startswith("line ")
    assert older(log).stat().st_mode & 0o777 == 0o600 or sys.platform == "win32"


def test_one_endless_line_is_cut(log: Path) -> None:
    log.write_bytes(b"x" * 1000)
    assert keep_small(log, 100)
    assert older(log).read_bytes() == b"x" * 100


def test_nothing_raises_where_there_is_no_log_or_it_cannot_be_moved(log: Path) -> None:
    assert not keep_small(log, 100)
    log.write_bytes(b"x" * 1000)
    older(log).mkdir()
    assert not keep_small(log, 100)
    assert log.stat().st_size == 1000


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not append by itself")
def test_who_holds_it_open_goes_on_at_its_new_beginning(log: Path) -> None:
    with log.open("ab", buffering=0) as one, log.open("ab", buffering=0) as other:
        one.write(b"x" * 1000 + b"\n")
        assert keep_small(log, 100)
        one.write(b"one\n")
        other.write(b"other\n")
    assert log.read_bytes() == b"one\nother\n"


def test_a_keeper_that_logs_for_long_keeps_it_small(log: Path) -> None:
    says = "import logging, sys; from pathlib import Path; from launcher.keeper.log_handler import LogHandler\n"
    says += f"logging.basicConfig(handlers=[LogHandler(Path(sys.argv[1]), {TWO_WRITERS_LIMIT})])\n"
    says += "for number in range(1000): logging.warning('line %d', number)"
    with log.open("ab") as output:
        subprocess.run([sys.executable, "-c", says, str(log)], stderr=output, check=True)
    assert log.stat().st_size <= TWO_WRITERS_LIMIT
    assert older(log).stat().st_size <= TWO_WRITERS_LIMIT
    assert [line.split()[-1] for line in tail(log, 3)] == ["997", "998", "999"]


def test_a_handler_whose_file_is_gone_raises_nothing(tmp_path: Path) -> None:
    record = logging.LogRecord("name", logging.WARNING, "file", 1, "line", None, None)
    LogHandler(tmp_path / "no folder" / "tavernkeep.log").emit(record)


def test_a_process_that_starts_finds_a_small_log(log: Path) -> None:
    log.write_bytes(b"line\n" * (LIMIT_BYTES // 4))
    with start_attached("--version", log=log) as process:
        process.communicate(timeout=30)
    assert log.stat().st_size < LIMIT_BYTES
    assert older(log).stat().st_size <= LIMIT_BYTES
