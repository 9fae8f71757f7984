"""SillyTavern from the real npm registry: installed, cancelled, killed, offline, on a full disk, repaired."""

import functools
import io
import json
import os
import random
import shutil
import socket
import subprocess
import sys
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from launcher.problem import TavernkeepError
from launcher.server import install as installing
from launcher.server.first_config import prepare_first_config, set_aside_config
from launcher.server.install import carry_over, install, modules_install, newest_version
from launcher.server.install_progress import Progress
from launcher.server.installation import (
    MARKER,
    Installation,
    inspect,
    modules_missing,
    our_installation,
    our_versions,
)
from launcher.server.npm import GUARD, InstallCancelled, failure
from launcher.server.tarball import unpack
from launcher.server_files.config import read_config
from launcher.system.file_lock import held
from launcher.system.folders import Folders, our_folders
from launcher.versions.number import number
from tests.support.leftovers import processes_of
from tests.support.machine import free_port, need_root
from tests.support.sillytavern import private_copy
from tests.support.waiting import wait_until

SMALL = "1.9.7"
CLOSED = "http://127.0.0.1:9/"
ONE_MINUTE_S = 60
MOMENTS = random.Random()  # noqa: S311 (chance is the point, not secrecy)


@functools.cache
def registry_down() -> str:
    """Why nothing can be fetched; empty when npm's registry answers."""
    if not shutil.which("npm"):
        return "needs npm"
    command = ["npm", "view", f"sillytavern@{SMALL}", "version", "--fetch-retries=0"]
    asked = subprocess.run(command, capture_output=True, text=True, check=False)
    return "" if asked.returncode == 0 else f"npm's registry is down: {asked.stderr[:200]}"


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """npm's registry, or a skipped test. What is in npm's cache is taken from there."""
    if reason := registry_down():
        pytest.skip(reason)
    monkeypatch.setenv("npm_config_prefer_offline", "true")


@pytest.fixture
def folders(home: Path) -> Folders:
    folders = our_folders()
    assert folders.data.is_relative_to(home)
    return folders


def ignore(_: Progress) -> None:
    """For tests that look at something else."""


def never() -> bool:
    return False


def left_over(folders: Folders) -> list[str]:
    """What lies among our versions, the lock aside."""
    return sorted(path.name for path in (folders.data / "sillytavern" / "versions").glob("*") if path.name != ".lock")


