"""The program that people double-click, built from this checkout, for somebody who has nothing else."""

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from launcher.system.autostart.desktop_entry import decode
from tests.built.program import BuiltTavernkeep, environment_of, libraries_of
from tests.e2e.test_main_job import URL, listening, status_on_phone
from tests.e2e.test_window import shown_codes
from tests.support.displays import Display
from tests.support.hosts import Hosts
from tests.support.machine import need
from tests.support.programs import node_program
from tests.support.waiting import wait_until
from tests.ui.tray.desk import Panel, session_bus

START_PATIENCE_S = 120  # the server compiles its pages at its first start
# What the loader of the built program sets, and the folder of its libraries.
LOADERS = re.compile(r"^(_PYI_|_MEI|PYINSTALLER_|LD_LIBRARY_PATH|TCL_LIBRARY|TK_LIBRARY|PYTHON)")


@pytest.fixture
def panel(tmp_path: Path) -> Iterator[Panel]:
    with session_bus(tmp_path) as address:
        panel = Panel(address, notifications=["body"])
        yield panel
        panel.close()


def windows(display: Display) -> list[str]:
    find = ["xdotool", "search", "--onlyvisible", "--class", "Tavernkeep"]
    return subprocess.run(find, env=display.environment, capture_output=True, text=True, check=False).stdout.split()


def tooltip(panel: Panel) -> str:
    return str(panel.read("ToolTip")[3])


@pytest.mark.timeout(240)  # it is built first
def test_a_fresh_user_double_clicks_and_the_phone_gets_there(
    user: BuiltTavernkeep,
    hosts: Hosts,
    display: Display,
    panel: Panel,
    sillytavern: Callable[[str], Path],
    tmp_path: Path,
) -> None:
    need("import", "xdotool", "curl", "node")
    user = replace(user, more=user.more | {"DBUS_SESSION_BUS_ADDRESS": panel.address})
    user.do("use", str(listening(sillytavern("1.19.0"), "1.19.0")))

    window = user.popen()

    picture = tmp_path / "screen.png"
    wait_until(lambda: shown_codes(display.name, picture) == [URL], START_PATIENCE_S, "the code is on the screen")
    server = user.status()["pid"]
    assert {name for name in environment_of(server) if LOADERS.match(name)} == set()
    ours = str(user.program.parent)
    assert not [file for file in libraries_of(server) if file.startswith(ours)]
    assert not [name for name, value in environment_of(server).items() if ours in value]

    assert user.run().returncode == 0  # a second double-click shows the first window
    assert len(windows(display)) == 1
    assert window.poll() is None

    assert status_on_phone(hosts, URL) == 403  # the server's own answer to a stranger
    wait_until(lambda: len(windows(display)) == 2, 20, "the window asks whether the phone may come in")

    wait_until(lambda: panel.items, 20, "the tray icon is there")
    browser = user.home / "bin/xdg-open"
    browser.write_text('#!/bin/sh\nenv >"$HOME/opened.new"\nmv "$HOME/opened.new" "$HOME/opened"\n')
    browser.chmod(0o755)
    panel.click("Open SillyTavern")
    opened = user.home / "opened"
    wait_until(opened.exists, 20, "the browser is started")
    assert not [line for line in opened.read_text("utf-8").splitlines() if LOADERS.match(line) or ours in line]

    panel.click("Stop")
    wait_until(lambda: tooltip(panel) == "SillyTavern is stopped", 20)
    assert status_on_phone(hosts, URL) == 0
    panel.click("Start")
    wait_until(lambda: tooltip(panel) == f"SillyTavern is running at {URL}", START_PATIENCE_S)
    panel.click("Quit")
    assert window.wait(20) == 0
    wait_until(lambda: not user.processes(), 20, "quit leaves no process")
    log = user.home / ".local/state/tavernkeep/log/tavernkeep.log"
    assert "Traceback" not in log.read_text("utf-8")


