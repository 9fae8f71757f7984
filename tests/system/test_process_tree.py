"""Ending a program with everything it started, and the environment that it gets."""

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from launcher.system.process_tree import clean_environment, end_tree, popen_kwargs
from tests.support.waiting import wait_until

FAMILY = """
import subprocess, sys, time
again = [sys.executable, "-c", "import time; time.sleep(600)"]
children = [subprocess.Popen(again), subprocess.Popen(again, start_new_session=True)]
open(sys.argv[1], "w").write(" ".join(str(child.pid) for child in children) + ".")
time.sleep(600)
"""
STUBBORN = (
    "import signal, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(600)"
)
POLITE = """
import signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))
print("up", flush=True)
time.sleep(600)
"""


def started(*arguments: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-c", *arguments], stdout=subprocess.PIPE, **popen_kwargs())


def test_children_and_their_sessions_end_too(tmp_path: Path) -> None:
    file = tmp_path / "children"
    with started(FAMILY, str(file)) as parent:
        wait_until(lambda: file.exists() and file.read_text().endswith("."))
        end_tree(parent)
    assert parent.returncode is not None
    assert not [pid for pid in map(int, file.read_text().rstrip(".").split()) if psutil.pid_exists(pid)]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no groups")
def test_children_of_one_that_has_already_ended_end_too(tmp_path: Path) -> None:
    file = tmp_path / "children"
    with started(FAMILY, str(file)) as parent:
        wait_until(lambda: file.exists() and file.read_text().endswith("."))
        near, far = (psutil.Process(pid) for pid in map(int, file.read_text().rstrip(".").split()))
        parent.kill()
        parent.wait()
        end_tree(parent)
        wait_until(lambda: not near.is_running() or near.status() == psutil.STATUS_ZOMBIE)
        far.kill()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM")
def test_with_grace_it_may_end_by_itself() -> None:
    with started(POLITE) as process:
        assert process.stdout
        process.stdout.readline()
        end_tree(process, grace_s=10)
    assert process.returncode == 7


def test_one_that_does_not_want_to_end_ends() -> None:
    with started(STUBBORN) as process:
        assert process.stdout
        process.stdout.readline()
        end_tree(process, grace_s=0.1)
    assert process.returncode is not None


def test_ending_twice_is_no_error() -> None:
    with started("") as process:
        process.wait()
        end_tree(process)
        end_tree(process, grace_s=1)
    assert process.returncode == 0


def test_stray_settings_of_sillytavern_are_dropped_and_named() -> None:
    environment, dropped = clean_environment(
        {"PATH": "/bin", "SILLYTAVERN_LISTEN": "true", "SILLY_TAVERN_PORT": "1", "sillytavern_port": "2", "SILLY": "x"}
    )
    assert environment == {"PATH": "/bin", "SILLY": "x"}
    assert dropped == ("SILLYTAVERN_LISTEN", "SILLY_TAVERN_PORT", "sillytavern_port")


def test_this_environment_is_not_touched() -> None:
    before = dict(os.environ)
    clean_environment(os.environ)
    assert dict(os.environ) == before
