"""The real ufw, firewalld and nftables of one host, with settings of its own: this machine's stay as they are."""

import os
import shlex
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.support.hosts import Hosts
from tests.support.machine import need
from tests.support.waiting import wait_until

# `ip netns exec` puts what lies here over /etc.
OF_HOSTS = Path("/etc/netns")
SETTINGS = ("ufw", "firewalld")
OPEN_BUS = """<busconfig><type>system</type><listen>unix:path={path}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow user="*"/><allow own="*"/><allow send_destination="*"/><allow receive_sender="*"/>
</policy></busconfig>"""


@contextmanager
def own_settings(hosts: Hosts) -> Iterator[None]:
    """From now on the PC has settings of ufw and firewalld as after their installation, and nobody else's."""
    etc = OF_HOSTS / hosts.pc
    for name in SETTINGS:
        (etc / name).mkdir(parents=True)
        _renew(hosts, name)
    try:
        yield
    finally:
        shutil.rmtree(etc)
        with suppress(OSError):
            OF_HOSTS.rmdir()


def _renew(hosts: Hosts, name: str) -> None:
    """Only what is in the folder is new: programs that run on the PC have the folder itself."""
    ours = OF_HOSTS / hosts.pc / name
    for each in ours.iterdir():
        shutil.rmtree(each) if each.is_dir() else each.unlink()
    if Path("/etc", name).is_dir():
        shutil.copytree(Path("/etc", name), ours, dirs_exist_ok=True)


def nft(hosts: Hosts, rules: str) -> None:
    """Load `rules` on the PC."""
    need("nft")
    _run(hosts.on_pc("nft", "-f", "-"), rules)


def no_rules(hosts: Hosts) -> None:
    """Take every rule away that any firewall left on the PC."""
    if shutil.which("nft"):
        _run(hosts.on_pc("nft", "flush", "ruleset"))


@contextmanager
def ufw(hosts: Hosts, *rules: str) -> Iterator[None]:
    """ufw is on, with these rules in this order, such as `deny 8000/tcp`."""
    need("ufw")
    for rule in ("logging off", *rules):
        _run(hosts.on_pc("ufw", *rule.split()))
    _run(hosts.on_pc("ufw", "--force", "enable"))
    try:
        yield
    finally:
        _run(hosts.on_pc("ufw", "--force", "disable"))
        _renew(hosts, "ufw")
        no_rules(hosts)


@contextmanager
def firewalld(hosts: Hosts, bus: Path, *changes: str) -> Iterator[None]:
    """firewalld runs, reached over the system bus at `bus`, after these changes, such as `--add-port=8000/tcp`."""
    need("firewalld", "firewall-cmd", "dbus-daemon")
    config = bus.with_name(f"{bus.name}.conf")
    config.write_text(OPEN_BUS.format(path=bus), "utf-8")
    environment = {**os.environ, "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={bus}"}
    daemon = _quietly(["dbus-daemon", f"--config-file={config}", "--nofork"], environment)
    try:
        wait_until(bus.exists, what="the system bus")
        command = hosts.on_pc("firewalld", "--nofork", "--nopid")
        firewall = _quietly(command, environment)
        try:
            asks = hosts.on_pc("firewall-cmd", "--state")
            wait_until(lambda: _works(asks, environment), 20, "firewalld runs")
            for change in changes:
                _run(hosts.on_pc("firewall-cmd", *shlex.split(change)), environment=environment)
            yield
        finally:
            firewall.terminate()
            firewall.wait(10)
    finally:
        daemon.terminate()
        daemon.wait(10)
        bus.unlink(missing_ok=True)
        _renew(hosts, "firewalld")
        no_rules(hosts)


def _works(command: list[str], environment: dict[str, str]) -> bool:
    return subprocess.run(command, env=environment, capture_output=True, check=False).returncode == 0


def _run(command: list[str], words: str = "", environment: dict[str, str] | None = None) -> None:
    done = subprocess.run(command, input=words, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"


def _quietly(command: Sequence[str], environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    nothing = subprocess.DEVNULL
    return subprocess.Popen(command, env=environment, stdin=nothing, stdout=nothing, stderr=nothing)
