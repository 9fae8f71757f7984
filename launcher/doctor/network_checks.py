"""The checks about the network between this PC and the phone. PURE."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address

from launcher.doctor.check import Check, Finding, Findings, Status, first_problem, ok, problem, skipped, unknown
from launcher.doctor.check_input import CheckInput, Patient
from launcher.keeper.view import Device
from launcher.network.addresses import CARRIER, Kind, LocalAddress, network_entry, own_address_for
from launcher.problem import Fix
from launcher.versions.table import facts as facts_of

LISTEN_IPV6 = Fix("listen-ipv6", "Listen with IPv6 too")
TUNNELS = (Kind.VPN, Kind.TAILSCALE)
SAME_WIFI = "Connect the phone to the same Wi-Fi as this PC: not the guest network, and not mobile data."


def address(facts: CheckInput, found: Findings) -> Finding:
    """Is this PC in a local network, and do its packets to that network really go there?"""
    patient, route = facts.patient, facts.route
    addresses = patient.view.addresses
    if addresses is None:
        return unknown("The network cards of this PC could not be read.", "Try again in a moment.")
    best = patient.best
    tunnels = [each for each in addresses if each.kind in TUNNELS]
    if not best:
        if through := _tailscale_for(patient):
            return ok(f"The phone reaches this PC at {through.address}, through Tailscale.")
        return _no_local_network(addresses, tunnels)
    if route and route.source and best.network and not own_address_for(route.source, [best]):
        if (there := own_address_for(route.target, addresses)) and there.local and there is not best:
            return _on_another_card(patient, best, there)
        return _routed_away(addresses, best, route.source)
    note = ""
    if vpn := next((each for each in tunnels if each.kind is Kind.VPN), None):
        note = f"A VPN is on ({vpn.interface}). If the phone does not get through, allow local devices in its settings."
    return ok(f"This PC is {best.address} in the local network ({best.interface}).", note)


def _no_local_network(addresses: Sequence[LocalAddress], tunnels: Sequence[LocalAddress]) -> Finding:
    title = "This PC is in no network."
    names = " and ".join(dict.fromkeys(each.interface for each in tunnels or addresses))
    if tunnels:
        title = f"This PC is in no local network, only in {names}."
    elif addresses:
        title = f"This PC has only addresses that no phone can reach ({names})."
    return problem(title, "Connect it to the same Wi-Fi as the phone.")


def _on_another_card(patient: Patient, best: LocalAddress, there: LocalAddress) -> Finding:
    url = patient.view.url_at(there.address) or there.address
    return problem(
        f"The phone is in the network of {there.interface}, but the QR code shows the address of {best.interface}.",
        f"Open {url} on the phone, or connect phone and PC to the same Wi-Fi.",
    )


def _routed_away(addresses: Sequence[LocalAddress], best: LocalAddress, source: str) -> Finding:
    taken = next((each for each in addresses if each.address == source), None)
    through = taken.interface if taken else f"the card with the address {source}"
    vpn = "VPN" if taken and taken.kind in TUNNELS else "connection"
    return problem(
        f"What this PC sends to its own network goes into {through} instead, so no phone gets an answer.",
        f"Switch that {vpn} off, or exclude local devices ({network_entry(best.address, best.netmask)}) from it.",
    )


def address_changed(facts: CheckInput, found: Findings) -> Finding:
    """Does the address that the phone knows still lead to this PC?"""
    patient = facts.patient
    if found["address"].status is not Status.OK or not patient.view.url:
        return skipped("There is no address to compare.")
    if found["server"].status is not Status.OK:
        return skipped("The code on the phone can be checked once SillyTavern runs.")
    known = [each for each in patient.devices if each.came_to and (patient.phone in (None, each.address))]
    newest = max(known, key=lambda device: device.last_seen, default=None)
    shown = patient.view.shown
    if shown and (newest is None or (newest.last_seen <= shown.after and not would_be_told(patient, newest))):
        old, who = shown.url, "the code that was shown last has"
    elif newest:
        old, who = newest.came_to, f"{called(newest)} came to"
    else:
        return skipped("No phone has connected yet, so none can have an old code.")
    if old in usable_urls(patient):
        return ok(f"The code on the phone is still right: {old}")
    return problem(
        f"The code on the phone is old: {who} {old}, and now it is {patient.view.url or 'none'}.",
        "Scan the QR code again. To keep it from changing, have your router always give this PC the same address.",
    )


def would_be_told(patient: Patient, device: Device) -> bool:
    """Return whether this version would print a line if this device came now and got in, and no device can forge it.

    It prints one line for each device between two starts.
    """
    if not patient.installation or device in patient.came_since_start():
        return False
    known = facts_of(patient.installation.version)
    return known.new_connection_line and not known.new_connection_forgeable


def usable_urls(patient: Patient) -> set[str | None]:
    """Return the server's URL at each address of this PC."""
    return {patient.view.url_at(each.address) for each in patient.view.addresses or ()}


