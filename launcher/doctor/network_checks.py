"""The checks about the network between this PC and the phone. PURE."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address

from launcher.doctor.check import Check
from launcher.doctor.check_input import CheckInput, Findings, Patient
from launcher.doctor.finding import Finding, Status, ok, problem, skipped, unknown
from launcher.doctor.local_network import network_of, own_address_for
from launcher.keeper.view import Device
from launcher.network.addresses import CARRIER, Kind, LocalAddress, network_entry
from launcher.problem import Fix
from launcher.versions.table import facts as facts_of

LISTEN_IPV6 = Fix("listen-ipv6", "Listen with IPv6 too")
TUNNELS = (Kind.VPN, Kind.TAILSCALE)
NO_NETWORK = "This PC is in no local network."
GIVE_THE_PHONE = "Give the phone's address: its Wi-Fi settings show it."
SAME_WIFI = "Connect the phone to the same Wi-Fi as this PC: not the guest network, and not mobile data."


def address(facts: CheckInput, found: Findings) -> Finding:
    """Is this PC in a local network, and does what goes there really go there?"""
    patient, route = facts.patient, facts.route
    addresses = patient.view.addresses
    if addresses is None:
        return unknown("address", "The network cards of this PC could not be read.", "Try again in a moment.")
    best = patient.best
    tunnels = [each for each in addresses if each.kind in TUNNELS]
    if not best:
        if through := _tailscale_for(patient):
            return ok("address", f"This PC is {through.address} for the phone, through Tailscale.")
        return _no_local_network(addresses, tunnels)
    network = network_of(best)
    if route and route.source and network and not own_address_for(route.source, [best]):
        if (there := own_address_for(route.target, addresses)) and there.local and there is not best:
            return _on_another_card(patient, best, there)
        return _way_taken(addresses, best, route.source)
    note = ""
    if vpn := next((each for each in tunnels if each.kind is Kind.VPN), None):
        note = f"A VPN is on ({vpn.interface}). If the phone does not get through, allow local devices in its settings."
    return ok("address", f"This PC is {best.address} in the local network ({best.interface}).", note)


def _no_local_network(addresses: Sequence[LocalAddress], tunnels: Sequence[LocalAddress]) -> Finding:
    advice = "Connect it to the same Wi-Fi as the phone."
    if tunnels:
        names = " and ".join(dict.fromkeys(each.interface for each in tunnels))
        return problem("address", f"This PC is in no local network, only in {names}.", advice)
    if addresses:
        names = " and ".join(dict.fromkeys(each.interface for each in addresses))
        return problem("address", f"This PC has only addresses that no phone can reach ({names}).", advice)
    return problem("address", "This PC is in no network.", advice)


def _on_another_card(patient: Patient, best: LocalAddress, there: LocalAddress) -> Finding:
    url = patient.view.url_at(there.address) or there.address
    return problem(
        "address",
        f"The phone is in the network of {there.interface}, and the QR code shows the address of {best.interface}.",
        f"Open {url} on the phone, or connect phone and PC to the same Wi-Fi.",
    )


def _way_taken(addresses: Sequence[LocalAddress], best: LocalAddress, source: str) -> Finding:
    taken = next((each for each in addresses if each.address == source), None)
    through = f"{taken.interface}" if taken else f"the card with the address {source}"
    vpn = "VPN" if taken and taken.kind in TUNNELS else "connection"
    return problem(
        "address",
        f"What this PC sends to its own network goes into {through} instead, so no phone gets an answer.",
        f"Switch that {vpn} off, or let it leave local devices ({network_entry(best.address, best.netmask)}) alone.",
    )


def address_changed(facts: CheckInput, found: Findings) -> Finding:
    """Is what the phone opens still this PC?"""
    patient = facts.patient
    if found["address"].status is not Status.OK or not patient.view.url:
        return skipped("address-changed", "There is no address to compare.")
    if found["server"].status is not Status.OK:
        return skipped("address-changed", "The code on the phone can be checked once SillyTavern runs.")
    known = [each for each in patient.devices if each.came_to and (patient.phone in (None, each.address))]
    newest = max(known, key=lambda device: device.last_seen, default=None)
    shown = patient.view.shown
    if shown and (newest is None or (newest.last_seen <= shown.after and not would_be_told(patient, newest))):
        old, who = shown.url, "the code that was shown last has"
    elif newest:
        old, who = newest.came_to, f"{told(newest)} came to"
    else:
        return skipped("address-changed", "No phone has been here yet whose code could be old.")
    if old in usable_urls(patient):
        return ok("address-changed", f"The code on the phone is still right: {old}")
    return problem(
        "address-changed",
        f"The code on the phone is old: {who} {old}, and now it is {patient.view.url or 'none'}.",
        "Scan the QR code again. So that it stays, have your router always give this PC the same address.",
    )


def would_be_told(patient: Patient, device: Device) -> bool:
    """Whether this version would say so if this device came now and got in, and no device can make that up.

    Each is told of once between two starts.
    """
    if not patient.installation or device in patient.came_since_start():
        return False
    known = facts_of(patient.installation.version)
    return known.new_connection_line and not known.new_connection_forgeable


def usable_urls(patient: Patient) -> set[str | None]:
    """Where the server is now, at each address of this PC."""
    return {patient.view.url_at(each.address) for each in patient.view.addresses or ()}


def told(device: Device, first: bool = False) -> str:
    """A device as a sentence names it; `first`: at its beginning."""
    name = device.name or device.kind
    the = "The" if first else "the"
    return f"{name} ({device.address})" if name else f"{the} device at {device.address}"


def same_network(facts: CheckInput, found: Findings) -> Finding:
    """Is the phone in a network of this PC, and does it answer?"""
    patient = facts.patient
    if not patient.phone:
        return skipped("same-network", "No phone was named.", GIVE_THE_PHONE)
    if found["address"].status is not Status.OK:
        return skipped("same-network", NO_NETWORK)
    filtered = any(found[each].status is Status.PROBLEM for each in ("firewall", "firewall-block"))
    return _where_it_is(facts, patient, ip_address(patient.phone), filtered)


def _where_it_is(facts: CheckInput, patient: Patient, phone: IPv4Address | IPv6Address, filtered: bool) -> Finding:
    own = patient.view.addresses or ()
    if isinstance(phone, IPv6Address):
        return _ipv6(patient, phone)
    if any(each.address == str(phone) for each in own) or phone.is_loopback:
        return problem("same-network", f"{phone} is this PC itself, not the phone.", "Look up the phone's own address.")
    here = own_address_for(str(phone), own)
    seen = facts.phone
    if not here:
        return _elsewhere(patient, phone, seen is not None and seen.answers is True)
    if seen and seen.answers is False and not filtered:
        return problem(
            "same-network",
            f"{phone} is an address of this network, but nothing there answers this PC.",
            "Wake the phone up and compare its address. If that is right, the Wi-Fi keeps devices apart: leave the "
            "guest network, or switch off “client isolation” (AP isolation) in the router.",
        )
    network = network_entry(here.address, here.netmask)
    if seen and seen.answers:
        return ok("same-network", f"{phone} is in the same network ({network}) and answers.")
    return ok("same-network", f"{phone} is in the same network ({network}).", "Whether it answers could not be seen.")


def _elsewhere(patient: Patient, phone: IPv4Address, answers: bool) -> Finding:
    if tailscale := _tailscale_for(patient):
        url = patient.view.url_at(tailscale.address) or tailscale.address
        return ok("same-network", f"{phone} comes through Tailscale.", f"There this PC is {url}")
    if answers or any(each.address == str(phone) for each in patient.came_since_start()):
        return ok("same-network", f"{phone} is in another network, and there is a way between the two.")
    best = patient.best
    ours = network_entry(best.address, best.netmask) if best else "?"
    return problem("same-network", f"The phone ({phone}) is not in the network of this PC ({ours}).", SAME_WIFI)


def _tailscale_for(patient: Patient) -> LocalAddress | None:
    """This PC's Tailscale address, where the phone has one too."""
    phone = ip_address(patient.phone) if patient.phone else None
    if not isinstance(phone, IPv4Address) or phone not in CARRIER:
        return None
    return next((each for each in patient.view.addresses or () if each.kind is Kind.TAILSCALE), None)


