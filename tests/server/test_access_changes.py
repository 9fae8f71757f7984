"""Wishes about who gets in, done to real settings files of every era, and judged by what is in effect afterwards."""

import json
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from launcher.access.exposure import Mode
from launcher.access.interlock import RefusedError
from launcher.problem import TavernkeepError
from launcher.server import access_changes
from launcher.server.installation import Installation, inspect
from launcher.server.read_settings import effective_settings, stored_credentials
from launcher.server.resolve_settings import EffectiveSettings
from launcher.server.settings_files import UndoableStep, run
from tests.support.data import config_text

PASSWORD = "correct horse battery"
PHONE = "192.168.0.20"
# Version → the real file that people of that version have.
CONFIGS = {
    "1.9.7": "1.9.7/config.conf",
    "1.10.0": "1.10.0/config.conf",
    "1.10.10": "1.10.10/config.yaml",
    "1.11.8": "1.11.8/config.yaml",
    "1.12.4": "1.12.4/config.after-first-start.yaml",
    "1.12.14": "1.12.14/config.yaml",
    "1.13.5": "1.13.1/config.yaml",
    "1.19.0": "1.19.0/config.yaml",
}


@pytest.fixture
def backups(tmp_path: Path) -> Path:
    return tmp_path / "home" / "backups"


@pytest.fixture(params=CONFIGS)
def installation(request: pytest.FixtureRequest, tmp_path: Path) -> Installation:
    version: str = request.param
    return folder_with(tmp_path / "st", version, CONFIGS[version])


def folder_with(folder: Path, version: str, config: str | None = None, default: str | None = None) -> Installation:
    """What `inspect` needs of a SillyTavern, with these files as its configuration."""
    folder.mkdir()
    (folder / "server.js").write_text("")
    (folder / "package.json").write_text(json.dumps({"name": "sillytavern", "version": version}))
    if config:
        (folder / f"config{Path(config).suffix}").write_bytes(config_text(config).encode())
    if default:
        (folder / "default").mkdir()
        (folder / "default" / f"config{Path(default).suffix}").write_bytes(config_text(default).encode())
    return inspect(folder)


def effect(installation: Installation) -> EffectiveSettings:
    return effective_settings(inspect(installation.folder))


def files(installation: Installation) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in installation.folder.iterdir() if file.is_file()}


@pytest.fixture
def refused(installation: Installation) -> Iterator[Callable[[Callable[[], object]], str]]:
    """Says why something was refused, after a look that no byte has changed."""

    def ask(wish: Callable[[], object]) -> str:
        before = files(installation)
        with pytest.raises(RefusedError) as refusal:
            wish()
        assert files(installation) == before
        problem = refusal.value.problem
        assert problem.title.endswith((".", "?"))
        return f"{problem.title} {problem.advice}"

    yield ask


Refused = Callable[[Callable[[], object]], str]


def test_a_phone_is_let_in_and_taken_out_again(installation: Installation, backups: Path) -> None:
    access_changes.whitelist(installation, [PHONE, "10.0.0.*"], [], backups)
    access_changes.access(installation, Mode.WHITELIST, backups)
    found = effect(installation)
    assert (found.listens, found.whitelist_on, found.refuses_to_start) == (True, True, None)
    assert {"127.0.0.1", PHONE, "10.0.0.*"} <= set(found.entries)
    access_changes.whitelist(installation, [], [PHONE], backups)
    assert PHONE not in effect(installation).entries
    assert {"127.0.0.1", "10.0.0.*"} <= set(effect(installation).entries)


def test_a_new_list_of_a_config_conf_goes_to_whitelist_txt_and_loses_nobody(tmp_path: Path, backups: Path) -> None:
    installation = folder_with(tmp_path / "st", "1.9.7", "1.9.7/two-ips.conf")
    config = installation.config_file.read_bytes()
    before = effect(installation).entries
    access_changes.whitelist(installation, [PHONE], [], backups)
    assert effect(installation).entries == (*before, PHONE)
    assert effect(installation).whitelist_source == "whitelist.txt"
    assert installation.config_file.read_bytes() == config


