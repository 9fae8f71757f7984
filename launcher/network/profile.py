"""Does Windows treat the network as public, and so keep other devices out? Other systems have no such profiles.

Read through the COM interface INetworkListManager (netlistmgr.h). A number here is a method's place in its vtable.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from launcher.network.addresses import Kind, kind_of
from launcher.network.cards import NetworkCard, read_cards
from launcher.problem import TavernkeepError
from launcher.system.elevation import Consent, run_as_administrator

TUNNELS = {Kind.VPN, Kind.TAILSCALE, Kind.VIRTUAL}


class Profile(StrEnum):
    """How Windows treats a network. DOMAIN: a company's, which only its administrators can change."""

    PUBLIC = "public"
    PRIVATE = "private"
    DOMAIN = "domain"


@dataclass(frozen=True)
class NetworkProfile:
    """The profile of the network behind one card of this PC.

    `card`: its name. `addresses`: its IPv4 addresses. `network`: what Windows calls the network. `profile` None: it
    could not be found out. `tunnel`: a VPN, Tailscale or a virtual network, which never keeps a phone out. `adapter`:
    the card's GUID, for `set_private`.
    """

    card: str
    addresses: tuple[str, ...]
    network: str
    profile: Profile | None
    tunnel: bool
    adapter: str = ""


@dataclass(frozen=True)
class Connection:
    """One connection of this PC as INetworkListManager reports it. `category`: NLM_NETWORK_CATEGORY."""

    adapter: str
    network: str
    category: int | None


OF_CATEGORY = {0: Profile.PUBLIC, 1: Profile.PRIVATE, 2: Profile.DOMAIN}
PRIVATE_CATEGORY = 1


def look() -> tuple[NetworkProfile, ...] | None:
    """Return every connected network; () where the system has no profiles, None when they could not be read.

    Takes 20 ms. Never raises.
    """
    if sys.platform != "win32":
        return ()
    cards = read_cards()
    try:
        connections = read_connections()
        addresses = {one.adapter: addresses_of(one.adapter) for one in connections}
    except (OSError, ValueError):
        return None
    return tuple(described(one, addresses[one.adapter], cards or ()) for one in connections)


def described(connection: Connection, addresses: tuple[str, ...], cards: tuple[NetworkCard, ...]) -> NetworkProfile:
    """Return a connection with the card that has its addresses. PURE."""
    here = [card for card in cards if card.address in addresses]
    profile = OF_CATEGORY.get(-1 if connection.category is None else connection.category)
    tunnel = bool(here) and all(kind_of(card) in TUNNELS for card in here)
    name = here[0].name if here else ""
    return NetworkProfile(name, addresses, connection.network, profile, tunnel, connection.adapter)


def set_private(network: NetworkProfile) -> Consent:
    """Make Windows treat this network as a private one. Windows asks the person, and this blocks until they answer.

    Raises TavernkeepError for a company's network, and when Windows refuses. The elevated command was never tried on a
    real Windows.
    """
    if network.profile is Profile.PRIVATE:
        return Consent.DONE
    if network.profile is Profile.DOMAIN:
        raise TavernkeepError(
            "This network belongs to a company. Its administrators decide how Windows treats it.",
            "Ask them to let SillyTavern's port in, or use another network.",
        )
    if set_category(network.adapter, PRIVATE_CATEGORY):
        return Consent.DONE
    outcome = run_as_administrator("powershell.exe", "-NoProfile", "-NonInteractive", "-Command", command_for(network))
    if outcome.answer is Consent.DONE and outcome.status:
        raise TavernkeepError(
            "Windows refused to make this network a private one.",
            "Open Settings, Network & internet, the network's properties, and choose “Private network” there.",
        )
    return outcome.answer


def command_for(network: NetworkProfile) -> str:
    """Return the command for PowerShell. PURE. The adapter's GUID has no character that would need quoting."""
    card = f"(Get-NetAdapter | Where-Object InterfaceGuid -eq '{network.adapter}').ifIndex"
    return f"Set-NetConnectionProfile -InterfaceIndex {card} -NetworkCategory Private -ErrorAction Stop"


def addresses_of(adapter: str) -> tuple[str, ...]:
    """Return the IPv4 addresses of the card with this GUID, its name for netifaces on Windows. Raises ValueError."""
    import netifaces

    if adapter not in netifaces.interfaces():
        return ()
    return tuple(one["addr"] for one in netifaces.ifaddresses(adapter).get(netifaces.AF_INET, []))