# Each reads something that is found only while it runs: a module, a table, a file beside the program.
EVERYTHING = [
    ("--help",),
    ("folders",),
    ("status", "--json"),
    ("whitelist", "add", "192.168.7.20"),
    ("whitelist",),
    ("whitelist", "check", "192.168.7.20"),
    ("whitelist", "undo"),
    ("login", "generate"),
    ("access", "whitelist"),
    ("access", "--json"),
    ("devices",),
    ("url",),
    ("qr",),
    ("logs", "-n", "3"),
    ("restart",),
    ("stop",),
]


@pytest.mark.sweep
def test_every_word_works_without_python(user: BuiltTavernkeep, tmp_path: Path) -> None:
    need("node")
    user.do("use", str(node_program(tmp_path / "st")))
    user.do("start")
    for words in EVERYTHING:
        assert user.do(*words).strip(), words
    for words in [("doctor",), ("autostart",)]:
        done = user.run(*words)
        assert (done.returncode in (0, 1), done.stdout.count("\n") > 0, done.stderr) == (True, True, "")
    old = node_program(tmp_path / "old", version="1.9.7")
    (old / "config.yaml").unlink()
    (old / "config.conf").write_text(
        "const port = 8000;\nconst whitelist = ['127.0.0.1'];\nmodule.exports = { port, whitelist };\n", "utf-8"
    )
    assert "127.0.0.1" in user.do("whitelist", "--folder", str(old))
    user.do("qr", "--png", str(tmp_path / "code.png"), "--svg", str(tmp_path / "code.svg"))
    assert (tmp_path / "code.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.sweep
def test_a_phone_that_knocks_is_recognised_and_waits_on_our_page(
    user: BuiltTavernkeep, hosts: Hosts, tmp_path: Path, sillytavern: Callable[[str], Path]
) -> None:
    need("curl", "node")
    user.do("use", str(listening(sillytavern("1.19.0"), "1.19.0")))
    user.do("start")
    iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Safari/604.1"
    page = subprocess.run(
        hosts.on_phone("curl", "--silent", "--max-time", "10", "-A", iphone, URL), capture_output=True, text=True
    ).stdout
    assert "Waiting" in page
    wait_until(lambda: "iPhone" in user.do("devices"), 20, "its User-Agent was read with the tables of ua-parser")


@pytest.mark.sweep
def test_the_menu_entry_is_valid_and_starts_the_program(
    user: BuiltTavernkeep, display: Display, tmp_path: Path
) -> None:
    need("desktop-file-validate", "gio", "xdotool")
    add = user.program.with_name("add-to-menu")
    subprocess.run([str(add)], env=user.environment, check=True, capture_output=True)
    entry = user.home / ".local/share/applications/tavernkeep.desktop"
    for file in (entry, user.program.with_name("tavernkeep.desktop")):
        checked = subprocess.run(["desktop-file-validate", str(file)], capture_output=True, text=True, check=False)
        assert (checked.returncode, checked.stdout) == (0, "")
    assert decode(entry.read_bytes()).command == (str(user.program),), "the one to remove is recognised"
    gio = [*user.prefix, str(shutil.which("gio")), "launch", str(entry)]
    subprocess.run(gio, env=user.environment, check=True)
    wait_until(lambda: windows(display), 20, "the menu opens the window")
    wait_until(lambda: user.status()["keeper_pid"], 20, "and the keeper is there, to quit")

    assert (user.home / ".local/share/icons/hicolor/256x256/apps/tavernkeep.png").stat().st_size > 1000

    subprocess.run([str(add), "--remove"], env=user.environment, check=True, capture_output=True)
    assert not entry.exists()


@pytest.mark.sweep
def test_errors_are_sentences_and_exit_codes(user: BuiltTavernkeep, tmp_path: Path) -> None:
    done = user.run("use", str(tmp_path))
    assert done.returncode == 3
    assert done.stderr.count("\n") == 1
    assert user.run("dance").returncode == 2