def test_an_entry_of_a_config_conf_is_removed_where_it_stands(tmp_path: Path, backups: Path) -> None:
    installation = folder_with(tmp_path / "st", "1.9.7", "1.9.7/two-ips.conf")
    unwanted = next(entry for entry in effect(installation).entries if entry != "127.0.0.1")
    access_changes.whitelist(installation, [], [str(unwanted)], backups)
    assert not installation.whitelist_file.exists()
    assert unwanted not in effect(installation).entries


def test_a_list_that_the_configuration_computes_is_refused_with_advice(tmp_path: Path, backups: Path) -> None:
    installation = folder_with(tmp_path / "st", "1.9.7")
    text = 'const base = ["127.0.0.1"];\nmodule.exports = { listen: true, whitelistMode: true, '
    text += "whitelist: base.concat(require('./more')), basicAuthMode: false };\n"
    installation.config_file.write_text(text)
    wishes: list[Callable[[], object]] = [
        lambda: access_changes.whitelist(installation, [PHONE], [], backups),
        lambda: access_changes.move_whitelist(installation, "txt", backups),
    ]
    for wish in wishes:
        with pytest.raises(RefusedError) as refusal:
            wish()
        assert "whitelist.txt" in refusal.value.problem.advice
    assert installation.config_file.read_text() == text
    assert not installation.whitelist_file.exists()


def test_whitelist_txt_is_changed_where_there_is_one(installation: Installation, backups: Path) -> None:
    installation.whitelist_file.write_bytes(b"\xef\xbb\xbf127.0.0.1\r\n192.168.0.7")
    config = installation.config_file.read_bytes()
    access_changes.whitelist(installation, [PHONE], ["192.168.0.7"], backups)
    assert installation.whitelist_file.read_bytes() == b"\xef\xbb\xbf127.0.0.1\r\n192.168.0.20\r\n"
    assert installation.config_file.read_bytes() == config


def test_above_a_broken_line_of_an_old_version_a_phone_really_gets_in(tmp_path: Path, backups: Path) -> None:
    installation = folder_with(tmp_path / "st", "1.9.7", "1.9.7/config.conf")
    installation.whitelist_file.write_text("127.0.0.1\n# phones\n192.168.0.7\n")
    access_changes.whitelist(installation, [PHONE, "10.0.0.7"], [], backups)
    assert installation.whitelist_file.read_text() == "127.0.0.1\n192.168.0.20\n10.0.0.7\n# phones\n192.168.0.7\n"
    access_changes.whitelist(installation, [], ["# phones"], backups)
    assert "#" not in installation.whitelist_file.read_text()


@pytest.mark.parametrize(
    "road",
    [["0.0.0.0/0"], ["*.*.*.*"], ["::/0"], ["192.168.0.20/"], ["0.0.0.0/1", "128.0.0.0/1"], ["192.168.*"], ["x"]],
)
def test_no_entry_opens_or_breaks_it(
    installation: Installation, backups: Path, refused: Refused, road: list[str]
) -> None:
    refused(lambda: access_changes.whitelist(installation, ["192.168.0.7", *road], [], backups))


def test_with_a_login_everyone_may_be_listed_and_then_the_login_stays(
    installation: Installation, backups: Path, refused: Refused
) -> None:
    access_changes.login(installation, "tavern", PASSWORD, backups)
    access_changes.access(installation, Mode.WHITELIST, backups)
    access_changes.whitelist(installation, ["0.0.0.0/0"], [], backups)
    told = refused(lambda: access_changes.login_off(installation, backups))
    assert "everyone could get in" in told


def test_this_pc_stays_in_the_list(installation: Installation, backups: Path, refused: Refused) -> None:
    told = refused(lambda: access_changes.whitelist(installation, [PHONE], ["127.0.0.1"], backups))
    assert "this PC" in told


def test_a_list_without_this_pc_gets_it_when_it_comes_to_count(installation: Installation, backups: Path) -> None:
    installation.whitelist_file.write_text(f"{PHONE}\n")
    access_changes.access(installation, Mode.WHITELIST, backups)
    assert "127.0.0.1" in installation.whitelist_file.read_text().split()
    assert PHONE in installation.whitelist_file.read_text().split()


