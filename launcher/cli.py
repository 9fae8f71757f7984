"""Words on the command line → one request → the terminal prints the answer.

Imports nothing at its top: the window, which people wait for, needs none of it.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse
    import subprocess
    from collections.abc import Sequence

    from launcher.problem import Problem
    from launcher.ui.terminal.server_commands import Command


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
        from launcher.ui.terminal.exit_codes import NO

        return NO
    except BrokenPipeError:
        from launcher.ui.terminal.exit_codes import DONE

        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # Nobody reads: nothing more may be flushed there at exit.
        return DONE
    except Exception as error:  # noqa: BLE001 - the end of the line
        return _told(error, "--json" in words)


def _told(error: Exception, as_json: bool) -> int:
    from launcher.problem import TavernkeepError
    from launcher.ui.terminal import console
    from launcher.ui.terminal.exit_codes import COULD_NOT

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
            from launcher.ui.window.removal_window import run_removal

            return run_removal(our_folders())
        case ["window", what]:
            from launcher.ui import desktop

            return desktop.open_window(what)
        case ["window", what, "of-tray"]:
            from launcher.ui import desktop

            return desktop.open_window(what, of_tray=True)
    keeper = _keeper_on_its_way() if words == ["start"] else None
    from launcher.ui.terminal import command_line

    return _command(command_line.parse(words), keeper)


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
