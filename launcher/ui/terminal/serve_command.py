"""`serve`: Tavernkeep in a terminal. Installs when needed, starts, shows URL and QR code, then what happens."""

import signal
from collections.abc import Callable

from launcher.keeper.channel import Link
from launcher.keeper.messages import Cancel, Changed, Close, Hello, Install, Quit, Reply, Start, Stop, UIMessage, Watch
from launcher.keeper.view import Phase, View
from launcher.problem import Problem
from launcher.ui import qr_code
from launcher.ui.keeper_connection import ask, keeper_gone, reach
from launcher.ui.terminal import console
from launcher.ui.terminal.approval_question import Asker, is_interactive
from launcher.ui.terminal.exit_codes import COULD_NOT, DONE
from launcher.ui.terminal.server_commands import NO_NETWORK, Command, Progressing


class Interrupted(Exception):
    """Ctrl+C, or the terminal went away."""


def serve(command: Command) -> int:
    """Until Ctrl+C, or until the server is stopped from elsewhere. Raises TavernkeepError."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), _interrupt)
    link, started = reach(command.folders)
    shown = Shown(command, None if command.as_json else Asker(link, is_interactive()))
    try:
        return _serve(command, link, shown)
    except Interrupted:
        return _stop(link, shown, Quit() if started else Stop())


def _interrupt(number: int, frame: object) -> None:
    signal.signal(number, signal.SIG_IGN)  # Once is enough: what follows is the orderly end.
    raise Interrupted


def _serve(command: Command, link: Link, shown: "Shown") -> int:
    ask(link, Hello("terminal"))
    ask(link, Watch(), shown.take)
    install = shown.view.installation is None and not shown.view.problem and not command.folder
    reply = ask(link, Install(start=True) if install else Start(command.folder), shown.take)
    if reply.problem:
        console.show_problem(reply.problem, command.as_json)
        return COULD_NOT
    while shown.view.phase is not Phase.STOPPED or shown.view.installation is None:
        event = link.receive()
        if event is None:
            raise keeper_gone()
        if isinstance(event, Close):
            return DONE
        shown.take(event)
        if shown.view.phase is Phase.CRASHED and shown.view.problem:
            console.show_problem(shown.view.problem, command.as_json)
            return COULD_NOT
    return DONE


def _stop(link: Link, shown: "Shown", how: Quit | Stop) -> int:
    shown.quiet = True
    if shown.view.phase is Phase.INSTALLING:
        ask(link, Cancel())
    elif shown.view.phase is not Phase.STOPPED:
        console.say("\nSillyTavern is stopping.")
    reply: Reply = ask(link, how)
    if reply.problem:
        console.show_problem(reply.problem, as_json=False)
        return COULD_NOT
    while reply.leaving and link.receive():
        pass
    console.say("Done.")
    return DONE


class Shown:
    """What the terminal shows already, so that only news is written."""

    def __init__(self, command: Command, asker: Asker | None) -> None:
        self._asker = asker
        self.view = View()
        self.quiet = False
        self._json = command.as_json
        self._progress = Progressing(quiet=command.as_json)

    def take(self, event: UIMessage) -> None:
        """Write what is new in `event`."""
        if isinstance(event, Reply) and not self.quiet:
            _say_problem(event.problem)
        if not isinstance(event, Changed):
            return
        before, self.view = self.view, event.view
        if self.quiet:
            return
        if self._json:
            self._show_json(before)
            return
        if self.view.progress:
            self._progress.show(event)
            return
        if before.progress:
            self._progress.finish()
        self._show_news(before, self.view)
        if self._asker:
            self._asker.show(self.view.question)

    def _show_json(self, before: View) -> None:
        if (before.phase, before.url) != (self.view.phase, self.view.url):
            console.say_json(console.status_document(self.view))

    def _show_news(self, before: View, view: View) -> None:
        news: tuple[tuple[bool, Callable[[], None]], ...] = (
            (view.phase is not before.phase and view.phase is not Phase.RUNNING, self._say_phase),
            (view.waiting_for not in ("", before.waiting_for), lambda: console.say(view.waiting_for)),
            (_way_in(view) != _way_in(before) and view.phase is Phase.RUNNING, self._say_way_in),
            (view.problem not in (None, before.problem), lambda: _say_problem(view.problem)),
        )
        for is_new, show in news:
            if is_new:
                show()
        for notice in view.notices:
            if notice not in before.notices:
                console.say(notice)

    def _say_phase(self) -> None:
        if self.view.phase is not Phase.STARTING:
            console.say(console.STATES[self.view.phase])

    def _say_way_in(self) -> None:
        view = self.view
        console.say(f"{console.STATES[view.phase]} Ctrl+C stops it.")
        if view.access:
            console.say(view.access.who)
            for warning in view.access.warnings:
                console.say(f"Careful: {warning}")
        if view.access and view.access.listens is False:
            console.say(f"On this PC: {view.local_url}")
            console.say("To let the phone reach it: tavernkeep access whitelist")
        elif view.url:
            console.say(qr_code.half_blocks(qr_code.matrix(view.url)))
            console.say(f"Scan this with the phone, or open {view.url}")
        else:
            console.say(f"On this PC: {view.local_url}")
            _say_problem(NO_NETWORK)


def _way_in(view: View) -> tuple[object, ...]:
    return view.phase is Phase.RUNNING, view.url, view.access


def _say_problem(problem: Problem | None) -> None:
    if problem:
        console.say(f"{problem.title} {problem.advice}".strip())