def test_everyone_needs_a_login_first(installation: Installation, backups: Path, refused: Refused) -> None:
    told = refused(lambda: access_changes.access(installation, Mode.EVERYONE, backups))
    assert "user name and a password" in told
    access_changes.login(installation, "tavern", PASSWORD, backups)
    access_changes.access(installation, Mode.EVERYONE, backups)
    found = effect(installation)
    assert (found.listens, found.whitelist_on, found.login_on, found.login_fit) == (True, False, True, "fit")
    assert found.refuses_to_start is None
    assert stored_credentials(inspect(installation.folder)) == ("tavern", PASSWORD)


def test_whitelist_txt_is_put_aside_for_everyone_and_comes_back(installation: Installation, backups: Path) -> None:
    installation.whitelist_file.write_text("127.0.0.1\n192.168.0.7\n")
    installation.whitelist_file.chmod(0o640)
    aside = installation.folder / "whitelist.off.txt"
    access_changes.login(installation, "tavern", PASSWORD, backups)
    access_changes.access(installation, Mode.EVERYONE, backups)
    assert (installation.whitelist_file.exists(), aside.exists()) == (False, True)
    access_changes.whitelist(installation, [PHONE], [], backups)
    access_changes.access(installation, Mode.THIS_PC, backups)
    assert aside.exists()
    access_changes.access(installation, Mode.WHITELIST, backups)
    assert not aside.exists()
    assert installation.whitelist_file.read_text() == f"127.0.0.1\n192.168.0.7\n{PHONE}\n"
    assert stat.S_IMODE(installation.whitelist_file.stat().st_mode) == 0o640


@pytest.mark.parametrize("listed", ["0.0.0.0/0", "*.*.*.*", "::/0"])
def test_the_whitelist_mode_is_refused_for_a_list_of_everyone(
    installation: Installation, backups: Path, refused: Refused, listed: str
) -> None:
    access_changes.access(installation, Mode.THIS_PC, backups)
    installation.whitelist_file.write_text(f"127.0.0.1\n{listed}\n")
    told = refused(lambda: access_changes.access(installation, Mode.WHITELIST, backups))
    assert listed in told


def test_only_this_pc_needs_nothing(installation: Installation, backups: Path) -> None:
    access_changes.access(installation, Mode.THIS_PC, backups)
    assert effect(installation).listens is False
    assert effect(installation).refuses_to_start is None


@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("", PASSWORD),
        ("tavern", ""),
        ("user", "password"),
        ("tavern", "password"),
        ("ta:vern", PASSWORD),
        ("t", "a\nb"),
    ],
)
def test_a_login_that_is_not_fit_is_refused(
    installation: Installation, backups: Path, refused: Refused, username: str, password: str
) -> None:
    refused(lambda: access_changes.login(installation, username, password, backups))


@pytest.mark.parametrize("password", ["12345", "true", "null", " spaces ", "a'b\"c\\d#e", "пароль 🗝", "{}[]*&!|>%@`"])
def test_a_password_is_stored_so_that_the_server_compares_the_same(
    installation: Installation, backups: Path, password: str
) -> None:
    access_changes.login(installation, "tavern", password, backups)
    assert stored_credentials(inspect(installation.folder)) == ("tavern", password)


def test_a_colon_in_the_password_is_refused_where_it_cannot_be_checked(
    installation: Installation, backups: Path, refused: Refused
) -> None:
    if installation.version == "1.19.0":
        access_changes.login(installation, "tavern", "a:b c d", backups)
    else:
        assert ":" in refused(lambda: access_changes.login(installation, "tavern", "a:b c d", backups))


def test_the_login_goes_off_where_the_whitelist_protects(installation: Installation, backups: Path) -> None:
    access_changes.login(installation, "tavern", PASSWORD, backups)
    access_changes.access(installation, Mode.WHITELIST, backups)
    assert effect(installation).login_on is True
    access_changes.login_off(installation, backups)
    assert effect(installation).login_on is False


