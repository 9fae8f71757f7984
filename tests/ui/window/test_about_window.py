"""About: what it says, what its buttons do, by keyboard."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from launcher.keeper.view import View
from launcher.problem import TavernkeepError
from launcher.ui.about import About
from launcher.ui.window.about_window import COPIED, AboutSource, AboutWindow
from tests.ui.window.desk import Desk
from tests.ui.window.hands import enabled, has_focus, named, opened, press, reads
from tests.ui.window.seen import settled, until
from tests.ui.window.states import RUNNING, THEIRS


class Known(AboutSource):
    """What the window hears, and what it has asked for."""

    def __init__(self, folder: Path) -> None:
        self.opened: list[Path] = []
        self.removals = 0
        self.looks: list[View] = []
        self._folder = folder

    def about(self, view: View) -> About:
        self.looks.append(view)
        version = view.installation.version if view.installation else ""
        return About((("Tavernkeep", "0.1.0"), ("SillyTavern", version)), (("Logs", self._folder),))

    def report(self, view: View) -> str:
        return f"a report on {view.phase}"

    def open_folder(self, folder: Path) -> None:
        self.opened.append(folder)
        if len(self.opened) > 1:
            raise TavernkeepError("No program here shows folders.", f"The folder is {folder}.")

    def uninstall(self) -> None:
        self.removals += 1


@pytest.fixture
def known(tmp_path: Path) -> Known:
    return Known(tmp_path)


@pytest.fixture
def about(desk: Desk, known: Known) -> Callable[[], AboutWindow]:
    def show() -> AboutWindow:
        desk.show(RUNNING)
        made = AboutWindow(desk.root, desk.theme, known, desk.app.copy)
        made.show(RUNNING)
        until(desk.root, lambda: has_focus(made.window), "it has the focus")
        until(desk.root, lambda: reads(made.window, "1.19.0"), "the versions are there")
        settled(desk.root)
        return made

    return show


def test_it_tells_versions_and_places_and_follows_another_sillytavern(
    desk: Desk, about: Callable[[], AboutWindow], known: Known, tmp_path: Path
) -> None:
    made = about()
    assert reads(made.window, str(tmp_path))
    made.show(replace(RUNNING, notices=("News.",)))
    assert len(known.looks) == 1
    made.show(replace(RUNNING, installation=THEIRS))
    until(desk.root, lambda: reads(made.window, "1.12.14"))
    assert len(known.looks) == 2


def test_enter_copies_the_report(desk: Desk, about: Callable[[], AboutWindow]) -> None:
    made = about()
    press(desk, "Return")
    named(made.window, COPIED.replace("&", ""))
    assert desk.root.clipboard_get() == "a report on running"
    assert reads(made.window, "Paste it where you ask for help.")
    assert enabled(made.window, COPIED.replace("&", ""))


def test_a_folder_is_opened_or_named_when_that_cannot_be(
    desk: Desk, about: Callable[[], AboutWindow], known: Known, tmp_path: Path
) -> None:
    made = about()
    press(desk, "shift+Tab", "space")
    until(desk.root, lambda: known.opened == [tmp_path])
    press(desk, "space")
    until(desk.root, lambda: reads(made.window, "No program here shows folders."))
    assert reads(made.window, f"The folder is {tmp_path}.")


def test_removing_is_a_window_of_its_own(desk: Desk, about: Callable[[], AboutWindow], known: Known) -> None:
    about()
    press(desk, "alt+r")
    until(desk.root, lambda: known.removals == 1)


def test_escape_closes_it(desk: Desk, about: Callable[[], AboutWindow]) -> None:
    made = about()
    press(desk, "Escape")
    until(desk.root, lambda: not made.window.winfo_exists())


def test_it_opens_from_the_main_window(desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TAVERNKEEP_HOME", str(tmp_path))
    window = opened(desk, "about", RUNNING)
    until(desk.root, lambda: reads(window, "Settings of Tavernkeep"), "places")
    assert reads(window, str(tmp_path / "logs"))
