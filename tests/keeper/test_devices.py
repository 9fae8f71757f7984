"""Who was here, what is known of them, when the user is asked, and what is kept of it."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from launcher.keeper import approval, device_store, devices
from launcher.keeper.approval import ARMED_AFTERWARDS_S, MOST_QUESTIONS, SILENCE_S, Approval, AskWhen
from launcher.keeper.device_details import kind_of
from launcher.keeper.device_entry import to_allow, to_refuse
from launcher.keeper.devices import (
    MOST_DEVICES,
    DeviceDetails,
    DeviceRecord,
    earlier_self,
    judged,
    named,
    seen,
    short,
    shown,
    with_details,
)
from launcher.network.addresses import Kind, LocalAddress
from launcher.problem import TavernkeepError
from launcher.server.output import Connected, Refused
from launcher.server.resolve_settings import EffectiveSettings, decide
from launcher.system import settings

PHONE, OTHER = "192.168.0.20", "192.168.0.21"
MAC, OTHER_MAC = "3c:22:fb:00:00:01", "3c:22:fb:00:00:02"
HOME_NETWORK = LocalAddress("192.168.0.5", "wlan0", Kind.WIFI, local=True, netmask="255.255.255.0")
USER_AGENTS = {
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 "
    "Mobile/15E148 Safari/604.1": "iPhone · Safari",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "CriOS/124.0.6367.88 Mobile/15E148 Safari/604.1": "iPhone · Chrome",
    "Mozilla/5.0 (iPad; CPU OS 12_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/12.1 "
    "Mobile/15E148 Safari/604.1": "iPad · Safari",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 "
    "Safari/605.1.15": "Mac or iPad · Safari",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:125.0) Gecko/20100101 Firefox/125.0": "Mac · Firefox",
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Mobile "
    "Safari/537.36": "Android · Chrome",
    "Mozilla/5.0 (Android 14; Mobile; rv:125.0) Gecko/125.0 Firefox/125.0": "Android · Firefox",
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/24.0 "
    "Chrome/117.0.0.0 Mobile Safari/537.36": "Samsung Internet",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 "
    "Safari/537.36 Edg/124.0.0.0": "Windows · Edge",
    "Mozilla/5.0 (X11; Linux x86_64; rv:125.0) Gecko/20100101 Firefox/125.0": "Linux · Firefox",
    "curl/8.5.0": "curl",
    "\u202egnp.exe": "",
    "": "",
}


def with_list(*entries: str, whitelist_on: bool = True) -> EffectiveSettings:
    """A 1.19.0 that listens and has this list."""
    config = {"listen": True, "whitelistMode": whitelist_on, "whitelist": ["127.0.0.1", *entries]}
    return decide("1.19.0", config, None, (), {}, defaults={}, config_name="config.yaml", open_accounts=False)


def met(*events: Refused | Connected, effect: EffectiveSettings | None = None) -> devices.Book:
    book: devices.Book = {}
    for second, event in enumerate(events):
        book = seen(book, event, 1.7e9 + second, 100.0 + second, effect, ())
    return book


def known(address: str = PHONE, **more: Any) -> DeviceRecord:  # noqa: ANN401 - any field
    """A phone that was refused at 100 and has been identified."""
    return replace(DeviceRecord(address, identified=True, nearby=True, refused_at=100.0), **more)


def rung(book: devices.Book, waiting: Approval | None = None, at: float = 101.0) -> tuple[str, ...]:
    return approval.updated(waiting or Approval(showing=frozenset({1})), book, at).waiting


@pytest.mark.parametrize(("user_agent", "kind"), USER_AGENTS.items())
def test_a_device_is_called_what_people_call_it(user_agent: str, kind: str) -> None:
    assert kind_of(user_agent) == kind


def test_a_kind_is_short_and_plain_whatever_the_user_agent_says() -> None:
    for evil in ("\u202eSafari", "x" * 8000, "Mozilla/5.0 (iPhone; \x85\x1b[2J) Evil‮Browser/1 ", "; Build/" * 40):
        kind = kind_of(evil)
        assert len(kind) <= 52
        assert kind.replace(" · ", "").isascii()
        assert kind.isprintable()


def test_a_refused_device_is_remembered_with_what_it_said() -> None:
    found = met(Refused(PHONE, "curl/8"), Refused(PHONE, None))[PHONE]
    assert (found.user_agent, found.first_seen, found.last_seen) == ("curl/8", 1.7e9, 1.7e9 + 1)
    assert (found.refused_at, found.identify_due, found.let_in) == (101.0, True, False)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "0.0.0.0", "224.0.0.1", "169.254.1.1", "fe80::1", "::"])
def test_what_no_device_of_the_network_can_have_is_no_device(address: str) -> None:
    assert met(Refused(address)) == {}


def test_a_thousand_devices_leave_two_hundred_and_those_that_matter() -> None:
    book: devices.Book = {PHONE: known(name="My phone"), OTHER: known(OTHER, never_ask=True)}
    book = {**book, "192.168.0.22": judged(known("192.168.0.22"), with_list("192.168.0.22"))}
    for number in range(1000):
        address = f"10.0.{number // 250}.{number % 250 + 1}"
        book = seen(book, Refused(address, f"agent {number}"), 1.7e9 + number, float(number), None, ("10.0.0.1",))
    assert len(book) == MOST_DEVICES
    assert {PHONE, OTHER, "192.168.0.22", "10.0.0.1", "10.0.3.250"} <= set(book)
    assert "10.0.0.2" not in book


def test_two_hundred_named_devices_give_way_to_new_ones() -> None:
    book: devices.Book = {}
    for number in range(MOST_DEVICES + 5):
        address = f"10.0.0.{number + 1}"
        book = named(seen(book, Refused(address), 1.7e9 + number, 0.0, None, ()), address, "mine")
    assert len(book) == MOST_DEVICES
    assert "10.0.0.1" not in book


def test_who_may_come_in_is_told_with_the_entry_that_decides() -> None:
    book = met(Refused(PHONE), Refused(OTHER), effect=with_list("192.168.0.20"))
    book = with_details(book, [DeviceDetails(PHONE), DeviceDetails(OTHER)], 1.0)
    assert [(d.address, d.let_in, d.by) for d in shown(book)] == [(OTHER, False, ""), (PHONE, True, PHONE)]
    [_, phone] = shown(devices.judged_all(book, with_list("192.168.0.*")))
    assert (phone.let_in, phone.by) == (True, "192.168.0.*")
    [_, phone] = shown(devices.judged_all(book, with_list(whitelist_on=False)))
    assert (phone.let_in, phone.by) == (True, "")
    assert not any(device.let_in for device in shown(devices.judged_all(book, None)))


def test_this_pc_by_its_own_address_is_no_device() -> None:
    book = met(Refused("192.168.0.5"))
    assert shown(book) == ()
    book = with_details(book, [DeviceDetails("192.168.0.5", own=True, nearby=True)], 1.0)
    assert shown(book) == ()
    assert rung(book) == ()


def test_another_mac_at_the_same_address_is_another_device() -> None:
    book: devices.Book = {PHONE: known(name="My phone", mac=MAC, never_ask=True, kind="iPhone · Safari")}
    book = with_details(book, [DeviceDetails(PHONE, "Android · Chrome", OTHER_MAC, nearby=True)], 1.0)
    assert (book[PHONE].name, book[PHONE].never_ask, book[PHONE].kind) == ("", False, "Android · Chrome")
    book = with_details(named(book, PHONE, "Anna's"), [DeviceDetails(PHONE, "", None)], 2.0)
    assert (book[PHONE].name, book[PHONE].mac) == ("Anna's", OTHER_MAC)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("  Anna's\tphone ", "Anna's phone"),
        ("a\u202eb\u0085c\x1bd\u200be", "a b c d e"),
        ("x" * 90, "x" * 40),
        ("\n", ""),
    ],
)
def test_a_name_is_one_short_visible_line(given: str, kept: str) -> None:
    assert short(given) == kept


def test_the_same_phone_at_a_new_address_is_known_by_its_mac() -> None:
    old = judged(known(PHONE, mac=MAC, first_seen=1.0, last_seen=5.0), with_list(PHONE))
    new = known(OTHER, mac=MAC, first_seen=1000.0)
    book = {PHONE: old, OTHER: new}
    assert earlier_self(book, new, with_list(PHONE)) == old
    assert earlier_self(book, replace(new, mac=OTHER_MAC), with_list(PHONE)) is None
    # Let in by an entry that others need too, it has no entry to replace.
    assert earlier_self(book, new, with_list("192.168.0.0/24")) is None
    # It is still here under the old address: then it is not the same one.
    assert earlier_self({**book, PHONE: replace(old, last_seen=5000.0)}, new, with_list(PHONE)) is None


def test_without_a_mac_only_one_named_device_of_the_same_kind_can_be_it() -> None:
    effect = with_list(PHONE, "192.168.0.30")
    old = judged(known(PHONE, name="My phone", kind="iPhone · Safari", last_seen=5.0), effect)
    new = known(OTHER, kind="iPhone · Safari", first_seen=1000.0)
    assert earlier_self({PHONE: old, OTHER: new}, new, effect) == old
    another = replace(old, address="192.168.0.30")
    assert earlier_self({PHONE: old, OTHER: new, another.address: another}, new, effect) is None
    assert earlier_self({PHONE: replace(old, name=""), OTHER: new}, new, effect) is None
    assert earlier_self({PHONE: old, OTHER: new}, replace(new, kind=""), effect) is None


def test_questions_are_asked_while_the_code_is_shown_and_ten_minutes_after() -> None:
    book = {PHONE: known()}
    assert rung(book, Approval()) == ()
    assert rung(book, Approval(asking=AskWhen.ALWAYS)) == (PHONE,)
    assert rung(book, Approval(asking=AskWhen.NEVER, showing=frozenset({1}))) == ()
    waiting = approval.showing(Approval(), 1, True, 50.0)
    assert rung(book, waiting) == (PHONE,)
    waiting = approval.showing(waiting, 1, False, 60.0)
    assert rung(book, waiting, 60.0 + ARMED_AFTERWARDS_S - 1) == (PHONE,)
    assert rung(book, waiting, 60.0 + ARMED_AFTERWARDS_S) == ()


def test_who_came_before_the_code_was_shown_is_asked_about_too_unless_that_is_long_ago() -> None:
    book = {PHONE: known()}
    assert rung(book, at=100.0 + approval.STILL_WAITING_S - 1) == (PHONE,)
    assert rung(book, at=100.0 + approval.STILL_WAITING_S + 1) == ()


@pytest.mark.parametrize(
    "quiet",
    [
        {"let_in": True},
        {"never_ask": True},
        {"own": True},
        {"identified": False},
        {"refused_at": None},
        {"silenced_at": 100.0 - SILENCE_S + 1},
    ],
)
def test_nobody_is_asked_about_who_is_in_or_was_turned_away(quiet: dict[str, Any]) -> None:
    assert rung({PHONE: known(**quiet)}) == ()


def test_after_not_now_a_device_is_asked_about_again_when_it_comes_ten_minutes_later() -> None:
    assert rung({PHONE: known(silenced_at=100.0 - SILENCE_S - 1)}) == (PHONE,)


def test_the_oldest_comes_first_and_a_crowd_is_not_asked_about_without_end() -> None:
    crowd = {f"10.0.0.{n}": known(f"10.0.0.{n}", refused_at=100.0 + n / 1000) for n in range(1, 100)}
    waiting = rung({**crowd, PHONE: known()}, at=102.0)
    assert waiting[0] == PHONE
    assert len(waiting) == MOST_QUESTIONS
    asked = approval.question(Approval(waiting=waiting), {**crowd, PHONE: known()}, None, None, busy=False)
    assert asked
    assert (asked.address, asked.more) == (PHONE, MOST_QUESTIONS - 1)


@pytest.mark.parametrize(
    ("address", "network"),
    [(PHONE, "192.168.0.*"), ("192.168.1.20", ""), ("8.8.8.8", ""), ("fd00::20", ""), ("100.64.1.2", "")],
)
def test_the_network_is_offered_only_to_who_is_in_it(address: str, network: str) -> None:
    assert approval.network_of(address, [HOME_NETWORK]) == network


def test_a_virtual_network_or_one_of_unknown_size_is_not_offered() -> None:
    assert approval.network_of(PHONE, [replace(HOME_NETWORK, local=False)]) == ""
    assert approval.network_of(PHONE, [replace(HOME_NETWORK, netmask="")]) == ""
    assert approval.network_of("192.168.3.1", [replace(HOME_NETWORK, netmask="255.255.252.0")]) == "192.168.0.0/22"


@pytest.mark.parametrize(
    ("address", "nearby", "far"),
    [
        (PHONE, False, False),
        ("100.64.1.2", False, False),
        ("8.8.8.8", False, True),
        ("2600::1", None, True),
        ("2600::1", True, False),
        ("fd00::20", False, False),
    ],
)
def test_a_device_from_the_internet_is_told_from_one_at_home(address: str, nearby: bool | None, far: bool) -> None:
    assert approval.is_far_away(known(address, nearby=nearby)) is far


def test_refusing_takes_out_what_lets_in_just_that_device() -> None:
    entries = ["127.0.0.1", PHONE, "192.168.0.20/32", "192.168.0.21", "not an entry"]
    assert to_refuse(PHONE, entries) == (PHONE, "192.168.0.20/32")
    assert to_refuse("::ffff:192.168.0.20", entries) == (PHONE, "192.168.0.20/32")


def test_refusing_says_which_wider_entry_lets_it_in_too() -> None:
    with pytest.raises(
        TavernkeepError, match=r"192\.168\.0\.20 stays let in: “192\.168\.0\.\*” lets in others with it"
    ):
        to_refuse(PHONE, [PHONE, "192.168.0.*"])
    with pytest.raises(TavernkeepError, match="is not in the whitelist"):
        to_refuse(PHONE, ["127.0.0.1"])


@pytest.mark.parametrize("address", ["", "192.168.0", "192.168.0.*", "0.0.0.0/0", "fe80::1%eth0", "1.2.3.4\n5.6.7.8"])
def test_only_one_address_is_ever_allowed(address: str) -> None:
    with pytest.raises(TavernkeepError, match="is no address of a device"):
        to_allow(address)


def test_devices_are_remembered_for_the_user_alone(tmp_path: Path) -> None:
    file = tmp_path / "devices.json"
    phone = DeviceRecord(PHONE, "My phone", "iPhone · Safari", MAC, 1.0, 2.0, never_ask=True)
    device_store.save(file, [replace(phone, user_agent="x", let_in=True, refused_at=3.0)])
    assert file.stat().st_mode & 0o777 == 0o600
    assert device_store.load(file) == (phone,)
    assert list(tmp_path.iterdir()) == [file]


def test_no_file_is_no_devices_and_a_broken_one_is_put_aside(tmp_path: Path) -> None:
    file = tmp_path / "devices.json"
    assert device_store.load(file) == ()
    file.write_text("[{", "utf-8")
    assert device_store.load(file) == ()
    assert (tmp_path / "devices.json.unreadable").read_text("utf-8") == "[{"
    file.write_text('[{"address": "nonsense"}, {"address": "192.168.0.20"}]', "utf-8")
    assert [one.address for one in device_store.load(file)] == [PHONE]


def test_a_disk_that_says_no_costs_only_the_memory(tmp_path: Path) -> None:
    device_store.save(tmp_path / "no/such/folder/devices.json", [DeviceRecord(PHONE)])


def test_when_to_ask_is_a_setting_of_three_words(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    assert settings.load(file).asking == AskWhen.ARMED.value
    for asking in AskWhen:
        settings.save(file, asking=asking.value)
        assert AskWhen(settings.load(file).asking) is asking
    file.write_text('asking = "sometimes"', "utf-8")
    with pytest.raises(TavernkeepError, match="cannot read its own settings"):
        settings.load(file)
