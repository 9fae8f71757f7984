"""Whose page a refused phone sees: ours, the server's own, or one that the user made."""

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from launcher.server.installation import Installation, inspect
from launcher.server.launch import prepare
from launcher.server.waiting_page import page, put_in_place, restore
from launcher.server.waiting_page.install_page import page_file
from launcher.system.folders import Folders
from tests.support.machine import free_port, need

ORIGINAL = "<h1>Forbidden</h1>\n<p>{{ipDetails}}</p>\n"
USERS_OWN = "<h1>No entry, dear neighbour</h1>\n"
IN_PROGRAM = "public/error/forbidden-by-whitelist.html"
IN_DATA = "_errors/forbidden-by-whitelist.html"

Made = Callable[..., Installation]


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    home = tmp_path / "home"
    return Folders(home, home / "data", home / "logs", home / "run")


@pytest.fixture
def made(tmp_path: Path) -> Made:
    """A SillyTavern of that version with its default page, as it is before its first start."""

    def make_it(version: str, config: str = "listen: true\n", name: str = "st") -> Installation:
        folder = tmp_path / name
        write(folder / "package.json", json.dumps({"name": "sillytavern", "version": version}))
        write(folder / "server.js", "")
        write(folder / "config.yaml", config)
        write(folder / "node_modules/.keep", "")
        default = "default/content/errors" if version >= "1.18" else "default/public/error"
        write(folder / default / "forbidden-by-whitelist.html", ORIGINAL)
        return inspect(folder)

    return make_it


def write(file: Path, text: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.encode())
    return file


def text_of(file: Path) -> str:
    return file.read_bytes().decode()


def is_our_page(file: Path) -> bool:
    return "press Allow" in text_of(file)


def test_the_page_is_small_whole_and_names_nobody() -> None:
    for version in ("1.12.12", "1.19.0"):
        text = page.page(version, login_on=True)
        sent = text.removeprefix(page.MARKER)
        assert len(text.encode()) < 6000
        assert text.count("{{ipDetails}}") == 1
        assert "tavern" not in sent.lower()
        for outside in ("http:", "https:", "//", "@import", "url("):
            assert outside not in sent.replace('"favicon"', ""), outside


def test_polling_is_told_whether_the_favicon_is_logged() -> None:
    assert 'data-favicon="logged"' in page.page("1.12.12", False)
    assert 'data-favicon="quiet"' in page.page("1.12.13", False)


def test_only_with_a_login_the_password_is_spoken_of() -> None:
    assert 'data-login="on"' in page.page("1.19.0", True)
    assert 'data-login="off"' in page.page("1.19.0", False)


@pytest.mark.parametrize(
    ("version", "file"),
    [
        ("1.12.11", None),
        ("1.12.12", IN_PROGRAM),
        ("1.17.0", IN_PROGRAM),
        ("1.18.0", f"data/{IN_DATA}"),
        ("1.19.0", f"data/{IN_DATA}"),
    ],
)
def test_each_version_gets_the_page_where_it_looks_for_it(
    version: str, file: str | None, made: Made, folders: Folders
) -> None:
    installation = made(version)
    assert put_in_place(installation, False, folders) is None
    if file is None:
        assert page_file(installation) is None
        assert not (installation.folder / "public").exists()
    else:
        assert is_our_page(installation.folder / file)


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("version", ["1.12.12", "1.19.0"])
def test_the_original_comes_back_byte_for_byte(version: str, line_end: str, made: Made, folders: Folders) -> None:
    installation = made(version)
    file = page_file(installation)
    assert file
    original = ORIGINAL.replace("\n", line_end)
    write(file, original).chmod(0o640)
    assert put_in_place(installation, False, folders) is None
    assert is_our_page(file)
    assert put_in_place(installation, True, folders) is None
    assert restore(installation, folders) is None
    assert text_of(file) == original
    if os.name == "posix":
        assert file.stat().st_mode & 0o777 == 0o640


def test_where_nothing_was_the_servers_own_page_is_left_behind(made: Made, folders: Folders) -> None:
    """The server puts it there only once, and took ours for it."""
    installation = made("1.19.0")
    put_in_place(installation, False, folders)
    restore(installation, folders)
    assert text_of(installation.folder / "data" / IN_DATA) == ORIGINAL


def test_the_original_comes_back_also_without_our_copy_of_it(made: Made, folders: Folders, tmp_path: Path) -> None:
    installation = made("1.17.0")
    file = write(installation.folder / IN_PROGRAM, ORIGINAL)
    put_in_place(installation, False, folders)
    restore(installation, replace(folders, data=tmp_path / "another home"))
    assert text_of(file) == ORIGINAL


def test_restoring_what_was_never_changed_changes_nothing(made: Made, folders: Folders) -> None:
    installation = made("1.19.0")
    assert restore(installation, folders) is None
    assert not (installation.folder / "data").exists()
    old = made("1.9.7", name="old")
    assert restore(old, folders) is None


