"""run.py as a person meets it: on a small project of its own that needs no registry."""

import ast
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.machine import REPOSITORY
from tests.support.waiting import wait_until

LAUNCHER = """
import os, sys

print("started", os.getpid(), *sys.argv[1:], flush=True)
if sys.argv[1:] == ["wait"]:
    sys.stdin.read()
sys.exit(4 if sys.argv[1:] == ["fail"] else 0)
"""
NEEDS_A_DOWNLOAD = f"a-package-that-must-be-downloaded==1.0 --hash=sha256:{'0' * 64}\n"


def make_project(folder: Path) -> Path:
    folder.mkdir()
    shutil.copy(REPOSITORY / "run.py", folder)
    (folder / "locks").mkdir()
    (folder / "locks/run.txt").write_text("# nothing\n")
    (folder / "launcher").mkdir()
    (folder / "launcher/__main__.py").write_text(LAUNCHER)
    return folder


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that is set up."""
    folder = make_project(tmp_path_factory.mktemp("run") / "project")
    done = start(folder)
    assert done.returncode == 0, done.stderr
    return folder


def environment(**more: str) -> dict[str, str]:
    """Ours, without a screen and with a package index that does not answer."""
    hidden = ("PIP_", "PYTHON", "DISPLAY", "WAYLAND_DISPLAY")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(hidden)}
    return kept | {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PYTHONDONTWRITEBYTECODE": "1"} | more


def start(folder: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(folder / "run.py"), *arguments],
        cwd="/",
        env=environment(**more),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def make_wheel(folder: Path, name: str, *modules: str) -> str:
    """Puts a package with empty `modules` into `folder`. Returns the line of a lock file that wants it."""
    wheel = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as file:
        for module in modules:
            file.writestr(f"{module}.py", "")
        info = f"{name}-1.0.dist-info/"
        file.writestr(info + "METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        file.writestr(info + "WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        file.writestr(info + "RECORD", "")
    return f"{name}==1.0 --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n"


def hide(module: str, folder: Path) -> str:
    """A PYTHONPATH with which `module` cannot be imported, as on a Debian without its package."""
    (folder / "sitecustomize.py").write_text(f"import sys; sys.modules[{module!r}] = None")
    return str(folder)


def test_the_first_start_says_what_takes_so_long_and_then_runs(tmp_path: Path) -> None:
    done = start(make_project(tmp_path / "a folder of mine 雪"), "status", "--json")
    assert "Setting Tavernkeep up" in done.stderr
    assert done.stdout.split()[2:] == ["status", "--json"]
    assert done.returncode == 0


def test_the_second_start_goes_straight_on(project: Path) -> None:
    done = start(project, "status")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split()[2:] == ["status"]


def test_the_exit_code_is_tavernkeeps_own(project: Path) -> None:
    assert start(project, "fail").returncode == 4


def test_a_launcher_folder_where_it_is_started_is_not_taken_for_ours(project: Path, tmp_path: Path) -> None:
    (tmp_path / "launcher").mkdir()
    (tmp_path / "launcher/__main__.py").write_text("print('somebody else')")
    command = [sys.executable, str(project / "run.py")]
    done = subprocess.run(command, cwd=tmp_path, env=environment(), capture_output=True, text=True, check=True)
    assert done.stdout.startswith("started")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no exec")
def test_signals_reach_tavernkeep_itself(project: Path) -> None:
    command = [sys.executable, str(project / "run.py"), "wait"]
    with subprocess.Popen(
        command, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stdout.readline().split()[:2] == ["started", str(process.pid)]
        process.terminate()
        assert process.wait(10) == -signal.SIGTERM


def test_changed_locks_are_installed_and_nothing_is_rebuilt(project: Path) -> None:
    python = (project / ".venv/pyvenv.cfg").stat()
    (project / "locks/run.txt").write_text("# changed\n")
    assert "Setting Tavernkeep up" in start(project).stderr
    assert start(project).stderr == ""
    assert (project / ".venv/pyvenv.cfg").stat() == python


def test_an_interrupted_setup_is_begun_again(tmp_path: Path) -> None:
    folder = make_project(tmp_path / "project")
    command = [sys.executable, str(folder / "run.py")]
    with subprocess.Popen(command, env=environment(), stderr=subprocess.DEVNULL, start_new_session=True) as process:
        wait_until((folder / ".venv/pyvenv.cfg").exists, what="the first start is making .venv")
        os.killpg(process.pid, signal.SIGKILL)
    done = start(folder)
    assert "Setting Tavernkeep up" in done.stderr
    assert done.stdout.startswith("started")


def test_a_venv_whose_python_is_gone_is_built_again(project: Path) -> None:
    for python in (project / ".venv/bin").glob("python*"):
        python.unlink()
    assert start(project).stdout.startswith("started")


def test_a_folder_that_was_moved_is_set_up_where_it_is(project: Path, tmp_path: Path) -> None:
    moved = tmp_path / "moved"
    shutil.copytree(project, moved, symlinks=True)
    done = start(moved)
    assert "Setting Tavernkeep up" in done.stderr
    assert done.stdout.startswith("started")


def test_two_first_starts_at_once_both_run(tmp_path: Path) -> None:
    folder = make_project(tmp_path / "project")
    command = [sys.executable, str(folder / "run.py")]
    both = [
        subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    said = [process.communicate(timeout=100) for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert sorted("waiting for it" in err for _, err in said) == [False, True]


def test_offline_is_one_sentence_and_exit_code_3(tmp_path: Path) -> None:
    folder = make_project(tmp_path / "project")
    (folder / "locks/run.txt").write_text(NEEDS_A_DOWNLOAD)
    done = start(folder)
    assert done.returncode == 3
    assert "this computer is offline or the Python package index does not answer" in done.stderr.splitlines()[-1]
    assert len(done.stderr.splitlines()) == 2


def test_an_update_that_cannot_be_downloaded_leaves_what_is_there(project: Path) -> None:
    before = (project / "locks/run.txt").read_text()
    (project / "locks/run.txt").write_text(NEEDS_A_DOWNLOAD)
    assert start(project).returncode == 3
    (project / "locks/run.txt").write_text(before)
    assert start(project).stderr == ""


def test_a_part_that_is_not_the_locked_file_is_refused_in_one_sentence(tmp_path: Path) -> None:
    folder = make_project(tmp_path / "project")
    tested = make_wheel(tmp_path, "colours", "colours")
    other = make_wheel(tmp_path, "colours", "something_else")
    index = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(tmp_path)}
    (folder / "locks/run.txt").write_text(tested)
    done = start(folder, **index)
    assert done.returncode == 3
    assert "colours==1.0 is not the file that Tavernkeep was tested with" in done.stderr.splitlines()[-1]
    assert len(done.stderr.splitlines()) == 2
    (folder / "locks/run.txt").write_text(other)
    assert start(folder, **index).returncode == 0


def test_a_part_that_no_ready_made_package_has_is_named(tmp_path: Path) -> None:
    folder = make_project(tmp_path / "project")
    (folder / "locks/run.txt").write_text(NEEDS_A_DOWNLOAD)
    (tmp_path / "a-package-that-must-be-downloaded-1.0.tar.gz").touch()
    done = start(folder, PIP_NO_INDEX="1", PIP_FIND_LINKS=str(tmp_path))
    assert done.returncode == 3
    assert "has no a-package-that-must-be-downloaded==1.0 for this system" in done.stderr.splitlines()[-1]


def test_a_venv_that_has_tavernkeep_as_a_package_is_taken_over(tmp_path: Path) -> None:
    folder = make_project(tmp_path / "project")
    (folder / "locks/run.txt").write_text(make_wheel(tmp_path, "tavernkeep", "_editable_impl_tavernkeep"))
    index = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(tmp_path)}
    # What versions before the lock files left behind.
    assert start(folder, **index).returncode == 0
    venv = folder / ".venv"
    (packages,) = venv.glob("lib/python*/site-packages")
    (packages / "tavernkeep.pth").unlink()
    note = venv / "tavernkeep-setup"
    note.write_text("\n".join([*note.read_text().split("\n")[:4], "[build-system]", "requires = []"]))
    (folder / "locks/run.txt").write_text("# nothing\n")
    assert list(packages.glob("*tavernkeep*"))
    done = start(folder, "status")
    assert (done.returncode, done.stdout.split()[2:]) == (0, ["status"])
    assert [path.name for path in packages.glob("*tavernkeep*")] == ["tavernkeep.pth"]
    assert start(folder).stderr == ""


# Answers as uv would: the program needs one package, each extra one more.
UV = r"""
import sys
print("shared==1.0 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb")
if "--extra" in sys.argv:
    print(sys.argv[sys.argv.index("--extra") + 1] + "-tool==2.0 \\\n    --hash=sha256:cc")
