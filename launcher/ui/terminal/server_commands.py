"""The commands that ask once and print the answer."""

import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from launcher.keeper.channel import Link, connect
from launcher.keeper.messages import (
    Changed,
    Install,
    Quit,
    Reply,
    Request,
    Restart,
    ShowingCode,
    Start,
    Stop,
    UIMessage,
    Update,
    Use,
    Watch,
)
from launcher.keeper.server_lifecycle import NO_SILLYTAVERN
from launcher.keeper.view import Phase, View
from launcher.problem import Problem, TavernkeepError
from launcher.system.folders import Folders
from launcher.ui.keeper_connection import KeeperGoneError, ask, reach
from launcher.ui.terminal import console
from launcher.ui.terminal.exit_codes import COULD_NOT, DONE, NO

FOLLOW_INTERVAL_S = 0.2
NO_NETWORK = Problem(
    "This PC is in no local network, so no phone can reach it.", "Connect it to the same Wi-Fi as the phone."
)


@dataclass(frozen=True)
class Command:
    """What every command gets. `folder`: given with --folder. `keeper`: one that is on its way already."""

    folders: Folders
    folder: str | None
    as_json: bool
    keeper: subprocess.Popen[bytes] | None = None


def control(command: Command, verb: str) -> int:
    """start, stop, restart, quit."""
    start = Start(command.folder)
    requests: dict[str, Request] = {"start": start, "stop": Stop(), "restart": Restart(), "quit": Quit()}
    ending = verb in ("stop", "quit")
    link = connect(command.folders) if ending else reach(command.folders, command.keeper)[0]
    if not link:
        return _ended(command, "SillyTavern is not running.")
    try:
        reply = ask(link, requests[verb])
    except KeeperGoneError:
        # It was just ending. Then a stop is done, and a start needs a new one.
        if ending:
            return _ended(command, console.STATES[Phase.STOPPED])
        reply = ask(reach(command.folders)[0], requests[verb])
    if reply.problem:
        return _failed(command, reply)
    if reply.leaving:
        while link.receive():
            pass  # Until the keeper has ended.
    if ending:
        return _ended(command, console.STATES[Phase.STOPPED])
    view = current_view(command)
    return _done(command, view, console.STATES[view.phase])


def _ended(command: Command, sentence: str) -> int:
    if command.as_json:
        console.say_json(console.status_document(current_view(command)))
    else:
        console.say(sentence)
    return DONE


def _done(command: Command, view: View, sentence: str) -> int:
    if command.as_json:
        console.say_json(console.status_document(view))
    else:
        console.say(sentence)
        for line in console.way_in(view) if view.pid else ():
            console.say(line)
    return DONE


def _failed(command: Command, reply: Reply) -> int:
    console.show_problem(reply.problem or Problem("It did not work."), command.as_json)
    return NO if reply.refused else COULD_NOT


def current_view(command: Command) -> View:
    """The keeper's view, or what the files say when there is no keeper, or for another folder than the keeper's."""
    link = connect(command.folders)
    view = _view_of(link) if link else None
    if view and (not command.folder or (view.installation and view.installation.folder == command.folder)):
        return view
    from launcher.keeper.file_snapshot import read_snapshot
    from launcher.network.addresses import local_addresses

    looked = read_snapshot(command.folders, command.folder)
    seen = View(
        installation=looked.installed,
        port=looked.port,
        scheme=looked.scheme,
        access=looked.access,
        whitelist=looked.whitelist,
        login=looked.login,
        problem=looked.problem,
        addresses=local_addresses(),
    )
    return replace(seen, keeper_pid=view.keeper_pid) if view else seen


def _view_of(link: Link) -> View | None:
    try:
        link.send(Watch())
    except ConnectionError:
        return None
    while event := link.receive():
        if isinstance(event, Changed):
            link.close()
            return event.view
    return None


def status(command: Command, as_report: bool = False) -> int:
    """What runs, where, and who can get in; or the report for asking for help, which takes some seconds."""
    view = current_view(command)
    if as_report:
        from launcher.ui.report import help_report

        text = help_report(command.folders, view)
        console.say_json({"report": text}) if command.as_json else console.say(text)
        return DONE
    if command.as_json:
        console.say_json(console.status_document(view))
    else:
        console.show_status(view)
    return DONE


