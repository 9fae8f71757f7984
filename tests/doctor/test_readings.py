"""What the doctor reads: real files, sockets and processes."""

import os
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from launcher.doctor import readings, sockets
from launcher.doctor.check_input import FileState, Patient
from launcher.doctor.entry_lines import of_configuration, of_text_list
from launcher.keeper import file_snapshot
from launcher.keeper.view import Phase, View
from launcher.network import ports
from launcher.network.addresses import Kind, LocalAddress, own_address_for
from launcher.network.ports import PortState
from launcher.problem import TavernkeepError
from launcher.server.installation import inspect
from launcher.server.misplaced_file import wrong_file
from launcher.server.read_settings import stored_credentials
from launcher.server.settings_fixes import FIXES, decoded, login_as_written
from launcher.system.folders import Folders
from tests.doctor.patients import DEFAULTS, healthy, with_patient


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders(tmp_path / "c", tmp_path / "d", tmp_path / "l", tmp_path / "r")


def of(folders: Folders, folder: Path) -> Patient:
    return readings.patient_of(folders, View(), None, str(folder))


@contextmanager
def listening(host: str = "127.0.0.1") -> Iterator[int]:
    with closing(socket.create_server((host, 0))) as door:
        yield door.getsockname()[1]


@pytest.mark.parametrize(
    ("data", "state"),
    [
        (b"127.0.0.1\n", FileState.TEXT),
        (b"\xef\xbb\xbf127.0.0.1\r\n", FileState.TEXT),
        ("127.0.0.1\n".encode("utf-16"), FileState.UTF16),
        ("127.0.0.1\n".encode("utf-16-be"), FileState.UTF16),
        ("# für mich\n".encode("cp1252"), FileState.OTHER),
        (None, FileState.ABSENT),
    ],
)
def test_the_encoding_of_a_settings_file_is_seen(tmp_path: Path, data: bytes | None, state: FileState) -> None:
    file = tmp_path / "whitelist.txt"
    if data is not None:
        file.write_bytes(data)
    assert readings.state_of(file) is state


def test_a_folder_in_the_place_of_a_file_is_seen(tmp_path: Path) -> None:
    assert readings.state_of(tmp_path) in (FileState.FOLDER, FileState.UNREADABLE)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read and write all")