"""


def test_run_py_lock_writes_one_file_for_the_program_and_one_for_what_each_extra_adds(project: Path) -> None:
    (project / "pyproject.toml").write_text("[project.optional-dependencies]\nlint = []\n")
    (project / "uv.py").write_text("import sys; sys.exit(2)")
    assert start(project, "lock").returncode == 2
    (project / "uv.py").write_text(UV)
    done = start(project, "lock")
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    header, shared = (project / "locks/run.txt").read_text().split("\n", 1)
    assert header.startswith("# Made from pyproject.toml by `python3 run.py lock`")
    assert shared == "shared==1.0 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n"
    only_its_own = "lint-tool==2.0 \\\n    --hash=sha256:cc\n"
    assert (project / "locks/lint.txt").read_text() == f"{header}\n{only_its_own}"
    (project / "locks/lint.txt").unlink()
    (project / "locks/run.txt").write_text("# nothing\n")


def entries(name: str) -> dict[str, Requirement]:
    """The requirements that locks/`name`.txt pins, by name."""
    text = (REPOSITORY / f"locks/{name}.txt").read_text("utf-8")
    lines = [line.rstrip(" \\") for line in text.splitlines() if line and not line.startswith((" ", "#"))]
    return {canonicalize_name(one.name): one for one in map(Requirement, lines)}


def test_the_locks_are_in_step_with_pyproject_toml() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    assert {path.stem for path in (REPOSITORY / "locks").iterdir()} == {"run", *extras}
    for name, wanted in {"run": project["dependencies"], **extras}.items():
        locked = entries("run") | entries(name)
        for requirement in map(Requirement, wanted):
            pin = locked.get(canonicalize_name(requirement.name))
            hint = f"{requirement} is not in locks/{name}.txt; type `python3 run.py lock`"
            assert pin, hint
            (version,) = pin.specifier
            assert version.operator == "==" and requirement.specifier.contains(version.version), hint
            assert pin.marker == requirement.marker, hint


def test_what_several_locks_name_has_one_version() -> None:
    pins = [set(map(str, entries(path.stem).values())) for path in (REPOSITORY / "locks").iterdir()]
    names = [Requirement(pin).name for pin in set().union(*pins)]
    assert len(names) == len(set(names))


def test_the_locks_hold_a_hash_for_each_package_and_no_address() -> None:
    for path in (REPOSITORY / "locks").iterdir():
        text = path.read_text("utf-8")
        assert "://" not in text and "index" not in text
        assert text.count(" \\\n    --hash=sha256:") >= len(entries(path.stem))


def test_a_python_that_cannot_make_environments_is_told_what_to_type(tmp_path: Path) -> None:
    folder = make_project(tmp_path / "project")
    done = start(folder, PYTHONPATH=hide("ensurepip", tmp_path))
    assert done.returncode == 3
    assert "This Python cannot make the .venv that Tavernkeep needs" in done.stderr
    if shutil.which("apt-get"):
        assert "`sudo apt install python3-venv`" in done.stderr


def test_without_tk_it_says_what_to_type_and_goes_on_in_the_terminal(project: Path, tmp_path: Path) -> None:
    without_tk = hide("_tkinter", tmp_path)
    done = start(project, DISPLAY=":0", PYTHONPATH=without_tk)
    assert "Going on in the terminal" in done.stderr
    if shutil.which("apt-get"):
        assert "`sudo apt install python3-tk`" in done.stderr
    assert done.stdout.split()[2:] == ["serve"]
    assert start(project, "status", DISPLAY=":0", PYTHONPATH=without_tk).stderr == ""


def test_an_old_python_can_read_the_sentence_that_sends_it_away() -> None:
    source = (REPOSITORY / "run.py").read_text("utf-8")
    ast.parse(source, feature_version=(3, 6))
    assert source.index("Python 3.11 or newer") < source.index("def ")


@pytest.mark.parametrize(("ruff", "expected"), [(0, 0), (1, 1)])
def test_run_py_test_ends_with_the_summary_of_pytest(project: Path, ruff: int, expected: int) -> None:
    (project / "ruff.py").write_text(f"import sys; print('ruff', *sys.argv[1:]); sys.exit({ruff})")
    (project / "mypy.py").write_text("import sys; print('mypy', *sys.argv[1:])")
    (project / "pytest.py").write_text("import sys; print('pytest', *sys.argv[1:]); print('== 3 passed ==')")
    checks = [
        "ruff check",
        "ruff format --check",
        "mypy",
        "mypy --platform win32 --cache-dir .mypy_cache/win32 launcher run.py",
        "mypy --platform darwin --cache-dir .mypy_cache/darwin launcher run.py",
    ]
    done = start(project, "test")
    assert done.stdout.splitlines() == [
        *checks,
        "pytest -n logical --maxprocesses 4 -m not sweep",
        "== 3 passed ==",
    ]
    assert done.returncode == expected
    no_apt = str(project)  # The packages for --all are large, and not for this test to install.
    done = start(project, "test", "--all", PATH=no_apt)
    assert done.stdout.splitlines()[-2:] == ["pytest -n logical --maxprocesses 4", "== 3 passed =="]
    done = start(project, "check")
    assert (done.stdout.splitlines(), done.returncode) == (checks, expected)


def test_a_selection_of_tests_runs_pytest_alone(project: Path) -> None:
    (project / "pytest.py").write_text("import sys; print('pytest', *sys.argv[1:]); sys.exit(1)")
    done = start(project, "test", "tests/keeper", "-k", "bar")
    assert (done.stdout, done.returncode) == ("pytest -m not sweep tests/keeper -k bar\n", 1)
    assert start(project, "test", "--all", "-k", "bar").stdout == "pytest -k bar\n"


# Makes a program as PyInstaller would, or says why not.
PYINSTALLER = """
import pathlib, sys
dist = sys.argv[sys.argv.index("--distpath") + 1]
if "no" in (pathlib.Path(dist).parent / "answer.txt").read_text():
    sys.exit("it has no libpython")
