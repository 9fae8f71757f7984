"""Our own settings: kept as the user wrote them, and never overwritten when they could not be read."""

import threading
import tomllib
from pathlib import Path

import pytest

from launcher.problem import TavernkeepError
from launcher.system.settings import Settings, disable_file, load, save


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "settings.toml"


def test_without_a_file_there_are_the_defaults(path: Path) -> None:
    assert load(path) == Settings()


def test_what_was_saved_is_loaded(path: Path) -> None:
    save(path, folder='/a "b" \\ c/ü', told_about_tray=True)
    assert load(path) == Settings(folder='/a "b" \\ c/ü', told_about_tray=True)
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_change_keeps_comments_and_what_it_does_not_know(path: Path) -> None:
    path.write_text('# mine\nfuture = 7 # later\nfolder = "/old"\n', "utf-8")
    save(path, folder="/new")
    text = path.read_text("utf-8")
    assert "# mine\nfuture = 7 # later\n" in text
    assert tomllib.loads(text) == {"future": 7, "folder": "/new"}


@pytest.mark.parametrize("text", ["folder = [", "folder = 7", 'told_about_tray = "yes"', "\x00"])
def test_settings_that_make_no_sense_are_told_and_left_alone(path: Path, text: str) -> None:
    path.write_text(text, "utf-8")
    with pytest.raises(TavernkeepError, match="cannot read its own settings"):
        load(path)
    with pytest.raises(TavernkeepError, match="cannot read its own settings"):
        save(path, folder="/x")
    assert path.read_text("utf-8") == text


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("folder = 7", "folder can only be a text in quotes."),
        ('waiting_page = "yes"', "waiting_page can only be true or false."),
        ('theme = "blue"', 'theme can only be "system" or "light" or "dark".'),
        ('public_ip_services = "a"', "public_ip_services can only be a list of texts in quotes"),
    ],
)
def test_a_value_that_does_not_fit_is_named_with_what_it_can_be(path: Path, text: str, told: str) -> None:
    path.write_text(text, "utf-8")
    with pytest.raises(TavernkeepError) as raised:
        load(path)
    assert raised.value.problem.advice.startswith(f"In {path}, {told}")


def test_bytes_that_are_no_text_are_told(path: Path) -> None:
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(TavernkeepError):
        load(path)


def test_a_folder_that_cannot_be_written_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(TavernkeepError, match="cannot save its settings"):
        save(tmp_path / "missing" / "settings.toml", folder="/x")
    assert list(tmp_path.iterdir()) == []


def test_a_setting_goes_back_to_its_default_and_the_others_stay(path: Path) -> None:
    save(path, theme="dark", public_ip_services=("https://a.example/", "https://b.example/"))
    assert load(path).public_ip_services == ("https://a.example/", "https://b.example/")
    assert save(path, public_ip_services=None) == Settings(theme="dark")
    assert path.read_text("utf-8") == 'theme = "dark"\n'


@pytest.mark.parametrize("changes", [{"theme": "blue"}, {"start_server": "yes"}, {"colour": "red"}])
def test_a_value_that_does_not_fit_is_not_written(path: Path, changes: dict[str, str]) -> None:
    save(path, theme="dark")
    with pytest.raises(TavernkeepError):
        save(path, **changes)
    assert path.read_text("utf-8") == 'theme = "dark"\n'


def test_many_choices_at_once_are_all_kept(path: Path) -> None:
    names = ("told_about_tray", "waiting_page", "start_server")
    threads = [threading.Thread(target=save, args=(path,), kwargs={name: False}) for name in names * 5]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert load(path) == Settings(told_about_tray=False, waiting_page=False, start_server=False)


def test_what_is_put_aside_is_kept_under_another_name_each_time(path: Path) -> None:
    kept = []
    for text in ("one = [", "two = [", "\x00"):
        path.write_text(text, "utf-8")
        kept.append(disable_file(path))
        assert not path.exists()
    assert [aside.read_text("utf-8") for aside in kept] == ["one = [", "two = [", "\x00"]


def test_which_sillytavern_is_used_stays_when_something_else_is_broken(path: Path) -> None:
    path.write_text('folder = "/st"\ntheme = "blue"\nasking = "never"\n', "utf-8")
    disable_file(path)
    assert load(path) == Settings(folder="/st")
