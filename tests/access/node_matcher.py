"""The real matcher, npm ip-matching in Node, to compare with."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

SHARED = Path(os.environ.get("TAVERNKEEP_SHARED") or Path(__file__).parents[3] / "shared")
MODULES = ("ip-matching@2.1.2", "ipaddr.js@2.2.0")
INSTALL_TIMEOUT_S = 90
ORACLE_TIMEOUT_S = 600


def shared(name: str) -> Path:
    """A file of the shared data; skips the test where there is none."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"no shared data: {path}")
    return path


def shared_cases(name: str) -> list[dict[str, Any]]:
    """The lines of a .jsonl file of the shared data."""
    return [json.loads(line) for line in shared(name).read_text("utf-8").split("\n") if line]


def node() -> str:
    """Node on PATH; skips the test where there is none."""
    path = shutil.which("node")
    if not path:
        pytest.skip("Node is not on PATH")
    return path


def node_modules() -> Path:
    """A node_modules folder with the real matcher, installed by npm once; skips the test when npm cannot get it."""
    cache = Path(os.environ.get("TAVERNKEEP_TEST_CACHE") or Path.home() / ".cache" / "tavernkeep-tests") / "ip-matching"
    modules = cache / "node_modules"
    if not all((modules / name.partition("@")[0] / "package.json").exists() for name in MODULES):
        npm = shutil.which("npm")
        if not npm:
            pytest.skip("npm is not on PATH")
        cache.mkdir(parents=True, exist_ok=True)
        command = [npm, "install", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts", *MODULES]
        try:
            subprocess.run(command, cwd=cache, check=True, capture_output=True, timeout=INSTALL_TIMEOUT_S)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            pytest.skip(f"npm could not get {', '.join(MODULES)}: {error}")
    return modules


def ask(questions: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the real matcher answers, in order."""
    command = [node(), str(shared("tools/whitelist_oracle.js")), "--mod", str(node_modules())]
    lines = "".join(json.dumps(question) + "\n" for question in questions)
    done = subprocess.run(
        command, input=lines.encode(), capture_output=True, check=True, timeout=ORACLE_TIMEOUT_S
    ).stdout.decode("utf-8", "surrogatepass")
    return [json.loads(line) for line in done.split("\n") if line]