program = pathlib.Path(dist, "tavernkeep/tavernkeep")
program.parent.mkdir(parents=True, exist_ok=True)
program.write_text(" ".join(sys.argv[-2:]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="looks for the program of Linux")
def test_run_py_build_says_where_the_program_is_or_why_there_is_none(project: Path) -> None:
    (project / "PyInstaller.py").write_text(PYINSTALLER)
    (project / "answer.txt").write_text("yes")
    done = start(project, "build", "--with-node")
    assert (done.returncode, done.stdout) == (0, f"{project / 'dist/tavernkeep/tavernkeep'}\n"), done.stderr
    assert Path(done.stdout.strip()).read_text() == "-- --with-node"
    (project / "answer.txt").write_text("no")
    done = start(project, "build")
    assert done.returncode == 3
    assert "The program could not be built: it has no libpython" in done.stderr
    assert start(project, "build", "--fast").returncode == 2
    # What was there before the build is there after it.
    assert start(project).stderr == ""


def test_a_program_that_would_have_no_window_is_not_built(project: Path, tmp_path: Path) -> None:
    done = start(project, "build", PYTHONPATH=hide("_tkinter", tmp_path))
    assert done.returncode == 3
    assert "Python's Tk is missing" in done.stderr


def without_library(folder: Path) -> str:
    """A PYTHONPATH with which Python is Debian's, as it is without the package of its shared library."""
    variables = {"INSTSONAME": "libpython3.so.1.0", "LIBDIR": str(folder)}
    (folder / "sitecustomize.py").write_text(
        f"import sys, sysconfig; sys.base_prefix = '/usr'; sysconfig.get_config_var = {variables!r}.get"
    )
    return str(folder)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have the library with Python")
def test_a_python_without_its_library_builds_nothing_and_is_told_what_to_type(project: Path, tmp_path: Path) -> None:
    done = start(project, "build", PYTHONPATH=without_library(tmp_path))
    assert done.returncode == 3
    assert "Python's shared library is missing" in done.stderr
    if shutil.which("apt-get"):
        python = ".".join(map(str, sys.version_info[:2]))
        assert f"`sudo apt install libpython{python}`." in done.stderr


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="needs root on Linux")
def test_the_library_is_installed_for_the_tests(project: Path, tmp_path: Path) -> None:
    (project / "pytest.py").write_text("print('== 3 passed ==')")
    apt = tmp_path / "apt-get"
    apt.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/asked\n')
    apt.chmod(0o755)
    start(project, "test", PATH=str(tmp_path), PYTHONPATH=without_library(tmp_path))
    asked = (tmp_path / "asked").read_text().splitlines()
    assert "libpython" + ".".join(map(str, sys.version_info[:2])) in asked[1].split()


@pytest.mark.sweep
def test_a_build_that_cannot_download_its_tools_says_so(tmp_path: Path) -> None:
    folder = make_project(tmp_path / "project")
    (folder / "locks/build.txt").write_text(NEEDS_A_DOWNLOAD)
    done = start(folder, "build")
    assert done.returncode == 3
    assert "this computer is offline or the Python package index does not answer" in done.stderr.splitlines()[-1]


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="needs root on Linux")
def test_what_the_tests_miss_is_installed_by_apt_and_what_apt_refuses_is_named(project: Path, tmp_path: Path) -> None:
    (project / "pytest.py").write_text("print('== 3 passed ==')")
    apt = tmp_path / "apt-get"
    apt.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/asked\ncase "$*" in *chromium*) exit 100;; esac\n')
    apt.chmod(0o755)
    done = start(project, "test", PATH=str(tmp_path))
    asked = (tmp_path / "asked").read_text().splitlines()
    assert asked[0] == "update -qq"
    assert "--no-install-recommends" in asked[1]
    assert {"xvfb", "chromium", "iproute2"} <= set(asked[1].split())
    assert "apt could not install chromium; tests that need it will be skipped." in done.stderr
    assert done.stdout.splitlines()[-1] == "== 3 passed =="
