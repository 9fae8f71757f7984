"""Changing who gets in as jobs of the keeper: what the faces are shown then, and when the server starts anew."""

import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from launcher.access.exposure import Exposure, Mode
from launcher.access.interlock import RefusedError
from launcher.keeper import file_snapshot, worker
from launcher.keeper.effects import CloseInput, DoJob, Effect, Tell
from launcher.keeper.events import FileSnapshot, JobDone, RequestReceived
from launcher.keeper.jobs import LATER
from launcher.keeper.messages import (
    AllowDevice,
    EditWhitelist,
    Job,
    LoginOff,
    MoveWhitelist,
    Reply,
    Request,
    SetAccess,
    SetLogin,
    UndoWhitelist,
)
from launcher.keeper.next_state import next_state
from launcher.keeper.state import Process, State
from launcher.keeper.view import Installed, Login, Phase, View, Whitelist, WhitelistLine
from launcher.system.folders import Folders, our_folders

PASSWORD = "correct horse battery"
CONFIG = """listen: true
port: 8000
whitelistMode: true
whitelist:
  - ::1
  - 127.0.0.1
basicAuthMode: false
basicAuthUser:
  username: user
  password: password
"""


@pytest.fixture
def folders(home: Path, tmp_path: Path) -> Folders:
    folder = tmp_path / "st"
    folder.mkdir()
    (folder / "server.js").write_text("")
    (folder / "package.json").write_text('{"name": "sillytavern", "version": "1.19.0"}')
    (folder / "config.yaml").write_text(CONFIG)
    folders = our_folders()
    folders.make()
    folders.settings_file.write_text(f'folder = "{folder}"\n')
    return folders


def do(job: Job, folders: Folders) -> FileSnapshot:
    return worker.do(job, folders, View(), lambda progress: None, threading.Event())


_heard: list[tuple[str, str]] = []
_listening = threading.Event()


def _hear(event: str, arguments: tuple[object, ...]) -> None:
    if _listening.is_set() and event in ("open", "os.rename"):
        _heard.append((event, str(arguments[0 if event == "open" else 1])))


sys.addaudithook(_hear)


def opened_and_replaced(file: Path, do: Callable[[], object]) -> tuple[int, int]:
    """How often `do` opened `file`, and how often it put another one in its place. Python's own audit events tell."""
    _heard.clear()
    _listening.set()
    do()
    _listening.clear()
    return _heard.count(("open", str(file))), _heard.count(("os.rename", str(file)))


def whitelist(looked: FileSnapshot) -> Whitelist:
    assert looked.whitelist
    return looked.whitelist


def entries(looked: FileSnapshot) -> list[str]:
    return [line.entry for line in whitelist(looked).lines]


def test_a_face_is_shown_the_list_the_login_and_the_mode(folders: Folders, tmp_path: Path) -> None:
    looked = file_snapshot.read_snapshot(folders)
    found = whitelist(looked)
    assert (found.source, found.file) == ("config.yaml", str(tmp_path / "st/config.yaml"))
    assert (found.enforced, found.can_undo, found.left_out) == (True, False, 0)
    assert found.lines[0] == WhitelistLine("::1", "this PC", 1)
    assert looked.login
    assert (looked.login.on, looked.login.username, looked.login.fit) == (False, "user", "weak")
    assert looked.access
    assert looked.access.mode is Mode.WHITELIST


@pytest.mark.parametrize(
    "job",
    [AllowDevice("192.168.0.20"), EditWhitelist(("192.168.0.20",)), SetLogin("tavern", PASSWORD), UndoWhitelist()],
    ids=lambda job: type(job).__name__,
)
def test_a_change_reads_the_configuration_once_looks_again_before_it_writes_and_writes_once(
    folders: Folders, tmp_path: Path, job: Job
) -> None:
    do(EditWhitelist(("192.168.0.30",)), folders)
    config = tmp_path / "st/config.yaml"
    assert opened_and_replaced(config, lambda: do(job, folders)) == (2, 1)


def test_what_a_change_shows_is_what_the_files_say(folders: Folders) -> None:
    for job in (AllowDevice("192.168.0.20"), MoveWhitelist("txt"), SetLogin("tavern", PASSWORD), UndoWhitelist()):
        assert do(job, folders) == file_snapshot.read_snapshot(folders)