@pytest.mark.parametrize("own", [USERS_OWN.encode(), USERS_OWN.encode("utf-16"), b""])
@pytest.mark.parametrize("version", ["1.12.12", "1.19.0"])
def test_a_page_that_the_user_made_is_left_alone(version: str, own: bytes, made: Made, folders: Folders) -> None:
    installation = made(version)
    file = page_file(installation)
    assert file
    write(file, "").write_bytes(own)
    assert put_in_place(installation, False, folders) is None
    assert restore(installation, folders) is None
    assert file.read_bytes() == own


def test_a_page_that_the_user_made_after_ours_is_left_alone(made: Made, folders: Folders) -> None:
    installation = made("1.19.0")
    file = page_file(installation)
    assert file
    put_in_place(installation, False, folders)
    write(file, USERS_OWN)
    put_in_place(installation, False, folders)
    restore(installation, folders)
    assert text_of(file) == USERS_OWN


def test_a_users_page_that_the_new_version_will_move_is_not_kept_from_that(made: Made, folders: Folders) -> None:
    """Updated in the same folder: 1.18 takes the page from public/error only while it has none of its own."""
    installation = made("1.18.0")
    write(installation.folder / IN_PROGRAM, USERS_OWN)
    put_in_place(installation, False, folders)
    assert not (installation.folder / "data" / IN_DATA).exists()


def test_after_an_update_in_the_same_folder_both_places_are_restored(made: Made, folders: Folders) -> None:
    before = made("1.17.0")
    old = write(before.folder / IN_PROGRAM, ORIGINAL)
    put_in_place(before, False, folders)
    after = made("1.18.0")
    put_in_place(after, False, folders)
    assert is_our_page(after.folder / "data" / IN_DATA)
    restore(after, folders)
    assert text_of(old) == ORIGINAL
    assert text_of(after.folder / "data" / IN_DATA) == ORIGINAL


def test_our_page_that_the_server_moved_is_still_known_as_ours(made: Made, folders: Folders) -> None:
    installation = made("1.18.0")
    file = write(installation.folder / "data" / IN_DATA, page.page("1.17.0", True))
    put_in_place(installation, False, folders)
    assert text_of(file) == page.page("1.18.0", False)
    restore(installation, folders)
    assert text_of(file) == ORIGINAL


def test_an_earlier_page_of_ours_is_renewed_and_the_original_survives(made: Made, folders: Folders) -> None:
    installation = made("1.12.12")
    original = ORIGINAL.replace("\n", "\r\n")
    file = write(installation.folder / IN_PROGRAM, original)
    for login_on in [True, False] * 8:
        put_in_place(installation, login_on, folders)
    assert text_of(file) == page.page("1.12.12", False)
    restore(installation, folders)
    assert text_of(file) == original


@pytest.mark.parametrize("chosen", ["./mine", "{tmp}/elsewhere", "../beside"])
def test_the_users_own_data_folder_counts(chosen: str, made: Made, folders: Folders, tmp_path: Path) -> None:
    chosen = chosen.replace("{tmp}", str(tmp_path))
    installation = made("1.19.0", f"dataRoot: {json.dumps(chosen)}\n")
    put_in_place(installation, False, folders)
    assert is_our_page(installation.folder / chosen / IN_DATA)
    assert not (installation.folder / "data").exists()


def test_data_outside_the_program_folder_counts(made: Made, folders: Folders, tmp_path: Path) -> None:
    installation = made("1.19.0", "dataRoot: ./not this\n")
    outside = replace(installation, ours=True, config_outside=True, data_root=tmp_path / "data")
    put_in_place(outside, False, folders)
    assert is_our_page(tmp_path / "data" / IN_DATA)


def test_a_link_stays_a_link(made: Made, folders: Folders) -> None:
    installation = made("1.17.0")
    default = installation.folder / "default" / IN_PROGRAM
    file = installation.folder / IN_PROGRAM
    file.parent.mkdir(parents=True)
    file.symlink_to(default)
    put_in_place(installation, False, folders)
    assert file.is_symlink()
    assert text_of(default) == ORIGINAL


def test_where_the_page_cannot_be_written_a_start_goes_on_and_says_so(made: Made, folders: Folders) -> None:
    need("node")
    installation = made("1.19.0", f"port: {free_port()}\nlisten: true\n")
    write(installation.folder / "data/_errors", "a file where a folder must be")
    prepared = prepare(installation, folders, os.environ)
    assert [notice for notice in prepared.notices if "plain refusal" in notice]


def test_a_write_protected_page_stays_and_is_told(made: Made, folders: Folders) -> None:
    installation = made("1.17.0")
    file = write(installation.folder / IN_PROGRAM, ORIGINAL)
    file.chmod(0o444)
    notice = put_in_place(installation, False, folders)
    assert notice
    assert str(file) in notice
    assert text_of(file) == ORIGINAL


def test_the_setting_switches_it_off_at_the_next_start(made: Made, folders: Folders) -> None:
    need("node")
    installation = made("1.19.0", f"port: {free_port()}\nlisten: true\n")
    file = installation.folder / "data" / IN_DATA
    prepare(installation, folders, os.environ)
    assert is_our_page(file)
    write(folders.settings_file, "waiting_page = false\n")
    prepare(installation, folders, os.environ)
    assert text_of(file) == ORIGINAL
    write(folders.settings_file, "waiting_page = ")
    assert "Tavernkeep cannot read its own settings." in prepare(installation, folders, os.environ).notices
