"""A PC with SillyTavern and a phone on its network, which gets in: what every fault starts from."""

import base64
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from launcher.server_files.config import edit_config
from launcher.server_files.value import Value
from launcher.versions.facts import ConfigName
from launcher.versions.table import facts
from tests.support.commands import Tavernkeep
from tests.support.firewalls import own_settings
from tests.support.hosts import PC_ADDRESS, PHONE_ADDRESS, Hosts, two_hosts
from tests.support.machine import need
from tests.support.sillytavern import warm_copy

PORT = 8000
URL = f"http://{PC_ADDRESS}:{PORT}"
LOGIN = "me:secret words"
STRANGER_ADDRESS = "10.9.9.9"
FIRST_START_TIMEOUT_S = 400

# One request of the phone: URL, its headers, the address it comes from. Prints the status and the first of the page.
ASK = """
import http.client, json, ssl, sys, urllib.parse
url, headers, source = json.loads(sys.argv[1])
parts = urllib.parse.urlsplit(url)
more = {"timeout": 1.5, "source_address": (source, 0) if source else None}
if parts.scheme == "https":
    asking = http.client.HTTPSConnection(parts.hostname, parts.port, context=ssl._create_unverified_context(), **more)
else:
    asking = http.client.HTTPConnection(parts.hostname, parts.port, **more)
try:
    asking.request("GET", "/", headers=headers)
    answer = asking.getresponse()
    print(json.dumps([answer.status, answer.read(20_000).decode("utf-8", "replace")]))
except (OSError, http.client.HTTPException) as error:
    print(json.dumps([0, f"{type(error).__name__}: {error}"]))
"""


@dataclass(frozen=True)
class Finding:
    """What the doctor said of one check."""

    id: str
    status: str
    title: str
    advice: str
    fix: str | None


@dataclass
class Place:
    """`pc` is its `tavernkeep`. `dirty`: the server may not do what the healthy files say."""

    version: str
    folder: Path
    hosts: Hosts
    pc: Tavernkeep
    bus: Path
    dirty: bool = True
    kept: dict[Path, bytes] = field(default_factory=dict)

    @property
    def era(self) -> ConfigName:
        return facts(self.version).config_name

    @property
    def config(self) -> Path:
        return self.folder / self.era

    @property
    def default_config(self) -> Path:
        return self.folder / "default" / self.era

    @property
    def list_file(self) -> Path:
        return self.folder / "whitelist.txt"

    def write(self, lines: bytes | None = None, /, **settings: Value) -> None:
        """The healthy files but for these settings (`a__b` is `a.b`), and whitelist.txt with `lines` if there are any.

        The server does not read them before `start`.
        """
        self.dirty = True
        usual: dict[str, Value] = {"listen": True, "whitelist": ["127.0.0.1", PHONE_ADDRESS, "fd00::20"]}
        if self.era is ConfigName.YAML:
            usual["whitelist"] = ["::1", "127.0.0.1", PHONE_ADDRESS, "fd00::20"]
        default = self.kept.setdefault(self.default_config, self.default_config.read_bytes())
        wanted = usual | {key.replace("__", "."): value for key, value in settings.items()}
        self.default_config.write_bytes(default)
        self.config.write_text(edit_config(default.decode(), self.config.name, wanted), "utf-8")
        self.list_file.unlink(missing_ok=True)
        if lines is not None:
            self.list_file.write_bytes(lines)

    def start(self) -> None:
        """The server runs with what its files say now. They need not be healthy."""
        done = self.pc.run("restart", timeout_s=FIRST_START_TIMEOUT_S)
        assert done.returncode == 0, done.stdout + done.stderr

    def healthy(self) -> None:
        """The server runs as it should."""
        if self.dirty:
            self.write()
            self.start()
            scan(self)
            self.dirty = False

    def on_pc(self, *command: str) -> None:
        """Run a command there, which must succeed."""
        subprocess.run(self.hosts.on_pc(*command), check=True)

    def on_phone(self, *command: str) -> None:
        subprocess.run(self.hosts.on_phone(*command), check=True)

    def status(self) -> dict[str, Any]:
        return self.pc.status()

    def doctor(self, phone: str | None = PHONE_ADDRESS) -> tuple[int, list[Finding]]:
        """How `tavernkeep doctor` ended, and what it found."""
        done = self.pc.run("doctor", "--json", *(["--phone", phone] if phone else []))
        return done.returncode, _findings(done.stdout, done.stderr)

    def fix(self, fix: str, phone: str | None = PHONE_ADDRESS) -> "subprocess.CompletedProcess[str]":
        """Press the button."""
        words = ["doctor", "--fix", fix, *(["--phone", phone] if phone else [])]
        return self.pc.run(*words, timeout_s=FIRST_START_TIMEOUT_S)


def _findings(output: str, errors: str) -> list[Finding]:
    try:
        found = json.loads(output)
    except ValueError as error:
        raise AssertionError(f"no JSON from the doctor: {output}{errors}") from error
    assert "error" not in found, found
    checks = found["checks"] if isinstance(found, dict) else found
    return [
        Finding(each["id"], each["status"], each["title"], each["advice"], each["fix"] and each["fix"]["id"])
        for each in checks
    ]


@contextmanager
def a_place(version: str, base: Path) -> Iterator[Place]:
    """Everything of its own, gone at the end. `base`: an empty folder."""
    need("node")
    with two_hosts() as hosts, own_settings(hosts), warm_copy(version) as folder:
        home, bus = base / "home", base / "bus"
        home.mkdir(mode=0o700)
        pc = Tavernkeep(
            home, hosts.on_pc(), {"DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={bus}", "npm_config_offline": "true"}
        )
        place = Place(version, folder, hosts, pc, bus)
        pc.do("use", str(folder))
        try:
            yield place
        finally:
            pc.run("quit")


def asked(
    place: Place, url: str = URL, login: str = "", headers: Mapping[str, str] | None = None, source: str = ""
) -> tuple[int, str]:
    """The status that the phone gets for `url`, 0 for none, and the page or what was wrong."""
    sent = dict(headers or {})
    if login:
        sent["Authorization"] = "Basic " + base64.b64encode(login.encode()).decode()
    question = json.dumps([url, sent, source])
    command = place.hosts.on_phone(sys.executable, "-SE", "-c", ASK, question)
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)
    status, page = json.loads(done.stdout)
    return status, page


def gets_in(
    place: Place, url: str = URL, login: str = "", headers: Mapping[str, str] | None = None, source: str = ""
) -> bool:
    """The phone sees SillyTavern itself."""
    status, page = asked(place, url, login, headers, source)
    return status == 200 and ("<title>SillyTavern</title>" in page or "<title>Tavern.AI</title>" in page)


def scan(place: Place) -> str:
    """The URL in the code that the PC shows."""
    return str(place.pc.json("qr")["url"])
