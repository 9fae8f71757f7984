"""One thing wrong at a time: one check names it, and no other does. Pure."""

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import pytest

from launcher.doctor.check import Status
from launcher.doctor.check_input import (
    CheckInput,
    FileState,
    PhoneRoute,
    ProgramState,
    ServerPort,
    SettingsFiles,
)
from launcher.doctor.checks import ALL, CHECKS
from launcher.doctor.readings import READINGS
from launcher.keeper.view import Phase, ShownCode, ShutOut
from launcher.network.addresses import Kind, LocalAddress
from launcher.network.firewall.verdict import Firewall, FirewallKind
from launcher.network.ports import PortListener, PortOwner, PortState
from launcher.network.profile import NetworkProfile, Profile
from launcher.problem import Fix, Problem
from launcher.server.misplaced_file import WrongFile
from launcher.server.resolve_settings import EffectiveSettings, decide
from tests.doctor.patients import HOME, NOW, PC, PHONE, device, effect, examined, healthy, problems, server, stopped

ETHERNET = LocalAddress("10.1.2.3", "eth0", Kind.ETHERNET, local=True, netmask="255.255.255.0")
WIFI = LocalAddress(PC, "wlan0", Kind.WIFI, local=True, netmask="255.255.255.0")
VPN = LocalAddress("10.8.0.2", "tun0", Kind.VPN, local=False, netmask="255.255.255.0")
OTHER = PortOwner(77, "python3", "python3 -m http.server", False, True)
OLD = "1.9.7"
NODE_TOO_OLD = Problem("Node.js 16 is too old.", "Install a newer one.")
UFW_CLOSED = Firewall(FirewallKind.UFW, True, False, "ufw keeps phones out.", can_open=True, by_hand="ufw allow")
BLOCKED = Firewall(FirewallKind.WINDOWS, True, False, "Blocked.", blocked_by=("Node.js",), can_open=True)
WINDOWS_CLOSED = Firewall(FirewallKind.WINDOWS, True, False, "No rule lets Node.js through.", can_open=True)
HOME_WIFI = NetworkProfile("wlan0", (PC,), "Home", Profile.PRIVATE, tunnel=False)


def yaml(**config: Any) -> CheckInput:  # noqa: ANN401 - as dataclasses.replace takes them
    return healthy(effect=effect(config=config))


def listed(*entries: str, version: str = "1.19.0", **more: Any) -> CheckInput:  # noqa: ANN401 - as dataclasses.replace takes them
    return healthy(version, effect=effect(version, {"whitelist": ["127.0.0.1", *entries]}), **more)


def with_login(password: object, version: str = "1.19.0", **config: Any) -> CheckInput:  # noqa: ANN401 - as dataclasses.replace takes them
    user = {"username": "me", "password": password}
    return healthy(version, effect=effect(version, {"basicAuthMode": True, "basicAuthUser": user, **config}))


def at(*addresses: LocalAddress, **more: Any) -> CheckInput:  # noqa: ANN401 - as dataclasses.replace takes them
    return healthy(view={"addresses": addresses}, **more)


def taken_by(owner: PortOwner, folder: str | None = None) -> CheckInput:
    door = ServerPort(8000, PortState.TAKEN, (PortListener("0.0.0.0", replace(owner, folder=folder)),), next_free=8001)
    return replace(stopped(), server_port=door)


WRONG_DEFAULT = WrongFile(HOME / "default" / "config.yaml", HOME / "config.yaml", {"listen": True})
STARTED_ELSEWHERE = ServerPort(8000, PortState.TAKEN, (PortListener("0.0.0.0", server(pid=9, folder=str(HOME))),), True)
LISTENS_ELSEWHERE = ServerPort(8000, PortState.TAKEN, (PortListener("127.0.0.1", server()),), answers=True)