def test_the_list_moves_to_the_other_file_and_back(installation: Installation, backups: Path) -> None:
    access_changes.whitelist(installation, [PHONE], [], backups)
    if installation.whitelist_file.exists():
        access_changes.move_whitelist(installation, "config", backups)
    entries = effect(installation).entries
    before = installation.config_file.read_bytes()
    access_changes.move_whitelist(installation, "txt", backups)
    assert effect(installation).whitelist_source == "whitelist.txt"
    assert installation.whitelist_file.read_text().split() == list(entries)
    assert installation.config_file.read_bytes() == before
    access_changes.whitelist(installation, ["10.0.0.7"], [], backups)
    access_changes.move_whitelist(installation, "config", backups)
    assert not installation.whitelist_file.exists()
    assert effect(installation).entries == (*entries, "10.0.0.7")
    access_changes.move_whitelist(installation, "config", backups)


def test_each_change_of_the_list_is_undone_to_the_byte(installation: Installation, backups: Path) -> None:
    steps = [files(installation)]
    wishes: list[Callable[[], object]] = [
        lambda: access_changes.whitelist(installation, [PHONE, "10.0.0.7"], [], backups),
        lambda: access_changes.whitelist(installation, ["192.168.0.*"], [PHONE], backups),
        lambda: access_changes.move_whitelist(
            installation, "config" if installation.whitelist_file.exists() else "txt", backups
        ),
        lambda: access_changes.whitelist(installation, [], ["10.0.0.7"], backups),
    ]
    for wish in wishes:
        wish()
        steps.append(files(installation))
    for before in reversed(steps[:-1]):
        access_changes.undo_whitelist(installation, backups)
        assert files(installation) == before
    with pytest.raises(RefusedError, match="no change of the whitelist"):
        access_changes.undo_whitelist(installation, backups)


def test_undo_leaves_alone_what_others_have_changed_meanwhile(installation: Installation, backups: Path) -> None:
    access_changes.access(installation, Mode.WHITELIST, backups)
    access_changes.whitelist(installation, [PHONE], [], backups)
    access_changes.access(installation, Mode.THIS_PC, backups)
    if installation.whitelist_file.exists():
        with installation.whitelist_file.open("a") as file:
            file.write("192.168.0.7\n")
    access_changes.undo_whitelist(installation, backups)
    found = effect(installation)
    assert PHONE not in found.entries
    assert found.listens is False
    assert not installation.whitelist_file.exists() or "192.168.0.7" in found.entries


def test_undo_is_no_road_to_everyone(installation: Installation, backups: Path, refused: Refused) -> None:
    access_changes.login(installation, "tavern", PASSWORD, backups)
    access_changes.whitelist(installation, ["0.0.0.0/0"], [], backups)
    access_changes.whitelist(installation, [], ["0.0.0.0/0"], backups)
    access_changes.login_off(installation, backups)
    assert "0.0.0.0/0" in refused(lambda: access_changes.undo_whitelist(installation, backups))


@pytest.mark.parametrize("version", ["1.9.7", "1.10.10", "1.12.14", "1.19.0"])
def test_a_configuration_that_is_not_there_is_made_from_the_default(
    version: str, tmp_path: Path, backups: Path
) -> None:
    installation = folder_with(tmp_path / "st", version, default=CONFIGS[version])
    access_changes.access(installation, Mode.WHITELIST, backups)
    found = effect(installation)
    assert (found.listens, found.whitelist_on, found.refuses_to_start) == (True, True, None)
    assert "127.0.0.1" in found.entries
    assert stat.S_IMODE(inspect(installation.folder).config_file.stat().st_mode) == 0o600


def test_without_a_default_file_nothing_is_invented(tmp_path: Path, backups: Path) -> None:
    installation = folder_with(tmp_path / "st", "1.19.0")
    with pytest.raises(TavernkeepError, match="no default one"):
        access_changes.access(installation, Mode.WHITELIST, backups)
    assert not installation.config_file.exists()


def test_one_wish_is_one_write_of_the_file(installation: Installation, backups: Path) -> None:
    access_changes.login(installation, "tavern", PASSWORD, backups)
    kept = [file for file in backups.rglob("0*") if file.is_file() and "list-" not in str(file)]
    assert len(kept) == 1


