"""Both commands of the README on a Debian 13 that has Python and nothing else: no pip, no Node.js, no git."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.machine import REPOSITORY, free_port, need, need_root

pytestmark = [
    pytest.mark.sweep,
    pytest.mark.timeout(1500),
    pytest.mark.skipif(sys.platform != "linux", reason="makes a Debian inside a Linux"),
]
COMMAND_PATIENCE_S = 600
# Mounts and processes are the command's own, so all of them end with it, however it ends.
ENTER = """
mount -t proc proc proc && mount -t sysfs sysfs sys && mount -t tmpfs tmpfs run && mount --rbind /dev dev &&
exec chroot . "$@"
"""
# How this machine reaches the registries.
KEPT = ("PIP_INDEX_URL", "PIP_CERT", "NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "http_proxy", "https_proxy", "no_proxy")
COPIED = ("/etc/resolv.conf", "/etc/hosts", *map(str, Path("/usr/local/share/ca-certificates").glob("*.crt")))

# One command, because what runs ends with the command that started it.
USE = """
set -e
run() { python3 /root/tavernkeep/run.py "$@"; }
run install >&2; run start >&2; run status --json; run quit >&2
"""


@dataclass(frozen=True)
class Debian:
    """A Debian in the folder `root`, which root enters without starting it."""

    root: Path

    def run(self, *command: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Runs `command` there, in a mount and a process namespace of its own."""
        kept = {name: value for name in KEPT if (value := os.environ.get(name))} | index_of_pip()
        own = {"HOME": "/root", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"}
        enter = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", ENTER, "sh"]
        return subprocess.run(
            [*enter, *command],
            cwd=self.root,
            env=kept | own | {"DEBIAN_FRONTEND": "noninteractive"} | more,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=COMMAND_PATIENCE_S,
            check=False,
        )


def index_of_pip() -> dict[str, str]:
    """The package index of this machine's pip, when its settings name another than the usual one."""
    command = [sys.executable, "-m", "pip", "config", "get", "global.index-url"]
    found = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    return {"PIP_INDEX_URL": found} if found else {}


@pytest.fixture
def debian(tmp_path: Path) -> Iterator[Debian]:
    """A new Debian 13 with Python alone, and a clone of this repository in /root/tavernkeep. Takes two minutes."""
    need_root()
    need("debootstrap", "unshare", "git", "apt-get")
    mirrors = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages", "Label: Debian"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    if not mirrors:
        pytest.skip("needs a mirror of Debian in apt's sources")
    root = tmp_path / "debian"
    try:
        make_debian(root, mirrors[0])
        yield Debian(root)
    finally:
        # 500 MB; should anything still be mounted there, that stays.
        subprocess.run(["rm", "-rf", "--one-file-system", str(root)], check=True)


def make_debian(root: Path, mirror: str) -> None:
    """Makes the Debian in `root`, able to reach what this machine reaches. Skips the test where that cannot be done."""
    bootstrap = ["debootstrap", "--variant=minbase", "--include=python3", "trixie", str(root), mirror]
    done = subprocess.run(["unshare", "--mount", *bootstrap], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"debootstrap could not make a Debian 13: {''.join(done.stdout.splitlines()[-1:])}")
    for name in COPIED:
        if Path(name).exists():
            Path(root, name[1:]).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(name, root / name[1:])
    clone = ["git", "clone", "-q", "--no-hardlinks", str(REPOSITORY), str(root / "root/tavernkeep")]
    subprocess.run(clone, check=True)


def test_both_commands_of_the_readme_work_on_a_bare_debian(debian: Debian) -> None:
    run = ["python3", "/root/tavernkeep/run.py"]
    refused = debian.run(*run, "status", "--json")
    assert refused.returncode == 3, refused.stderr
    assert refused.stderr.endswith("type `sudo apt install python3-venv`.\n")

    # What it says to type; root of a minimal Debian has no sudo.
    assert debian.run("apt-get", "install", "-qq", "--no-install-recommends", "python3-venv").returncode == 0
    done = debian.run(*run, "status", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["state"] == "stopped"
    assert "Setting Tavernkeep up" in done.stderr
    assert debian.run(*run, "status", "--json").stderr == ""

    used = debian.run("sh", "-c", USE, SILLYTAVERN_PORT=str(free_port()))
    assert used.returncode == 0, used.stderr
    assert json.loads(used.stdout)["state"] == "running"

    tested = debian.run(*run, "test", "tests/access", "tests/network", "tests/test_documents.py")
    assert tested.returncode == 0, tested.stdout + tested.stderr
    assert " passed" in tested.stdout.splitlines()[-1]
