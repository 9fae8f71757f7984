"""Light or dark, as the system wants it."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from launcher.system.folders import our_folders
from launcher.system.settings import Settings
from launcher.ui.window.other_windows import ACCESS
from launcher.ui.window.widgets import appearance
from launcher.ui.window.widgets.palette import DARK, LIGHT
from launcher.ui.window.widgets.rounded import rounded_png
from tests.support.displays import Display
from tests.support.waiting import wait_until
from tests.ui.window.desk import Desk
from tests.ui.window.device_states import QUESTIONS
from tests.ui.window.fake_keeper import WindowProcess
from tests.ui.window.seen import settled, until
from tests.ui.window.states import RUNNING
from tests.ui.window.x11 import picture, window_id


def test_gtk_settings_tell_where_no_desktop_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    assert appearance.ask_system().answer() is None
    (tmp_path / "gtk-3.0").mkdir()
    settings = tmp_path / "gtk-3.0" / "settings.ini"
    settings.write_text("[Settings]\ngtk-theme-name = Adwaita-dark\n")
    assert appearance.ask_system().answer() is True
    settings.write_text("[Settings]\ngtk-application-prefer-dark-theme=0\ngtk-theme-name=Adwaita\n")
    assert appearance.ask_system().answer() is False


@pytest.mark.parametrize(("scheme", "dark"), [(1, True), (2, False)])
def test_the_desktops_portal_tells(scheme: int, dark: bool) -> None:
    portal = Path(__file__).parent / "fake_portal.py"
    done = subprocess.run(
        ["dbus-run-session", "--", sys.executable, str(portal), str(scheme)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
        timeout=30,
    )
    assert done.stdout.strip() == str(dark), done.stderr


def test_a_dark_system_turns_an_open_window_dark(desk: Desk) -> None:
    desk.show(RUNNING)
    before = desk.root.cget("background")
    desk.theme.switch(dark=True)
    settled(desk.root)
    assert desk.root.cget("background") != before
    desk.theme.switch(dark=False)
    assert desk.root.cget("background") == before


@pytest.mark.parametrize(
    ("text", "theme"),
    [
        ('theme = "dark"', "dark"),
        ("folder = 'x'\ntheme='light' # mine", "light"),
        ('theme = "system"', "system"),
        ('theme = "blue"', "system"),
        ("theme = [", "system"),
        ("", "system"),
    ],
)
def test_the_chosen_theme_is_known_before_the_first_window(
    home: Path, monkeypatch: pytest.MonkeyPatch, text: str, theme: str
) -> None:
    assert appearance.chosen_theme() == "system"
    our_folders().settings_file.write_text(text, "utf-8")
    assert appearance.chosen_theme() == theme


def test_the_settings_are_looked_for_where_they_are(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("TAVERNKEEP_HOME", raising=False)
    for config in (None, str(tmp_path)):
        if config:
            monkeypatch.setenv("XDG_CONFIG_HOME", config)
        else:
            monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
        assert appearance.settings_folder() == str(our_folders().settings)


def test_a_choice_counts_over_the_system_in_every_open_window(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    (tmp_path / "gtk-3.0").mkdir()
    (tmp_path / "gtk-3.0/settings.ini").write_text("[Settings]\ngtk-theme-name=Adwaita\n")
    desk.show(RUNNING)
    desk.app.show_window(ACCESS)
    window = desk.app.other_windows.opened(ACCESS).window
    light = window.cget("background")
    desk.show(replace(RUNNING, settings=Settings(theme="dark")))
    assert window.cget("background") == desk.root.cget("background") != light
    desk.root.event_generate("<FocusIn>")
    assert desk.theme.palette.name == "dark"
    desk.show(replace(RUNNING, settings=Settings(theme="system")))
    assert window.cget("background") == light


def test_an_open_window_follows_the_system_without_being_touched(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(appearance, "WATCH_MS", 20)
    monkeypatch.setattr(appearance, "ASK_AGAIN_S", 0.0)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    (tmp_path / "gtk-3.0").mkdir()
    gtk = tmp_path / "gtk-3.0/settings.ini"
    gtk.write_text("[Settings]\ngtk-theme-name=Adwaita\n")
    desk: Desk = request.getfixturevalue("desk")
    desk.show(RUNNING)
    assert desk.root.cget("background") == LIGHT.background
    gtk.write_text("[Settings]\ngtk-theme-name=Adwaita-dark\n")
    until(desk.root, lambda: desk.root.cget("background") == DARK.background, "it is dark")
    desk.show(replace(RUNNING, settings=Settings(theme="light")))
    assert desk.root.cget("background") == LIGHT.background


def test_the_question_window_is_as_chosen_from_its_start_and_follows(
    window_process: WindowProcess, display: Display, tmp_path: Path
) -> None:
    (tmp_path / "settings.toml").write_text('theme = "dark"\n')
    keeper = window_process(FACE="question")
    dark = replace(QUESTIONS["question"], settings=Settings(theme="dark"))
    keeper.show(dark)
    window = window_id(display, "Someone asks to come in")

    def background() -> str:
        with Image.open(picture(display, window, tmp_path / "seen.png")) as image:
            return "#{:02x}{:02x}{:02x}".format(*image.convert("RGB").getpixel((2, 2)))  # type: ignore[misc]

    wait_until(lambda: background() == DARK.background)
    keeper.show(replace(dark, settings=Settings(theme="light")))
    wait_until(lambda: background() == LIGHT.background)


def test_a_question_nobody_answers_can_be_given_up() -> None:
    asked = appearance.SystemQuestion(("sleep", "30"))
    assert asked.answer() is None
    asked.close()
    assert asked.fd is None


def test_a_missing_program_is_no_answer() -> None:
    asked = appearance.SystemQuestion(("no-such-program-here",))
    wait_until(lambda: asked.fd is None or asked.answer() is None)
    asked.close()


def test_a_card_has_smooth_corners(tmp_path: Path) -> None:
    from PIL import Image

    file = tmp_path / "card.png"
    file.write_bytes(rounded_png(10, 20, 8, ((0, "#dfdad2"), (1, "#ffffff"))))
    with Image.open(file) as image:
        assert image.size == (40, 40)
        assert image.getpixel((0, 0)) == (0, 0, 0, 0) or image.getpixel((0, 0))[3] == 0  # type: ignore[index]
        assert image.getpixel((20, 20)) == (255, 255, 255, 255)
        assert image.getpixel((20, 0)) == (0xDF, 0xDA, 0xD2, 255)
        shades = {image.getpixel((x, y))[3] for x in range(8) for y in range(8)}  # type: ignore[index]
        assert len(shades) > 4
