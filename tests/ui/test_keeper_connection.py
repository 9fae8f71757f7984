"""What a command is told by a keeper that does not answer."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from launcher.keeper.channel import Link, NoAnswerError, connect
from launcher.keeper.messages import Hello, Quit, Stop
from launcher.system.file_lock import held
from launcher.system.folders import Folders, our_folders
from launcher.ui.keeper_connection import ask, reach

PATIENCE_S = 0.5

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows suspends no process by a signal")


@contextmanager
def suspended(pid: int) -> Iterator[None]:
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@pytest.fixture
def keeper(home: Path) -> Iterator[int]:
    """The pid of a keeper."""
    process = subprocess.Popen([sys.executable, "-m", "launcher", "keeper"])
    link, _ = reach(our_folders(), process)
    ask(link, Hello("cli"))  # It would end when the last of its guests has gone.
    yield process.pid
    ask(link, Quit())
    process.wait(10)


@pytest.fixture
def folders(keeper: int) -> Folders:
    return our_folders()


def test_connecting_to_a_suspended_keeper_ends_and_names_its_process(keeper: int, folders: Folders) -> None:
    with suspended(keeper), pytest.raises(NoAnswerError) as told:
        connect(folders, PATIENCE_S)
    assert f"process {keeper}" in told.value.problem.title


def test_asking_a_suspended_keeper_ends_and_names_its_process(keeper: int, folders: Folders) -> None:
    link, _ = reach(folders)
    with suspended(keeper), pytest.raises(NoAnswerError) as told:
        ask(link, Stop(), patience_s=PATIENCE_S)
    assert f"process {keeper}" in told.value.problem.title
    link.close()


def test_a_window_that_listens_to_a_suspended_keeper_is_told(keeper: int, folders: Folders) -> None:
    link, _ = reach(folders)
    assert ask(link, Hello("cli")).problem is None
    with suspended(keeper), pytest.raises(NoAnswerError) as told:
        link.receive(PATIENCE_S)
    assert f"process {keeper}" in told.value.problem.title
    link.close()


def test_a_keeper_that_is_just_ending_is_followed_by_the_next_one(home: Path) -> None:
    folders = our_folders()
    folders.make()
    reached: list[Link] = []
    # It lets nobody in any more, and is still there.
    with held(folders.run / "keeper.lock") as ours:
        assert ours
        thread = threading.Thread(target=lambda: reached.append(reach(folders)[0]))
        thread.start()
        thread.join(1)
        assert not reached
    thread.join(10)
    [link] = reached
    ask(link, Quit())