def test_what_may_not_be_read_or_written_is_seen(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("")
    file.chmod(0)
    assert readings.state_of(file) is FileState.UNREADABLE
    tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    assert readings.is_read_only(tmp_path)


@pytest.mark.parametrize(
    "text", ["127.0.0.1\n192.168.0.20\n", "# für mich\n127.0.0.1\n"], ids=["addresses", "with a word"]
)
@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8", "cp1252"])
def test_what_an_editor_meant_is_read_whatever_its_encoding(text: str, encoding: str) -> None:
    assert decoded(text.encode(encoding)) == text


def test_the_lines_of_a_text_list_are_counted_as_an_editor_does() -> None:
    assert of_text_list("\ufeff127.0.0.1\n\n # x\n127.0.0.1") == {"127.0.0.1": 1, "# x": 3}
    assert of_text_list("127.0.0.1\r\n\r\n") == {"127.0.0.1": 1, "": 2}


def test_the_lines_of_a_configuration_are_found_in_every_spelling() -> None:
    text = "port: 8000\nwhitelist:\n  - ::1\n  - '192.168.0.*' # home\n  - \"10.0.0.1,\"\nlisten: true\n  - 1.1.1.1\n"
    assert of_configuration(text) == {"::1": 3, "192.168.0.*": 4, "10.0.0.1,": 5}
    assert of_configuration("const port = 8000;\nconst whitelist = ['127.0.0.1', '::1'];\nconst x = 'y';") == {
        "127.0.0.1": 2,
        "::1": 2,
    }


def test_an_untouched_installation_has_no_wrong_file(folder: Path) -> None:
    assert wrong_file(inspect(folder)) is None


@pytest.mark.parametrize("name", ["default/config.yaml", "config.yml", "config.yaml.txt"])
def test_a_change_in_the_wrong_file_is_seen_and_taken_over(folder: Path, tmp_path: Path, name: str) -> None:
    (folder / name).write_text(DEFAULTS.replace("listen: false", "listen: true") + "  - 192.168.0.20\n")
    installation = inspect(folder)
    found = wrong_file(installation)
    assert found is not None
    assert (found.file, found.instead) == (folder / name, folder / "config.yaml")
    assert dict(found.values) == {"listen": True, "whitelist": ["::1", "127.0.0.1", "192.168.0.20"]}
    FIXES["take-over"](installation, tmp_path / "backups")
    assert wrong_file(installation) is None
    assert "listen: true" in (folder / "config.yaml").read_text()
    assert "192.168.0.20" in (folder / "config.yaml").read_text()


def test_a_change_made_in_both_files_is_no_wrong_file(folder: Path) -> None:
    for name in ("config.yaml", "default/config.yaml"):
        (folder / name).write_text(DEFAULTS.replace("listen: false", "listen: true"))
    assert wrong_file(inspect(folder)) is None


def test_the_default_file_of_a_version_that_is_not_known_yet_is_no_sign_of_a_person(folder: Path) -> None:
    (folder / "package.json").write_text('{"name": "sillytavern", "version": "1.25.0"}')
    (folder / "default" / "config.yaml").write_text(DEFAULTS.replace("listen: false", "listen: true"))
    assert wrong_file(inspect(folder)) is None


def test_an_entry_that_only_the_default_file_has_is_seen_beside_own_entries(folder: Path, tmp_path: Path) -> None:
    (folder / "config.yaml").write_text("listen: true\nwhitelist:\n  - 127.0.0.1\n  - 10.0.0.7\n")
    (folder / "default" / "config.yaml").write_text(DEFAULTS + "  - 192.168.0.20\n")
    found = wrong_file(inspect(folder))
    assert found and dict(found.values) == {"whitelist": ["127.0.0.1", "10.0.0.7", "192.168.0.20"]}
    (folder / "whitelist.txt").write_text("127.0.0.1\n")
    assert wrong_file(inspect(folder)) is None


def test_a_list_with_txt_twice_is_seen(folder: Path) -> None:
    (folder / "whitelist.txt.txt").write_text("192.168.0.20\n")
    found = wrong_file(inspect(folder))
    assert found and found.file.name == "whitelist.txt.txt"
    (folder / "whitelist.txt").write_text("192.168.0.20\n")
    assert wrong_file(inspect(folder)) is None


def test_a_utf16_list_is_saved_as_utf8_and_its_old_bytes_are_kept(folder: Path, tmp_path: Path) -> None:
    old = "127.0.0.1\r\n192.168.0.20\r\n".encode("utf-16")
    (folder / "whitelist.txt").write_bytes(old)
    FIXES["save-as-utf8"](inspect(folder), tmp_path / "backups")
    assert (folder / "whitelist.txt").read_bytes() == b"127.0.0.1\r\n192.168.0.20\r\n"
    assert [file for file in (tmp_path / "backups").rglob("*") if file.is_file() and file.read_bytes() == old]


@pytest.mark.parametrize(
    ("fix", "line"),
    [
        ("listen-everywhere", "ipv4: true"),
        ("listen-ipv6", "ipv6: true"),
        ("make-list", "- "),
    ],
)
def test_a_repair_writes_what_it_says(folder: Path, tmp_path: Path, fix: str, line: str) -> None:
    FIXES[fix](inspect(folder), tmp_path / "backups")
    assert line in (folder / "config.yaml").read_text().replace('"', "")


def test_a_missing_configuration_is_made_from_the_default_one(folder: Path, tmp_path: Path) -> None:
    (folder / "config.yaml").unlink()
    FIXES["make-config"](inspect(folder), tmp_path / "backups")
    assert (folder / "config.yaml").read_text() == DEFAULTS


@pytest.mark.parametrize(
    ("password", "kept"), [("12345", "12345"), ("12345 # mine", "12345"), ("0123", None), ("1e3", None), ("true", None)]
)
def test_a_bare_number_becomes_the_password_that_was_typed(
    folder: Path, tmp_path: Path, password: str, kept: str | None
) -> None:
    text = DEFAULTS.replace(
        "basicAuthMode: false", f"basicAuthMode: true\nbasicAuthUser:\n  username: me\n  password: {password}"
    )
    (folder / "config.yaml").write_text(text)
    installation = inspect(folder)
    assert login_as_written(installation) == (("me", kept) if kept else None)
    if kept:
        FIXES["login-as-text"](installation, tmp_path / "backups")
        assert stored_credentials(installation) == ("me", kept)
        assert login_as_written(installation) is None
    else:
        with pytest.raises(TavernkeepError):
            FIXES["login-as-text"](installation, tmp_path / "backups")


def test_there_may_be_nothing_to_take_over_any_more(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(TavernkeepError):
        FIXES["take-over"](inspect(folder), tmp_path / "backups")


def test_missing_parts_and_where_entries_stand_are_read(folder: Path, folders: Folders) -> None:
    (folder / "package.json").write_text('{"name": "sillytavern", "version": "1.19.0", "dependencies": {"yargs": "1"}}')
    (folder / "whitelist.txt").write_text("127.0.0.1\n192.168.0.20,\n")
    patient = of(folders, folder)
    assert readings.program(patient).incomplete
    assert readings.files(patient).lines == {"127.0.0.1": 1, "192.168.0.20,": 2}


def test_no_installation_is_a_patient_too(folders: Folders, tmp_path: Path) -> None:
    patient = of(folders, tmp_path / "nothing")
    assert (patient.installation, patient.effect) == (None, None)
    assert patient.problem and "no folder" in patient.problem.title
    assert readings.files(patient).wrong is None
    assert readings.server_port(patient) is None
    assert not readings.program(patient).incomplete


def test_a_free_port_is_free(folder: Path, folders: Folders) -> None:
    with listening() as port:
        pass
    (folder / "config.yaml").write_text(DEFAULTS.replace("8000", str(port)))
    door = readings.server_port(of(folders, folder))
    assert door and (door.state, door.answers, door.listeners) == (PortState.FREE, False, ())


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS hides the sockets of others")
def test_who_listens_on_the_port_is_seen(folder: Path, folders: Folders) -> None:
    with listening() as port:
        (folder / "config.yaml").write_text(DEFAULTS.replace("8000", str(port)))
        door = readings.server_port(of(folders, folder))
    assert door and door.state is PortState.TAKEN
    assert door.next_free and door.next_free > port
    assert [(each.address, each.owner and each.owner.pid) for each in door.listeners or ()] == [
        ("127.0.0.1", os.getpid())
    ]
    assert not door.answers


def test_a_web_server_answers_whatever_it_says() -> None:
    script = "import http.server as h; s = h.HTTPServer(('127.0.0.1', 0), h.BaseHTTPRequestHandler)"
    script += "; print(s.server_port, flush=True); s.serve_forever()"
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as server:
        assert server.stdout
        port = int(server.stdout.readline())
        assert ports.replies(port, 5)
        assert not ports.replies(port, 5, scheme="https")
        server.kill()


@pytest.mark.parametrize(
    ("addresses", "hosts"),
    [
        (("0.0.0.0",), ("127.0.0.1",)),
        (("0.0.0.0", "::"), ("127.0.0.1", "::1")),
        (("192.168.0.5",), ("192.168.0.5",)),
        ((), ("127.0.0.1", "::1")),
    ],
)
def test_a_server_is_asked_where_it_listens(addresses: tuple[str, ...], hosts: tuple[str, ...]) -> None:
    assert sockets.hosts_to_ask(addresses) == hosts


def test_this_pc_is_there_and_the_way_to_it_is_known() -> None:
    assert sockets.source_towards("127.0.0.1") == "127.0.0.1"
    assert sockets.is_there("127.0.0.1", 9, 2.0) is True


def test_which_of_this_pcs_networks_a_device_is_in() -> None:
    home = LocalAddress("192.168.0.5", "wlan0", Kind.WIFI, True, "255.255.255.0")
    office = LocalAddress("10.1.2.3", "eth0", Kind.ETHERNET, True, "255.255.0.0")
    bare = LocalAddress("10.9.9.9", "tun0", Kind.VPN, False, "")
    assert own_address_for("10.1.77.1", (home, office, bare)) == office
    assert own_address_for("192.168.1.9", (home, office, bare)) is None
    assert own_address_for("fd00::1", (home,)) is None
    assert str(office.network) == "10.1.0.0/16"
    assert bare.network is None


def test_the_way_is_tried_to_the_phone_where_it_is_near_and_else_to_a_neighbour() -> None:
    patient = healthy().patient
    assert readings.target_nearby(patient) == "192.168.0.1"
    assert readings.target_nearby(with_patient(healthy(), phone="192.168.0.20").patient) == "192.168.0.20"
    assert readings.target_nearby(with_patient(healthy(), phone="8.8.8.8").patient) == "192.168.0.1"
    assert readings.target_nearby(healthy(view={"addresses": ()}).patient) is None


def test_a_phone_on_the_internet_is_not_knocked_at() -> None:
    assert readings.phone_answers(with_patient(healthy(), phone="8.8.8.8").patient) is None
    assert readings.phone_answers(healthy().patient) is None


def test_a_change_while_the_server_runs_is_seen(folder: Path, folders: Folders) -> None:
    looked = file_snapshot.read_snapshot(folders, str(folder))
    view = View(
        phase=Phase.RUNNING,
        keeper_pid=1,
        installation=looked.installed,
        port=looked.port,
        scheme=looked.scheme,
        access=looked.access,
        whitelist=looked.whitelist,
        login=looked.login,
    )
    assert not readings.patient_of(folders, view).stale
    (folder / "config.yaml").write_text(DEFAULTS.replace("listen: false", "listen: true"))
    assert readings.patient_of(folders, view).stale
    assert not readings.patient_of(folders, replace(view, phase=Phase.STOPPED)).stale


def test_a_server_that_runs_is_looked_for_at_the_port_it_was_started_with(folder: Path, folders: Folders) -> None:
    running = View(
        phase=Phase.RUNNING,
        keeper_pid=1,
        installation=file_snapshot.read_snapshot(folders, str(folder)).installed,
        port=8123,
    )
    assert readings.patient_of(folders, running).port == 8123
    assert readings.patient_of(folders, replace(running, phase=Phase.STOPPED)).port == 8000
