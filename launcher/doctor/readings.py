"""The readings: files, sockets, processes and the firewall, each read in a thread of its own. Nothing is changed.

A reading gets only the patient, and has to return within its limit.
"""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from launcher.doctor.check_input import FileState, Patient, PhoneRoute, ProgramState, ServerPort, SettingsFiles
from launcher.keeper import device_store, devices, file_snapshot, jobs
from launcher.keeper.events import FileSnapshot
from launcher.keeper.view import Phase, View
from launcher.network import profile
from launcher.network.addresses import local_addresses, own_address_for
from launcher.network.firewall.packet import Networks
from launcher.network.firewall.verdict import Firewall
from launcher.network.ports import PortListener
from launcher.problem import Problem, TavernkeepError
from launcher.server.node import Node, find_node
from launcher.system.folders import Folders

ANSWER_PATIENCE_S = 2.0
PHONE_PATIENCE_S = 1.8
# No service uses it: a device refuses a connection there, and a refusal is an answer.
UNUSED_PORT = 9


@dataclass(frozen=True)
class Reading:
    """`read` blocks. A result that takes longer than `limit_s` counts as unknown."""

    read: Callable[[Patient], object]
    limit_s: float = 2.5


def patient_of(folders: Folders, view: View, phone: str | None = None, folder: str | None = None) -> Patient:
    """Return the SillyTavern to check: the one in `view`, or the one in `folder`. Reads its files; never raises.

    `view` is the keeper's, or what the files say when there is no keeper. `phone`: the valid address of the phone that
    cannot connect.
    """
    # The keeper's addresses may be a few seconds old, and a cable may just have been pulled.
    view = replace(view, addresses=local_addresses())
    folder = folder or (view.installation.folder if view.installation else None)
    installation, problem = None, view.problem if not view.installation else None
    try:
        installation = file_snapshot.installation_at(folders, folder)
    except TavernkeepError as error:
        problem = error.problem
    looked = file_snapshot.read_snapshot(folders, folder)
    stale = view.phase is Phase.RUNNING and (jobs.LATER in view.notices or _differs(view, looked))
    book = {} if view.keeper_pid else {known.address: known for known in device_store.load(folders.devices_file)}
    came = view.devices if view.keeper_pid else devices.shown(devices.judged_all(book, looked.effective))
    return Patient(folders, view, installation, problem, looked.effective, stale, came, phone, time.time())


def _differs(view: View, looked: FileSnapshot) -> bool:
    """Return whether a server that starts now would do something else than the running one."""
    return _signs(view) != _signs(looked)


def _signs(seen: View | FileSnapshot) -> tuple[object, ...]:
    access, whitelist, login = seen.access, seen.whitelist, seen.login
    return (
        *(seen.port, seen.scheme),
        access and (access.mode, access.listens, access.who),
        whitelist and (whitelist.enforced, [line.entry for line in whitelist.lines], whitelist.left_out),
        login and (login.on, login.username, login.fit),
    )


def node(patient: Patient) -> Node | Problem:
    """Return the Node.js that a start would use, or why there is none."""
    from launcher.versions.number import NEWEST_KNOWN
    from launcher.versions.table import facts

    version = patient.installation.version if patient.installation else NEWEST_KNOWN
    try:
        return find_node((facts(version).node_minimum,), patient.folders)
    except TavernkeepError as error:
        return error.problem


def program(patient: Patient) -> ProgramState:
    """Return whether the program is complete, and can write where it must."""
    from launcher.server.installation import modules_missing

    installation = patient.installation
    if not installation:
        return ProgramState()
    places = [installation.config_file.parent, installation.data_root]
    if not installation.config_outside:
        places.insert(0, installation.folder)
    try:
        incomplete = modules_missing(installation)
    except TavernkeepError:
        incomplete = True
    return ProgramState(incomplete, tuple(str(place) for place in dict.fromkeys(places) if is_read_only(place)))


def is_read_only(folder: Path) -> bool:
    """Return whether no file can be made in this folder. A folder that does not exist yet is not read-only."""
    import os

    if not folder.is_dir():
        return False
    # Without writing, access() is all there is; on Windows it knows only the read-only attribute.
    if not os.access(folder, os.W_OK | os.X_OK):
        return True
    return sys.platform != "win32" and bool(os.statvfs(folder).f_flag & os.ST_RDONLY)


def files(patient: Patient) -> SettingsFiles:
    """Return whether the settings files can be read, and whether a wrong one was changed instead."""
    from launcher.server.misplaced_file import wrong_file
    from launcher.server.read_settings import config_file
    from launcher.server.resolve_settings import TEXT_LIST
    from launcher.server.settings_fixes import login_as_written

    installation = patient.installation
    if not installation:
        return SettingsFiles()
    config = config_file(installation)
    by_text = patient.effect is not None and patient.effect.whitelist_source == TEXT_LIST
    return SettingsFiles(
        state_of(config),
        state_of(installation.whitelist_file),
        wrong_file(installation),
        lines_of(installation.whitelist_file if by_text else config, not by_text),
        login_as_written(installation) is not None,
    )


