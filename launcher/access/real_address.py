"""The address of a device, without the IPv6 spelling that a socket for both families gives an IPv4 one. PURE."""

from ipaddress import IPv4Address, IPv6Address, ip_address


def unmapped(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """192.168.0.20 for ::ffff:192.168.0.20, as SillyTavern does too. Every other address stays as it is.

    Before Python 3.13 `is_global` and its like did not look through that spelling, so ask them only after this.
    """
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        return address.ipv4_mapped
    return address


def real_address(text: str) -> str | None:
    """The address that `text` is, in its usual spelling; None when it is none, or one that counts on one card only."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.scope_id is not None:
        return None
    return str(unmapped(address))
