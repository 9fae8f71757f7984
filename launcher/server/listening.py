"""Find out from its settings where a server listens: scheme, port and addresses. PURE."""

import math
import re
from dataclasses import dataclass

from launcher.access.javascript import trim
from launcher.problem import Problem
from launcher.server.setting_sources import ENVIRONMENT, FLAG, Setting, Sources
from launcher.server_files.value import UNKNOWN

EVERY_IPV4 = "0.0.0.0"  # noqa: S104 - what the server binds, not we.
EVERY_IPV6 = "::"


@dataclass(frozen=True)
class Listening:
    """Where a start listens. `on`: the setting. `addresses`: of both protocols. `ipv4`, `ipv6`: None for "auto".

    `refuses`: why it cannot start.
    """

    on: bool | None
    addresses: tuple[str, ...]
    ipv4: bool | None
    ipv6: bool | None
    reasons: tuple[str, ...]
    refuses: Problem | None = None


def scheme_and_port(sources: Sources) -> tuple[str, int | None, Problem | None]:
    """Return `http` or `https`; the port, None for any free or an unknown one; why it cannot start with that port."""
    secure = sources.switch("ssl.enabled", flag="ssl") if sources.known.ssl_keys else bool(sources.flags.get("ssl"))
    scheme = "https" if secure else "http"
    setting = _port_setting(sources)
    value = setting.value
    if value is UNKNOWN:
        return scheme, None, None
    if sources.known.ssl_keys and setting.source != FLAG:
        value = _parse_float(value, sources.known.default_port)
    number = re.fullmatch(r"\d*", _port_text(value))
    if not number or int(number[0] or 0) > 65535:
        return scheme, None, Problem(f"SillyTavern cannot start: {setting}, which is no port.", "Set a port.")
    port = int(number[0]) if number[0] else (443 if secure else 80)
    return scheme, port or None, None


def _port_setting(sources: Sources) -> Setting:
    known = sources.known
    if known.env_any_key or "port" in sources.flags:
        return sources.find("port", known.default_port, "port")
    said = sources.environment.get(known.env_port)
    # Versions without the flag ignore an empty variable.
    if said or (said is not None and known.port_flag):
        return Setting(said, ENVIRONMENT, known.env_port)
    return sources.find("port", known.default_port)


def _parse_float(value: object, default: int) -> object:
    """Return `parseFloat(value)`, or the default port when that is no number."""
    if isinstance(value, str):
        found = re.match(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", trim(value), re.IGNORECASE | re.ASCII)
        return float(found[0]) if found else default
    if isinstance(value, bool) or not isinstance(value, int | float) or math.isnan(value):
        return default
    return value


def _port_text(value: object) -> str:
    if isinstance(value, str):
        return trim(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "no port"
    return str(int(value)) if math.isfinite(value) and value == int(value) else "no port"


def listening(sources: Sources) -> Listening:
    """Return where a start with these settings listens."""
    setting = sources.find("listen", False, "listen")
    on = sources.is_on(setting)
    ipv4 = _protocol(sources, "protocol.ipv4", "enableIPv4", True)
    ipv6 = _protocol(sources, "protocol.ipv6", "enableIPv6", False)
    reason = f"It listens {'on the network' if on else 'on this PC only'}: {setting}."
    if on and isinstance(setting.value, str):
        reason = f"It listens on the network: {setting}, and SillyTavern takes every such text for yes."
    bound = (
        (ipv4, _address(sources, "listenAddress.ipv4", "listenAddressIPv4", EVERY_IPV4), "127.0.0.1"),
        (ipv6, _address(sources, "listenAddress.ipv6", "listenAddressIPv6", EVERY_IPV6), "::1"),
    )
    addresses = tuple(address if on else loopback for spoken, address, loopback in bound if spoken is not False)
    reasons = [reason] if on is not None else []
    if on and addresses and not {EVERY_IPV4, EVERY_IPV6} & {*addresses}:
        reasons.append(f"It listens only at {' and '.join(addresses)}.")
    refuses = None if addresses else Problem("SillyTavern cannot start: IPv4 and IPv6 are both off.", "Switch one on.")
    return Listening(on, addresses, ipv4, ipv6, tuple(reasons), refuses)


def _protocol(sources: Sources, key: str, flag: str, fallback: bool) -> bool | None:
    """Return whether the protocol is on; None for "auto", which depends on the network cards."""
    if not sources.known.protocol_keys:
        return fallback
    value = sources.find(key, fallback, flag).value
    if isinstance(value, str):
        return {"true": True, "false": False, "auto": None}.get(trim(value).lower(), fallback)
    return value if isinstance(value, bool) else fallback


def _address(sources: Sources, key: str, flag: str, everywhere: str) -> str:
    if not sources.known.listen_address_keys:
        return everywhere
    from ipaddress import ip_address

    value = sources.find(key, everywhere, flag).value
    try:
        address = ip_address(trim(str(value)).strip("[]"))
    except ValueError:
        return everywhere
    return str(address) if (address.version == 4) == ("." in everywhere) else everywhere


def is_reachable(found: Listening) -> bool | None:
    """Return whether other devices can reach it; None when that is not known."""
    from ipaddress import ip_address

    if found.on is None:
        return None
    return any(not ip_address(address).is_loopback for address in found.addresses)
