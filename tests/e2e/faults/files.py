"""Faults in what SillyTavern reads: its settings, its whitelist, its login."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial

from launcher.server_files.value import Value
from tests.e2e.faults.fault import NEW, OLD, Fault
from tests.e2e.faults.place import LOGIN, PORT, STRANGER_ADDRESS, Place, asked, gets_in
from tests.support.hosts import PHONE_ADDRESS

Inject = Callable[[Place], AbstractContextManager[None]]
USER: dict[str, Value] = {"basicAuthMode": True, "basicAuthUser__username": "me"}


def settings(lines: bytes | None = None, /, **values: Value) -> Inject:
    """SillyTavern runs with these settings, and with `lines` as its whitelist.txt."""

    @contextmanager
    def inject(place: Place) -> Iterator[None]:
        place.write(lines, **values)
        place.start()
        yield

    return inject


def not_starting(lines: bytes | None = None, /, **values: Value) -> Inject:
    """The same for settings with which SillyTavern does not start."""

    @contextmanager
    def inject(place: Place) -> Iterator[None]:
        place.write(lines, **values)
        assert place.pc.run("restart", timeout_s=90).returncode, "it starts all the same"
        yield

    return inject


def edited(find: str, replace: str, starts: bool = True) -> Inject:
    """SillyTavern runs with a healthy configuration in which someone put `replace` for `find`."""

    @contextmanager
    def inject(place: Place) -> Iterator[None]:
        place.write()
        text = place.config.read_text("utf-8")
        assert find in text
        place.config.write_text(text.replace(find, replace, 1), "utf-8")
        if starts:
            place.start()
        else:
            assert place.pc.run("restart", timeout_s=90).returncode, "it starts all the same"
        yield

    return inject


@contextmanager
def wrong_file(place: Place) -> Iterator[None]:
    """The phone was put into default/config.yaml, which SillyTavern copies once and reads no more."""
    place.write(whitelist=["127.0.0.1"])
    text = place.default_config.read_text("utf-8")
    for one, other in (
        ("  - 127.0.0.1", f"  - 127.0.0.1\n  - {PHONE_ADDRESS}"),
        ("['127.0.0.1']", f"['{PHONE_ADDRESS}']"),
    ):
        text = text.replace(one, other, 1)
    place.default_config.write_text(text, "utf-8")
    place.start()
    try:
        yield
    finally:
        place.write()


@contextmanager
def not_restarted(place: Place) -> Iterator[None]:
    """The phone was put into the whitelist by hand while SillyTavern ran, and it was not started again."""
    place.write(whitelist=["127.0.0.1"])
    place.start()
    place.write()
    yield


@contextmanager
def proxy_names_another(place: Place) -> Iterator[None]:
    """The phone comes through something that tells SillyTavern another address."""
    place.healthy()
    place.dirty = True
    assert asked(place, headers=FORWARDED)[0] == 403
    yield


def forwarded_headers_off(place: Place) -> None:
    place.write(enableForwardedWhitelist=False)
    place.start()


@contextmanager
def config_is_a_folder(place: Place) -> Iterator[None]:
    place.write()
    place.config.unlink()
    place.config.mkdir()
    assert place.pc.run("restart", timeout_s=90).returncode, "it starts all the same"
    try:
        yield
    finally:
        if place.config.is_dir():
            place.config.rmdir()


@contextmanager
def locked_login(place: Place) -> Iterator[None]:
    """The phone has tried wrong passwords until SillyTavern listens to it no more."""
    place.write(**USER, basicAuthUser__password="secret words")
    place.start()
    for _ in range(6):
        asked(place, login="me:wrong")
    assert asked(place, login=LOGIN)[0] == 429
    yield


def stranger_stays_out(place: Place, login: str = "") -> bool:
    """A device of another network does not get in."""
    place.on_phone("ip", "addr", "add", f"{STRANGER_ADDRESS}/32", "dev", "wlan0")
    place.on_pc("ip", "route", "add", STRANGER_ADDRESS, "dev", "lan0")
    try:
        return not gets_in(place, login=login, source=STRANGER_ADDRESS)
    finally:
        place.on_pc("ip", "route", "del", STRANGER_ADDRESS, "dev", "lan0")
        place.on_phone("ip", "addr", "del", f"{STRANGER_ADDRESS}/32", "dev", "wlan0")


def logs_in(place: Place, login: str = "") -> bool:
    """The phone gets in with `login`, else with the one that is stored."""
    if not login:
        stored = place.pc.json("login", "--show")
        login = f"{stored['username']}:{stored['password']}"
    return gets_in(place, login=login)


def logs_in_anyhow(place: Place) -> bool:
    """With the number that stands in the settings, or with what is stored as text."""
    return logs_in(place, "me:12345") or (place.pc.run("login", "--show").returncode == 0 and logs_in(place))


FORWARDED = {"X-Forwarded-For": "10.1.2.3"}
BY_IPV6 = f"http://[fd00::5]:{PORT}"
LISTED = ["127.0.0.1", PHONE_ADDRESS]

FAULTS = [
    Fault("SillyTavern listens on this PC only", "listening", settings(listen=False), fix="access", usual=(NEW,)),
    Fault(
        "it listens at the loopback address only",
        "listening",
        settings(listenAddress__ipv4="127.0.0.1"),
        fix="access",
        versions=(NEW,),
    ),
    Fault(
        "it listens at an address that this PC has no more",
        "listening",
        not_starting(listenAddress__ipv4="192.168.0.50"),
        fix="listen-everywhere",
        versions=(NEW,),
    ),
    Fault(
        "it listens on IPv6 only",
        "listening",
        settings(protocol__ipv4=False, protocol__ipv6=True),
        fix="listen-everywhere",
        versions=(NEW,),
    ),
    Fault(
        "the phone has IPv6 only",
        "same-network",
        settings(),
        fix="listen-ipv6",
        proof=partial(gets_in, url=BY_IPV6),
        phone="fd00::20",
        versions=(NEW,),
    ),
    Fault("default/config was edited instead of the real file", "config-file", wrong_file, fix="take-over"),
    Fault(
        "the settings cannot be parsed",
        "config-file",
        edited("whitelistMode", "]][", starts=False),
        by_hand="correct that line",
    ),
    Fault(
        "a folder lies where the settings should be",
        "config-file",
        config_is_a_folder,
        by_hand="take the folder away",
    ),
    Fault("the whitelist was changed and SillyTavern not restarted", "config-file", not_restarted, fix="restart"),
    Fault(
        "whitelist.txt is UTF-16",
        "config-file",
        settings("127.0.0.1\n192.168.0.20\n".encode("utf-16")),
        fix="save-as-utf8",
    ),
    Fault(
        "whitelist.txt begins with a comment",
        "whitelist-entries",
        settings(b"# my phone\n127.0.0.1\n192.168.0.20\n"),
        fix="whitelist-correct",
        versions=(OLD,),
        usual=(OLD,),
    ),
    Fault(
        "a host name in the list",
        "whitelist-entries",
        settings(b"127.0.0.1\nmy-phone\n"),
        fix="whitelist-correct",
    ),
    Fault(
        "an empty line in a CRLF whitelist.txt",
        "whitelist-entries",
        settings(b"127.0.0.1\r\n\r\n192.168.0.20\r\n"),
        fix="whitelist-correct",
        versions=(OLD,),
    ),
    Fault(
        "the list is no list",
        "whitelist-entries",
        settings(whitelist=False),
        fix="make-list",
        then="whitelist-add",
        versions=(OLD,),
    ),
    Fault(
        "192.168.* in the list",
        "whitelist-entries",
        settings(whitelist=["127.0.0.1", "192.168.*"]),
        fix="whitelist-correct",
    ),
    Fault(
        "the whitelist names another network",
        "whitelist-covers",
        settings(whitelist=["127.0.0.1", "192.168.1.*"]),
        fix="whitelist-add",
        usual=(OLD,),
    ),
    Fault("whitelist.txt is empty", "whitelist-covers", settings(b""), fix="whitelist-add"),
    Fault(
        "a proxy names an address that is not in the list",
        "whitelist-covers",
        proxy_names_another,
        by_hand="switch enableForwardedWhitelist off",
        help=forwarded_headers_off,
        proof=partial(gets_in, headers=FORWARDED),
        versions=(NEW,),
    ),
    Fault(
        "0.0.0.0/0 in the whitelist",
        "whitelist-entries",
        settings(whitelist=[*LISTED, "0.0.0.0/0"]),
        fix="whitelist-correct",
        proof=stranger_stays_out,
    ),
    Fault(
        "a slash too many in the whitelist",
        "whitelist-entries",
        settings(whitelist=["127.0.0.1", f"{PHONE_ADDRESS}/"]),
        fix="whitelist-correct",
        proof=stranger_stays_out,
    ),
    Fault(
        "neither whitelist nor login, security overridden",
        "exposure",
        settings(whitelistMode=False, securityOverride=True),
        fix="access",
        proof=stranger_stays_out,
    ),
    Fault("neither whitelist nor login", "exposure", not_starting(whitelistMode=False), fix="access"),
    Fault(
        "whitelistMode: 'yes' on a version that then has none",
        "exposure",
        settings(whitelistMode="yes"),
        fix="access",
        proof=stranger_stays_out,
        versions=(OLD,),
    ),
    Fault(
        "everyone with the login that SillyTavern came with",
        "login",
        settings(whitelistMode=False, basicAuthMode=True),
        fix="login-generate",
        proof=partial(stranger_stays_out, login="user:password"),
    ),
    Fault(
        "':' in the password of an old version",
        "login",
        settings(**USER, basicAuthUser__password="secret:words"),
        fix="login-generate",
        proof=logs_in,
        versions=(OLD,),
        usual=(OLD,),
    ),
    Fault(
        "a password that is a number",
        "login",
        settings(**USER, basicAuthUser__password=12345),
        fix="login-as-text",
        proof=logs_in_anyhow,
    ),
    Fault(
        "the login is locked after wrong tries",
        "login",
        locked_login,
        fix="restart",
        proof=logs_in,
        versions=(NEW,),
    ),
    Fault(
        "https is on, and its certificate is missing",
        "server",
        not_starting(ssl__enabled=True),
        by_hand="make a certificate, or switch https off",
        help=Place.write,
        fix="start",
        versions=(NEW,),
    ),
    Fault("a port that does not exist", "port", not_starting(port=99999), fix="port", scans=True),
]