FAULTS: dict[str, tuple[str, Callable[[], CheckInput], str | None]] = {
    "there is no Node.js that is new enough": (
        "node",
        lambda: replace(stopped(why=NODE_TOO_OLD), node=NODE_TOO_OLD),
        None,
    ),
    "there is no SillyTavern": (
        "installation",
        lambda: stopped(installation=None, effect=None, view={"installation": None, "port": None}),
        "install",
    ),
    "the folder was moved away": (
        "installation",
        lambda: stopped(
            installation=None,
            effect=None,
            problem=Problem("There is no folder X.", "Choose another."),
            view={"installation": None},
        ),
        None,
    ),
    "modules are missing": ("installation", lambda: replace(stopped(), program=ProgramState(True)), "install-modules"),
    "a module deep inside is missing": (
        "installation",
        lambda: stopped(why=Problem("Not complete.", "Part x.", Fix("install-modules", "Install"))),
        "install-modules",
    ),
    "its folder is read-only": (
        "installation",
        lambda: replace(stopped(), program=ProgramState(False, ("/st",))),
        None,
    ),
    "config.yaml is broken, and a phone was here": (
        "config-file",
        lambda: stopped(
            effect=effect_of_problem(Problem("It cannot be read.", "Correct it.")),
            devices=(device(),),
            view={"port": None},
        ),
        None,
    ),
    "config.yaml is broken": (
        "config-file",
        lambda: stopped(effect=effect_of_problem(Problem("Line 3 of config.yaml cannot be read.", "Correct it."))),
        None,
    ),
    "config.yaml is UTF-16": (
        "config-file",
        lambda: replace(healthy(), files=SettingsFiles(FileState.UTF16)),
        "save-as-utf8",
    ),
    "whitelist.txt is UTF-16": (
        "config-file",
        lambda: replace(
            healthy(effect=effect(whitelist_text="1\x009\x002\x00")), files=SettingsFiles(whitelist=FileState.UTF16)
        ),
        "save-as-utf8",
    ),
    "whitelist.txt may not be read": (
        "config-file",
        lambda: replace(healthy(), files=SettingsFiles(whitelist=FileState.UNREADABLE)),
        None,
    ),
    "default/config.yaml was changed instead": (
        "config-file",
        lambda: replace(yaml(listen=False), files=SettingsFiles(wrong=WRONG_DEFAULT)),
        "take-over",
    ),
    "the list is called whitelist.txt.txt": (
        "config-file",
        lambda: replace(
            listed(), files=SettingsFiles(wrong=WrongFile(HOME / "whitelist.txt.txt", HOME / "whitelist.txt"))
        ),
        None,
    ),
    "an old version has no settings file": (
        "config-file",
        lambda: replace(stopped("1.12.4", effect=no_config("1.12.4")), files=SettingsFiles(FileState.ABSENT)),
        "make-config",
    ),
    "the settings were changed while it runs": (
        "config-file",
        lambda: healthy(effect=effect(config={"port": 8001, "listen": False}), stale=True),
        "restart",
    ),
    "nobody has started it": ("server", stopped, "start"),
    "it has crashed": (
        "server",
        lambda: stopped(why=Problem("It keeps stopping."), view={"phase": Phase.CRASHED}),
        "start",
    ),
    "it hangs": (
        "server",
        lambda: replace(
            healthy(), server_port=replace(healthy().server_port or ServerPort(8000, PortState.TAKEN), answers=False)
        ),
        "restart",
    ),
    "it listens on this PC only": ("listening", lambda: yaml(listen=False), "access whitelist"),
    "its address is that of another card": (
        "listening",
        lambda: yaml(listenAddress={"ipv4": "10.8.0.2"}),
        "listen-everywhere",
    ),
    "it listens with IPv6 only": (
        "listening",
        lambda: yaml(protocol={"ipv4": False, "ipv6": True}),
        "listen-everywhere",
    ),
    "both protocols are off": (
        "listening",
        lambda: stopped(effect=effect(config={"protocol": {"ipv4": False, "ipv6": False}})),
        "listen-everywhere",
    ),
    "its socket is on this PC only, whatever the settings say": (
        "listening",
        lambda: replace(healthy(), server_port=LISTENS_ELSEWHERE, heard=False),
        "restart",
    ),
    "another program has the port": ("port", lambda: taken_by(OTHER), "port 8001"),
    "another SillyTavern has the port": ("port", lambda: taken_by(server(pid=9), "/other"), "port 8001"),
    "another port is taken, and a phone was here": (
        "port",
        lambda: replace(taken_by(OTHER), patient=stopped(devices=(device(came_to=f"http://{PC}:8123"),)).patient),
        "port 8001",
    ),
    "somebody hidden has the port": ("port", lambda: taken_by(PortOwner(None)), "port 8001"),
    "the port is no port": ("port", lambda: stopped(effect=effect(config={"port": 70000})), "port 8000"),
    "there is no network": ("address", lambda: at(), None),
    "there is only a VPN": ("address", lambda: at(VPN), None),
    "there are only virtual cards": (
        "address",
        lambda: at(LocalAddress("172.17.0.1", "docker0", Kind.VIRTUAL, local=False)),
        None,
    ),
    "a VPN takes what goes to the own network": (
        "address",
        lambda: replace(at(WIFI, VPN), route=PhoneRoute("192.168.0.1", "10.8.0.2")),
        None,
    ),
    "the phone is in the network of another card": (
        "address",
        lambda: replace(at(ETHERNET, WIFI, phone=PHONE), route=PhoneRoute(PHONE, PC)),
        None,
    ),
    "this PC has another address since": (
        "address-changed",
        lambda: at(replace(WIFI, address="192.168.0.9"), devices=(device(),)),
        None,
    ),
    "the phone's code has the old port": (
        "address-changed",
        lambda: healthy(devices=(device(came_to=f"http://{PC}:8123"),)),
        None,
    ),
    "the phone's code says http and the server speaks https": (
        "address-changed",
        lambda: healthy(effect=effect(config={"ssl": {"enabled": True}}), devices=(device(),)),
        None,
    ),
    "a line has a comma too many": ("whitelist-entries", lambda: listed("192.168.0.20,"), "whitelist-correct"),
    "a line has only three parts": ("whitelist-entries", lambda: listed("192.168.0"), "whitelist-correct"),
    "a bad line on an old version": (
        "whitelist-entries",
        lambda: listed("# phones", "192.168.0.*", version=OLD),
        "whitelist-correct",
    ),
    "the name of a network in place of its addresses": (
        "whitelist-entries",
        lambda: listed("192.168.0.0"),
        "whitelist-correct",
    ),
    "the name of a device": ("whitelist-entries", lambda: listed("my-phone.local"), "whitelist-correct"),
    "the name of a device in the place of its address": (
        "whitelist-entries",
        lambda: listed("my-phone.local", phone=PHONE),
        "whitelist-correct",
    ),
    "a slash too many": ("whitelist-entries", lambda: listed("192.168.0.20/"), "whitelist-correct"),
    "everyone is listed": ("whitelist-entries", lambda: listed("0.0.0.0/0"), "whitelist-correct"),
    "the whitelist is no list": (
        "whitelist-entries",
        lambda: stopped("1.14.0", effect=effect("1.14.0", {"whitelist": False})),
        "make-list",
    ),
    "the whitelist is no list on an old version": (
        "whitelist-entries",
        lambda: healthy(OLD, effect=effect(OLD, {"whitelist": False})),
        "make-list",
    ),
    "the entry is of another network": (
        "whitelist-covers",
        lambda: listed("192.168.1.*"),
        "whitelist-add 192.168.0.*",
    ),
    "the phone is not listed": (
        "whitelist-covers",
        lambda: listed("192.168.0.7", phone=PHONE),
        f"whitelist-add {PHONE}",
    ),
    "a phone was refused": (
        "whitelist-covers",
        lambda: listed(devices=(device(let_in=False),)),
        f"whitelist-add {PHONE}",
    ),
    "a phone came through a proxy": (
        "whitelist-covers",
        lambda: listed(PHONE, devices=(device(let_in=False, forwarded=True),)),
        None,
    ),
    "the password has a colon on an old version": ("login", lambda: with_login("a:b", OLD), "login-generate"),
    "the password is a number that only lacks its quotes": (
        "login",
        lambda: replace(with_login(12345), files=SettingsFiles(bare_login=True)),
        "login-as-text",
    ),
    "the password is a number": ("login", lambda: with_login(12345), "login-generate"),
    "the password is the one everybody knows": ("login", lambda: with_login("password"), "login-generate"),
    "everyone may come with the password that everybody knows": (
        "login",
        lambda: with_login("password", whitelistMode=False),
        "login-generate",
    ),
    "the phone is shut out after wrong passwords": (
        "login",
        lambda: replace_view(with_login("right horse"), shut_out=ShutOut(PHONE, NOW - 20)),
        "restart",
    ),
    "everyone comes in without a password": (
        "exposure",
        lambda: yaml(whitelistMode=False, securityOverride=True),
        "access whitelist",
    ),
    "the whitelist is off and nothing protects": (
        "exposure",
        lambda: stopped(effect=effect(config={"whitelistMode": False})),
        "access whitelist",
    ),
    "two halves of the Internet": (
        "whitelist-entries",
        lambda: listed("0.0.0.0/1", "128.0.0.0/1"),
        "whitelist-correct",
    ),
    "the firewall is closed": ("firewall", lambda: replace(healthy(), firewall=UFW_CLOSED), "firewall-open"),
    "the firewall is closed for this PC too": (
        "firewall",
        lambda: replace(
            healthy(), firewall=UFW_CLOSED, server_port=ServerPort(8000, PortState.TAKEN, None), heard=False
        ),
        "firewall-open",
    ),
    "a rule blocks this Node.js": ("firewall-block", lambda: replace(healthy(), firewall=BLOCKED), "firewall-open"),
    "Windows takes the network for a public one": (
        "network-profile",
        lambda: replace(healthy(), firewall=WINDOWS_CLOSED, profiles=(replace(HOME_WIFI, profile=Profile.PUBLIC),)),
        "profile-private",
    ),
    "the phone is in another network": ("same-network", lambda: listed(phone="192.168.7.20"), None),
    "the phone is on mobile data": ("same-network", lambda: listed(phone="8.8.4.4"), None),
    "the Wi-Fi keeps devices apart": (
        "same-network",
        lambda: replace(healthy(phone=PHONE), phone_answers=False),
        None,
    ),
    "the phone has IPv6 only": ("same-network", lambda: healthy(phone="2a02:1::5"), "listen-ipv6"),
    "the phone has IPv6 only, and the version knows none": (
        "same-network",
        lambda: healthy(OLD, phone="2a02:1::5"),
        None,
    ),
    "a phone that was here is kept apart now": (
        "same-network",
        lambda: replace(healthy(phone=PHONE, devices=(device(),)), phone_answers=False),
        None,
    ),
    "an address that this PC has no more": (
        "listening",
        lambda: stopped(
            why=Problem("It ended before it was ready."),
            effect=effect(config={"listenAddress": {"ipv4": "192.168.0.50"}}),
        ),
        "listen-everywhere",
    ),
    "config.yaml is a folder": (
        "config-file",
        lambda: replace(stopped(effect=effect_of_problem(Problem("No."))), files=SettingsFiles(FileState.FOLDER)),
        None,
    ),
    "whitelist.txt is empty": (
        "whitelist-covers",
        lambda: healthy(effect=effect(whitelist_text=""), phone=PHONE),
        f"whitelist-add {PHONE}",
    ),
    "whitelistMode says yes on a version that then has none": (
        "exposure",
        lambda: healthy(OLD, effect=effect(OLD, {"whitelistMode": "yes"})),
        "access whitelist",
    ),
    "the code that was shown is old, on a version that tells of nobody": (
        "address-changed",
        lambda: healthy(OLD, view={"shown": ShownCode("http://192.168.0.9:8000", 0.0)}),
        None,
    ),
    "only root may have the port": (
        "port",
        lambda: replace(
            stopped(effect=effect(config={"port": 80})),
            server_port=ServerPort(80, PortState.RESERVED, (), next_free=8000),
        ),
        "port 8000",
    ),
    "nothing at all gets through the firewall": (
        "firewall",
        lambda: replace(healthy(phone=PHONE), firewall=UFW_CLOSED, phone_answers=False),
        "firewall-open",
    ),
    "the phone comes with an fe80 address": ("same-network", lambda: healthy(phone="fe80::5"), None),
    "the address is this PC's own": ("same-network", lambda: healthy(phone=PC), None),
}