def test_each_job_shows_what_it_made_of_the_files(folders: Folders) -> None:
    looked = do(EditWhitelist(("192.168.0.*",)), folders)
    assert entries(looked) == ["::1", "127.0.0.1", "192.168.0.*"]
    assert whitelist(looked).can_undo
    assert whitelist(do(MoveWhitelist("txt"), folders)).source == "whitelist.txt"
    assert whitelist(do(UndoWhitelist(), folders)).source == "config.yaml"
    looked = do(SetLogin("tavern", PASSWORD), folders)
    assert looked.login == Login(True, "tavern", "fit", None, True)
    do(MoveWhitelist("txt"), folders)
    looked = do(SetAccess(Mode.EVERYONE), folders)
    assert looked.access
    assert looked.access.mode is Mode.EVERYONE
    assert whitelist(looked).source == "whitelist.off.txt"
    assert "192.168.0.*" in entries(looked)
    assert whitelist(do(SetAccess(Mode.WHITELIST), folders)).source == "whitelist.txt"
    looked = do(LoginOff(), folders)
    assert looked.login
    assert looked.login.on is False


def test_what_is_not_allowed_is_refused(folders: Folders) -> None:
    refused: list[Job] = [
        SetAccess(Mode.EVERYONE),
        SetLogin("user", "password"),
        EditWhitelist(("0.0.0.0/0",)),
        EditWhitelist((), ("127.0.0.1",)),
        UndoWhitelist(),
    ]
    for job in refused:
        with pytest.raises(RefusedError):
            do(job, folders)
    assert file_snapshot.installation_at(folders)


def test_only_the_first_of_very_many_entries_are_shown(folders: Folders, tmp_path: Path) -> None:
    lines = ["127.0.0.1", *(f"10.0.{n // 250}.{n % 250 + 1}" for n in range(999))]
    (tmp_path / "st/whitelist.txt").write_text("\n".join(lines))
    found = whitelist(file_snapshot.read_snapshot(folders))
    assert (len(found.lines), found.left_out) == (file_snapshot.SHOWN_LINES, 1000 - file_snapshot.SHOWN_LINES)
    assert len(whitelist(file_snapshot.read_snapshot(folders, most_lines=5000)).lines) == 1000


def test_no_password_is_in_what_a_face_is_told(folders: Folders) -> None:
    job = SetLogin("tavern", PASSWORD)
    assert PASSWORD not in repr(job)
    assert PASSWORD not in repr(do(job, folders))


def test_a_list_put_aside_is_noticed_like_any_other_file(folders: Folders, tmp_path: Path) -> None:
    before = file_snapshot.stamp(folders)
    (tmp_path / "st/whitelist.off.txt").write_text("127.0.0.1\n")
    assert file_snapshot.stamp(folders) != before


# When the server starts anew: lists of what happens to the keeper, without files.

NOW = Exposure(Mode.WHITELIST, True, "This PC.")
LISTED = FileSnapshot(
    Installed("/st", "1.19.0", "config.yaml", False), 8000, "http", NOW, Whitelist("config.yaml", "/st/c", "", True)
)
OTHER = replace(LISTED, whitelist=Whitelist("config.yaml", "/st/c", "", True, (WhitelistLine("a", "b", 1),)))


def running() -> State:
    view = View(phase=Phase.RUNNING, installation=LISTED.installed, access=NOW, whitelist=LISTED.whitelist, pid=7)
    return State(view=view, run=1, process=Process.ALIVE)


def after(request: Request, looked: FileSnapshot, state: State | None = None) -> tuple[State, list[Effect]]:
    state, effects = next_state(state or running(), RequestReceived(0, 1, 1, request))
    assert [type(effect) for effect in effects] == [DoJob]
    return next_state(state, JobDone(1, looked))


def test_a_changed_list_starts_a_running_server_anew() -> None:
    state, effects = after(EditWhitelist(("a",)), OTHER)
    assert CloseInput(1) in effects
    assert state.again


def test_later_leaves_it_running_and_shows_the_new_list_with_a_word() -> None:
    state, effects = after(EditWhitelist(("a",), later=True), OTHER)
    assert effects == [Tell(1, Reply(1))]
    assert state.view.whitelist == OTHER.whitelist
    assert state.view.access == NOW
    assert state.view.notices == (LATER,)
    state, effects = after(EditWhitelist(("a",)), OTHER, state)
    assert CloseInput(1) in effects


def test_what_is_so_already_interrupts_nobody() -> None:
    _, effects = after(EditWhitelist(("a",)), LISTED)
    assert effects == [Tell(1, Reply(1))]
    _, effects = after(SetLogin("me", PASSWORD), LISTED)
    assert CloseInput(1) in effects
