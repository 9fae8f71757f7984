"""Tavernkeep's own settings and the port, chosen in a face: what counts then, and what the face is told."""

import socket
import threading
from pathlib import Path

import pytest

from launcher.access.exposure import Exposure, Mode
from launcher.access.interlock import RefusedError
from launcher.keeper import effects as fx
from launcher.keeper import events as ev
from launcher.keeper import messages as m
from launcher.keeper import worker
from launcher.keeper.approval import AskWhen
from launcher.keeper.view import View
from launcher.network.port_check import REFUSED_BY_BROWSERS, problem_with_port
from launcher.network.ports import next_free_port
from launcher.problem import Problem, TavernkeepError
from launcher.server.installation import inspect
from launcher.server.waiting_page.install_page import page_file
from launcher.system import settings
from launcher.system.folders import Folders, our_folders
from launcher.system.settings import Settings, Value
from tests.keeper.test_next_state import CLI, HOME, Story, kinds, stopped

BROKEN = Problem("Tavernkeep cannot read its own settings.", "line 1", settings.PUT_ASIDE)


@pytest.fixture
def folders(home: Path, tmp_path: Path) -> Folders:
    folder = tmp_path / "st"
    folder.mkdir()
    (folder / "server.js").write_text("")
    (folder / "package.json").write_text('{"name": "sillytavern", "version": "1.19.0"}')
    (folder / "config.yaml").write_text("port: 8000 # mine\nwhitelistMode: true\n")
    folders = our_folders()
    folders.make()
    folders.settings_file.write_text(f'folder = "{folder}"\n')
    return folders


def set_port(port: int, folders: Folders, view: View | None = None) -> None:
    worker.do(m.SetPort(port), folders, view or View(), lambda progress: None, threading.Event())


def choose(folders: Folders, **changes: Value) -> Problem | None:
    return worker.choose(m.ChangeSettings(changes), folders)


def test_a_choice_is_saved_and_counts_before_it_is_answered() -> None:
    story = stopped()
    choice = m.ChangeSettings({"asking": "always"})
    (save,) = story.ask(choice)
    assert isinstance(save, fx.SaveSettings)
    assert save.choice == choice
    story.happens(ev.SettingsRead(story.at, Settings(asking="always")))
    assert story.state.approval.asking is AskWhen.ALWAYS
    assert story.state.view.settings.asking == "always"
    assert story.happens(ev.SettingsSaved(story.at, save.received)) == [fx.Tell(CLI, m.Reply(1))]


def test_a_theme_can_be_chosen_while_something_is_installed() -> None:
    story = Story()
    story.ask(m.Install())
    assert kinds(story.ask(m.ChangeSettings({"theme": "dark"}))) == [fx.SaveSettings]


def test_settings_that_become_unreadable_leave_what_was_read_before_and_are_told() -> None:
    story = stopped()
    story.happens(ev.SettingsRead(story.at, Settings(asking="never")))
    story.happens(ev.SettingsRead(story.at, None, BROKEN))
    assert story.state.view.settings_problem == BROKEN
    assert story.state.approval.asking is AskWhen.NEVER
    story.happens(ev.SettingsRead(story.at, Settings()))
    assert story.state.view.settings_problem is None


def test_a_new_port_restarts_a_running_server_and_one_that_it_has_already_does_not() -> None:
    closed = Exposure(Mode.WHITELIST, listens=True, who="Only this PC.")
    for port, restarts in ((8001, True), (8000, False)):
        story = stopped()
        story.ask(m.Start())
        story.launched(ev.FileSnapshot(HOME, 8000, access=closed))
        story.ready()
        story.ask(m.SetPort(port))
        done = story.happens(ev.JobDone(story.at, ev.FileSnapshot(HOME, port, access=closed)))
        assert (fx.CloseInput(1) in done) is restarts
        assert story.state.view.port == 8000


def test_the_port_is_written_into_the_configuration_and_nothing_else(folders: Folders, tmp_path: Path) -> None:
    free = next_free_port(8100)
    assert free
    set_port(free, folders)
    assert (tmp_path / "st/config.yaml").read_text() == f"port: {free} # mine\nwhitelistMode: true\n"


@pytest.mark.parametrize("port", [0, 65536, 6667, 22])
def test_a_port_that_cannot_be_is_refused(folders: Folders, tmp_path: Path, port: int) -> None:
    with pytest.raises(RefusedError):
        set_port(port, folders)
    assert "port: 8000" in (tmp_path / "st/config.yaml").read_text()


def test_a_port_that_another_program_has_is_refused_with_a_free_one(folders: Folders) -> None:
    with socket.socket() as other:
        other.bind(("0.0.0.0", 0))
        other.listen()
        taken = other.getsockname()[1]
        with pytest.raises(RefusedError, match=f"Port {taken} is already used") as refused:
            set_port(taken, folders)
    assert refused.value.problem.fix
    assert refused.value.problem.fix.id.startswith("port ")


def test_every_port_a_browser_refuses_is_told() -> None:
    assert all(problem_with_port(port) for port in REFUSED_BY_BROWSERS)
    assert not problem_with_port(8000)


def test_the_waiting_page_goes_and_comes_with_the_choice(folders: Folders, tmp_path: Path) -> None:
    page = page_file(inspect(tmp_path / "st"))
    assert page
    assert choose(folders, waiting_page=True) is None
    assert page.exists()
    assert choose(folders, waiting_page=False) is None
    assert not page.exists()


def test_a_value_that_does_not_fit_changes_nothing(folders: Folders) -> None:
    before = folders.settings_file.read_text()
    wrong: list[dict[str, Value]] = [
        {"theme": "blue"},
        {"asking": True},
        {"no_such": "x"},
        {"public_ip_services": "https://a.b/"},
    ]
    for changes in wrong:
        with pytest.raises(TavernkeepError):
            choose(folders, **changes)
    with pytest.raises(RefusedError, match="https"):
        choose(folders, public_ip_services=("http://example.org/",))
    assert folders.settings_file.read_text() == before


def test_a_broken_file_is_put_aside_only_when_asked_for(folders: Folders, tmp_path: Path) -> None:
    file = folders.settings_file
    file.write_text("theme = 7")
    with pytest.raises(TavernkeepError) as told:
        choose(folders, theme="dark")
    assert told.value.problem.fix == settings.PUT_ASIDE
    assert file.read_text() == "theme = 7"
    worker.do(m.ApplyFix(settings.PUT_ASIDE.id), folders, View(), lambda progress: None, threading.Event())
    (aside,) = file.parent.glob("settings.toml.broken-*")
    assert aside.read_text() == "theme = 7"
    assert settings.load(file) == Settings()
