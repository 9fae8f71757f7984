"""The commands about who gets in: whitelist, login, access."""

import sys
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import asdict

from launcher.access.entry import shown
from launcher.access.exposure import Mode
from launcher.access.interlock import RefusedError
from launcher.keeper import file_snapshot
from launcher.keeper.channel import Link, connect
from launcher.keeper.messages import (
    Changed,
    EditWhitelist,
    LoginOff,
    MoveWhitelist,
    SetAccess,
    SetLogin,
    UIMessage,
    UndoWhitelist,
    Watch,
    WhoGetsIn,
)
from launcher.keeper.server_lifecycle import NO_SILLYTAVERN
from launcher.keeper.view import Login, View, Whitelist, WhitelistLine
from launcher.problem import Problem, TavernkeepError
from launcher.server.installation import Installation
from launcher.ui.keeper_connection import ask
from launcher.ui.terminal import console
from launcher.ui.terminal.exit_codes import COULD_NOT, DONE, NO, WRONG_USAGE
from launcher.ui.terminal.server_commands import NO_NETWORK, Command, current_view

THIS_NETWORK = "this-network"
GENERATED_USERNAME = "tavern"
ALL_LINES = 1_000_000
AN_EMPTY_LINE = "(an empty line)"
IS_OFF = "The whitelist is off: it keeps nobody out."


def run(command: Command, options: Namespace) -> int:
    """Do what the words on the command line say. What is refused is told and is `NO`."""
    verbs = {"whitelist": _whitelist_verb, "login": _login_verb, "access": _access_verb}
    try:
        return verbs[options.command](command, options)
    except RefusedError as error:
        console.show_problem(error.problem, command.as_json)
        return NO


def _whitelist_verb(command: Command, options: Namespace) -> int:
    match options.verb:
        case "add":
            return edit(command, options.entries, [], options.later)
        case "remove":
            return edit(command, [], options.entries, options.later)
        case "check":
            return check(command, options.ip)
        case "move":
            return move(command, options.to, options.later)
        case "undo":
            return undo(command, options.later)
        case _:
            return whitelist(command)


def _login_verb(command: Command, options: Namespace) -> int:
    match options.verb:
        case "set":
            return set_login(command, options.user, options.later)
        case "generate":
            return generate_login(command, options.user, options.later)
        case "off":
            return login_off(command, options.later)
        case _:
            return login(command, options.show)


def _access_verb(command: Command, options: Namespace) -> int:
    return set_access(command, options.mode, options.later) if options.mode else access(command)


def whitelist(command: Command) -> int:
    """The list that counts, each entry in words."""
    found = _looked(command, used_installation(command))
    if command.as_json:
        console.say_json(whitelist_document(found))
        return DONE
    console.say(f"{found.file}\n{found.why}")
    if found.enforced is False:
        console.say(IS_OFF)
    for line in found.lines:
        console.say(f"  {_told(line)}")
        if line.problem:
            console.say(f"    Careful: {_sentence(line)}")
    if found.left_out:
        console.say(f"  … and {found.left_out} more")
    if not found.complete:
        console.say("  … and entries that the configuration computes, which Tavernkeep cannot tell")
    return DONE


def edit(command: Command, add: list[str], remove: list[str], later: bool) -> int:
    """whitelist add, whitelist remove."""
    from launcher.access.list_edit import covered_by

    installation = used_installation(command)
    entries = [_this_network(command) if entry == THIS_NETWORK else entry for entry in add]
    before = [line.entry for line in _looked(command, installation).lines]
    words = []
    for entry in entries:
        if entry in before:
            words.append(f"“{shown(entry)}” is in the whitelist already.")
        elif by := covered_by(before, entry):
            words.append(f"“{shown(entry)}” got in already by {' and '.join(f'“{shown(one)}”' for one in by[:3])}.")
    carry_out(command, installation, EditWhitelist(tuple(entries), tuple(remove), later))
    after = _looked(command, installation)
    lines = {line.entry: line for line in after.lines}
    words += [f"In: {_told(lines[entry])}" for entry in map(str.strip, entries) if entry in lines]
    words += [f"Out: {shown(entry) or AN_EMPTY_LINE}" for entry in remove]
    if after.enforced is False:
        words.append(IS_OFF)
    return _say_whitelist(command, installation, words)


def move(command: Command, to: str, later: bool) -> int:
    """Keep the list in another file."""
    installation = used_installation(command)
    carry_out(command, installation, MoveWhitelist(to, later))
    return _say_whitelist(command, installation, [_looked(command, installation).why])