if sys.platform == "win32":
    import ctypes
    import uuid
    from ctypes import wintypes

    LIST_MANAGER = "DCB00C01-570F-4A9B-8D69-199FDBA5723B"
    I_LIST_MANAGER = "DCB00000-570F-4A9B-8D69-199FDBA5723B"
    CLSCTX_ALL = 23
    RELEASE = 2
    GET_CONNECTIONS = 9  # INetworkListManager
    NEXT = 8  # IEnumNetworkConnections
    GET_NETWORK, GET_ADAPTER_ID = 7, 12  # INetworkConnection
    GET_NAME, GET_CATEGORY, SET_CATEGORY = 7, 18, 19  # INetwork
    Pointer = ctypes.c_void_p

    def read_connections() -> tuple[Connection, ...]:
        """Return every connection. Raises OSError when Windows does not answer."""
        with _networks() as found:
            return tuple(Connection(adapter, _name(network), _category(network)) for adapter, network in found)

    def set_category(adapter: str, category: int) -> bool:
        """Return whether it worked; False when this process may not."""
        try:
            with _networks() as found:
                for its_adapter, network in found:
                    if its_adapter == adapter:
                        _call(network, SET_CATEGORY, ctypes.c_int(category))
                        return True
        except OSError:
            return False
        return False

    @contextmanager
    def _networks() -> Iterator[list[tuple[str, Pointer]]]:
        """Yield the adapter's GUID and the INetwork of each connection. Raises OSError."""
        ole = ctypes.OleDLL("ole32")
        # 0 and 1 have to be undone. RPC_E_CHANGED_MODE does not: this thread already uses COM in another mode, which is
        # fine here.
        initialised = ctypes.WinDLL("ole32").CoInitializeEx(None, 0) in (0, 1)
        held: list[Pointer] = []
        try:
            manager = Pointer()
            ole.CoCreateInstance(_guid(LIST_MANAGER), None, CLSCTX_ALL, _guid(I_LIST_MANAGER), ctypes.byref(manager))
            held.append(manager)
            connections = _get(manager, GET_CONNECTIONS, held)
            found = []
            while connection := _next(connections, held):
                found.append((_adapter(connection), _get(connection, GET_NETWORK, held)))
            yield found
        finally:
            for one in reversed(held):
                _call(one, RELEASE, result=wintypes.ULONG)
            if initialised:
                ctypes.WinDLL("ole32").CoUninitialize()

    def _call(
        of: Pointer,
        number: int,
        *arguments: "ctypes._SimpleCData[Any] | ctypes._Pointer[Any]",
        result: type[Any] = ctypes.HRESULT,
    ) -> int:
        """Call a method by its place in the vtable. Raises OSError for a failed HRESULT."""
        table = ctypes.cast(of, ctypes.POINTER(ctypes.POINTER(Pointer))).contents
        types = [Pointer if isinstance(one, Pointer) else type(one) for one in arguments]
        method = ctypes.WINFUNCTYPE(result, Pointer, *types)(table[number] or 0)
        return int(method(of, *arguments))

    def _get(of: Pointer, number: int, held: list[Pointer]) -> Pointer:
        found = Pointer()
        _call(of, number, ctypes.pointer(found))
        held.append(found)
        return found

    def _next(connections: Pointer, held: list[Pointer]) -> Pointer | None:
        found, fetched = Pointer(), wintypes.ULONG()
        _call(connections, NEXT, wintypes.ULONG(1), ctypes.pointer(found), ctypes.pointer(fetched))
        if not fetched.value or not found:
            return None
        held.append(found)
        return found

    def _adapter(connection: Pointer) -> str:
        found = (ctypes.c_ubyte * 16)()
        _call(connection, GET_ADAPTER_ID, ctypes.pointer(found))
        return f"{{{uuid.UUID(bytes_le=bytes(found))}}}".upper()

    def _name(network: Pointer) -> str:
        found = ctypes.c_wchar_p()
        try:
            _call(network, GET_NAME, ctypes.pointer(found))
        except OSError:
            return ""
        name = found.value or ""
        ctypes.WinDLL("oleaut32").SysFreeString(found)
        return name

    def _category(network: Pointer) -> int | None:
        found = ctypes.c_int()
        try:
            _call(network, GET_CATEGORY, ctypes.pointer(found))
        except OSError:
            return None
        return found.value

    def _guid(text: str) -> ctypes.Array[ctypes.c_ubyte]:
        return (ctypes.c_ubyte * 16).from_buffer_copy(uuid.UUID(text).bytes_le)

else:

    def read_connections() -> tuple[Connection, ...]:
        """Windows only. Raises OSError elsewhere."""
        raise OSError("no Windows")

    def set_category(adapter: str, category: int) -> bool:
        """Windows only; False elsewhere."""
        return False
