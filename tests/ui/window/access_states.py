"""What the windows about who gets in are shown: whitelists, logins, exposures."""

from dataclasses import replace

from launcher.access.exposure import Exposure, Level, Mode
from launcher.keeper.view import Login, View, Whitelist, WhitelistLine
from launcher.network.addresses import Kind, LocalAddress
from launcher.problem import Problem
from launcher.ui.window.access.access_words import line_of
from tests.ui.window.states import RUNNING, STOPPED

HOME = LocalAddress("192.168.0.5", "wlan0", Kind.WIFI, local=True, netmask="255.255.255.0")

SLASH = WhitelistLine(
    "192.168.0.7/",
    "everyone: the whole IPv4 Internet",
    1 << 32,
    Problem("A slash with nothing behind it counts as /0: everyone.", "It lets in everyone: the whole IPv4 Internet."),
    "dangerous",
    ("192.168.0.7",),
)
NAME = WhitelistLine(
    "phone.lan",
    "nobody: SillyTavern cannot read it",
    0,
    Problem(
        "Names do not work here.",
        "Use the device's address. SillyTavern 1.19.0 leaves this entry out, so it lets nobody in.",
    ),
    "useless",
)
HEALTHY = ("127.0.0.1", "::1", "192.168.0.20", "192.168.0.*")
LINES = (*(line_of(entry, "1.19.0") for entry in HEALTHY), SLASH, NAME)
LIST = Whitelist(
    "whitelist.txt",
    "/home/ada/SillyTavern/whitelist.txt",
    "whitelist.txt exists, so the list in config.yaml is not used.",
    enforced=True,
    lines=LINES,
    can_undo=True,
)
SHORT_LIST = replace(LIST, lines=LINES[:4])
NO_LOGIN = Login(False, "user", "weak", asked=False)
GOOD_LOGIN = Login(True, "ada", "fit", asked=True)

LISTED = Exposure(
    Mode.WHITELIST,
    listens=True,
    who="This PC and the 2 addresses and networks in the whitelist. Everyone else is refused.",
    reasons=(
        "listen is on in config.yaml, so other devices can reach this PC.",
        "whitelistMode is on in config.yaml, and the list is in whitelist.txt.",
    ),
    level=Level.GOOD,
)
ANYONE = Exposure(
    Mode.EVERYONE,
    listens=True,
    who="Anyone who can reach this PC, without a password.",
    reasons=("whitelistMode is off in config.yaml.", "basicAuthMode is off in config.yaml."),
    warnings=(
        "The whitelist is off. No password is asked for. Set a login.",
        "SillyTavern is made for one person: everyone who gets in can see and change everything.",
    ),
    level=Level.BAD,
)
WITH_LOGIN = Exposure(
    Mode.EVERYONE,
    listens=True,
    who="Anyone who can reach this PC and knows the user name and password.",
    reasons=("whitelistMode is off in config.yaml.", "basicAuthMode is on in config.yaml."),
    warnings=(
        "SillyTavern is made for one person: everyone who gets in can see and change everything.",
        "On plain http the password can be read by others on the network.",
    ),
    level=Level.CAREFUL,
)

WHITELISTED = replace(
    RUNNING,
    addresses=(HOME, *(RUNNING.addresses or ())[1:]),
    access=LISTED,
    whitelist=SHORT_LIST,
    login=NO_LOGIN,
)
WITH_PROBLEMS = replace(WHITELISTED, whitelist=LIST)
IN_CONFIG = replace(
    WHITELISTED,
    whitelist=replace(
        SHORT_LIST,
        source="config.yaml",
        file="/home/ada/SillyTavern/config.yaml",
        why="There is no whitelist.txt, so the list in config.yaml counts.",
    ),
)
LOGGED_IN = replace(WHITELISTED, login=GOOD_LOGIN)
OPEN_TO_ALL = replace(WHITELISTED, access=ANYONE, whitelist=replace(SHORT_LIST, enforced=False))
EVERYONE_WITH_LOGIN = replace(LOGGED_IN, access=WITH_LOGIN, whitelist=replace(SHORT_LIST, enforced=False))
RESTING = replace(STOPPED, addresses=WHITELISTED.addresses, access=LISTED, whitelist=LIST, login=GOOD_LOGIN)


def many(count: int) -> View:
    """A whitelist of so many devices."""
    entries = ["127.0.0.1", *(f"10.{number // 250}.{number % 250}.7" for number in range(count - 1))]
    lines = tuple(line_of(entry, "1.19.0") for entry in entries)
    return replace(WHITELISTED, whitelist=replace(LIST, lines=lines))