def called(device: Device, first: bool = False) -> str:
    """Return how a sentence names a device. `first`: at its beginning."""
    name = device.name or device.kind
    the = "The" if first else "the"
    return f"{name} ({device.address})" if name else f"{the} device at {device.address}"


def same_network(facts: CheckInput, found: Findings) -> Finding:
    """Is the phone in a network of this PC, and does it answer?"""
    patient = facts.patient
    if not patient.phone:
        return skipped("No phone's address was given.", "Give the phone's address: its Wi-Fi settings show it.")
    if found["address"].status is not Status.OK:
        return skipped("This PC is in no local network.")
    own = patient.view.addresses or ()
    phone = ip_address(patient.phone)
    if isinstance(phone, IPv6Address):
        return _ipv6(patient, phone)
    if any(each.address == str(phone) for each in own) or phone.is_loopback:
        return problem(f"{phone} is this PC itself, not the phone.", "Look up the phone's own address.")
    here = own_address_for(str(phone), own)
    if not here:
        return _elsewhere(patient, phone, facts.phone_answers is True)
    # A closed firewall also drops the answer.
    if facts.phone_answers is False and not first_problem(found, "firewall", "firewall-block"):
        return problem(
            f"{phone} is an address of this network, but no device answers there.",
            "Wake the phone up and compare its address. If that is right, the Wi-Fi keeps devices apart: leave the "
            "guest network, or switch off “client isolation” (AP isolation) in the router.",
        )
    network = network_entry(here.address, here.netmask)
    if facts.phone_answers:
        return ok(f"{phone} is in the same network ({network}) and answers.")
    return ok(f"{phone} is in the same network ({network}).", "Tavernkeep could not find out whether it answers.")


def _elsewhere(patient: Patient, phone: IPv4Address, answers: bool) -> Finding:
    if tailscale := _tailscale_for(patient):
        url = patient.view.url_at(tailscale.address) or tailscale.address
        return ok(f"{phone} comes through Tailscale.", f"There this PC is {url}")
    if answers or any(each.address == str(phone) for each in patient.came_since_start()):
        return ok(f"{phone} is in another network, and the two are connected.")
    best = patient.best
    ours = network_entry(best.address, best.netmask) if best else "?"
    return problem(f"The phone ({phone}) is not in the network of this PC ({ours}).", SAME_WIFI)


def _tailscale_for(patient: Patient) -> LocalAddress | None:
    """Return this PC's Tailscale address when the phone has one too."""
    phone = ip_address(patient.phone) if patient.phone else None
    if not isinstance(phone, IPv4Address) or phone not in CARRIER:
        return None
    return next((each for each in patient.view.addresses or () if each.kind is Kind.TAILSCALE), None)


def _ipv6(patient: Patient, phone: IPv6Address) -> Finding:
    effect = patient.effect
    if phone.is_link_local:
        return problem(
            "SillyTavern answers every device with an fe80 address with an error.",
            "Use the IPv4 address of this PC, and a Wi-Fi that gives the phone an IPv4 address too.",
        )
    if effect and effect.ipv6 is False:
        return problem(
            "The phone has an IPv6 address, but SillyTavern listens with IPv4 only.",
            "Use a Wi-Fi that gives the phone an IPv4 address too, or let SillyTavern listen with IPv6.",
            LISTEN_IPV6 if facts_of(effect.version).protocol_keys else None,
        )
    return unknown("Tavernkeep cannot tell where an IPv6 address is.", "Give the phone's IPv4 address.")


def reached(facts: CheckInput, found: Findings) -> Finding:
    """The proof: has a phone come through since the server was started?"""
    patient = facts.patient
    came = [each for each in patient.came_since_start() if patient.phone in (None, each.address)]
    usable = usable_urls(patient)
    if newest := next((each for each in came if not each.came_to or each.came_to in usable), None):
        how = "" if newest.let_in else ", but was not let in"
        return ok(f"{called(newest, first=True)} has reached this PC{how}.")
    if found["server"].status is not Status.OK:
        return skipped("No phone can reach SillyTavern while it is not running.")
    if not patient.view.pid:
        return unknown(
            "Tavernkeep sees which phones connect only while it runs SillyTavern itself.",
            "Start it with Tavernkeep, then open it on the phone.",
        )
    who = f"{patient.phone} has not" if patient.phone else "No phone has"
    return unknown(f"{who} connected since SillyTavern was started.", "Scan the QR code, then check again.")


ADDRESS_CHECKS = (
    Check("address", address, ("route",)),
    Check("address-changed", address_changed, (), ("address", "server")),
)
PHONE_CHECKS = (
    Check("same-network", same_network, ("phone_answers",), ("address", "firewall", "firewall-block")),
    Check("reached", reached, (), ("server",)),
)