def effect_of_problem(problem: Problem) -> EffectiveSettings:
    return decide("1.19.0", problem, None, (), {})


def no_config(version: str) -> EffectiveSettings:
    return decide(version, None, None, (), {})


def replace_view(facts: CheckInput, **changes: Any) -> CheckInput:  # noqa: ANN401 - as dataclasses.replace takes them
    return replace(facts, patient=replace(facts.patient, view=replace(facts.patient.view, **changes)))


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_one_check_names_the_fault_and_no_other(fault: str) -> None:
    check, make, fix = FAULTS[fault]
    facts = make()
    found = examined(facts)
    assert problems(facts) == [check], {k: v.title for k, v in found.items()}
    assert (found[check].fix.id if (found[check].fix) else None) == fix  # type: ignore[union-attr]
    assert found[check].advice or fix


@pytest.mark.parametrize(
    "facts",
    [
        healthy(),
        healthy("1.9.7"),
        healthy("1.12.4"),
        healthy(devices=(device(),)),
        healthy(phone=PHONE),
        replace(healthy(phone=PHONE), phone_answers=True),
        replace(listed("192.168.0.0/16", phone="192.168.1.20"), phone_answers=True),
        listed("192.168.0.0/16", phone="192.168.1.20", devices=(device("192.168.1.20", came_to=""),)),
        healthy(view={"shown": ShownCode(f"http://{PC}:8000", 0.0)}),
        healthy(view={"shown": ShownCode("http://192.168.0.9:8000", 0.0)}, devices=(device(),)),
        healthy(
            OLD,
            view={"shown": ShownCode(f"http://{PC}:8000", NOW)},
            devices=(device(came_to="http://192.168.0.9:8000"),),
        ),
        # It was here since the start, so nothing tells whether it came again by the new code.
        healthy(
            view={"shown": ShownCode(f"http://{PC}:8000", NOW)},
            devices=(device(came_to="http://192.168.0.9:8000"),),
        ),
        listed(),
        listed(devices=(device(let_in=False, never_ask=True),)),
        listed("# my phone", "", PHONE),
        with_login("right horse"),
        with_login("a:b"),
        with_login("right horse", whitelistMode=False),
        with_login("right horse", whitelist=["0.0.0.0/0"]),
        replace_view(with_login("right horse"), shut_out=ShutOut(PHONE, NOW - 90)),
        at(WIFI, VPN),
        at(WIFI, ETHERNET),
        at(WIFI, LocalAddress("100.101.1.2", "tailscale0", Kind.TAILSCALE, False), phone="100.99.1.1", effect=effect(
            config={"whitelist": ["127.0.0.1", "100.64.0.0/10"]})),
        at(
            LocalAddress("100.101.1.2", "tailscale0", Kind.TAILSCALE, False),
            phone="100.99.1.1",
            effect=effect(config={"whitelist": ["127.0.0.1", "100.64.0.0/10"]}),
        ),
        replace(healthy(), firewall=Firewall(FirewallKind.UFW, True, None, "Its rules are hidden.")),
        replace(healthy(), firewall=replace(WINDOWS_CLOSED, passes=True), profiles=(HOME_WIFI,)),
        replace(healthy(), profiles=(replace(HOME_WIFI, profile=Profile.DOMAIN),)),
        replace(healthy(), profiles=(replace(HOME_WIFI, profile=Profile.PUBLIC, tunnel=True),)),
        replace(healthy(), server_port=replace(healthy().server_port or LISTENS_ELSEWHERE, listeners=None), heard=True),
        replace(stopped(), server_port=STARTED_ELSEWHERE),
        replace(healthy(effect=effect(whitelist_text="\ufeff192.168.0.20\n127.0.0.1\n")), files=SettingsFiles()),
    ],
)  # fmt: skip
def test_a_healthy_set_up_gives_no_alarm(facts: CheckInput) -> None:
    found = examined(facts)
    assert problems(facts) == [], {k: v.title for k, v in found.items() if v.status is Status.PROBLEM}
    assert list(sorted(found)) == sorted(CHECKS)


