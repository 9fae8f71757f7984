"""What the settings are said to let in, against what real servers let in: from a second host and from this PC."""

import base64
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from launcher.server.answer import ServerAnswer, answer
from launcher.server.installation import Installation
from launcher.server.read_settings import effective_settings
from launcher.server.resolve_settings import EffectiveSettings
from launcher.server.server_process import GUARD
from launcher.server_files.config import read_config
from launcher.versions.facts import ConfigName
from launcher.versions.flags import launch_flags
from launcher.versions.table import facts
from tests.support.hosts import PC_ADDRESS, PHONE_ADDRESS, Hosts, two_hosts
from tests.support.machine import need
from tests.support.sillytavern import warm_copy

DEFAULT_VERSIONS = ["1.9.7", "1.19.0"]
SWEPT_VERSIONS = ["1.10.10", "1.11.8", "1.12.4", "1.12.12", "1.12.14", "1.13.5", "1.14.0", "1.17.0"]
READY = b"SillyTavern is listening on"

# The first start of a version compiles, on a busy machine for minutes.
pytestmark = pytest.mark.timeout(600)

# Who asks, under which address the server sees them, and what they call.
PHONE, PHONE_BY_IPV6 = (PHONE_ADDRESS, PC_ADDRESS), ("fd00::20", "fd00::5")
THIS_PC, PC_BY_ITS_OWN_ADDRESS = ("127.0.0.1", "127.0.0.1"), (PC_ADDRESS, PC_ADDRESS)
ON_PHONE, ON_PC = [PHONE, PHONE_BY_IPV6], [THIS_PC, PC_BY_ITS_OWN_ADDRESS]
# Each address, without and with the login.
ASKED = [(seen, logs_in) for seen, _ in [*ON_PHONE, *ON_PC] for logs_in in (False, True)]

ASK = """
import http.client, json, sys
for address, port, headers in json.loads(sys.argv[1]):
    asking = http.client.HTTPConnection(address, port, timeout=10)
    try:
        asking.request("GET", "/", headers=headers)
        print(asking.getresponse().status)
    except OSError:
        print(0)
    finally:
        asking.close()
"""
ANSWERS = {
    0: ServerAnswer.NO_CONNECTION,
    200: ServerAnswer.PAGE,
    302: ServerAnswer.PAGE,
    401: ServerAnswer.LOGIN,
    403: ServerAnswer.REFUSED,
}
ANSWERS |= {500: ServerAnswer.ERROR}


@dataclass(frozen=True)
class Row:
    """One start. `settings`: key → what stands in the file (JSON, or YAML for config.yaml only); None takes it out.

    `config`: the whole file instead. `lines`: whitelist.txt. `login`: what a person types.
    """

    name: str
    settings: Mapping[str, str | None] = field(default_factory=dict)
    config: str | bytes | None = None
    no_config: bool = False
    lines: str | bytes | None = None
    flags: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    login: str = "me:secret words"
    yaml_only: bool = False


def row(name: str, **settings: str | None) -> Row:
    return Row(name, {"listen": "true", **settings})


def in_text(name: str, lines: str | bytes) -> Row:
    return Row(name, {"listen": "true"}, lines=lines)


def user(name: str, password: str) -> str:
    return f'{{"username": {name}, "password": {password}}}'


LISTED = '["127.0.0.1", "192.168.0.20", "fd00::20"]'
LOGIN = {"basicAuthMode": "true", "basicAuthUser": user('"me"', '"secret words"')}
OPEN = {"whitelistMode": "false"}

# The default run stays short; the sweep takes the rest as well.
TABLE = [
    Row("as shipped"),
    Row("a configuration that cannot be read", config="listen: true\nwhitelist: [\n"),
    row("listening, phone listed", whitelist=LISTED),
    row("login alone", **OPEN, **LOGIN),
    row("login and whitelist", whitelist='["127.0.0.1", "192.168.0.20"]', **LOGIN),
    row("bad entry above the phone", whitelist='["127.0.0.1", "my-phone", "192.168.0.20"]'),
    Row(
        "SILLYTAVERN_WHITELIST, commas",
        {"listen": "true"},
        environment={"SILLYTAVERN_WHITELIST": "127.0.0.1,192.168.0.20"},
    ),  # fmt: skip # noqa: E501
    row("IPv6 as well", protocol='{"ipv4": true, "ipv6": true}', whitelist=LISTED),
]

