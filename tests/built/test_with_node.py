"""The program that brings its own Node.js, on a PC that has none: from nothing to a page in the browser."""

import shutil
from pathlib import Path

import psutil
import pytest

from tests.built.program import build, environment_of, fresh_user
from tests.e2e.test_first_run import skip_when_offline
from tests.support.machine import need_root

pytestmark = [pytest.mark.sweep, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def with_node(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("with node"), "--with-node")


def without_node_here() -> list[str]:
    """Before a command line: it runs where every Node.js of this computer is an empty file."""
    hide = [path for path in (shutil.which("node"), shutil.which("nodejs")) if path]
    mount = shutil.which("mount")
    mounts = "".join(f"{mount} --bind /dev/null '{Path(path).resolve()}' && " for path in hide)
    return ["unshare", "--mount", "sh", "-c", f'{mounts}exec "$@"', "sh"]


def test_sillytavern_is_installed_and_runs_with_the_node_inside(with_node: Path, tmp_path: Path) -> None:
    need_root()
    with fresh_user(tmp_path, with_node, without_node_here(), {}) as user:
        done = user.run("install", timeout_s=300)
        skip_when_offline(done.stderr)
        assert done.returncode == 0, done.stderr

        user.do("start", timeout_s=120)

        server = psutil.Process(user.status()["pid"])
        assert Path(server.exe()).is_relative_to(with_node.parent)
        names = environment_of(server.pid)
        assert not [name for name in names if name.startswith(("_PYI_", "LD_LIBRARY", "TCL_", "TK_"))]
        assert names["PATH"] == str(user.home / "bin")