def test_ufw_can_be_opened_where_its_rules_cannot_be_seen() -> None:
    unseen = Firewall(FirewallKind.UFW, True, None, "Its rules are hidden.", can_open=True)
    found = examined(replace(healthy(), firewall=unseen))["firewall"]
    assert found.status is Status.UNKNOWN
    assert found.fix
    assert found.fix.id == "firewall-open"


def test_nobody_has_come_yet_is_unknown_and_not_a_problem() -> None:
    assert examined(healthy())["reached"].status is Status.UNKNOWN


def test_who_came_is_the_proof() -> None:
    found = examined(healthy(devices=(device(),)))["reached"]
    assert found.status is Status.OK
    assert found.title == "iPhone · Safari (192.168.0.20) has reached this PC."


def test_who_came_to_the_old_address_is_no_proof_any_more() -> None:
    found = examined(at(replace(WIFI, address="192.168.0.9"), devices=(device(),)))
    assert found["reached"].status is Status.UNKNOWN


def test_another_phone_is_no_proof_for_this_one() -> None:
    found = examined(healthy(devices=(device("192.168.0.30"),), phone=PHONE))
    assert found["reached"].status is Status.UNKNOWN
    assert PHONE in found["reached"].title


def test_a_line_is_named_by_its_number_with_the_correction() -> None:
    facts = replace(
        healthy(effect=effect(whitelist_text="127.0.0.1\n192.168.0.20,\n")),
        files=SettingsFiles(whitelist=FileState.TEXT, lines={"127.0.0.1": 1, "192.168.0.20,": 2}),
    )
    found = examined(facts)["whitelist-entries"]
    assert found.title.startswith("Line 2 of whitelist.txt, “192.168.0.20,”:")
    assert "Write “192.168.0.20” instead." in found.advice


