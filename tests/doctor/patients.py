"""A SillyTavern on a PC in a home network, to make ill in one way at a time."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from launcher.doctor.check import Finding, Status
from launcher.doctor.check_input import CheckInput, Patient, PhoneRoute, ProgramState, ServerPort, SettingsFiles
from launcher.doctor.check_run import judged
from launcher.doctor.checks import ALL, CHECKS
from launcher.keeper.view import Device, Installed, Phase, View
from launcher.network.addresses import Kind, LocalAddress
from launcher.network.firewall.verdict import Firewall, FirewallKind
from launcher.network.ports import PortListener, PortOwner, PortState
from launcher.problem import Problem
from launcher.server.installation import Installation
from launcher.server.node import Node
from launcher.server.resolve_settings import EffectiveSettings, decide
from launcher.system.folders import Folders

# Of SillyTavern 1.19.0.
DEFAULTS = "listen: false\nwhitelistMode: true\nport: 8000\nbasicAuthMode: false\nwhitelist:\n  - ::1\n  - 127.0.0.1\n"

HOME = Path("/home/u/SillyTavern")
PC, PHONE = "192.168.0.5", "192.168.0.20"
PID = 4242
NOW = 1_800_000_000.0
WIFI = LocalAddress(PC, "wlan0", Kind.WIFI, local=True, netmask="255.255.255.0")
FOLDERS = Folders(Path("/home/u/c"), Path("/home/u/d"), Path("/home/u/l"), Path("/home/u/r"))


def effect(version: str = "1.19.0", config: Mapping[str, object] | None = None, **more: Any) -> EffectiveSettings:  # noqa: ANN401 - as dataclasses.replace takes them
    """What a server does that listens, has its whitelist on and this network in it, but for `config`."""
    usual = {"listen": True, "whitelistMode": True, "whitelist": ["127.0.0.1", "192.168.0.*"], "port": 8000}
    return decide(version, {**usual, **(config or {})}, more.pop("whitelist_text", None), (), {}, **more)


def device(address: str = PHONE, **changes: Any) -> Device:  # noqa: ANN401 - as dataclasses.replace takes them
    """A phone that came a minute ago and was let in."""
    usual = Device(address, "", "iPhone · Safari", None, NOW - 60, NOW - 60, True, came_to=f"http://{PC}:8000")
    return replace(usual, **changes)


def healthy(version: str = "1.19.0", **changes: Any) -> CheckInput:  # noqa: ANN401 - as dataclasses.replace takes them
    """Everything is well, and nobody has come yet. `changes` are of the patient: `effect`, `phone`, `devices`, …"""
    does: EffectiveSettings | None = changes.pop("effect", effect(version))
    config = HOME / (does.config_name if does else "config.yaml")
    installation = Installation(HOME, version, False, config, HOME / "whitelist.txt", HOME / "data")
    view = View(
        phase=Phase.RUNNING,
        keeper_pid=1,
        installation=Installed(str(HOME), version, "config.yaml", ours=False),
        pid=PID,
        port=does.port if does else None,
        scheme=does.scheme if does else "http",
        running_since=NOW - 600,
        addresses=(WIFI,),
    )
    view = replace(view, **changes.pop("view", {}))
    patient = Patient(FOLDERS, view, installation, effect=does, now=NOW)
    return CheckInput(
        replace(patient, **changes),
        node=Node(Path("/usr/bin/node"), (20, 9, 0), None, "PATH"),
        program=ProgramState(),
        files=SettingsFiles(),
        server_port=ServerPort(8000, PortState.TAKEN, (PortListener("0.0.0.0", server()),), answers=True),
        heard=True,
        route=PhoneRoute("192.168.0.1", PC),
        firewall=Firewall(FirewallKind.NONE, False, True, "No firewall is on."),
        profiles=(),
    )


def server(**changes: Any) -> PortOwner:  # noqa: ANN401 - as dataclasses.replace takes them
    """The process that listens when all is well."""
    return replace(PortOwner(PID, "node", "node server.js", True, True), **changes)


def stopped(version: str = "1.19.0", why: Problem | None = None, **changes: Any) -> CheckInput:  # noqa: ANN401 - as dataclasses.replace takes them
    """The same while the server does not run."""
    view = {"phase": Phase.STOPPED, "pid": None, "running_since": None, "problem": why, **changes.pop("view", {})}
    facts = healthy(version, view=view, **changes)
    return replace(facts, server_port=ServerPort(8000, PortState.FREE), heard=False)


def with_patient(facts: CheckInput, **changes: Any) -> CheckInput:  # noqa: ANN401 - as dataclasses.replace takes them
    return replace(facts, patient=replace(facts.patient, **changes))


def examined(facts: CheckInput) -> dict[str, Finding]:
    """Every finding, by its check."""
    found: dict[str, Finding] = {}
    while len(found) < len(CHECKS):
        ready = next(check for check in ALL if check.id not in found and all(one in found for one in check.after))
        found[ready.id] = judged(ready, facts, found)
    return found


def problems(facts: CheckInput) -> list[str]:
    """The checks that are problems."""
    found = examined(facts)
    return [each for each in CHECKS if found[each].status is Status.PROBLEM]
