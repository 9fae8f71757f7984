"""Start at login: what the system would start, and when the user has said no elsewhere."""

import json
import os
import plistlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from launcher.problem import TavernkeepError
from launcher.system import autostart
from launcher.system.autostart import AutostartState, desktop_entry, launch_agent, place, run_key
from launcher.system.autostart.entry_file import AutostartEntry
from launcher.system.ourselves import command_at_login
from tests.support.machine import need
from tests.support.waiting import wait_until

linux = pytest.mark.skipif(sys.platform != "linux", reason="files of a Linux desktop")
AWKWARD = [
    *(
        "a b",
        "tab\there",
        'say "hi"',
        "100%",
        "%u",
        "it's",
        "back\\slash",
        "dollar $HOME `id`",
        "a;b&c|d",
        "ünïcode ☕",
    ),
    *("#hash", "~", "(x)", "<y>", "*?", "\\", "\\\\", '\\"', "", "a=b", "line\nbreak"),
]


@pytest.fixture(autouse=True)
def nothing_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("TAVERNKEEP_HOME", raising=False)
    yield
    autostart.turn_off()


def test_it_is_off_at_first_then_on_then_off() -> None:
    assert (autostart.is_on(), autostart.look().state) == (False, AutostartState.OFF)
    autostart.turn_off()
    autostart.turn_on()
    autostart.turn_on()
    assert (autostart.is_on(), autostart.look().state) == (True, AutostartState.ON)
    assert autostart.look().program == command_at_login()[0]
    autostart.turn_off()
    assert autostart.look().state is AutostartState.OFF


def test_it_starts_this_program_in_its_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TAVERNKEEP_HOME", str(tmp_path / "my home"))
    autostart.turn_on()
    entry = place.read()
    assert entry
    assert entry.command[1:] == ("-P", "-m", "launcher", "at-login", str(tmp_path / "my home"))
    assert Path(entry.command[0]).exists()
    monkeypatch.delenv("TAVERNKEEP_HOME")
    assert autostart.look().state is AutostartState.ELSEWHERE, "it starts the Tavernkeep of another home"


def test_the_built_program_starts_itself(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("tavernkeep-cli.exe", "Tavernkeep.exe"):
        (tmp_path / name).touch()
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "tavernkeep-cli.exe"))
    started = "Tavernkeep.exe" if sys.platform == "win32" else "tavernkeep-cli.exe"
    assert command_at_login() == (str(tmp_path / started), "at-login")


def test_an_entry_of_a_program_that_moved_is_renewed_by_a_start(tmp_path: Path) -> None:
    place.write([str(tmp_path / "gone" / "python"), "-P", "-m", "launcher", "at-login"])
    assert (autostart.is_on(), autostart.look().state) == (False, AutostartState.STALE)
    assert autostart.renew()
    assert autostart.look().state is AutostartState.ON
    assert not autostart.renew()


def test_an_entry_of_another_tavernkeep_that_is_there_is_left_alone() -> None:
    other = (sys.executable, "-m", "other")
    place.write(other)
    assert (autostart.is_on(), autostart.look().state) == (True, AutostartState.ELSEWHERE)
    assert not autostart.renew()
    entry = place.read()
    assert entry
    assert entry.command == other


def test_an_entry_that_is_off_stays_off_at_a_start() -> None:
    assert not autostart.renew()
    assert autostart.look().state is AutostartState.OFF


@linux
@pytest.mark.parametrize(
    "line", ["Hidden=true", "X-GNOME-Autostart-enabled=false", "Hidden = True", "X-GNOME-Autostart-enabled=False"]
)
def test_what_the_desktop_s_settings_switched_off_stays_off_until_it_is_asked_for(line: str) -> None:
    autostart.turn_on()
    key = line.partition("=")[0].strip()
    kept = [old for old in place.path().read_text("utf-8").splitlines() if not old.startswith(key)]
    place.path().write_text("\n".join([*kept, line, ""]), "utf-8")
    assert (autostart.is_on(), autostart.look().state) == (False, AutostartState.SWITCHED_OFF)
    assert not autostart.renew()
    assert autostart.look().state is AutostartState.SWITCHED_OFF
    autostart.turn_on()
    assert autostart.look().state is AutostartState.ON


@linux
def test_an_entry_that_cannot_be_read_is_unknown_and_not_off() -> None:
    place.path().mkdir(parents=True)
    assert (autostart.is_on(), autostart.look().state) == (None, AutostartState.UNKNOWN)
    with pytest.raises(TavernkeepError, match="could not be turned on"):
        autostart.turn_on()
    place.path().rmdir()
    assert list(place.path().parent.iterdir()) == []


@linux
def test_a_config_folder_that_is_not_absolute_is_not_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert place.path() == tmp_path / ".config/autostart/tavernkeep.desktop"


