"""Windows Defender Firewall as the real Windows Python reads it from a registry, and the profile of the network.

Wine has the registry and INetworkListManager, but no firewall, no netsh and no question about rights.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.support.windows import WindowsPC

pytestmark = [pytest.mark.sweep, pytest.mark.timeout(600)]

NODE = r"C:\Program Files\nodejs\node.exe"
POLICY = r"SOFTWARE\Policies\Microsoft\WindowsFirewall"
LOCAL = r"SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy"

WRITE = """
import json, sys, winreg
for key, values in json.loads(sys.argv[1]).items():
    with winreg.CreateKeyEx(winreg.HKEY_LOCAL_MACHINE, key, 0, winreg.KEY_WRITE | winreg.KEY_WOW64_64KEY) as opened:
        for name, value in values.items():
            kind = winreg.REG_DWORD if isinstance(value, int) else winreg.REG_SZ
            winreg.SetValueEx(opened, name, 0, kind, value)
"""
CLEAR = """
import sys, winreg
def clear(key):
    try:
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, key) as opened:
            names = [winreg.EnumKey(opened, index) for index in range(winreg.QueryInfoKey(opened)[0])]
    except FileNotFoundError:
        return
    for name in names:
        clear(key + "\\\\" + name)
    winreg.DeleteKey(winreg.HKEY_LOCAL_MACHINE, key)
for key in sys.argv[1:]:
    clear(key)
"""
LOOK = """
import dataclasses, ipaddress, json, pathlib, sys
from launcher.network import profile
from launcher.network.firewall.this_pc import look, has_rules
from launcher.system.folders import our_folders
networks = tuple(ipaddress.ip_network(one) for one in sys.argv[2:])
found = look(pathlib.Path(sys.argv[1]), 8000, networks, our_folders())
print(json.dumps(dataclasses.asdict(found) | {"ours": has_rules(our_folders())}))
"""
PROFILES = """
import dataclasses, json
from launcher.network import profile
print(json.dumps([dataclasses.asdict(one) for one in profile.look()]))
"""
ALLOW = "v2.31|Action=Allow|Active=TRUE|Dir=In|Protocol=6|"
NETWORK = "192.0.2.0/24"  # of no card of this PC, so every profile must agree


@pytest.fixture
def windows(pc: WindowsPC) -> Iterator[WindowsPC]:
    pc.python_says(CLEAR, LOCAL, POLICY)
    yield pc
    pc.python_says(CLEAR, LOCAL, POLICY)


def write(pc: WindowsPC, keys: Mapping[str, Mapping[str, int | str]]) -> None:
    pc.python_says(WRITE, json.dumps(keys))


def look(pc: WindowsPC, *networks: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(pc.python_says(LOOK, NODE, *(networks or [NETWORK])))
    return found


def test_rules_in_the_registry_are_read(windows: WindowsPC) -> None:
    found = look(windows)
    assert (found["kind"], found["on"], found["passes"], found["can_open"]) == (
        "Windows Defender Firewall",
        True,
        False,
        False,
    ), "with a public profile too, our rule would not help"

    write(windows, {LOCAL + r"\FirewallRules": {"{1}": ALLOW + "App=%ProgramFiles%\\nodejs\\node.exe|Name=node|"}})
    assert look(windows)["passes"] is True

    block = f"v2.31|Action=Block|Active=TRUE|Dir=In|Protocol=6|App={NODE}|Name=Node.js|"
    write(windows, {LOCAL + r"\FirewallRules": {"TCP Query User{2}C:\\x": block}})
    found = look(windows)
    assert (found["passes"], found["blocked_by"], found["ours"]) == (False, ["Node.js"], False)
    assert "Node.js" in found["why"]


def test_policies_are_read(windows: WindowsPC) -> None:
    everywhere = {"EnableFirewall": 0}
    write(windows, {rf"{LOCAL}\{key}": everywhere for key in ("DomainProfile", "StandardProfile", "PublicProfile")})
    assert (look(windows)["on"], look(windows)["passes"]) == (False, True)

    on = {"EnableFirewall": 1}
    write(windows, {rf"{POLICY}\{key}": on for key in ("DomainProfile", "PrivateProfile", "PublicProfile")})
    assert look(windows)["passes"] is False

    write(windows, {POLICY + r"\FirewallRules": {"{3}": ALLOW + "LPort=8000|Name=Tavernkeep|"}})
    found = look(windows)
    assert (found["passes"], found["ours"]) == (True, False), "a rule of a policy is not ours to remove"


def test_the_profile_of_each_network_is_told(windows: WindowsPC) -> None:
    profiles = json.loads(windows.python_says(PROFILES))
    assert profiles
    with_addresses = [one for one in profiles if one["addresses"]]
    assert with_addresses
    assert all(one["profile"] in ("public", "private", "domain") for one in with_addresses)

    one = with_addresses[0]
    for name, key in (("public", "PublicProfile"), ("private", "StandardProfile"), ("domain", "DomainProfile")):
        write(windows, {rf"{LOCAL}\{key}": {"EnableFirewall": int(name != one["profile"])}})
    assert look(windows, f"{one['addresses'][0]}/32")["passes"] is True, "only the active profile counts"


def test_what_runs_as_administrator_tells_how_it_ended(windows: WindowsPC) -> None:
    script = (
        "from launcher.system.elevation import run_line_as_administrator as run; "
        r"o = run(r'C:\windows\system32\cmd.exe', '/d /s /c \"exit 7\"'); print(o.answer, o.status)"
    )
    assert windows.python_says(script) == "done 7"