def undo(command: Command, later: bool) -> int:
    """Take back the last change of the list."""
    installation = used_installation(command)
    carry_out(command, installation, UndoWhitelist(later))
    lines = _looked(command, installation).lines
    return _say_whitelist(command, installation, ["The whitelist is again:", *(f"  {_told(line)}" for line in lines)])


def check(command: Command, address: str) -> int:
    """Whether a device at `address` gets in, and why. `NO` when not, `WRONG_USAGE` when it is no address."""
    from launcher.server.admission import admission
    from launcher.server.read_settings import effective_settings

    try:
        found = admission(effective_settings(used_installation(command)), address)
    except ValueError:
        problem = Problem(f"“{address[:60]}” is no address.", "Write one such as 192.168.0.20.")
        console.show_problem(problem, command.as_json)
        return WRONG_USAGE
    if command.as_json:
        console.say_json(asdict(found))
    else:
        console.say(found.sentence)
    if found.gets_in is None:
        return COULD_NOT
    return DONE if found.gets_in else NO


def login(command: Command, show: bool) -> int:
    """Whether a login is asked for, and whether it protects; with `show` also the password."""
    installation = used_installation(command)
    found = _login_of(command, installation)
    return _say_login(command, found, _password(installation) if show else None)


def set_login(command: Command, username: str, later: bool) -> int:
    """Set user name and password, the latter from the prompt or one line of stdin."""
    installation = used_installation(command)
    carry_out(command, installation, SetLogin(username, _asked_password(), later))
    return _say_login(command, _login_of(command, installation), None)


def generate_login(command: Command, username: str | None, later: bool) -> int:
    """Set a password of readable words, and print it once."""
    import secrets

    from launcher.access.login import DEFAULT_USERNAME, readable_password

    installation = used_installation(command)
    existing = _login_of(command, installation).username
    usable = existing and existing != DEFAULT_USERNAME and ":" not in existing
    name = username or (existing if usable and existing else GENERATED_USERNAME)
    password = readable_password(secrets.choice)
    carry_out(command, installation, SetLogin(name, password, later))
    return _say_login(command, _login_of(command, installation), password)


def login_off(command: Command, later: bool) -> int:
    """Ask for no login any more."""
    installation = used_installation(command)
    carry_out(command, installation, LoginOff(later))
    return _say_login(command, _login_of(command, installation), None)


def access(command: Command) -> int:
    """Who can get in, and why."""
    return _say_access(command, current_view(command), reasons=True)


def set_access(command: Command, mode: str, later: bool) -> int:
    """Let in only this PC, the whitelist, or everyone who logs in."""
    installation = used_installation(command)
    carry_out(command, installation, SetAccess(Mode(mode), later))
    looked = file_snapshot.read_snapshot(command.folders, str(installation.folder))
    return _say_access(command, View(installation=looked.installed, access=looked.access), reasons=False)


def whitelist_document(found: Whitelist) -> dict[str, object]:
    """The `whitelist --json` document."""
    return {
        "source": {"file": found.file, "name": found.source, "why": found.why},
        "enforced": found.enforced,
        "entries": [_line_document(line) for line in found.lines],
        "left_out": found.left_out,
        "complete": found.complete,
        "can_undo": found.can_undo,
    }


def _line_document(line: WhitelistLine) -> dict[str, object]:
    problem: dict[str, object] | None = None
    if line.problem:
        problem = {**console.problem_document(line.problem), "severity": line.severity, "instead": list(line.instead)}
    return {"entry": line.entry, "meaning": line.meaning, "addresses": line.addresses, "problem": problem}


def login_document(found: Login, password: str | None) -> dict[str, object]:
    """The `login --json` document; with the password only where it was asked for."""
    document: dict[str, object] = {
        "on": found.on,
        "asked": found.asked,
        "username": found.username,
        "fit": found.fit,
        "problem": console.problem_document(found.problem) if found.problem else None,
    }
    return document if password is None else {**document, "password": password}


def used_installation(command: Command) -> Installation:
    """The one of --folder, else the keeper's, else the remembered one. Raises TavernkeepError when there is none."""
    link = None if command.folder else connect(command.folders)
    found = file_snapshot.installation_at(command.folders, command.folder or (_kept_folder(link) if link else None))
    if link:
        link.close()
    if not found:
        raise TavernkeepError(NO_SILLYTAVERN.title, "Install it with: tavernkeep install")
    return found


def _kept_folder(link: Link) -> str | None:
    """The folder of the installation that the keeper keeps; None also when it is just ending."""
    views: list[View] = []

    def take(event: UIMessage) -> None:
        if isinstance(event, Changed):
            views.append(event.view)

    try:
        ask(link, Watch(), take)
    except TavernkeepError:
        return None
    installed = views[-1].installation if views else None
    return installed.folder if installed else None