@linux
def test_a_link_in_its_place_is_replaced_and_what_it_leads_to_stays(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_text("mine", "utf-8")
    place.path().parent.mkdir(parents=True)
    place.path().symlink_to(other)
    autostart.turn_on()
    autostart.turn_off()
    assert other.read_text("utf-8") == "mine"


def test_words_survive_the_quotes_of_a_desktop_entry() -> None:
    for words in (AWKWARD, AWKWARD[::-1], ["/100%/a", *AWKWARD]):
        assert list(desktop_entry.words_of(desktop_entry.exec_value(words))) == words


def test_an_entry_written_by_hand_is_read() -> None:
    text = "# mine\n[Desktop Entry]\nName=T\nExec = /opt/t/tavernkeep  at-login %u\nExec[de]=no\n[Other]\nHidden=true\n"
    entry = desktop_entry.decode(text.encode())
    assert (entry.command, entry.switched_off) == (("/opt/t/tavernkeep", "at-login"), False)


@linux
@pytest.mark.parametrize("name", ['my "program" & $more', "100% a=b", "plain"])
def test_a_desktop_starts_exactly_these_words(name: str, tmp_path: Path) -> None:
    """GLib's own reading of the entry, which GNOME, Xfce and others use."""
    need("gio")
    folder = tmp_path / name
    folder.mkdir()
    python, out = folder / "py thon", tmp_path / "out"
    python.symlink_to(sys.executable)
    # GLib takes no line break in a key's value for a word.
    words = [word for word in AWKWARD if "\n" not in word]
    script = "import json, os, sys; open(sys.argv[1] + '.new', 'w').write(json.dumps(sys.argv[2:]))"
    script += "; os.rename(sys.argv[1] + '.new', sys.argv[1])"
    place.write([str(python), "-c", script, str(out), *words])
    subprocess.run(["gio", "launch", str(place.path())], check=True, env={**os.environ, "DISPLAY": ""})
    wait_until(out.exists)
    assert json.loads(out.read_text("utf-8")) == words


def test_a_launch_agent_says_what_macos_starts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    assert launch_agent.ENTRY_FILE.read() is None
    launch_agent.ENTRY_FILE.write(AWKWARD[:10])
    said = plistlib.loads((tmp_path / "Library/LaunchAgents/io.github.tavernkeep.plist").read_bytes())
    assert (said["ProgramArguments"], said["RunAtLoad"], said["LimitLoadToSessionType"]) == (AWKWARD[:10], True, "Aqua")
    entry = launch_agent.ENTRY_FILE.read()
    assert entry
    assert (list(entry.command), entry.switched_off) == (AWKWARD[:10], False)
    launch_agent.path().write_bytes(plistlib.dumps(said | {"Disabled": True}))
    assert launch_agent.ENTRY_FILE.read() == AutostartEntry(tuple(AWKWARD[:10]), switched_off=True)
    launch_agent.path().write_bytes(b"no plist")
    assert launch_agent.ENTRY_FILE.read() == AutostartEntry((), switched_off=False)
    launch_agent.ENTRY_FILE.remove()
    launch_agent.ENTRY_FILE.remove()
    assert launch_agent.ENTRY_FILE.read() is None


@pytest.mark.parametrize(
    ("approved", "off"),
    [(b"", False), (b"\x02" + bytes(11), False), (b"\x06" + bytes(11), False), (b"\x03" + bytes(11), True)],
)
def test_task_manager_s_note_is_read(approved: bytes, off: bool) -> None:
    assert run_key.is_switched_off(approved) is off


@pytest.mark.skipif(sys.platform != "win32", reason="the registry of Windows")
def test_what_task_manager_switched_off_stays_off_until_it_is_asked_for() -> None:
    import winreg  # type: ignore[import-not-found,unused-ignore]

    autostart.turn_on()
    with winreg.CreateKey(winreg.HKEY_CURRENT_USER, run_key.APPROVED) as key:  # type: ignore[attr-defined,unused-ignore]
        winreg.SetValueEx(key, run_key.NAME, 0, winreg.REG_BINARY, b"\x03" + bytes(11))  # type: ignore[attr-defined,unused-ignore]
    assert (autostart.is_on(), autostart.look().state) == (False, AutostartState.SWITCHED_OFF)
    assert not autostart.renew()
    assert autostart.look().state is AutostartState.SWITCHED_OFF
    autostart.turn_on()
    assert autostart.look().state is AutostartState.ON


@pytest.mark.skipif(sys.platform != "win32", reason="the registry of Windows")
def test_a_line_that_windows_would_not_start_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAVERNKEEP_HOME", "C:\\" + "long\\" * 60)
    with pytest.raises(TavernkeepError, match="could not be turned on"):
        autostart.turn_on()
    assert autostart.look().state is AutostartState.OFF


@pytest.mark.skipif(sys.platform != "win32", reason="the registry of Windows")
def test_windows_reads_the_words_that_were_written() -> None:
    words = tuple(word for word in AWKWARD if word)[:9]
    place.write(("C:\\my programs\\python.exe", *words))
    entry = place.read()
    assert entry
    assert entry.command == ("C:\\my programs\\python.exe", *words)