def state_of(file: Path) -> FileState:
    """Return how this file can be read as text."""
    try:
        data = file.read_bytes()
    except FileNotFoundError:
        return FileState.ABSENT
    except IsADirectoryError:
        return FileState.FOLDER
    except OSError:
        return FileState.UNREADABLE
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in data:
        return FileState.UTF16
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return FileState.OTHER
    return FileState.TEXT


def lines_of(file: Path, in_configuration: bool) -> dict[str, int]:
    """Return the line of each entry in `file`; of an entry that is there twice, the first."""
    from launcher.doctor.entry_lines import of_configuration, of_text_list

    try:
        text = file.read_bytes().decode("utf-8", "replace")
    except OSError:
        return {}
    return of_configuration(text) if in_configuration else of_text_list(text)


def server_port(patient: Patient) -> ServerPort | None:
    """Return who has the server's port, and whether it answers; None while the port is not known."""
    from launcher.doctor import sockets
    from launcher.network import port_lease, ports

    port, effect = patient.port, patient.effect
    if port is None:
        return None
    listeners = ports.listeners(port)
    if _is_test_page(port_lease.holder(patient.folders.reach_page), listeners):
        return ServerPort(port, ports.PortState.FREE)  # It leaves when SillyTavern starts.
    hosts = sockets.hosts_to_ask(effect.addresses if effect and not patient.stale else ())
    share_s = ANSWER_PATIENCE_S / len(hosts)
    return ServerPort(
        port,
        state := ports.is_free(port),
        listeners=listeners,
        answers=any(ports.replies(port, share_s, host, patient.scheme) for host in hosts),
        next_free=None if state is ports.PortState.FREE else ports.next_free_port(port),
    )


def _is_test_page(holder: int | None, listeners: tuple[PortListener, ...] | None) -> bool:
    """Return whether the process `holder` has the port for our test page."""
    import psutil

    if holder is None:
        return False
    if listeners is None:
        return psutil.pid_exists(holder)
    return any(each.owner and each.owner.pid == holder for each in listeners)


def heard(patient: Patient) -> bool | None:
    """Return whether a connection to the address in the QR code succeeds; None while there is no such address."""
    from launcher.network import ports

    if patient.port is None or not patient.best:
        return None
    return ports.accepts(patient.best.address, patient.port, ANSWER_PATIENCE_S)


def route(patient: Patient) -> PhoneRoute | None:
    """Return the route to the phone, or to the local network; None where there is no network."""
    from launcher.doctor import sockets

    target = target_nearby(patient)
    return PhoneRoute(target, sockets.source_towards(target)) if target else None


def target_nearby(patient: Patient) -> str | None:
    """Return the phone when it is nearby, else any address of the local network that is not this PC's."""
    addresses = patient.view.addresses or ()
    if patient.phone and own_address_for(patient.phone, addresses):
        return patient.phone
    network = patient.best.network if patient.best else None
    if not network or network.prefixlen > 30:
        return None
    own = {each.address for each in addresses}
    return next((str(host) for host in (network[1], network[2], network[3]) if str(host) not in own), None)


def phone_answers(patient: Patient) -> bool | None:
    """Return whether the phone answers this PC; None when that could not be tried."""
    from ipaddress import IPv4Address, ip_address

    from launcher.doctor import sockets

    # Never probe a stranger's computer on the Internet.
    if not patient.phone or not isinstance(at := ip_address(patient.phone), IPv4Address) or not at.is_private:
        return None
    if any(each.address == patient.phone for each in patient.view.addresses or ()):
        return None
    return sockets.is_there(patient.phone, UNUSED_PORT, PHONE_PATIENCE_S)


def firewall(patient: Patient) -> Firewall | None:
    """Return what the firewall of this PC does with a phone; None while the port is not known."""
    from launcher.network.firewall import this_pc

    if patient.port is None:
        return None
    return this_pc.look(node_path(patient), patient.port, networks(patient), patient.folders)


def node_path(patient: Patient) -> Path | None:
    """Return the program that firewall rules about programs would name; None when there is none."""
    found = node(patient)
    return found.path if isinstance(found, Node) else None


def networks(patient: Patient) -> Networks:
    """Return the local networks of this PC."""
    found = (address.network for address in patient.view.addresses or () if address.local)
    return tuple(dict.fromkeys(each for each in found if each))


READINGS = {
    "node": Reading(node),
    "program": Reading(program),
    "files": Reading(files),
    "server_port": Reading(server_port),
    "heard": Reading(heard),
    "route": Reading(route, 1.0),
    "phone_answers": Reading(phone_answers),
    "firewall": Reading(firewall),
    "profiles": Reading(lambda _patient: profile.look(), 1.5),
}