def carry_out(command: Command, installation: Installation, change: WhoGetsIn) -> None:
    """Have the keeper do it when it keeps this installation, so that a server that runs is restarted; else do it here.

    Raises TavernkeepError, RefusedError when it is not allowed.
    """
    link = connect(command.folders)
    if not link or _kept_folder(link) != str(installation.folder):
        from launcher.keeper.worker import change_settings

        change_settings(change, installation, command.folders)
        return
    reply = ask(link, change)
    if reply.problem:
        error = RefusedError if reply.refused else TavernkeepError
        raise error.from_problem(reply.problem)


def _looked(command: Command, installation: Installation) -> Whitelist:
    looked = file_snapshot.read_snapshot(command.folders, str(installation.folder), ALL_LINES)
    if not looked.whitelist:
        problem = looked.problem or NO_SILLYTAVERN
        raise TavernkeepError.from_problem(problem)
    return looked.whitelist


def _this_network(command: Command) -> str:
    from launcher.network.addresses import local_addresses, network_entry

    best = next((address for address in local_addresses() or () if address.local), None)
    if not best:
        raise TavernkeepError.from_problem(NO_NETWORK)
    return network_entry(best.address, best.netmask)


def _told(line: WhitelistLine) -> str:
    return f"{shown(line.entry) or AN_EMPTY_LINE} — {line.meaning}"


def _sentence(line: WhitelistLine) -> str:
    problem = line.problem
    instead = f" Write {' and '.join(line.instead)} instead." if line.instead else ""
    return f"{problem.title} {problem.advice}{instead}".strip() if problem else ""


def _say_whitelist(command: Command, installation: Installation, words: list[str]) -> int:
    if command.as_json:
        console.say_json({**whitelist_document(_looked(command, installation)), "words": words})
    else:
        for word in words:
            console.say(word)
    return DONE


def _login_of(command: Command, installation: Installation) -> Login:
    looked = file_snapshot.read_snapshot(command.folders, str(installation.folder))
    if not looked.login:
        problem = looked.problem or NO_SILLYTAVERN
        raise TavernkeepError.from_problem(problem)
    return looked.login


def _password(installation: Installation) -> str:
    from launcher.server.read_settings import stored_credentials

    stored = stored_credentials(installation)
    if not stored:
        raise TavernkeepError("No password is stored that anyone could log in with.", "Set one: tavernkeep login set")
    return stored[1]


def _asked_password() -> str:
    """From the prompt, twice; or one line of stdin. Raises RefusedError when the two differ."""
    if sys.stdin is None:
        raise TavernkeepError("There is nowhere to ask for the password.", "Give it as one line on standard input.")
    if not sys.stdin.isatty():
        try:
            return sys.stdin.buffer.readline().decode("utf-8").rstrip("\r\n")
        except UnicodeDecodeError as error:
            raise RefusedError("The password on standard input is no UTF-8 text.", "Type it in UTF-8.") from error
    from getpass import getpass

    password = getpass("Password: ")
    if getpass("Once more: ") != password:
        raise RefusedError("The two passwords differ, so nothing was changed.", "Try again.")
    return password


def _say_login(command: Command, found: Login, password: str | None) -> int:
    if command.as_json:
        console.say_json(login_document(found, password))
        return DONE
    for line in _login_lines(found, password):
        console.say(line)
    return DONE


def _login_lines(found: Login, password: str | None) -> Iterator[str]:
    said = {True: "The login is on.", False: "The login is off.", None: "Tavernkeep cannot tell whether a login is on."}
    yield said[found.on]
    if found.on and found.asked is False:
        yield "It is asked for once SillyTavern listens on the network."
    if found.username is not None:
        yield f"User name: {found.username}"
    if password is not None:
        yield f"Password: {password}"
    if found.problem:
        yield f"Careful: {found.problem.title} {found.problem.advice}".strip()


def _say_access(command: Command, view: View, reasons: bool) -> int:
    document = console.access_document(view)
    if document is None or not view.access:
        problem = view.problem or NO_SILLYTAVERN
        raise TavernkeepError.from_problem(problem)
    if command.as_json:
        console.say_json(document)
        return DONE
    console.say(view.access.who)
    for warning in view.access.warnings:
        console.say(f"Careful: {warning}")
    for reason in view.access.reasons if reasons else ():
        console.say(f"  {reason}")
    for notice in view.notices:
        console.say(notice)
    return DONE
