"""What comes of asking for an administrator, with a pkexec that answers the way the real one does."""

import os
import sys
from pathlib import Path

import pytest

from launcher.problem import TavernkeepError
from launcher.system import elevation
from launcher.system.elevation import Consent, by_hand, find_program, run_all_as_administrator, run_as_administrator

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows asks in its own way")


@pytest.fixture
def not_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, not_root: None) -> Path:
    """A folder first on PATH, where a test puts its pkexec."""
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return tmp_path


def pkexec(desk: Path, script: str) -> None:
    file = desk / "pkexec"
    file.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    file.chmod(0o755)


def test_what_is_allowed_is_done(desk: Path) -> None:
    pkexec(desk, 'exec "$@"')
    outcome = run_as_administrator("/bin/sh", "-c", "echo $LC_ALL; exit 3")
    assert (outcome.answer, outcome.status, outcome.output) == (Consent.DONE, 3, "C\n")


def test_the_person_says_no(desk: Path) -> None:
    pkexec(desk, "exit 126")
    assert run_as_administrator("/bin/true").answer is Consent.DECLINED


def test_a_desktop_that_cannot_ask_gives_the_line_to_type(desk: Path) -> None:
    pkexec(desk, "echo 'Error executing command as another user: No authentication agent found.' >&2; exit 127")
    with pytest.raises(TavernkeepError) as caught:
        run_as_administrator("/usr/sbin/ufw", "allow", "8000/tcp")
    assert "sudo /usr/sbin/ufw allow 8000/tcp" in caught.value.problem.advice


def test_without_pkexec_there_is_the_line_to_type(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, not_root: None
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(TavernkeepError) as caught:
        run_as_administrator("/bin/echo", "two words")
    assert "sudo /bin/echo 'two words'" in caught.value.problem.advice


def test_nobody_answers(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(elevation, "PATIENCE_S", 0.2)
    pkexec(desk, "exec sleep 20")
    with pytest.raises(TavernkeepError, match="could not ask"):
        run_as_administrator("/bin/true")


def test_several_things_are_asked_for_once(desk: Path) -> None:
    pkexec(desk, f'echo asked >> {desk}/asked; exec "$@"')
    outcome = run_all_as_administrator(("/bin/echo", "a b"), ("/bin/sh", "-c", "exit 4"), ("/bin/echo", "never"))
    assert (outcome.status, outcome.output) == (4, "a b\n")
    assert (desk / "asked").read_text("utf-8") == "asked\n"


def test_an_administrator_is_not_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert run_as_administrator("/bin/echo", "done").output == "done\n"
    assert by_hand("ufw", "status") == "ufw status"


def test_programs_of_administrators_are_found_from_every_desktop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert find_program("sh") in ("/usr/bin/sh", "/bin/sh")
    assert find_program("no-such-program") is None
