"""The commands about devices: who was here, let one in, keep one out, name one."""

from argparse import Namespace
from datetime import datetime

from launcher.access.interlock import RefusedError
from launcher.access.real_address import real_address
from launcher.keeper import file_snapshot
from launcher.keeper.channel import connect
from launcher.keeper.devices import judged_all, shown
from launcher.keeper.messages import AllowDevice, NameDevice, RefuseDevice
from launcher.keeper.view import Device
from launcher.problem import TavernkeepError
from launcher.ui.keeper_connection import ask
from launcher.ui.terminal import console
from launcher.ui.terminal.access_commands import carry_out, used_installation
from launcher.ui.terminal.exit_codes import DONE, NO
from launcher.ui.terminal.server_commands import Command, current_view


def run(command: Command, options: Namespace) -> int:
    """Do what the words on the command line say. What is refused is told and is `NO`."""
    try:
        match options.verb:
            case "allow":
                return allow(command, options.ip, options.later)
            case "refuse":
                return refuse(command, options.ip, options.later)
            case "name":
                return name(command, options.ip, options.name)
            case _:
                return devices(command)
    except RefusedError as error:
        console.show_problem(error.problem, command.as_json)
        return NO


def devices(command: Command) -> int:
    """Every device that was here, the last one first."""
    found = known_devices(command)
    if command.as_json:
        console.say_json({"devices": [device_document(device) for device in found]})
    elif not found:
        console.say("No other device has been here yet.")
    else:
        for device in found:
            console.say(line_of(device))
    return DONE


def allow(command: Command, address: str, later: bool) -> int:
    """Let the device at `address` in."""
    carry_out(command, used_installation(command), AllowDevice(address, later))
    return _say_outcome(command, address, "may come in")


def refuse(command: Command, address: str, later: bool) -> int:
    """Keep the device at `address` out."""
    carry_out(command, used_installation(command), RefuseDevice(address, later))
    return _say_outcome(command, address, "may no longer come in")


def name(command: Command, address: str, name: str) -> int:
    """Give the device at `address` a name."""
    link = connect(command.folders)
    if not link:
        raise TavernkeepError("Tavernkeep does not run, so it cannot note a name.", "Start it: tavernkeep start")
    reply = ask(link, NameDevice(real_address(address) or address, name))
    if reply.problem:
        raise RefusedError.from_problem(reply.problem)
    return devices(command)


def known_devices(command: Command) -> tuple[Device, ...]:
    """From the keeper, or from its file when there is none, or another installation is asked about."""
    view = current_view(command)
    if view.keeper_pid and not command.folder:
        return view.devices
    from launcher.keeper import device_store

    looked = file_snapshot.read_snapshot(command.folders, command.folder)
    book = {known.address: known for known in device_store.load(command.folders.devices_file)}
    return shown(judged_all(book, looked.effective))


def device_document(device: Device) -> dict[str, object]:
    """One device of the `devices --json` document."""
    return {
        "address": device.address,
        "name": device.name or None,
        "kind": device.kind or None,
        "mac": device.mac,
        "first_seen": _iso(device.first_seen),
        "last_seen": _iso(device.last_seen),
        "let_in": device.let_in,
        "by": device.by or None,
        "never_ask": device.never_ask,
    }


def line_of(device: Device) -> str:
    """One device for people: `192.168.0.20  iPhone · Safari  seen 2026-01-31 18:04  refused`."""
    what = " · ".join(part for part in (device.name, device.kind) if part) or "unknown device"
    seen = datetime.fromtimestamp(device.last_seen).strftime("%Y-%m-%d %H:%M")
    if device.let_in:
        state = f"may come in by “{device.by}”" if device.by else "may come in: the whitelist is off"
    else:
        state = f"refused; let it in: tavernkeep devices allow {device.address}"
    if device.let_in and device.forwarded:
        state += ", but came through a proxy that names another address"
    return f"{device.address:<15}  {what}  seen {seen}  {state}"


def _iso(clock: float) -> str:
    return datetime.fromtimestamp(clock).astimezone().isoformat(timespec="seconds")


def _say_outcome(command: Command, address: str, what: str) -> int:
    if command.as_json:
        return devices(command)
    console.say(f"{real_address(address) or address} {what}.")
    return DONE
