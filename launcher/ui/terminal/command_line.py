"""The commands and their options, as people type them. `--json` and `--folder` work before and after the command."""

import argparse
from collections.abc import Callable, Sequence
from typing import NoReturn

from launcher.problem import Problem
from launcher.ui.terminal import console
from launcher.ui.terminal.exit_codes import WRONG_USAGE


class _JSONParser(argparse.ArgumentParser):
    """Tells wrong usage as a JSON document, as every other error is told with --json."""

    def error(self, message: str) -> NoReturn:
        what = f"{message[:1].upper()}{message[1:].rstrip('.')}."
        console.show_problem(Problem(what, f"{self.prog} --help shows what it takes."), as_json=True)
        raise SystemExit(WRONG_USAGE)


def parse(words: Sequence[str]) -> argparse.Namespace:
    """Return the command and its options. Wrong usage is told and raises SystemExit(2)."""
    parser = _parser(_JSONParser if "--json" in words else argparse.ArgumentParser)
    return parser.parse_args(words, argparse.Namespace(json=False, folder=None))


def _parser(parser_class: type[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="one JSON document on stdout")
    common.add_argument(
        "--folder", metavar="DIR", default=argparse.SUPPRESS, help="a SillyTavern other than the remembered one"
    )
    parser = parser_class(
        prog="tavernkeep",
        parents=[common],
        description="Puts SillyTavern on your phone. Without a command: the tray icon and the window.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(name: str, what: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=what, description=what, parents=[common])

    add("serve", "run in this terminal: install when needed, start, show URL and QR code; Ctrl+C stops")
    add("start", "start SillyTavern; returns when it answers")
    add("stop", "stop SillyTavern")
    add("restart", "stop and start SillyTavern; returns when it answers")
    add("quit", "stop SillyTavern and close Tavernkeep")
    status = add("status", "what runs, where, and who can get in")
    status.add_argument("--report", action="store_true", help="a text for asking for help, with nothing secret in it")
    logs = add("logs", "what SillyTavern printed")
    logs.add_argument("-n", dest="lines", type=count, default=50, metavar="N", help="how many lines (50)")
    logs.add_argument("-f", dest="follow", action="store_true", help="go on as lines come")
    add("url", "the address for the phone")
    qr = add("qr", "the address as a QR code")
    qr.add_argument("--png", metavar="F", help="write it to a PNG file")
    qr.add_argument("--svg", metavar="F", help="write it to an SVG file")
    for name, what in (("install", "install SillyTavern"), ("update", "update the SillyTavern that install made")):
        add(name, what).add_argument("--version", metavar="V", help="this version instead of the newest")
    add("use", "use and remember the SillyTavern in DIR").add_argument("dir", metavar="DIR")
    add("folders", "the SillyTaverns on this computer")
    doctor = add("doctor", "find what keeps a phone out; exits 1 when something is in the way")
    doctor.add_argument("--phone", metavar="IP", help="the address of the phone that cannot connect")
    doctor.add_argument("--fix", metavar="ID", help="do what the check with this id offers, then look again")
    what = "show a code that opens a page of this PC, also without SillyTavern: can the phone reach it at all?"
    doctor.add_argument("--test-page", action="store_true", help=what)
    what = "start Tavernkeep when you log in, or no longer; alone: whether it does"
    add("autostart", what).add_argument("verb", nargs="?", choices=("on", "off"))
    public_ip = add("public-ip", "the address that the Internet knows this network by; several services are asked")
    public_ip.add_argument(
        "--service", dest="services", action="append", default=[], metavar="URL", help="ask this one; may be repeated"
    )
    uninstall = add("uninstall", "remove Tavernkeep from this computer; your chats stay")
    uninstall.add_argument("--data", action="store_true", help="remove the chats and settings of its SillyTavern too")
    uninstall.add_argument("--yes", action="store_true", help="do not ask; chats are asked about all the same")
    uninstall.add_argument("--yes-delete-my-chats", action="store_true", help="--data without any question")
    _add_access_parsers(add, common)
    return parser


def _add_access_parsers(add: Callable[[str, str], argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """whitelist, login, devices, access. What changes something takes --later."""

    changing = argparse.ArgumentParser(add_help=False, parents=[common])
    changing.add_argument("--later", action="store_true", help="do not restart a server that runs")

    listing = add("whitelist", "who may connect: the list, each entry in words").add_subparsers(
        dest="verb", metavar="VERB"
    )
    for verb, what in (
        ("add", "let these in: addresses, 192.168.0.*, networks, ranges; this-network is the network of this PC"),
        ("remove", "take these out, written exactly as the list shows them"),
    ):
        entries = listing.add_parser(verb, help=what, description=what, parents=[changing])
        entries.add_argument("entries", nargs="+", metavar="ENTRY")
    check = listing.add_parser("check", help="whether this address gets in, and why", parents=[common])
    check.add_argument("ip", metavar="IP")
    move = listing.add_parser(
        "move", help="keep the list in whitelist.txt, or in the configuration", parents=[changing]
    )
    move.add_argument("to", choices=("txt", "config"))
    listing.add_parser("undo", help="take back the last change of the list", parents=[changing])

    login = add("login", "the user name and password that SillyTavern asks for")
    login.add_argument("--show", action="store_true", help="print the password too")
    ways = login.add_subparsers(dest="verb", metavar="VERB")
    what = "set user name and password and ask for them; the password comes from a prompt or one line of standard input"
    ways.add_parser("set", help=what, description=what, parents=[changing]).add_argument("user", metavar="USER")
    generate = ways.add_parser("generate", help="set a password of readable words and print it", parents=[changing])
    generate.add_argument("user", nargs="?", metavar="USER", help="the user name (the one there is, else tavern)")
    ways.add_parser("off", help="ask for none any more", parents=[changing])

    devices = add("devices", "who was here, and who may come in").add_subparsers(dest="verb", metavar="VERB")
    for verb, what in (
        ("allow", "let the device at this address in"),
        ("refuse", "take the entry of just this address out of the whitelist"),
    ):
        devices.add_parser(verb, help=what, description=what, parents=[changing]).add_argument("ip", metavar="IP")
    name = devices.add_parser("name", help="give the device at this address a name of your own", parents=[common])
    name.add_argument("ip", metavar="IP")
    name.add_argument("name", metavar="NAME", help="the name; empty takes it away")

    modes = "this-pc: nobody else; whitelist: whom the list names; everyone: all who know the login, which must be set"
    access = add("access", "who can get in, and why; or choose it")
    access.add_argument("mode", nargs="?", choices=("this-pc", "whitelist", "everyone"), help=modes)
    access.add_argument("--later", action="store_true", help="do not restart a server that runs")


def count(text: str) -> int:
    number = int(text)
    if number < 0:
        raise ValueError("not a count")
    return number