MORE = [
    Row("no configuration file", no_config=True),
    row('whitelistMode: "no"', whitelistMode='"no"'),
    row("neither whitelist nor login", **OPEN),
    Row(
        "password 12345", {"listen": "true", **OPEN, **LOGIN, "basicAuthUser": user('"me"', "12345")}, login="me:12345"
    ),
    row("a slash too many", whitelist='["127.0.0.1", "10.1.2.3/"]'),
    in_text("whitelist.txt, empty CRLF line between", "127.0.0.1\r\n\r\n192.168.0.20\r\n"),
    Row("--no-listen", {"listen": "true", "whitelist": LISTED}, flags=("--no-listen",)),
    row("listen: no", listen='"no"', whitelist=LISTED),
    row('listen: "false"', listen='"false"', whitelist=LISTED),
    row("whitelistMode: null", whitelistMode="null"),
    row("neither, security overridden", **OPEN, securityOverride="true"),
    row('basicAuthMode: "false"', basicAuthMode='"false"', basicAuthUser=LOGIN["basicAuthUser"], whitelist=LISTED),
    row("bad entry below the phone", whitelist='["127.0.0.1", "192.168.0.20", "192.168.*"]'),
    row("whitelist: false", whitelist="false"),
    row("no whitelist key", whitelist=None),
    row("whitelist: [] and no port key", whitelist="[]", port=None),
    Row("--whitelist=false, login", {"listen": "true", **LOGIN}, flags=("--whitelist=false",)),
    Row("SILLY_TAVERN_PORT", {"listen": "true", "whitelist": LISTED}, environment={"SILLY_TAVERN_PORT": "8005"}),
    Row("SILLYTAVERN_LISTEN, empty", {"listen": "true", "whitelist": LISTED}, environment={"SILLYTAVERN_LISTEN": ""}),
    row("not listening, this PC not listed", listen="false", whitelist='["192.168.0.20"]', **LOGIN),
    Row("an empty configuration file", config="", yaml_only=True),
    row("listening, only this PC listed", whitelist='["127.0.0.1"]'),
    row("not listening, phone listed", listen="false", whitelist=LISTED),
    Row("listen: no, unquoted", {"listen": "no", "whitelist": LISTED}, yaml_only=True),
    row("listen: null", listen="null", whitelist=LISTED),
    Row("whitelistMode: yes, unquoted", {"listen": "true", "whitelistMode": "yes"}, yaml_only=True),
    row('whitelistMode: "true"', whitelistMode='"true"'),
    row('whitelistMode: "false"', whitelistMode='"false"'),
    row("whitelistMode: 1", whitelistMode="1"),
    Row("password null", {"listen": "true", **OPEN, **LOGIN, "basicAuthUser": user('"me"', "null")}, login="me:null"),
    Row("empty login", {"listen": "true", **OPEN, **LOGIN, "basicAuthUser": user('""', '""')}, login=":"),
    Row(
        "colon in the password",
        {"listen": "true", **OPEN, "basicAuthMode": "true", "basicAuthUser": user('"me"', '"a:b"')},
        login="me:a:b",
    ),  # fmt: skip # noqa: E501
    row("wildcards", whitelist='["127.0.0.*", "192.168.*.*", "fd00::*"]'),
    row("/0 with login", whitelist='["0.0.0.0/0"]', **LOGIN),
    row("bad entry above all", whitelist='["192.168.0.20 # phone", "127.0.0.1"]'),
    row("entries that are no text", whitelist='[["192.168.0.20"], 192.168, "127.0.0.1", null]'),
    row("whitelist: a text", whitelist='"127.0.0.1"'),
    row("whitelist: false, mode off, login", whitelist="false", **OPEN, **LOGIN),
    row("whitelist: []", whitelist="[]"),
    row("no whitelistMode key", whitelistMode=None, whitelist=LISTED),
    Row("no listen key", {"listen": None, "whitelist": LISTED}),
    row("no securityOverride key", securityOverride=None, whitelist='["192.168.0.20"]'),
    row("an old key", autorun="false", whitelist='["192.168.0.20"]'),
    in_text("whitelist.txt", "127.0.0.1\n192.168.0.20\n"),
    in_text("whitelist.txt, byte order mark, CRLF", b"\xef\xbb\xbf127.0.0.1\r\n192.168.0.20\r\n"),
    in_text("whitelist.txt, comment first", "# mine\n127.0.0.1\n192.168.0.20\n"),
    in_text("whitelist.txt, empty", ""),
    in_text("whitelist.txt, UTF-16", "127.0.0.1\n192.168.0.20\n".encode("utf-16")),
    Row("whitelist.txt, the mode off, login", {"listen": "true", **OPEN, **LOGIN}, lines="127.0.0.1\n"),
    Row("--listen", {"listen": "false", "whitelist": LISTED}, flags=("--listen",)),
    Row("--listen no", {"listen": "false", "whitelist": LISTED}, flags=("--listen", "no")),
    Row("--whitelistMode=false", {"listen": "true", **LOGIN}, flags=("--whitelistMode=false",)),
    Row("--port 8006", {"listen": "true", "whitelist": LISTED}, flags=("--port", "8006")),
    Row("port as text", {"listen": "true", "whitelist": LISTED, "port": '"8007"'}),
    Row("port: null", {"listen": "true", "whitelist": LISTED, "port": "null"}),
    Row("SILLYTAVERN_PORT, empty", {"listen": "true", "port": "8005"}, environment={"SILLYTAVERN_PORT": ""}),
    Row(
        "SILLYTAVERN_LISTEN and --listen",
        {"listen": "false"},
        environment={"SILLYTAVERN_LISTEN": "false"},
        flags=("--listen",),
    ),  # fmt: skip # noqa: E501
    Row("SILLYTAVERN_WHITELIST, JSON", {"listen": "true"}, environment={"SILLYTAVERN_WHITELIST": '["192.168.0.20"]'}),
    Row(
        "login by the environment",
        {"listen": "true"},
        environment={
            "SILLYTAVERN_BASICAUTHMODE": "true",
            "SILLYTAVERN_BASICAUTHUSER_USERNAME": "me",
            "SILLYTAVERN_BASICAUTHUSER_PASSWORD": "12345",
            "SILLYTAVERN_WHITELISTMODE": "false",
        },
        login="me:12345",
    ),  # fmt: skip # noqa: E501
    row("IPv6 alone", protocol='{"ipv4": false, "ipv6": true}', whitelist='["::1", "fd00::/64"]'),
    row("no protocol at all", protocol='{"ipv4": false, "ipv6": false}', whitelist=LISTED),
    row("one listen address", listenAddress=f'{{"ipv4": "{PC_ADDRESS}", "ipv6": "[::]"}}', whitelist=LISTED),
    row("the loopback as listen address", listenAddress='{"ipv4": "127.0.0.1", "ipv6": "[::]"}', **OPEN, **LOGIN),
    row("user accounts without password", enableUserAccounts="true", **OPEN),
    row("user accounts and whitelist", enableUserAccounts="true", whitelist=LISTED),
    row("host names checked", hostWhitelist='{"enabled": true, "scan": true, "hosts": []}', whitelist=LISTED),
]