def _ipv6(patient: Patient, phone: IPv6Address) -> Finding:
    effect = patient.effect
    if phone.is_link_local:
        return problem(
            "same-network",
            "SillyTavern answers a phone that comes with an fe80 address with an error in any case.",
            "Use the IPv4 address of this PC, and a Wi-Fi that gives the phone an IPv4 address too.",
        )
    if effect and effect.ipv6 is False:
        return problem(
            "same-network",
            "The phone's address is an IPv6 one, and SillyTavern listens with IPv4 only.",
            "Use a Wi-Fi that gives the phone an IPv4 address too, or let SillyTavern listen with IPv6.",
            LISTEN_IPV6 if facts_of(effect.version).protocol_keys else None,
        )
    return unknown("same-network", "Tavernkeep cannot tell where an IPv6 address is.", "Give the phone's IPv4 address.")


def reached(facts: CheckInput, found: Findings) -> Finding:
    """The proof: has a phone come through since the server was started?"""
    patient = facts.patient
    came = [each for each in patient.came_since_start() if patient.phone in (None, each.address)]
    usable = usable_urls(patient)
    if newest := next((each for each in came if not each.came_to or each.came_to in usable), None):
        how = "" if newest.let_in else ", but was not let in"
        return ok("reached", f"{told(newest, first=True)} has reached this PC{how}.")
    if found["server"].status is not Status.OK:
        return skipped("reached", "While SillyTavern does not run nobody can reach it.")
    if not patient.view.pid:
        return unknown(
            "reached",
            "Whether a phone has come is only seen while Tavernkeep runs SillyTavern.",
            "Start it with Tavernkeep, then open it on the phone.",
        )
    who = f"{patient.phone} has not" if patient.phone else "No phone has"
    return unknown(
        "reached", f"{who} come to this PC since SillyTavern was started.", "Scan the QR code, then look again."
    )


# Of this PC's own addresses.
ADDRESS_CHECKS = (
    Check("address", address, ("route",)),
    Check("address-changed", address_changed, (), ("address", "server")),
)
# Of the phone, and whether one has come.
PHONE_CHECKS = (
    Check("same-network", same_network, ("phone",), ("address", "firewall", "firewall-block")),
    Check("reached", reached, (), ("server",)),
)
