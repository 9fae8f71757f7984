"""Public, private or a company's: what Windows says of each network, and what other systems do not have."""

import sys

import pytest

from launcher.network import profile
from launcher.network.cards import NetworkCard
from launcher.network.profile import Connection, NetworkProfile, Profile, command_for, described, set_private
from launcher.problem import TavernkeepError
from launcher.system.elevation import Consent

WIFI = NetworkCard("Wi-Fi", "192.168.0.5", "255.255.255.0", wireless=True)
TAILSCALE = NetworkCard("Tailscale", "100.101.102.103", "255.255.255.255")
ADAPTER = "{3F2504E0-4F89-11D3-9A0C-0305E82C3301}"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has profiles")
def test_other_systems_have_no_profiles() -> None:
    assert profile.look() == ()


@pytest.mark.parametrize(
    ("category", "expected"), [(0, Profile.PUBLIC), (1, Profile.PRIVATE), (2, Profile.DOMAIN), (7, None), (None, None)]
)
def test_the_category_of_windows_is_the_profile(category: int | None, expected: Profile | None) -> None:
    found = described(Connection(ADAPTER, "FRITZ!Box", category), ("192.168.0.5",), (WIFI, TAILSCALE))
    assert found == NetworkProfile("Wi-Fi", ("192.168.0.5",), "FRITZ!Box", expected, False, ADAPTER)


def test_a_tailscale_network_is_a_tunnel() -> None:
    found = described(Connection(ADAPTER, "Tailscale", 0), (TAILSCALE.address,), (WIFI, TAILSCALE))
    assert found.tunnel


def test_a_network_whose_card_is_not_known_is_no_tunnel() -> None:
    assert not described(Connection(ADAPTER, "Network 2", 0), (), (WIFI,)).tunnel


def test_a_company_decides_about_its_own_network() -> None:
    with pytest.raises(TavernkeepError, match="company"):
        set_private(NetworkProfile("Ethernet", ("10.0.0.5",), "corp.example", Profile.DOMAIN, False, ADAPTER))


def test_a_private_network_is_left_as_it_is() -> None:
    network = NetworkProfile("Wi-Fi", ("192.168.0.5",), "home", Profile.PRIVATE, False, ADAPTER)
    assert set_private(network) is Consent.DONE


def test_windows_is_told_which_card() -> None:
    network = NetworkProfile("Wi-Fi", ("192.168.0.5",), 'it\'s "home"', Profile.PUBLIC, False, ADAPTER)
    assert command_for(network) == (
        "Set-NetConnectionProfile -InterfaceIndex "
        f"(Get-NetAdapter | Where-Object InterfaceGuid -eq '{ADAPTER}').ifIndex "
        "-NetworkCategory Private -ErrorAction Stop"
    )
