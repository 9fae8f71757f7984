"""The double-click program for Windows: built by the Windows Python, and used as a person does who has neither."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from launcher import __version__
from tests.support.displays import Display
from tests.support.machine import REPOSITORY, free_port, need
from tests.support.programs import SERVE, node_program
from tests.support.waiting import wait_until
from tests.support.windows import COMMAND_LINES, WindowsPC, windows_path
from tests.windows.test_main_job import answer
from tests.windows.test_window import shown_codes, windows_shown

pytestmark = [pytest.mark.sweep, pytest.mark.timeout(900)]

BUILD_PATIENCE_S = 400
WINDOWED, CONSOLE = "Tavernkeep.exe", "tavernkeep-cli.exe"
TELL_ENVIRONMENT = "require('fs').writeFileSync('environment.json', JSON.stringify(process.env));"
VERSION_OF = """
import json, pefile, sys
found = {}
for name in sys.argv[1:]:
    program = pefile.PE(name)
    words = {k.decode(): v.decode() for i in program.FileInfo[0] if i.name == "StringFileInfo"
             for k, v in i.StringTable[0].entries.items()}
    kinds = [kind.struct.Id for kind in program.DIRECTORY_ENTRY_RESOURCE.entries]
    found[name.rpartition("\\\\")[2]] = [program.OPTIONAL_HEADER.Subsystem, words["ProductVersion"], 3 in kinds]
print(json.dumps(found))
"""
GUI, TERMINAL = 2, 3  # subsystems of a program (learn.microsoft.com, PE format)


@dataclass(frozen=True)
class BuiltPC(WindowsPC):
    """`do` and `running` are about the built program in `folder`."""

    folder: Path = Path()

    def start(self, name: str, *words: str) -> subprocess.Popen[str]:
        """One of the two programs, running."""
        return replace(self, more=self.more | {"WEXE": str(self.folder / name), "PYTHONPATH": ""}).popen(*words)

    def do(self, *words: str) -> str:
        process = self.start(CONSOLE, *words)
        output, _ = process.communicate(timeout=120)
        assert process.returncode == 0, f"{words}: {process.returncode}\n{output}\n{self.own_log()}"
        return output

    def running(self) -> list[str]:
        lines: list[str] = json.loads(self.python_says(COMMAND_LINES))
        ours = [line.rpartition(WINDOWED) for line in lines if WINDOWED in line]
        return sorted(words.strip('" ') or "start" for _, _, words in ours)


@pytest.fixture(scope="session")
def built(built_python: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the two programs."""
    place = tmp_path_factory.mktemp("frozen")
    builder = WindowsPC(built_python, place)
    options = ["--noconfirm", "--distpath", windows_path(place / "dist"), "--workpath", windows_path(place / "work")]
    spec = windows_path(REPOSITORY / "build.spec")
    status, output = builder.run("-m", "PyInstaller", *options, spec, time_limit_s=BUILD_PATIENCE_S)
    assert status == 0, output[-4000:]
    shutil.rmtree(place / "work")
    return place / "dist/Tavernkeep"


@pytest.fixture
def desk(pc: WindowsPC, built: Path, display: Display) -> Iterator[BuiltPC]:
    desk = BuiltPC(pc.python, pc.home, {"DISPLAY": display.name}, built)
    yield desk
    desk.do("quit")
    wait_until(lambda: desk.running() == [], 30, "quit ends window, tray and keeper")


def test_what_explorer_shows(pc: WindowsPC, built: Path) -> None:
    files = [windows_path(built / name) for name in (WINDOWED, CONSOLE)]
    found = json.loads(pc.python_says(VERSION_OF, *files))
    assert found == {WINDOWED: [GUI, __version__, True], CONSOLE: [TERMINAL, __version__, True]}


def test_words_in_a_terminal_start_and_stop_a_server_that_gets_nothing_of_ours(desk: BuiltPC, tmp_path: Path) -> None:
    port = free_port()
    folder = node_program(tmp_path / "Tür ☕ {1}" / "st", SERVE + TELL_ENVIRONMENT, port)
    desk.do("use", windows_path(folder))

    desk.do("start")

    assert desk.status()["state"] == "running"
    assert answer(port) == "hello"
    assert "█" in desk.do("qr")
    assert "whitelist" in desk.do("access")
    environment = json.loads((folder / "environment.json").read_text("utf-8"))
    assert not [name for name, value in environment.items() if "_PYI" in name or windows_path(desk.folder) in value]
    assert not {"TCL_LIBRARY", "TK_LIBRARY", "PYINSTALLER_RESET_ENVIRONMENT"} & set(environment)
    assert desk.running() == ["keeper start"]

    desk.do("stop")

    assert answer(port) is None
    assert desk.do("logs", "-n", "1").strip() == "goodbye"
    assert desk.own_log() == ""


def test_a_double_click_shows_the_code_and_a_second_one_the_same_window(
    desk: BuiltPC, display: Display, tmp_path: Path
) -> None:
    need("import", "wmctrl")
    port = free_port()
    desk.do("use", windows_path(node_program(tmp_path / "st", SERVE, port)))

    first = desk.start(WINDOWED)

    codes = wait_until(lambda: shown_codes(display, tmp_path / "screen.png"), 60, "the code is on the screen")
    assert codes == [desk.status()["url"]]
    wait_until(lambda: desk.running() == ["keeper start", "start", "tray"], 30, "window, tray and keeper run")
    # Wine has a window for tray icons where the desktop has no tray for them. A console would be a window too.
    wait_until(lambda: windows_shown(display) == ["Tavernkeep", "Wine System Tray"], 20, "the icon is in the tray")

    assert desk.start(WINDOWED).wait(60) == 0

    wait_until(lambda: desk.running() == ["keeper start", "start", "tray"], 30, "nothing more runs than before")
    assert windows_shown(display) == ["Tavernkeep", "Wine System Tray"]
    assert first.poll() is None
    assert desk.own_log() == ""

    desk.do("quit")

    assert first.wait(30) == 0
    assert answer(port) is None