def test_what_is_kept_for_undo_is_for_the_user_alone(installation: Installation, backups: Path) -> None:
    access_changes.login(installation, "tavern", PASSWORD, backups)
    access_changes.whitelist(installation, [PHONE], [], backups)
    for path in [backups, *(path for path in backups.rglob("*") if path.name != "lock")]:
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_a_file_that_cannot_be_written_leaves_the_others_as_they_were() -> None:
    done: list[str] = []

    def fail() -> None:
        raise TavernkeepError("The disk is full.")

    steps = [
        UndoableStep(lambda: done.append("config"), lambda: done.append("config back")),
        UndoableStep(lambda: done.append("list"), lambda: done.append("list back")),
        UndoableStep(fail, lambda: done.append("never")),
    ]
    with pytest.raises(TavernkeepError, match="disk"):
        run(steps)
    assert done == ["config", "list", "list back", "config back"]


def test_when_the_list_cannot_be_put_aside_the_configuration_is_as_before(
    installation: Installation, backups: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installation.whitelist_file.write_text("127.0.0.1\n")
    access_changes.login(installation, "tavern", PASSWORD, backups)
    before = files(installation)

    def held_open(self: Path, to: Path) -> Path:
        raise PermissionError(13, "held open")

    monkeypatch.setattr(Path, "rename", held_open)
    with pytest.raises(TavernkeepError, match="could not be renamed"):
        access_changes.access(installation, Mode.EVERYONE, backups)
    assert files(installation) == before


def test_entries_that_are_no_text_stay_as_they_are_written(tmp_path: Path, backups: Path) -> None:
    installation = folder_with(tmp_path / "st", "1.14.0", "1.12.14/config.yaml")
    text = "listen: true\nwhitelistMode: true\nwhitelist:\n  - 127.0.0.1\n  - 192.168 # all of it?\n"
    installation.config_file.write_text(text)
    access_changes.whitelist(installation, [PHONE], [], backups)
    assert installation.config_file.read_text() == f'{text}  - "{PHONE}"\n'
    access_changes.whitelist(installation, [], ["192.168"], backups)
    assert "# all of it?" not in installation.config_file.read_text()


def test_a_login_that_user_accounts_replace_is_refused(tmp_path: Path, backups: Path) -> None:
    installation = folder_with(tmp_path / "st", "1.19.0", "1.19.0/config.yaml")
    access_changes.configuration(installation, {"enableUserAccounts": True, "perUserBasicAuth": True}, backups)
    with pytest.raises(RefusedError, match="user accounts"):
        access_changes.login(installation, "tavern", PASSWORD, backups)


@pytest.mark.parametrize("name", ["config.yaml", "whitelist.txt"])
def test_a_link_stays_a_link(tmp_path: Path, backups: Path, name: str) -> None:
    installation = folder_with(tmp_path / "st", "1.19.0", "1.19.0/config.yaml")
    installation.whitelist_file.write_text("127.0.0.1\n")
    kept = tmp_path / "dotfiles" / name
    kept.parent.mkdir()
    (installation.folder / name).rename(kept)
    (installation.folder / name).symlink_to(kept)
    access_changes.login(installation, "tavern", PASSWORD, backups)
    access_changes.access(installation, Mode.EVERYONE, backups)
    access_changes.access(installation, Mode.WHITELIST, backups)
    access_changes.whitelist(installation, [PHONE], [], backups)
    assert (installation.folder / name).is_symlink()
    assert effect(installation).entries == ("127.0.0.1", PHONE)


def test_a_server_that_listens_only_to_itself_comes_to_listen(tmp_path: Path, backups: Path) -> None:
    installation = folder_with(tmp_path / "st", "1.19.0", "1.19.0/config.yaml")
    access_changes.configuration(installation, {"listen": True, "listenAddress.ipv4": "127.0.0.1"}, backups)
    assert effect(installation).listens is False
    access_changes.access(installation, Mode.WHITELIST, backups)
    assert effect(installation).listens is True
