"""One process at a time, tried with real processes."""

import subprocess
import sys
from pathlib import Path

from launcher.system.file_lock import hold

HOLD = "import sys; from pathlib import Path; from launcher.system.file_lock import hold\n"
HOLD += "print(hold(Path(sys.argv[1])), flush=True); sys.stdin.read()"


def holder(path: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", HOLD, str(path)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_the_second_one_is_told_and_a_killed_one_gives_it_free(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    first = holder(lock)
    assert first.stdout
    assert first.stdout.readline() == "True\n"
    assert hold(lock) is False
    first.kill()
    first.wait()
    third = holder(lock)
    assert third.stdout
    assert third.stdout.readline() == "True\n"
    third.communicate("")
