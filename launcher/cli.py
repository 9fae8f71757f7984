"""Words on the command line → one request → the terminal face prints the answer."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from launcher.problem import Problem, TavernkeepError
from launcher.system.folders import our_folders

DONE, NO, WRONG_USAGE, COULD_NOT = 0, 1, 2, 3


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and end the process with its exit status."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    sys.exit(_run_guarded(words))


def _run_guarded(words: list[str]) -> int:
    """The boundary of every process: an expected error is a sentence, a bug is logged whole."""
    from launcher.faces import terminal

    as_json = "--json" in words
    try:
        return _run(words)
    except TavernkeepError as error:
        terminal.show_problem(error.problem, as_json)
        return COULD_NOT
    except KeyboardInterrupt:
        return NO
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # Nobody reads: nothing more may be flushed there at exit.
        return DONE
    except Exception as error:  # noqa: BLE001 - the end of the line for bugs
        terminal.show_problem(_bug(error), as_json)
        return COULD_NOT


def _bug(error: Exception) -> Problem:
    import traceback

    log = our_folders().own_log
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("a", encoding="utf-8") as file:
            file.write("".join(traceback.format_exception(error)))
    except OSError:
        return Problem("Tavernkeep has made a mistake.", f"{type(error).__name__}: {error}")
    return Problem("Tavernkeep has made a mistake.", f"Please report it; {log} has the details.")


def _run(words: list[str]) -> int:
    # The processes that people wait for first: no time for anything they do not need.
    match words:
        case []:
            from launcher.faces import desktop

            return desktop.open_window("window")
        case ["keeper"]:
            return _keeper()
        case ["tray"]:
            from launcher.faces import desktop

            return desktop.run_tray_face()
        case ["window", what]:
            from launcher.faces import desktop

            return desktop.open_window(what)
    options = _parser().parse_args(words)
    return _command(options)


def _keeper() -> int:
    import logging

    from launcher.keeper.loop import keep

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    return keep(our_folders())


def _command(options: argparse.Namespace) -> int:
    from launcher.faces import commands

    folder = str(Path(options.folder).absolute()) if options.folder else None
    command = commands.Command(our_folders(), folder, options.json)
    match options.command:
        case "serve":
            from launcher.faces.serve import serve

            return serve(command)
        case "start" | "stop" | "restart" | "quit":
            return commands.control(command, options.command)
        case "status":
            return commands.status(command)
        case "logs":
            return commands.logs(command, options.lines, options.follow)
        case "url":
            return commands.url(command)
        case "qr":
            return commands.qr(command, options.png, options.svg)
        case "install" | "update":
            return commands.install(command, options.command, options.version)
        case "use":
            return commands.use(command, options.dir)
        case _:
            return commands.folders(command)


def _parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--json", action="store_true", help="one JSON document on stdout")
    common.add_argument("--folder", metavar="DIR", help="a SillyTavern other than the remembered one")
    parser = argparse.ArgumentParser(
        prog="tavernkeep",
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
    add("status", "what runs, where, and who can get in")
    logs = add("logs", "what SillyTavern printed")
    logs.add_argument("-n", dest="lines", type=_count, default=50, metavar="N", help="how many lines (50)")
    logs.add_argument("-f", dest="follow", action="store_true", help="go on as lines come")
    add("url", "the address for the phone")
    qr = add("qr", "the address as a QR code")
    qr.add_argument("--png", metavar="F", help="write it to a PNG file")
    qr.add_argument("--svg", metavar="F", help="write it to an SVG file")
    for name, what in (("install", "install SillyTavern"), ("update", "update the SillyTavern that install made")):
        add(name, what).add_argument("--version", metavar="V", help="this version instead of the newest")
    add("use", "use and remember the SillyTavern in DIR").add_argument("dir", metavar="DIR")
    add("folders", "the SillyTaverns on this computer")
    return parser


def _count(text: str) -> int:
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError("not a count")
    return number
