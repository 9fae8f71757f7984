"""Words on the command line → one request → the terminal face prints the answer.

Imports nothing at its top: the window, which people wait for, needs none of it.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse
    import subprocess
    from collections.abc import Callable, Sequence

    from launcher.problem import Problem
    from launcher.ui.terminal.server_commands import Command

DONE, NO, WRONG_USAGE, COULD_NOT = 0, 1, 2, 3


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and end the process with its exit status."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if getattr(sys, "frozen", False):
        from launcher.system import bundle

        bundle.leave_environment(opens_window=words[:1] in ([], ["window"]))
    if sys.platform == "win32":
        _write_utf8()
    sys.exit(_run_guarded(words))


def _write_utf8() -> None:
    """For pipes and files: the encoding that Windows gives them has neither the QR code nor every folder's name."""
    import io

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _run_guarded(words: list[str]) -> int:
    """The boundary of every process: an expected error is a sentence, a bug is logged whole."""
    try:
        return _run(words)
    except KeyboardInterrupt:
        return NO
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # Nobody reads: nothing more may be flushed there at exit.
        return DONE
    except Exception as error:  # noqa: BLE001 - the end of the line
        return _told(error, "--json" in words)


def _told(error: Exception, as_json: bool) -> int:
    from launcher.problem import TavernkeepError
    from launcher.ui.terminal import console

    console.show_problem(error.problem if isinstance(error, TavernkeepError) else _bug(error), as_json)
    return COULD_NOT


def _bug(error: Exception) -> Problem:
    import traceback

    from launcher.problem import Problem
    from launcher.system import safety_net
    from launcher.system.folders import our_folders
    from launcher.system.own_log import keep_small

    log = our_folders().own_log
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        keep_small(log)
        with log.open("a", encoding="utf-8") as file:
            file.write("".join(traceback.format_exception(error)))
    except OSError:
        return Problem(safety_net.TITLE, f"{type(error).__name__}: {error}")
    return safety_net.mistake(log)


def _run(words: list[str]) -> int:
    # The processes that people wait for first: no time for anything they do not need.
    match words:
        case []:
            from launcher.ui import desktop

            return desktop.open_window("window")
        case ["keeper", *more]:
            return _keeper(start=more == ["start"])
        case ["tray"]:
            from launcher.ui import desktop

            return desktop.run_tray_face()
        case ["at-login", *home]:
            from launcher.ui import desktop

            return desktop.start_at_login(*home[:1])
        case ["reach-page"]:
            from launcher.ui import test_page_process

            return test_page_process.run()
        case ["window", "question"] | ["window", "question", "of-tray"]:
            from launcher.ui import desktop

            return desktop.open_question()
        case ["window", "remove"]:
            from launcher.system.folders import our_folders
            from launcher.ui.window.about.removal_face import run_removal

            return run_removal(our_folders())
        case ["window", what]:
            from launcher.ui import desktop

            return desktop.open_window(what)
        case ["window", what, "of-tray"]:
            from launcher.ui import desktop

            return desktop.open_window(what, of_tray=True)
    keeper = _keeper_on_its_way() if words == ["start"] else None
    import argparse

    return _command(_parser().parse_args(words, argparse.Namespace(json=False, folder=None)), keeper)


def _keeper(start: bool) -> int:
    import logging

    from launcher.keeper.log_handler import LogHandler
    from launcher.keeper.loop import keep
    from launcher.system.folders import our_folders

    folders = our_folders()
    form = "%(asctime)s %(levelname)s %(name)s: %(message)s"
    logging.basicConfig(level=logging.INFO, format=form, handlers=[LogHandler(folders.own_log)])
    status = keep(folders, start)
    # Whoever waited for this end sees the channel close now. Nothing is left to be done, so nothing may take time.
    logging.shutdown()
    os._exit(status)


def _keeper_on_its_way() -> subprocess.Popen[bytes] | None:
    """A keeper that starts the server, begun before anything else is read; None when there seems to be one already."""
    from launcher.system.folders import our_folders
    from launcher.system.ourselves import start_detached

    folders = our_folders()
    if folders.channel_address.exists():
        return None
    folders.make()
    return start_detached("keeper", "start", log=folders.own_log)


def _command(options: argparse.Namespace, keeper: subprocess.Popen[bytes] | None) -> int:
    from pathlib import Path

    from launcher.system.folders import our_folders
    from launcher.ui.terminal import server_commands

    folder = str(Path(options.folder).absolute()) if options.folder else None
    command = server_commands.Command(our_folders(), folder, options.json, keeper)
    match options.command:
        case "serve":
            from launcher.ui.terminal.serve_command import serve

            return serve(command)
        case "start" | "stop" | "restart" | "quit":
            return server_commands.control(command, options.command)
        case "status":
            return server_commands.status(command, options.report)
        case "logs":
            return server_commands.logs(command, options.lines, options.follow)
        case "url":
            return server_commands.url(command)
        case "qr":
            return server_commands.qr(command, options.png, options.svg)
        case "install" | "update":
            return server_commands.install(command, options.command, options.version)
        case "use":
            return server_commands.use(command, options.dir)
        case "folders":
            return server_commands.folders(command)
        case _:
            return _in_its_own_file(command, options)


def _in_its_own_file(command: Command, options: argparse.Namespace) -> int:
    """The commands that nobody waits for at a start: each is in a file that only it needs."""
    match options.command:
        case "devices":
            from launcher.ui.terminal import device_commands

            return device_commands.run(command, options)
        case "autostart":
            from launcher.ui.terminal import autostart_command

            return autostart_command.run(command, options.verb)
        case "uninstall":
            from launcher.ui.terminal import uninstall_command

            return uninstall_command.run(command, options.data, options.yes, options.yes_delete_my_chats)
        case "public-ip":
            from launcher.ui.terminal import public_ip_command

            return public_ip_command.run(command, options.services)
        case "doctor":
            if options.test_page:
                from launcher.ui.terminal import test_page_command

                return test_page_command.test_page(command)
            from launcher.ui.terminal import doctor_command

            return doctor_command.doctor(command, options)
        case _:
            from launcher.ui.terminal import access_commands

            return access_commands.run(command, options)


def _parser() -> argparse.ArgumentParser:
    import argparse

    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="one JSON document on stdout")
    common.add_argument(
        "--folder", metavar="DIR", default=argparse.SUPPRESS, help="a SillyTavern other than the remembered one"
    )
    parser = argparse.ArgumentParser(
        prog="tavernkeep",
        description="Puts SillyTavern on your phone. Without a command: the tray icon and the window.",
    )
    server_commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(name: str, what: str) -> argparse.ArgumentParser:
        return server_commands.add_parser(name, help=what, description=what, parents=[common])

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
    import argparse

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

    modes = "this-pc: nobody else; whitelist: whom the list names; everyone: whoever knows the login, which must be set"
    access = add("access", "who can get in, and why; or choose it")
    access.add_argument("mode", nargs="?", choices=("this-pc", "whitelist", "everyone"), help=modes)
    access.add_argument("--later", action="store_true", help="do not restart a server that runs")


def count(text: str) -> int:
    number = int(text)
    if number < 0:
        raise ValueError("not a count")
    return number
