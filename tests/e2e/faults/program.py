"""Faults of the program itself: what it consists of, whether it runs, and who has its port."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from tests.e2e.faults.fault import Fault
from tests.e2e.faults.place import PORT, Place
from tests.support.commands import Tavernkeep
from tests.support.machine import need
from tests.support.old_node import old_node
from tests.support.sillytavern import EXTRA_PACKAGES, NPM_INSTALL, server_folder, warm_copy
from tests.support.waiting import wait_until

SERVE = """
import http.server
http.server.HTTPServer(("", 8000), http.server.BaseHTTPRequestHandler).serve_forever()
"""
CRASH_PATIENCE_S = 120


@contextmanager
def stopped(place: Place) -> Iterator[None]:
    place.healthy()
    place.dirty = True
    place.pc.do("stop")
    yield


@contextmanager
def keeper_killed(place: Place) -> Iterator[None]:
    """Tavernkeep itself was killed, and SillyTavern ended with it."""
    place.healthy()
    place.dirty = True
    status = place.status()
    os.kill(status["keeper_pid"], signal.SIGKILL)
    wait_until(lambda: not Path(f"/proc/{status['pid']}").exists(), what="the server has ended")
    yield


@contextmanager
def killed_until_given_up(place: Place) -> Iterator[None]:
    """SillyTavern dies again and again, until it is started no more."""
    place.healthy()
    place.dirty = True
    with kept_open(place):
        wait_until(lambda: _killed(place) == "crashed", CRASH_PATIENCE_S, "it is given up")
        yield


def _killed(place: Place) -> str:
    """Kill the server where there is one; the state before that."""
    now = place.status()
    if now["state"] == "running":
        os.kill(now["pid"], signal.SIGKILL)
    return str(now["state"])


@contextmanager
def kept_open(place: Place) -> Iterator[None]:
    """A face is there, as a window would be, so that Tavernkeep does not end with its server."""
    face = place.pc.popen("logs", "-f")
    try:
        yield
    finally:
        face.terminate()
        face.communicate()


@contextmanager
def port_taken(place: Place) -> Iterator[None]:
    place.write()
    place.pc.run("stop")
    command = place.hosts.on_pc(sys.executable, "-SE", "-c", SERVE)
    other = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: _is_taken(place), what="the port is taken")
        assert place.pc.run("start").returncode
        yield
    finally:
        other.kill()
        other.wait()


@contextmanager
def other_sillytavern(place: Place) -> Iterator[None]:
    """Someone started another one by hand, and it was first."""
    place.write()
    place.pc.run("stop")
    with warm_copy(place.version) as folder:
        environment = {"PATH": os.environ["PATH"], "HOME": str(folder)}
        command = place.hosts.on_pc("node", "server.js", "--autorun=false", "--browserLaunchEnabled=false", "--listen")
        other = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
        )
        try:
            wait_until(lambda: _is_taken(place), 240, what="the other one listens")
            assert place.pc.run("start").returncode
            yield
        finally:
            other.kill()
            other.wait()


def _is_taken(place: Place) -> bool:
    told = subprocess.run(
        place.hosts.on_pc("ss", "-Hltn", f"sport = :{PORT}"), capture_output=True, text=True, check=True
    )
    return bool(told.stdout.strip())


def fetch_modules(version: str) -> None:
    """Everything that `npm install` needs for this version is in npm's cache."""
    extra = EXTRA_PACKAGES.get(version)
    with tempfile.TemporaryDirectory(prefix="modules-") as folder:
        shutil.copy(server_folder(version) / "package.json", folder)
        for command in (NPM_INSTALL, *([[*NPM_INSTALL, extra]] if extra else [])):
            subprocess.run([*command, "--prefer-offline"], cwd=folder, capture_output=True, check=True)


