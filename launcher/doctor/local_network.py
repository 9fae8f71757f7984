"""Which of this PC's addresses and networks a device belongs to. PURE."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, ip_address

from launcher.doctor.check_input import Patient
from launcher.network.addresses import LocalAddress, prefix_length


def network_of(address: LocalAddress) -> IPv4Network | None:
    """The network of one of this PC's addresses; None when its size is not known."""
    bits = prefix_length(address.netmask)
    return None if bits is None else IPv4Network(f"{address.address}/{bits}", strict=False)


def own_address_for(device: str, addresses: Sequence[LocalAddress]) -> LocalAddress | None:
    """The address of this PC in whose network `device` is, the best first; None: it is in no network of this PC."""
    asked = ip_address(device)
    if not isinstance(asked, IPv4Address):
        return None
    for address in addresses:
        network = network_of(address)
        if network and asked in network and network.prefixlen < 32:
            return address
    return None


def somebody(patient: Patient) -> str | None:
    """The phone where it is near, else any address of the local network that is not this PC's; None without one."""
    addresses = patient.view.addresses or ()
    if patient.phone and own_address_for(patient.phone, addresses):
        return patient.phone
    network = network_of(patient.best) if patient.best else None
    if not network or network.prefixlen > 30:
        return None
    own = {each.address for each in addresses}
    return next((str(host) for host in (network[1], network[2], network[3]) if str(host) not in own), None)
