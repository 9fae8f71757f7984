"""Cards as the three systems name them, and the address a phone is given."""

import pytest

from launcher.network.addresses import Kind, LocalAddress, local_addresses, network_entry, rank
from launcher.network.cards import NetworkCard


def card(name: str, address: str, gateway: bool | None = False, **facts: bool | str) -> NetworkCard:
    given: dict[str, bool | str] = {"netmask": "255.255.255.0", "broadcast": f"{address.rpartition('.')[0]}.255"}
    return NetworkCard(name, address, gateway=gateway, **{**given, **facts})  # type: ignore[arg-type]


def wifi(address: str = "192.168.0.5", name: str = "Wi-Fi") -> NetworkCard:
    return card(name, address, gateway=True, wireless=True)


def tunnel(name: str, address: str, gateway: bool = False) -> NetworkCard:
    return NetworkCard(name, address, "255.255.255.255", point_to_point=True, gateway=gateway)


def best(*cards: NetworkCard) -> str | None:
    return next((each.address for each in rank(cards) if each.local), None)


WINDOWS = {
    "Wi-Fi alone": ([wifi()], "192.168.0.5"),
    "wired": ([card("Ethernet 2", "192.168.0.5", True)], "192.168.0.5"),
    "WSL and Hyper-V": (
        [card("vEthernet (WSL)", "172.25.0.1"), card("vEthernet (Default Switch)", "172.28.0.1"), wifi()],
        "192.168.0.5",
    ),
    "VMware and VirtualBox": (
        [
            card("VMware Network Adapter VMnet8", "192.168.40.1"),
            card("VirtualBox Host-Only Network", "192.168.56.1"),
            card("Ethernet", "10.0.0.7", True),
        ],
        "10.0.0.7",
    ),
    "VirtualBox calls its card like any other": ([card("Ethernet 3", "192.168.56.1")], None),
    "OpenVPN calls its card like any other": (
        [card("Ethernet 3", "10.8.0.6", netmask="255.255.255.252"), card("Ethernet", "192.168.0.5", True)],
        "192.168.0.5",
    ),
    "WireGuard": (
        [card("WireGuard Tunnel", "10.66.0.2", True, netmask="255.255.255.255"), wifi()],
        "192.168.0.5",
    ),
    "NordLynx and ProtonVPN": (
        [card("NordLynx", "10.5.0.2", True), card("ProtonVPN", "10.2.0.2", True), wifi()],
        "192.168.0.5",
    ),
    "only a VPN": ([card("OpenVPN Wintun", "10.8.0.6", True)], None),
    "its own hotspot beside its Wi-Fi": ([card("Local Area Connection* 10", "192.168.137.1"), wifi()], "192.168.0.5"),
    "its own hotspot alone": ([card("Local Area Connection* 10", "192.168.137.1")], "192.168.137.1"),
    "its own hotspot in German": ([card("LAN-Verbindung* 2", "192.168.137.1")], "192.168.137.1"),
    "Chinese wired": ([card("以太网", "192.168.1.9", True), card("vEthernet (WSL)", "172.25.0.1")], "192.168.1.9"),
    "a language nobody thought of": ([card("Verkko 1", "192.168.1.9", None)], "192.168.1.9"),
    "Tailscale": ([tunnel("Tailscale", "100.101.102.103"), wifi()], "192.168.0.5"),
    "a modem": ([card("Cellular", "10.150.3.4", True)], None),
    "unplugged": ([card("Ethernet", "192.168.0.5", True, up=False)], None),
}
MAC = {
    "Wi-Fi is en0": ([wifi(name="en0")], "192.168.0.5"),
    "VPN and AirDrop": ([tunnel("utun3", "10.8.0.2", True), card("en0", "192.168.0.5", True)], "192.168.0.5"),
    "Tailscale is an utun": ([tunnel("utun4", "100.101.102.103"), card("en0", "192.168.0.5", True)], "192.168.0.5"),
    "virtual machines": ([card("bridge100", "192.168.64.1"), card("vmenet0", "192.168.64.2")], None),
    "Internet Sharing": ([card("bridge100", "192.168.2.1")], "192.168.2.1"),
    "tethered to a phone": ([card("en5", "172.20.10.2", True, netmask="255.255.255.240")], "172.20.10.2"),
}
LINUX = {
    "laptop in its dock, the card that stays": ([card("enp3s0", "192.168.0.5", True), wifi("192.168.0.6", "wlp2s0")],)
    + ("192.168.0.6",),
    "a bridge that carries the network": ([card("br0", "192.168.0.5", True)], "192.168.0.5"),
    "a bridge of Docker's": ([card("br-0123456789ab", "172.18.0.1")], None),
    "its own access point": ([card("ap0", "192.168.12.1", wireless=True)], "192.168.12.1"),
    "a modem of its own": ([card("wwan0", "10.150.3.4", True, point_to_point=True)], None),
    "PPPoE": ([tunnel("ppp0", "203.0.113.9", True)], None),
    "public addresses on the campus": ([card("enp3s0", "203.0.113.9", True)], "203.0.113.9"),
    "a private one goes before a public one": (
        [card("enp3s0", "203.0.113.9", True), card("wlp2s0", "192.168.0.5", wireless=True)],
        "192.168.0.5",
    ),
    "waiting for its router": ([card("eth0", "169.254.10.20", False, netmask="255.255.0.0")], None),
    "loopback": ([NetworkCard("lo", "127.0.0.1", "255.0.0.0")], None),
    "a network of the carrier's": ([card("usb0", "100.72.1.9", True)], "100.72.1.9"),
    "a tunnel by a name of its own": ([NetworkCard("corp", "10.9.0.2", "255.255.255.0", point_to_point=True)], None),
    "nothing": ([], None),
}