def logs(command: Command, lines: int, follow: bool) -> int:
    """The server's output, newest last; with `follow` until Ctrl+C."""
    from launcher.system import logs as log_files

    path = command.folders.server_log
    follower = log_files.Follower(path)
    found = log_files.tail(path, lines)
    if command.as_json and not follow:
        console.say_json({"lines": found})
        return DONE
    for line in found:
        console.say(line)
    pause = threading.Event()
    while follow:
        for line in follower.read_new():
            console.say(line)
        pause.wait(FOLLOW_INTERVAL_S)
    return DONE


def _url(command: Command) -> tuple[View, str]:
    view = current_view(command)
    if view.problem and view.port is None:
        raise TavernkeepError.from_problem(view.problem)
    if not view.installation:
        raise TavernkeepError(NO_SILLYTAVERN.title, console.INSTALL_IT)
    if not view.url:
        raise TavernkeepError.from_problem(NO_NETWORK)
    return view, view.url


def url(command: Command) -> int:
    _, found = _url(command)
    _arm_questions(command)
    if command.as_json:
        console.say_json({"url": found})
    else:
        console.say(found)
    return DONE


def qr(command: Command, png: str | None, svg: str | None) -> int:
    """The QR code: into files when they are named, else drawn here."""
    from launcher.ui import qr_code as code

    _, found = _url(command)
    _arm_questions(command)
    for file, write in ((png, code.png), (svg, code.svg)):
        if file:
            _write(lambda path, write=write: write(found, path), Path(file))  # type: ignore[misc]
    if command.as_json:
        console.say_json({"url": found, "png": png, "svg": svg})
    elif not png and not svg:
        console.say(code.half_blocks(code.matrix(found)))
        console.say(found)
    return DONE


def _arm_questions(command: Command) -> None:
    """A phone may come soon: whether it may come in is asked about for ten minutes."""
    if link := connect(command.folders):
        ask(link, ShowingCode(True))
        link.close()


def _write(write: Callable[[Path], None], path: Path) -> None:
    try:
        write(path)
    except OSError as error:
        raise TavernkeepError(f"{path} cannot be written.", f"({error.strerror})") from error


def install(command: Command, verb: str, version: str | None) -> int:
    """install and update, with their progress."""
    link, _ = reach(command.folders)
    request: Request = Install(version) if verb == "install" else Update(version)
    progress = Progressing(quiet=command.as_json)
    link.send(Watch())
    try:
        reply = ask(link, request, progress.show)
    except KeyboardInterrupt:
        from launcher.keeper.messages import Cancel

        reply = ask(link, Cancel(), progress.show)
    progress.finish()
    if reply.problem:
        return _failed(command, reply)
    view = current_view(command)
    version = view.installation.version if view.installation else "?"
    return _done(command, view, f"SillyTavern {version} is installed.")


def use(command: Command, folder: str) -> int:
    link, _ = reach(command.folders)
    reply = ask(link, Use(str(Path(folder).absolute())))
    if reply.problem:
        return _failed(command, reply)
    view = current_view(command)
    installed = view.installation
    return _done(command, view, f"SillyTavern {installed.version} in {installed.folder} is used." if installed else "")


def folders(command: Command) -> int:
    """The installations on this computer; the one in use is marked."""
    from launcher.server.installation import find_installations

    view = current_view(command)
    used = view.installation.folder if view.installation else None
    found = find_installations(command.folders, Path(used) if used else None)
    rows = [
        {"folder": str(i.folder), "version": i.version, "ours": i.ours, "used": str(i.folder) == used} for i in found
    ]
    if command.as_json:
        console.say_json({"folders": rows})
    elif not rows:
        console.say(f"{NO_SILLYTAVERN.title} {console.INSTALL_IT}")
    else:
        for row in rows:
            console.say(f"{'*' if row['used'] else ' '} {row['version']:<10} {row['folder']}")
    return DONE


class Progressing:
    """Shows an installation's progress as it comes: one line that renews itself on a terminal, few lines elsewhere."""

    def __init__(self, quiet: bool) -> None:
        import sys

        self._quiet = quiet
        self._renews = sys.stdout is not None and sys.stdout.isatty()
        self._last = ""

    def show(self, event: UIMessage) -> None:
        if not isinstance(event, Changed) or not event.view.progress or self._quiet:
            return
        progress = event.view.progress
        line = progress.step if self._renews is False else console.progress_line(progress)
        if line != self._last:
            self._last = line
            console.say_over(line) if self._renews else console.say(line)

    def finish(self) -> None:
        if self._renews and self._last:
            console.say()