def without(name: str) -> Callable[[Place], AbstractContextManager[None]]:
    """`name` is missing from the installation."""

    @contextmanager
    def inject(place: Place) -> Iterator[None]:
        place.write()
        place.pc.run("stop")
        there, aside = place.folder / name, place.folder.with_name(f"{place.folder.name}.{name}")
        there.rename(aside)
        try:
            place.pc.run("start")
            yield
        finally:
            if there.exists():
                subprocess.run(["rm", "-r", str(there)], check=True)
            aside.rename(there)

    return inject


@contextmanager
def broken_package(place: Place) -> Iterator[None]:
    """package.json was only half downloaded."""
    place.write()
    place.pc.run("stop")
    file = place.folder / "package.json"
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    try:
        place.pc.run("start")
        yield
    finally:
        file.write_bytes(whole)


@contextmanager
def on_another_machine(place: Place, *before: str) -> Iterator[None]:
    """Everything of ours is started again, each command with `before` in front of it."""
    place.write()
    place.pc.run("quit")
    usual = place.pc
    place.pc = Tavernkeep(usual.home, [*usual.prefix, *before], usual.more)
    try:
        yield
    finally:
        place.pc.run("quit")
        place.pc = usual


def mounted(*mounts: str) -> list[str]:
    """What to put before a command that is to see these mounts, and nobody else."""
    return ["unshare", "--mount", "sh", "-c", " && ".join([*mounts, 'exec "$@"']), "sh"]


@contextmanager
def too_old_node(place: Place) -> Iterator[None]:
    """Every Node of this machine is 14."""
    old = old_node()
    mounts = [f"mount --bind {old} {program}" for program in programs_called_node()]
    with on_another_machine(place, *mounted(*mounts)):
        assert place.pc.run("start").returncode
        yield


def programs_called_node() -> list[Path]:
    from launcher.server.node import _candidates

    found = [path.resolve() for path, _ in _candidates() if path.exists()]
    return list(dict.fromkeys(found))


@contextmanager
def read_only(place: Place) -> Iterator[None]:
    """SillyTavern lies on a disk that cannot be written."""
    folder = place.folder
    place.write()
    mounts = f"mount --bind {folder} {folder}", f"mount -o remount,ro,bind {folder}"
    with on_another_machine(place, *mounted(*mounts)):
        place.pc.run("start")
        yield


@contextmanager
def port_without_rights(place: Place) -> Iterator[None]:
    """Port 80, which programs without a certain right may not use."""
    need("setpriv")
    right = "-net_bind_service"
    with on_another_machine(place, "setpriv", f"--bounding-set={right}", f"--inh-caps={right}"):
        place.write(port=80)
        assert place.pc.run("start").returncode
        yield


def can_be_changed(place: Place) -> bool:
    """SillyTavern itself goes on there; but nothing that is done in it is kept, and its whitelist stays as it is."""
    changed = place.pc.run("whitelist", "add", "192.168.0.31").returncode == 0
    place.dirty = place.dirty or changed
    return changed


@contextmanager
def no_modules(place: Place) -> Iterator[None]:
    """node_modules is missing. npm finds what it needs in its cache, because the PC has no way to the registry."""
    fetch_modules(place.version)
    with without("node_modules")(place):
        yield


FAULTS = [
    Fault("SillyTavern was stopped", "server", stopped, fix="start"),
    Fault("Tavernkeep was killed", "server", keeper_killed, fix="start"),
    Fault("SillyTavern dies again and again", "server", killed_until_given_up, fix="start"),
    Fault("another program has the port", "port", port_taken, fix="port", scans=True),
    Fault("another SillyTavern has the port", "port", other_sillytavern, fix="port", scans=True),
    Fault("a port that needs a right", "port", port_without_rights, fix="port", scans=True),
    Fault("node_modules is missing", "installation", no_modules, fix="install-modules"),
    Fault("server.js is missing", "installation", without("server.js"), by_hand="install it again"),
    Fault("package.json is cut off", "installation", broken_package, by_hand="install it again"),
    Fault(
        "SillyTavern's folder cannot be written",
        "installation",
        read_only,
        by_hand="make it writable",
        proof=can_be_changed,
    ),
    Fault("Node is too old", "node", too_old_node, by_hand="install a newer Node"),
]
