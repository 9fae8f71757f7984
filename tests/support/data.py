"""What was measured with real SillyTaverns, in tests/data, and the settings files that people of each version have."""

import functools
import json
import shutil
import tarfile
import tempfile
from pathlib import Path
from typing import Any

import pytest

from tests.support.machine import REPOSITORY, cache_folder, need
from tests.support.sillytavern import npm, one_at_a_time

DATA = REPOSITORY / "tests" / "data"
# Where a version of SillyTavern keeps the settings file that a first start copies.
CONFIG_FILES = ("config.conf", "default/config.conf", "default/config.yaml")


def cases(name: str) -> list[dict[str, Any]]:
    """Return the lines of a .jsonl file of tests/data. Raise AssertionError when it has none."""
    found = [json.loads(line) for line in (DATA / name).read_text("utf-8").split("\n") if line]
    assert found, f"tests/data/{name} is empty"
    return found


def table(name: str) -> Any:  # noqa: ANN401 - JSON of any shape
    """Return what a .json file of tests/data holds. Raise AssertionError when it holds nothing."""
    found = json.loads((DATA / name).read_text("utf-8"))
    assert found, f"tests/data/{name} is empty"
    return found


def recordings(scenario: str = "*") -> list[Path]:
    """Return what SillyTaverns printed in `scenario`, one file a version. Raise AssertionError when there is none."""
    found = sorted((DATA / "console").glob(f"*/{scenario}.jsonl"))
    assert found, f"tests/data/console has no {scenario}.jsonl"
    return found


@functools.cache
def config_edits() -> dict[str, dict[str, Any]]:
    """Return how each settings file is made from a packed one: `1.12.0/crlf.yaml` → version, file, edits."""
    found: dict[str, dict[str, Any]] = table("configs/edits.json")
    return found


@functools.cache
def config_text(name: str) -> str:
    """Return the settings file `name` of `config_edits`, line ends and byte order mark included.

    SillyTavern's own files are not part of this project: they come from its npm packages.
    """
    made = config_edits()[name]
    lines = _packed_config(made["version"], made["file"]).splitlines(keepends=True)
    for start, end, text in reversed(made["edits"]):
        lines[start:end] = [text]
    text = "".join(lines)
    if made.get("semicolons") == "last":
        text = text.replace(";", "", text.count(";") - 1)
    if made.get("crlf"):
        text = text.replace("\n", "\r\n")
    return "\ufeff" + text if made.get("bom") else text


def _packed_config(version: str, name: str) -> str:
    """Return a settings file from the npm package of `version`. Skip the test when npm's registry is down."""
    need("node", "npm")
    folder = cache_folder() / "configs" / version
    with one_at_a_time(f"config-{version}"):
        if not folder.is_dir():
            _unpack_configs(version, folder)
    return (folder / name).read_bytes().decode()


def _unpack_configs(version: str, folder: Path) -> None:
    with tempfile.TemporaryDirectory(dir=cache_folder()) as incoming:
        reason = npm(Path(incoming), ["npm", "pack", "--silent", f"sillytavern@{version}"])
        if reason:
            pytest.skip(f"SillyTavern {version} could not be fetched: {reason}")
        found = Path(incoming) / "found"
        with tarfile.open(next(Path(incoming).glob("*.tgz"))) as package:
            members = set(package.getnames())
            for name in CONFIG_FILES:
                if f"package/{name}" in members:
                    source = package.extractfile(f"package/{name}")
                    assert source
                    (found / name).parent.mkdir(parents=True, exist_ok=True)
                    with source, (found / name).open("wb") as target:
                        shutil.copyfileobj(source, target)
        folder.parent.mkdir(exist_ok=True)
        found.rename(folder)
