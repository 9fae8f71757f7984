"""Node itself as the judge: SillyTavern's `yaml` package for config.yaml, `require` for config.conf."""

import json
import math
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from launcher.server_files.value import UNKNOWN, JSValue
from tests.support.machine import cache_folder, need
from tests.support.sillytavern import one_at_a_time

INSTALL_TIMEOUT_S = 90
READ_TIMEOUT_S = 300
SCRIPT = r"""
const Module = require('module');
const yaml = require(process.argv[1]);
const before = new Set(Reflect.ownKeys(globalThis));
function run(text) {
    const module = new Module('/config.conf');
    module._compile(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text, '/config.conf');
    for (const name of Reflect.ownKeys(globalThis)) if (!before.has(name)) delete globalThis[name];
    return module.exports;
}
const odd = (key, value) => typeof value === 'number' && !Number.isFinite(value) ? { number: String(value) } : value;
const answers = JSON.parse(require('fs').readFileSync(0, 'utf8')).map(([name, text]) => {
    try {
        return { value: name.endsWith('.conf') ? run(text) : yaml.parse(text, { logLevel: 'error' }) };
    } catch (error) {
        return { error: String(error).split('\n')[0] };
    }
});
process.stdout.write(JSON.stringify(answers, odd));
"""


class NodeRefuses(Exception):
    """Node threw."""


def read_with_node(texts: Sequence[tuple[str, str]]) -> list[JSValue | NodeRefuses]:
    """What Node gets from each (file name, text), or why it gets nothing. Skips without Node or the package."""
    need("node")
    command = ["node", "-e", SCRIPT, str(_yaml_package())]
    asked = json.dumps([list(pair) for pair in texts]).encode()
    done = subprocess.run(command, input=asked, capture_output=True, check=True, timeout=READ_TIMEOUT_S)
    answers = json.loads(done.stdout)
    return [NodeRefuses(a["error"]) if "error" in a else _restored(a.get("value")) for a in answers]


def agrees(ours: JSValue, nodes: JSValue | NodeRefuses) -> bool:
    """Whether we say what Node says; UNKNOWN is never wrong."""
    if ours is UNKNOWN:
        return True
    if isinstance(ours, dict) and isinstance(nodes, dict):
        known = {key for key, value in ours.items() if value is not UNKNOWN}
        return known <= nodes.keys() <= ours.keys() and all(agrees(ours[key], nodes[key]) for key in known)
    if isinstance(ours, list) and isinstance(nodes, list):
        return len(ours) == len(nodes) and all(agrees(a, b) for a, b in zip(ours, nodes, strict=True))
    if isinstance(ours, float) and isinstance(nodes, float) and math.isnan(ours):
        return math.isnan(nodes)
    return ours == nodes and isinstance(ours, bool) == isinstance(nodes, bool)


def _restored(value: JSValue) -> JSValue:
    if isinstance(value, dict):
        if value.keys() == {"number"}:
            return float(str(value["number"]).replace("Infinity", "inf"))
        return {key: _restored(item) for key, item in value.items()}
    return [_restored(item) for item in value] if isinstance(value, list) else value


def _yaml_package() -> Path:
    folder = cache_folder() / "yaml"
    package = folder / "node_modules" / "yaml"
    with one_at_a_time("yaml"):
        if not (package / "package.json").is_file():
            need("npm")
            folder.mkdir(parents=True, exist_ok=True)
            command = ["npm", "install", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "yaml@2"]
            try:
                subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=INSTALL_TIMEOUT_S)
            except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
                pytest.skip(f"npm could not get yaml: {error}")
    return package