def test_the_entry_that_lets_a_phone_in_is_named() -> None:
    found = examined(healthy(phone=PHONE))["whitelist-covers"]
    assert (found.status, found.title) == (Status.OK, "The phone (192.168.0.20) gets in by “192.168.0.*”.")


def test_where_a_list_would_have_let_the_phone_in_but_for_its_mistake_only_the_mistake_is_told() -> None:
    found = examined(listed("192.168.0.20,", phone=PHONE))
    assert found["whitelist-covers"].status is Status.SKIPPED


def test_no_finding_holds_the_password() -> None:
    secret = "S3cret:horse"
    for facts in (with_login(secret), with_login(secret, OLD), with_login(secret, whitelistMode=False)):
        assert not [each for each in examined(facts).values() if secret in f"{each.title}{each.advice}{each.fix}"]


def test_the_port_refusal_is_told_by_the_words_of_the_room_that_refuses() -> None:
    for port in (70000, -1):
        facts = stopped(effect=effect(config={"port": port}))
        assert facts.patient.effect and facts.patient.effect.refuses_to_start
        assert problems(facts) == ["port"], port


def test_a_server_that_is_starting_is_not_judged() -> None:
    facts = replace_view(stopped(), phase=Phase.STARTING, waiting_for="SillyTavern opens its door.")
    found = examined(facts)
    assert (found["server"].status, found["server"].title) == (Status.UNKNOWN, "SillyTavern opens its door.")
    assert problems(facts) == []


def test_ours_started_without_tavernkeep_is_told_with_its_process() -> None:
    found = examined(replace(stopped(), server_port=STARTED_ELSEWHERE))
    assert "started without Tavernkeep (process 9)" in found["server"].title


def test_a_vpn_that_is_merely_on_is_worth_a_word() -> None:
    found = examined(at(WIFI, VPN))["address"]
    assert found.status is Status.OK
    assert "tun0" in found.advice


def test_every_check_is_there_once_and_what_it_needs_is_there_too() -> None:
    assert len(set(CHECKS)) == len(CHECKS)
    assert {name for check in ALL for name in check.after} <= set(CHECKS)
    assert {name for check in ALL for name in check.reads} == set(READINGS)
    assert {field.name for field in fields(CheckInput)} == {"patient", *READINGS}
