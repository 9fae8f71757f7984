"""The real matcher, npm ip-matching in Node, to compare with."""

import json
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from tests.support.machine import REPOSITORY, cache_folder, need
from tests.support.sillytavern import one_at_a_time

ORACLE = REPOSITORY / "tests/support/whitelist_oracle.js"
MODULES = ("ip-matching@2.1.2", "ipaddr.js@2.2.0")
INSTALL_TIMEOUT_S = 90
ORACLE_TIMEOUT_S = 600


def node() -> str:
    """Node on PATH; skips the test where there is none."""
    path = shutil.which("node")
    if not path:
        pytest.skip("Node is not on PATH")
    return path


def node_modules() -> Path:
    """A node_modules folder with the real matcher, installed by npm once; skips the test when npm cannot get it."""
    need("npm")
    cache = cache_folder() / "ip-matching"
    modules = cache / "node_modules"
    with one_at_a_time("ip-matching"):
        if not all((modules / name.partition("@")[0] / "package.json").exists() for name in MODULES):
            cache.mkdir(parents=True, exist_ok=True)
            command = [shutil.which("npm") or "npm", "install", "--no-save", "--no-audit", "--no-fund"]
            try:
                subprocess.run(
                    [*command, "--ignore-scripts", *MODULES],
                    cwd=cache,
                    check=True,
                    capture_output=True,
                    timeout=INSTALL_TIMEOUT_S,
                )
            except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
                pytest.skip(f"npm could not get {', '.join(MODULES)}: {error}")
    return modules


def ask(questions: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the real matcher answers, in order."""
    command = [node(), str(ORACLE), "--mod", str(node_modules())]
    lines = "".join(json.dumps(question) + "\n" for question in questions)
    done = subprocess.run(
        command, input=lines.encode(), capture_output=True, check=True, timeout=ORACLE_TIMEOUT_S
    ).stdout.decode("utf-8", "surrogatepass")
    return [json.loads(line) for line in done.split("\n") if line]
