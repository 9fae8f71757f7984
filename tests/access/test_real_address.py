"""One address, however it is spelt, on every Python."""

from ipaddress import ip_address

import pytest

from launcher.access.real_address import real_address, unmapped


@pytest.mark.parametrize(
    ("text", "real"),
    [
        ("192.168.0.20", "192.168.0.20"),
        ("::ffff:192.168.0.20", "192.168.0.20"),
        ("::FFFF:c0a8:14", "192.168.0.20"),
        ("2A02:8071:1:0::7", "2a02:8071:1::7"),
        ("::1", "::1"),
        ("fe80::1%eth0", None),
        ("::ffff:192.168.0.20%eth0", None),
        ("phone", None),
        ("", None),
    ],
)
def test_an_address_has_one_spelling(text: str, real: str | None) -> None:
    assert real_address(text) == real


def test_an_ipv4_address_in_an_ipv6_one_is_what_it_is() -> None:
    found = unmapped(ip_address("::ffff:81.2.69.142"))
    assert (found.version, found.is_global) == (4, True)
    assert unmapped(ip_address("::ffff:127.0.0.1")).is_loopback
    assert unmapped(ip_address("::1")) == ip_address("::1")
