"""SillyTavern in a folder: what counts as one, and what the user is told when it does not."""

import json
import os
import sys
from pathlib import Path

import pytest

from launcher.problem import Problem, TavernkeepError
from launcher.server.installation import (
    MARKER,
    find_installations,
    inspect,
    modules_missing,
    our_installation,
    our_versions,
)
from launcher.system.folders import Folders


def made(folder: Path, version: str = "1.19.0", name: str = "sillytavern", **more: object) -> Path:
    folder.mkdir(parents=True)
    (folder / "server.js").write_text("")
    (folder / "package.json").write_text(json.dumps({"name": name, "version": version, **more}))
    return folder


def problem_of(folder: Path) -> Problem:
    with pytest.raises(TavernkeepError) as refused:
        inspect(folder)
    return refused.value.problem


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    home = tmp_path / "home"
    return Folders(home, home / "data", home / "logs", home / "run")


@pytest.fixture
def user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home of a user who has nothing yet."""
    user = tmp_path / "user"
    user.mkdir()
    for variable in ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA"):
        monkeypatch.setenv(variable, str(user))
    for variable in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_DESKTOP_DIR", "XDG_DOWNLOAD_DIR", "XDG_DOCUMENTS_DIR"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("PATH", str(user / "bin"))
    return user


@pytest.mark.parametrize(
    ("version", "config", "data"),
    [
        ("1.9.7", "config.conf", "public"),
        ("1.10.0", "config.conf", "public"),
        ("1.11.8", "config.yaml", "public"),
        ("1.12.0", "config.yaml", "data"),
        ("1.19.0", "config.yaml", "data"),
        ("1.20.0-staging", "config.yaml", "data"),
    ],
)
def test_a_folder_of_your_own_is_used_as_it_is(tmp_path: Path, version: str, config: str, data: str) -> None:
    folder = made(tmp_path / "SillyTavern", version)
    found = inspect(folder)
    assert (found.folder, found.version, found.ours, found.config_outside) == (folder, version, False, False)
    assert (found.config_file, found.data_root) == (folder / config, folder / data)
    assert found.whitelist_file == folder / "whitelist.txt"


def test_a_config_conf_counts_where_that_version_still_reads_it(tmp_path: Path) -> None:
    folder = made(tmp_path / "SillyTavern", "1.11.0")
    (folder / "config.conf").write_text("")
    assert inspect(folder).config_file.name == "config.conf"
    (folder / "config.yaml").write_text("")
    assert inspect(folder).config_file.name == "config.yaml"


def test_the_outer_folder_of_a_zip_will_do(tmp_path: Path) -> None:
    inner = made(tmp_path / "SillyTavern-1.19.0" / "SillyTavern-1.19.0")
    (tmp_path / "SillyTavern-1.19.0" / "__MACOSX").mkdir()
    assert inspect(inner.parent).folder == inner


def test_a_project_folder_of_npm_will_do(tmp_path: Path) -> None:
    project = tmp_path / "project"
    package = made(project / "node_modules" / "sillytavern")
    (project / "package.json").write_text('{"name": "project"}')
    found = inspect(project)
    assert (found.folder, found.config_file) == (package, package / "config.yaml")


@pytest.mark.skipif(sys.platform != "linux", reason="the folders of Linux")
def test_the_sillytavern_command_of_npm_keeps_its_files_in_the_users_data_folder(user: Path) -> None:
    package = made(user / ".npm-global" / "lib" / "node_modules" / "sillytavern")
    found = inspect(package)
    home = user / ".local" / "share" / "SillyTavern"
    assert (found.config_file, found.data_root, found.config_outside) == (home / "config.yaml", home / "data", True)
    assert found.whitelist_file == package / "whitelist.txt"


def test_a_version_before_global_mode_keeps_its_files_in_its_folder(user: Path) -> None:
    package = made(user / "lib" / "node_modules" / "sillytavern", "1.12.0")
    assert inspect(package).config_file == package / "config.yaml"


def test_no_such_folder_is_said(tmp_path: Path) -> None:
    assert problem_of(tmp_path / "gone").title == f"There is no folder {tmp_path / 'gone'}."


def test_an_empty_folder_misses_server_js(tmp_path: Path) -> None:
    assert problem_of(tmp_path).title == f"There is no SillyTavern in {tmp_path}: it has no server.js."


def test_a_folder_without_package_json_says_so(tmp_path: Path) -> None:
    (made(tmp_path / "st") / "package.json").unlink()
    assert problem_of(tmp_path / "st").title.endswith("it has no package.json.")


def test_a_folder_without_server_js_is_not_complete(tmp_path: Path) -> None:
    (made(tmp_path / "st") / "server.js").unlink()
    assert problem_of(tmp_path / "st").title.endswith("is not complete: server.js is missing.")


def test_another_program_is_named(tmp_path: Path) -> None:
    assert problem_of(made(tmp_path / "other", name="flowise")).title.endswith("holds another program (flowise).")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"name": "sillytavern"}', '{"name": "sillytavern", "version": 3}'])
def test_a_package_json_that_says_nothing_is_refused(tmp_path: Path, text: str) -> None:
    folder = made(tmp_path / "st")
    (folder / "package.json").write_text(text)
    assert problem_of(folder).title


def test_a_folder_too_high_names_the_right_one(tmp_path: Path) -> None:
    right = made(tmp_path / "SillyTavern")
    (tmp_path / "photos").mkdir()
    assert problem_of(tmp_path).advice == f"Did you mean {right}?"


def test_a_folder_too_deep_names_the_right_one(tmp_path: Path) -> None:
    right = made(tmp_path / "SillyTavern")
    deep = right / "public" / "css"
    deep.mkdir(parents=True)
    assert problem_of(deep).advice == f"Did you mean {right}?"
    assert problem_of(right / "server.js").advice == f"Did you mean {right}?"


def test_parts_are_missing_when_one_package_is(tmp_path: Path) -> None:
    folder = made(tmp_path / "st", dependencies={"express": "4", "@jimp/core": "1"})
    assert modules_missing(inspect(folder))
    (folder / "node_modules" / "express").mkdir(parents=True)
    assert modules_missing(inspect(folder))
    (folder / "node_modules" / "@jimp" / "core").mkdir(parents=True)
    assert not modules_missing(inspect(folder))


def test_the_packages_of_an_npm_project_lie_beside_it(tmp_path: Path) -> None:
    folder = made(tmp_path / "node_modules" / "sillytavern", dependencies={"express": "4"})
    (tmp_path / "node_modules" / "express").mkdir()
    assert not modules_missing(inspect(folder))


def test_ours_keeps_configuration_and_data_outside_the_program(folders: Folders) -> None:
    ours = our_installation(folders, "1.19.0")
    made(ours.folder)
    (ours.folder / MARKER).write_text("")
    assert inspect(ours.folder) == ours
    home = folders.data / "sillytavern"
    assert (ours.config_file, ours.data_root) == (home / "config" / "config.yaml", home / "data")
    assert ours.ours
    assert ours.config_outside


def test_an_old_version_of_ours_keeps_them_inside(folders: Folders) -> None:
    ours = our_installation(folders, "1.12.0")
    assert (ours.config_file, ours.config_outside) == (ours.folder / "config.yaml", False)


def test_only_complete_versions_are_ours_newest_first(folders: Folders) -> None:
    for version in ("1.9.7", "1.13.0", "1.19.0"):
        made(our_installation(folders, version).folder, version)
    for version in ("1.9.7", "1.19.0"):
        (our_installation(folders, version).folder / MARKER).write_text("")
    made(folders.data / "sillytavern" / "versions" / ".staging-1-x" / "st")
    assert our_versions(folders) == ("1.19.0", "1.9.7")


@pytest.mark.skipif(sys.platform == "win32", reason="home folders of other systems")
def test_the_usual_places_are_looked_at_each_once(folders: Folders, user: Path) -> None:
    ours = our_installation(folders, "1.19.0").folder
    made(ours)
    (ours / MARKER).write_text("")
    remembered = made(user / "elsewhere" / "tavern")
    there = [
        made(user / "SillyTavern"),
        made(user / "SillyTavern-Launcher" / "SillyTavern"),
        made(user / "git" / "SillyTavern-staging"),
        made(user / ".npm-global" / "lib" / "node_modules" / "sillytavern"),
    ]
    (user / "sillytavern-link").symlink_to(user / "SillyTavern")
    found = [installation.folder for installation in find_installations(folders, remembered)]
    found = [folder for folder in found if user in folder.parents or folders.data in folder.parents]
    assert found[:2] == [remembered, ours]
    assert sorted(found[2:]) == sorted(there)


@pytest.mark.skipif(sys.platform == "win32", reason="npm makes links elsewhere only")
def test_the_command_on_path_leads_to_its_package(folders: Folders, user: Path) -> None:
    package = made(user / "odd" / "prefix" / "lib" / "node_modules" / "sillytavern")
    (package / "src").mkdir()
    (package / "src" / "server-global.js").write_text("")
    (user / "bin").mkdir()
    (user / "bin" / "sillytavern").symlink_to(package / "src" / "server-global.js")
    assert package in [installation.folder for installation in find_installations(folders, None)]


def test_a_remembered_folder_that_is_gone_is_no_error(folders: Folders, user: Path) -> None:
    find_installations(folders, user / "gone")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_read_is_said(tmp_path: Path) -> None:
    folder = made(tmp_path / "st")
    (folder / "package.json").chmod(0)
    assert "cannot be read" in problem_of(folder).title


def test_a_folder_that_the_system_does_not_show_is_told_and_not_found(user: Path) -> None:
    assert "cannot be read" in problem_of(user / ("x" * 300) / "st").title


def test_the_home_of_a_user_who_does_not_exist_holds_nothing() -> None:
    assert "There is no folder" in problem_of(Path("~nobody-of-this-name/st")).title


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_odd_folders_on_path_do_not_keep_others_from_being_found(
    user: Path, folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    circle = user / "circle"
    circle.mkdir()
    (circle / "sillytavern").symlink_to(circle / "sillytavern")
    monkeypatch.setenv("PATH", os.pathsep.join(["/" + "x" * 300, str(circle)]))
    there = made(user / "SillyTavern")
    assert there in [found.folder for found in find_installations(folders, None)]
