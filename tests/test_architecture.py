"""Holds the arrows between the rooms, and what a pure room may import."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

LAUNCHER = Path(__file__).parent.parent / "launcher"

VALUES = {"access", "server_files", "versions", "problem", "__init__"}
MAY_IMPORT = {
    "problem": set[str](),
    "versions": {"problem"},
    "access": {"problem", "versions"},
    "server_files": {"access", "problem", "versions"},
    "system": {"problem"},
    "network": VALUES | {"system"},
    "server": VALUES | {"system", "network"},
    "keeper": VALUES | {"system", "network", "server"},
    "doctor": VALUES | {"system", "network", "server", "keeper"},
    "ui": VALUES | {"system", "network", "server", "keeper", "doctor"},
    "cli": VALUES | {"system", "network", "server", "keeper", "doctor", "ui"},
    "__main__": {"cli"},
    "__init__": set[str](),
}
# Rooms and files that hold no file, socket, thread, clock or window.
PURE = [
    "access/*.py",
    "access/entry_problems/*.py",
    "server_files/*.py",
    "versions/*.py",
    "server/output.py",
    "system/masking.py",
    "system/printable.py",
    "problem.py",
]
PURE += [
    f"doctor/{name}.py"
    for name in (
        *(
            "access_checks",
            "check",
            "checks",
            "entry_lines",
            "check_input",
            "firewall_checks",
            "network_checks",
        ),
        *("program_checks", "report"),
    )
]
PURE += [
    f"keeper/{name}.py"
    for name in (
        *(
            "request_handlers",
            "events",
            "effects",
            "jobs",
            "messages",
            "next_state",
            "server_lifecycle",
            "state",
            "view",
        ),
        *("after_bug", "view", "approval_ui", "devices", "device_entry", "approval", "device_activity"),
    )
]
PURE += [f"network/firewall/{name}.py" for name in ("verdict", "packet", "firewalld_zones", "windows_rules")]
IMPURE_MODULES = {
    "asyncio",
    "io",
    "multiprocessing",
    "os",
    "pathlib",
    "queue",
    "requests",
    "shutil",
    "signal",
    "socket",
}
IMPURE_MODULES |= {"subprocess", "tempfile", "threading", "time", "tkinter", "psutil", "netifaces", "PIL", "random"}


def imports(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: relative import"
            yield node.module or ""
            if node.module == "launcher":
                yield from (f"launcher.{alias.name}" for alias in node.names)


def modules() -> list[Path]:
    return sorted(LAUNCHER.rglob("*.py"))


@pytest.mark.parametrize("file", modules(), ids=lambda f: str(f.relative_to(LAUNCHER)))
def test_a_room_imports_only_what_lies_behind_it(file: Path) -> None:
    room = file.relative_to(LAUNCHER).parts[0].removesuffix(".py")
    for name in imports(file):
        if name.startswith("launcher."):
            other = name.split(".")[1]
            assert other == room or other in MAY_IMPORT[room], f"{file}: {room} may not import {other}"


@pytest.mark.parametrize("pattern", PURE)
def test_a_pure_file_touches_nothing(pattern: str) -> None:
    files = list(LAUNCHER.glob(pattern))
    assert files, f"{pattern} names no file"
    for file in files:
        found = {name.split(".")[0] for name in imports(file)} & IMPURE_MODULES
        assert not found, f"{file} imports {found}"


def test_widgets_know_nothing_of_the_program() -> None:
    for file in (LAUNCHER / "ui/window/widgets").glob("*.py"):
        above = [name for name in imports(file) if re.match(r"launcher\.(?!ui\.window\.widgets\b)", name)]
        assert not above, f"{file} imports {above}"


def test_no_module_is_called_after_nothing() -> None:
    nothing = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "base"}
    assert not [file for file in modules() if file.stem in nothing]


def test_every_thread_is_under_the_safety_net() -> None:
    bare = [file for file in modules() if re.search(r"\bThread\(", file.read_text("utf-8"))]
    assert bare == [LAUNCHER / "system/safety_net.py"]
