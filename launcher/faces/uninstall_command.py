"""`uninstall`: tells what would go and what would stay, asks, and does it."""

import sys

from launcher.faces import terminal
from launcher.faces.commands import COULD_NOT, DONE, NO, Command
from launcher.faces.leaving import leave, problem_of, size_in_words, where
from launcher.faces.terminal_question import is_interactive
from launcher.problem import Problem
from launcher.server.uninstall import Outcome, Plan, Thing, plan

DELETE_WORDS = "delete my chats"
NOT_ASKED = Problem(
    "Nothing was removed, because nobody can be asked here.", "To go on without a question: tavernkeep uninstall --yes"
)
CHATS_NOT_ASKED = Problem(
    "Nothing was removed, because deleting chats is asked for once more.",
    "To do it without a question: tavernkeep uninstall --yes-delete-my-chats",
)


def run(command: Command, data: bool, yes: bool, yes_delete_my_chats: bool) -> int:
    """`data`: chats and settings too; `yes` answers the question, but not the one about chats. Raises TavernkeepError.

    0: done. 1: nothing was done, for want of a yes. 3: something could not be removed.
    """
    planned = plan(command.folders, data or yes_delete_my_chats)
    if not command.as_json:
        _show(planned)
    agreed = yes_delete_my_chats or (yes and not data)
    if not agreed and (command.as_json or not is_interactive()):
        return _refused(command, planned)
    if not agreed and not _asked(planned, yes):
        terminal.say("Nothing was removed.")
        return NO
    outcome = leave(command.folders, planned, (lambda _: None) if command.as_json else terminal.say)
    return _done(command, planned, outcome)


def _asked(planned: Plan, yes: bool) -> bool:
    if not yes and not _typed("Remove Tavernkeep? Type yes:", "yes"):
        return False
    return not planned.with_data or _typed(f"Chats cannot be brought back. Type {DELETE_WORDS}:", DELETE_WORDS)


def _typed(question: str, wanted: str) -> bool:
    terminal.say(question)
    return " ".join(sys.stdin.readline().lower().split()) == wanted


def _refused(command: Command, planned: Plan) -> int:
    problem = CHATS_NOT_ASKED if planned.with_data else NOT_ASKED
    if command.as_json:
        terminal.complain(f"{problem.title} {problem.advice}")
        terminal.say_json(_document(planned, None) | {"error": terminal.problem_document(problem)})
    else:
        terminal.show_problem(problem, as_json=False)
    return NO


def _done(command: Command, planned: Plan, outcome: Outcome) -> int:
    problem = problem_of(outcome)
    if command.as_json:
        wrong = {"error": terminal.problem_document(problem)} if problem else {}
        terminal.say_json(_document(planned, outcome) | wrong)
    if problem:
        terminal.show_problem(problem, as_json=False)
        return COULD_NOT
    if not command.as_json:
        terminal.say(f"Tavernkeep is removed. {planned.by_hand}".strip())
    return DONE


def _show(planned: Plan) -> None:
    for title, lines in (
        ("This will be removed:", [_line(thing) for thing in planned.removes]),
        ("Besides:", [f"  {sentence}" for sentence in planned.besides]),
        ("This stays:", [_line(thing) for thing in planned.keeps]),
    ):
        if lines:
            terminal.say("\n".join((title, *lines)))
    terminal.say(planned.by_hand)


def _line(thing: Thing) -> str:
    return f"  {size_in_words(thing.bytes):>7}  {thing.what}\n           {where(thing)}"


def _document(planned: Plan, outcome: Outcome | None) -> dict[str, object]:
    """The `uninstall --json` document; without an outcome nothing was done."""
    return {
        "removed": outcome is not None,
        "removes": [_thing_document(thing) for thing in planned.removes],
        "keeps": [_thing_document(thing) for thing in planned.keeps],
        "besides": list(planned.besides),
        "by_hand": planned.by_hand or None,
        "left": [{"path": str(one.path), "why": one.why} for one in outcome.left] if outcome else [],
    }


def _thing_document(thing: Thing) -> dict[str, object]:
    return {"what": thing.what, "paths": [str(path) for path in thing.paths], "bytes": thing.bytes}