@dataclass(frozen=True)
class Place:
    """An installation of its own on two hosts of its own."""

    version: str
    folder: Path
    hosts: Hosts

    @property
    def installation(self) -> Installation:
        folder, era = self.folder, facts(self.version).config_name
        return Installation(folder, self.version, False, folder / era, folder / "whitelist.txt", folder / "data")

    def write(self, row: Row) -> None:
        """Put the files of `row` in place; `default/` is the only source of what it does not name."""
        era = facts(self.version).config_name
        default = (self.folder / "default" / era).read_text("utf-8")
        for file, content in (
            (self.folder / era, None if row.no_config else _config(row, era, default)),
            (self.folder / "whitelist.txt", row.lines),
        ):
            file.unlink(missing_ok=True)
            if content is not None:
                file.write_bytes(content.encode() if isinstance(content, str) else content)

    def ask(self, port: int, login: str) -> list[ServerAnswer]:
        """What everyone of ASKED gets."""
        sent = {"Authorization": "Basic " + base64.b64encode(login.encode()).decode()}
        asking = []
        for who, on_host in ((ON_PHONE, self.hosts.on_phone), (ON_PC, self.hosts.on_pc)):
            questions = [(called, port, headers) for _, called in who for headers in ({}, sent)]
            command = on_host(sys.executable, "-SE", "-c", ASK, json.dumps(questions))
            asking.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
        return [ANSWERS[int(line)] for process in asking for line in process.communicate()[0].split()]