def assert_complete(installation: Installation) -> None:
    assert inspect(installation.folder) == installation
    assert not modules_missing(installation)


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[None]:
    """A disk of its own at `folder`."""
    need_root()
    folder.mkdir(parents=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("may not mount a small disk")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def answers(port: int) -> bool:
    with socket.socket() as phone:
        return phone.connect_ex(("127.0.0.1", port)) == 0


def test_an_installation_runs_and_its_progress_only_rises(registry: None, folders: Folders) -> None:
    told: list[Progress] = []
    installation = install(folders, SMALL, told.append, never)
    assert_complete(installation)
    assert left_over(folders) == [SMALL]
    assert our_versions(folders) == (SMALL,)

    assert [p.done for p in told] == sorted(p.done for p in told)
    packages = [p for p in told if p.step == "Installing packages"]
    assert packages == told[-len(packages) :]
    assert [p.megabytes for p in packages] == sorted(p.megabytes for p in packages)
    assert len({p.expected for p in packages[:-1]}) == 1
    assert packages[-1].done == packages[-1].expected > 200
    assert packages[-1].megabytes > 100
    assert packages[-1].seconds_left in (None, 0)

    config = read_config(installation.config_file.read_text("utf-8"), installation.config_file.name)
    assert (config["listen"], config["whitelistMode"], config["whitelist"]) == (True, True, ["127.0.0.1"])

    port = free_port()
    environment = {**os.environ, "SILLY_TAVERN_PORT": str(port), "TAVERNKEEP_NO_BROWSER": "1"}
    command = ["node", "--require", str(GUARD), "server.js"]
    with subprocess.Popen(command, cwd=installation.folder, env=environment, stdin=subprocess.PIPE) as server:
        wait_until(lambda: answers(port), ONE_MINUTE_S, "the server answers")
        assert server.stdin
        server.stdin.close()
        assert server.wait(10) == 0


def test_installing_the_same_again_changes_nothing(registry: None, folders: Folders) -> None:
    ours = our_installation(folders, SMALL)
    ours.folder.mkdir(parents=True)
    (ours.folder / "server.js").write_text("mine")
    (ours.folder / "package.json").write_text(json.dumps({"name": "sillytavern", "version": SMALL}))
    (ours.folder / "config.conf").write_text("mine")
    (ours.folder / MARKER).write_text("")
    assert install(folders, SMALL, ignore, never) == ours
    assert (ours.folder / "config.conf").read_text() == "mine"


def test_a_cancel_leaves_nothing(registry: None, folders: Folders, home: Path) -> None:
    told: list[Progress] = []
    enough = 50
    with pytest.raises(InstallCancelled):
        install(folders, SMALL, told.append, lambda: bool(told) and (told[-1].done >= enough or len(told) > 400))
    assert told[-1].done >= enough
    assert left_over(folders) == []
    assert processes_of(home) == []


def test_a_cancel_while_looking_it_up_is_heard(registry: None, folders: Folders) -> None:
    with pytest.raises(InstallCancelled):
        install(folders, None, ignore, lambda: True)
    assert left_over(folders) == []


INSTALL = """
import sys
from launcher.server.install import install
from launcher.system.folders import our_folders
install(our_folders(), sys.argv[1], lambda p: print(p.step, p.done, flush=True), lambda: False)
print("done", flush=True)
"""


def killed_install(after_s: float) -> None:
    """Installs in a process of its own, which is killed after that time (or ends before)."""
    repository = Path(installing.__file__).parents[2]
    process = subprocess.Popen([sys.executable, "-c", INSTALL, SMALL], cwd=repository, stdout=subprocess.PIPE)
    assert process.stdout
    process.stdout.readline()
    threading.Event().wait(after_s)
    process.kill()
    process.communicate()


def check_after_kills(folders: Folders, home: Path, moments_s: list[float]) -> None:
    for moment_s in moments_s:
        killed_install(moment_s)
        wait_until(lambda: not processes_of(home), 5, "npm has ended with its parent")
        for version in our_versions(folders):
            assert_complete(our_installation(folders, version))
    assert_complete(install(folders, SMALL, ignore, never))
    assert left_over(folders) == [SMALL]


@pytest.mark.timeout(300)
@pytest.mark.sweep
def test_after_kill_9_the_next_try_just_works(registry: None, folders: Folders, home: Path) -> None:
    check_after_kills(folders, home, [MOMENTS.uniform(0, 6) for _ in range(3)])


@pytest.mark.sweep
@pytest.mark.timeout(1200)
def test_after_ten_kills_each_next_try_works(registry: None, folders: Folders, home: Path) -> None:
    for _ in range(10):
        check_after_kills(folders, home, [MOMENTS.uniform(0, 8)])
        shutil.rmtree(our_installation(folders, SMALL).folder)


@pytest.mark.sweep
@pytest.mark.timeout(300)
def test_the_newest_is_installed(registry: None, folders: Folders) -> None:
    installation = install(folders, None, ignore, never)
    assert installation.version == newest_version(folders)
    assert number(installation.version) >= number("1.19.0")
    assert_complete(installation)
    config = read_config(installation.config_file.read_text("utf-8"), installation.config_file.name)
    assert (config["listen"], config["whitelistMode"]) == (True, True)
    assert installation.config_file.parent.parent == installation.folder.parent.parent


def test_offline_is_one_sentence(folders: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("npm_config_registry", CLOSED)
    with pytest.raises(TavernkeepError) as refused:
        install(folders, None, ignore, never)
    assert refused.value.problem.title.endswith("cannot be reached.")
    assert "online" in refused.value.problem.advice
    assert left_over(folders) == []


def test_a_version_that_does_not_exist_is_said(registry: None, folders: Folders) -> None:
    with pytest.raises(TavernkeepError, match=r"There is no SillyTavern 9\.9\.9 to download\."):
        install(folders, "9.9.9", ignore, never)


@pytest.mark.parametrize("wanted", [">1.17", "-g", "a b", "../x", "1.19.0 --global"])
def test_what_is_no_version_is_refused(registry: None, folders: Folders, wanted: str) -> None:
    with pytest.raises(TavernkeepError):
        install(folders, wanted, ignore, never)
    assert left_over(folders) == []


def test_too_little_space_is_said_with_numbers(folders: Folders) -> None:
    with small_disk(folders.data, 50):
        with pytest.raises(TavernkeepError, match=r"needs 1000 MB, and 52 MB are free"):
            install(folders, SMALL, ignore, never)
        assert left_over(folders) == []


def test_a_disk_that_gets_full_is_left_as_it_was(
    registry: None, folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installing, "PROGRAM_MB", 0)
    for megabytes in (20, 90):
        with small_disk(folders.data / str(megabytes), megabytes):
            small = Folders(folders.settings, folders.data / str(megabytes), folders.logs, folders.run)
            with pytest.raises(TavernkeepError, match="The disk is full"):
                install(small, SMALL, ignore, never)
            assert left_over(small) == []


def test_two_installations_at_once_are_refused(folders: Folders) -> None:
    versions = folders.data / "sillytavern" / "versions"
    versions.mkdir(parents=True)
    with held(versions / ".lock") as first:
        assert first
        with pytest.raises(TavernkeepError, match="Another installation is under way"):
            install(folders, SMALL, ignore, never)


def test_a_stranger_in_our_place_is_not_touched(registry: None, folders: Folders) -> None:
    folder = our_installation(folders, SMALL).folder
    folder.mkdir(parents=True)
    (folder / "letter.txt").write_text("mine")
    with pytest.raises(TavernkeepError, match="is in the way"):
        install(folders, SMALL, ignore, never)
    assert (folder / "letter.txt").read_text() == "mine"


def contents(folder: Path) -> dict[str, bytes | None]:
    """Every file and folder, node_modules aside."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*")
        if "node_modules" not in path.relative_to(folder).parts
    }


def test_missing_parts_come_back_and_nothing_else_changes(registry: None, folders: Folders, tmp_path: Path) -> None:
    folder = private_copy(SMALL, tmp_path / "SillyTavern")
    (folder / "config.conf").write_bytes(b"\xef\xbb\xbf// mine\r\n")
    shutil.rmtree(folder / "node_modules" / "express")
    (folder / ".tavernkeep-modules-1-x").mkdir()
    before = contents(folder)
    del before[".tavernkeep-modules-1-x"]
    installation = inspect(folder)
    assert modules_missing(installation)
    told: list[Progress] = []
    modules_install(folders, installation, told.append, never)
    assert not modules_missing(installation)
    assert contents(folder) == before
    assert told[-1].done == told[-1].expected > 200
    package = json.loads((folder / "node_modules" / "@mlc-ai" / "web-tokenizers" / "package.json").read_text())
    assert package["version"] == "0.1.0"


def test_a_repair_that_fails_leaves_the_old_parts(
    folders: Folders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "SillyTavern"
    (folder / "node_modules" / "old").mkdir(parents=True)
    (folder / "server.js").write_text("")
    package = {"name": "sillytavern", "version": "1.19.0", "dependencies": {"no-such-thing-here": "1"}}
    (folder / "package.json").write_text(json.dumps(package))
    monkeypatch.setenv("npm_config_registry", CLOSED)
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    monkeypatch.setattr("launcher.server.packages.FETCH", ("--fetch-retries=0",))
    with pytest.raises(TavernkeepError):
        modules_install(folders, inspect(folder), ignore, never)
    assert sorted(path.name for path in folder.iterdir()) == ["node_modules", "package.json", "server.js"]
    assert (folder / "node_modules" / "old").is_dir()


YAML = "# the defaults\nlisten: false\nwhitelistMode: false\nwhitelist:\n  - 10.0.0.1\nport: 8000 # keep\n"


def ours_with_default(folders: Folders, version: str, name: str, text: str) -> Installation:
    installation = our_installation(folders, version)
    (installation.folder / "default").mkdir(parents=True)
    (installation.folder / "default" / name).write_text(text)
    return installation


def test_the_first_configuration_listens_and_lets_only_this_pc_in(folders: Folders) -> None:
    installation = ours_with_default(folders, "1.19.0", "config.yaml", YAML)
    assert prepare_first_config(installation)
    text = installation.config_file.read_text()
    config = read_config(text, "config.yaml")
    assert (config["listen"], config["whitelistMode"]) == (True, True)
    assert config["whitelist"] == ["::1", "127.0.0.1"]
    assert "# the defaults" in text
    assert "port: 8000 # keep" in text
    assert installation.data_root.is_dir()
    if sys.platform != "win32":
        assert installation.config_file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in installation.config_file.parent.iterdir()] == ["config.yaml"]


def test_a_configuration_that_is_there_stays(folders: Folders) -> None:
    installation = ours_with_default(folders, "1.19.0", "config.yaml", YAML)
    installation.config_file.parent.mkdir(parents=True)
    installation.config_file.write_text("mine")
    assert not prepare_first_config(installation)
    assert installation.config_file.read_text() == "mine"


def test_a_version_without_a_default_file_gets_a_configuration_too(folders: Folders) -> None:
    installation = our_installation(folders, "1.19.0")
    installation.folder.mkdir(parents=True)
    prepare_first_config(installation)
    assert read_config(installation.config_file.read_text(), "config.yaml")["listen"] is True


def test_a_configuration_that_comes_with_the_program_becomes_the_default(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("shipped")
    set_aside_config(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["default"]
    assert (tmp_path / "default" / "config.yaml").read_text() == "shipped"


def test_a_folder_of_the_users_own_gets_no_configuration(tmp_path: Path) -> None:
    (tmp_path / "server.js").write_text("")
    (tmp_path / "package.json").write_text('{"name": "sillytavern", "version": "1.19.0"}')
    before = contents(tmp_path)
    assert not prepare_first_config(inspect(tmp_path))
    assert contents(tmp_path) == before


def test_an_update_takes_along_what_the_user_put_into_the_program(folders: Folders) -> None:
    old, new = (our_installation(folders, version) for version in ("1.18.0", "1.19.0"))
    extensions = Path("public", "scripts", "extensions", "third-party")
    for one in (old, new):
        (one.folder / "plugins").mkdir(parents=True)
        (one.folder / "plugins" / "package.json").write_text(one.version)
    (old.folder / extensions / "map").mkdir(parents=True)
    (old.folder / "plugins" / "radio").mkdir()
    old.whitelist_file.write_bytes(b"127.0.0.1\r\n192.168.0.9")
    carry_over(old, new)
    assert new.whitelist_file.read_bytes() == old.whitelist_file.read_bytes()
    assert (new.folder / extensions / "map").is_dir()
    assert (new.folder / "plugins" / "radio").is_dir()
    assert (new.folder / "plugins" / "package.json").read_text() == "1.19.0"


def test_a_version_that_keeps_everything_inside_is_not_updated(folders: Folders) -> None:
    old, new = (our_installation(folders, version) for version in ("1.12.0", "1.19.0"))
    old.folder.mkdir(parents=True)
    old.whitelist_file.write_text("127.0.0.1")
    with pytest.raises(TavernkeepError, match="keeps its chats and settings inside its own folder"):
        carry_over(old, new)
    assert not new.folder.exists()


def archive(path: Path, *members: tuple[str, bytes | None]) -> Path:
    """A .tgz; None makes a link instead of a file."""
    with tarfile.open(path, "w:gz") as file:
        for name, content in members:
            member = tarfile.TarInfo(name)
            if content is None:
                member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
                file.addfile(member)
            else:
                member.size = len(content)
                file.addfile(member, io.BytesIO(content))
    return path


def test_an_archive_is_unpacked_below_its_own_folder(tmp_path: Path) -> None:
    file = archive(tmp_path / "a.tgz", ("package/server.js", b"one"), ("package/src/deep/x.js", b"four"))
    assert unpack(file, tmp_path / "st", never) == 7
    assert (tmp_path / "st" / "src" / "deep" / "x.js").read_bytes() == b"four"


@pytest.mark.parametrize("name", ["package/../../x", "/package/x", "package/..\\x", "package/C:x", "package/a\\..\\x"])
def test_an_archive_that_reaches_out_is_refused(tmp_path: Path, name: str) -> None:
    file = archive(tmp_path / "a.tgz", (name, b"x"))
    with pytest.raises(TavernkeepError, match="is damaged"):
        unpack(file, tmp_path / "st", never)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a.tgz", "st"]


def test_an_archive_with_a_link_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TavernkeepError, match="is damaged"):
        unpack(archive(tmp_path / "a.tgz", ("package/x", None)), tmp_path / "st", never)


@pytest.mark.parametrize("damage", ["half", "head", "empty", "bytes"])
def test_a_damaged_archive_is_refused(tmp_path: Path, damage: str) -> None:
    file = archive(tmp_path / "a.tgz", ("package/x", os.urandom(100_000)))
    whole = file.read_bytes()
    changed = {"half": whole[:50_000], "head": whole[:5], "empty": b"", "bytes": whole[:500] + b"!" * 99 + whole[599:]}
    file.write_bytes(changed[damage])
    with pytest.raises(TavernkeepError, match="is damaged"):
        unpack(file, tmp_path / "st", never)


@pytest.mark.parametrize(
    ("said", "means"),
    [
        ("npm error code ENOTFOUND", "cannot be reached"),
        ("npm ERR! code ETIMEDOUT", "cannot be reached"),
        ("npm error code ENOSPC", "The disk is full"),
        ("npm error nospc ENOSPC: no space left on device, write", "The disk is full"),
        ("npm error code SELF_SIGNED_CERT_IN_CHAIN", "certificate was refused"),
        ("npm error code EACCES", "may not write"),
        ("npm error code EINTEGRITY", "arrived damaged"),
        ("npm error code EWHATEVER", "EWHATEVER"),
        ("", "exit code 7"),
    ],
)
def test_a_failure_of_npm_is_one_sentence(said: str, means: str) -> None:
    assert means in failure([said], 7).problem.title