@pytest.mark.parametrize(
    "cards, address", [*WINDOWS.values(), *MAC.values(), *LINUX.values()], ids=[*WINDOWS, *MAC, *LINUX]
)
@pytest.mark.parametrize("backwards", [False, True], ids=["", "backwards"])
def test_the_phone_is_given_the_address_it_can_reach(
    cards: list[NetworkCard], address: str | None, backwards: bool
) -> None:
    assert best(*(reversed(cards) if backwards else cards)) == address


@pytest.mark.parametrize(
    "one, kind",
    [
        (wifi(), Kind.WIFI),
        (card("WLAN", "192.168.0.5", wireless=True), Kind.WIFI),
        (card("Local Area Connection* 10", "192.168.137.1"), Kind.WIFI),
        (card("Local Area Connection", "192.168.0.5"), Kind.ETHERNET),
        (card("Ethernet 2", "192.168.0.5"), Kind.ETHERNET),
        (card("enx001122334455", "192.168.0.5"), Kind.ETHERNET),
        (card("en0", "192.168.0.5"), Kind.OTHER),
        (tunnel("utun3", "10.8.0.2"), Kind.VPN),
        (tunnel("utun3", "100.64.0.9"), Kind.TAILSCALE),
        (tunnel("tailscale0", "100.64.0.9"), Kind.TAILSCALE),
        (card("eth0", "100.64.0.9"), Kind.ETHERNET),
        (card("tap0", "10.8.0.2"), Kind.VPN),
        (card("wg0", "10.8.0.2"), Kind.VPN),
        (card("docker0", "172.17.0.1"), Kind.VIRTUAL),
        (card("virbr0", "192.168.122.1"), Kind.VIRTUAL),
        (card("vEthernet (WSL)", "172.25.0.1"), Kind.VIRTUAL),
    ],
    ids=lambda value: value.name if isinstance(value, NetworkCard) else "",
)
def test_a_card_is_called_what_it_is(one: NetworkCard, kind: Kind) -> None:
    assert [each.kind for each in rank((one,))] == [kind]


def test_tailscale_is_shown_after_the_network_and_before_vpn_and_containers() -> None:
    shown = rank(
        (
            card("docker0", "172.17.0.1", True),
            card("wg0", "10.66.0.2", True),
            tunnel("tailscale0", "100.101.102.103"),
            wifi(name="wlan0"),
        )
    )
    assert [each.interface for each in shown] == ["wlan0", "tailscale0", "wg0", "docker0"]
    assert [each.local for each in shown] == [True, False, False, False]


def test_what_is_shown_of_an_address() -> None:
    assert rank((wifi(),)) == (LocalAddress("192.168.0.5", "Wi-Fi", Kind.WIFI, True, "255.255.255.0"),)


def test_this_computer_can_be_asked_without_an_error() -> None:
    found = local_addresses()
    assert found is not None
    assert all(each.address and not each.address.startswith("127.") for each in found)


@pytest.mark.parametrize(
    "address, netmask, entry",
    [
        ("192.168.0.5", "255.255.255.0", "192.168.0.*"),
        ("10.1.2.3", "255.255.0.0", "10.1.0.0/16"),
        ("10.1.2.3", "255.255.252.0", "10.1.0.0/22"),
        ("172.20.10.2", "255.255.255.240", "172.20.10.0/28"),
        ("10.1.2.3", "255.0.0.0", "10.0.0.0/8"),
        ("100.101.102.103", "255.255.255.255", "100.101.102.103"),
        ("192.168.0.5", "", "192.168.0.5"),
        ("192.168.0.5", "24", "192.168.0.5"),
        ("192.168.0.5", "0.0.0.255", "192.168.0.5"),
        ("192.168.0.5", "255.0.255.0", "192.168.0.5"),
        ("203.0.113.9", "0.0.0.0", "203.0.113.9"),
        ("203.0.113.9", "128.0.0.0", "203.0.113.9"),
    ],
)
def test_the_entry_for_this_network_is_never_wider_than_the_network(address: str, netmask: str, entry: str) -> None:
    assert network_entry(address, netmask) == entry