def _config(row: Row, era: ConfigName, default: str) -> str | bytes:
    if row.config is not None:
        return row.config
    values: dict[str, Any] = read_config(default, era)
    written = {**{key: json.dumps(value) for key, value in values.items()}, **row.settings}
    lines = [(json.dumps(key), value) for key, value in written.items() if value is not None]
    if era is ConfigName.CONF:
        return "module.exports = {\n" + "".join(f"  {key}: {value},\n" for key, value in lines) + "};\n"
    return "".join(f"{key}: {value}\n" for key, value in lines)


@pytest.fixture(scope="module")
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    need("node")
    version: str = request.param
    with two_hosts() as hosts, warm_copy(version) as folder:
        yield Place(version, folder, hosts)


def real_answers(place: Place, row: Row, port: int | None) -> dict[tuple[str, bool], ServerAnswer]:
    """What a real server with the settings of `row` gives to everyone who asks, without and with the login."""
    command = ["node", "--require", str(GUARD), "server.js", *launch_flags(place.version), *row.flags]
    environment = {"PATH": os.environ["PATH"], "HOME": str(place.folder), "TAVERNKEEP_NO_BROWSER": "1"}
    with subprocess.Popen(
        place.hosts.on_pc(*command),
        cwd=place.folder,
        env=environment | dict(row.environment),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as server:
        assert server.stdout
        assert server.stdin
        try:
            if not any(READY in line for line in server.stdout):
                return dict.fromkeys(ASKED, ServerAnswer.NOT_RUNNING)
            assert port, "it started, though it was said that it would not, or on which port was not known"
            return dict(zip(ASKED, place.ask(port, row.login), strict=True))
        finally:
            server.stdin.close()


def predicted(effect: EffectiveSettings) -> dict[tuple[str, bool], ServerAnswer | None]:
    return {(seen, logs_in): answer(effect, seen, logs_in) for seen, logs_in in ASKED}


def check(place: Place, row: Row) -> None:
    if row.yaml_only and facts(place.version).config_name is ConfigName.CONF:
        pytest.skip("only YAML has this")
    place.write(row)
    flags = (*launch_flags(place.version), *row.flags)
    before = effective_settings(place.installation, flags, row.environment)
    real = real_answers(place, row, before.port)
    assert predicted(before) == real
    if not before.refuses_to_start and not before.problem:
        after = effective_settings(place.installation, flags, row.environment)
        assert predicted(after) == real, "what it wrote into its configuration is told otherwise"


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
@pytest.mark.parametrize("place", DEFAULT_VERSIONS, indirect=True)
def test_who_gets_in_is_what_the_settings_are_said_to_let_in(place: Place, row: Row) -> None:
    check(place, row)


@pytest.mark.sweep
@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
@pytest.mark.parametrize("place", SWEPT_VERSIONS, indirect=True)
def test_who_gets_in_with_every_era(place: Place, row: Row) -> None:
    check(place, row)


@pytest.mark.sweep
@pytest.mark.parametrize("row", MORE, ids=lambda row: row.name)
@pytest.mark.parametrize("place", [*DEFAULT_VERSIONS, *SWEPT_VERSIONS], indirect=True)
def test_who_gets_in_with_rarer_settings(place: Place, row: Row) -> None:
    check(place, row)
