"""`uninstall`: tells what would go and what would stay, asks, and does it."""

import sys

from launcher.problem import Problem
from launcher.server.uninstall import Thing, UninstallPlan, UninstallResult, plan
from launcher.ui.terminal import console
from launcher.ui.terminal.approval_question import is_interactive
from launcher.ui.terminal.exit_codes import COULD_NOT, DONE, NO
from launcher.ui.terminal.server_commands import Command
from launcher.ui.uninstall import leave, problem_of, size_in_words, where

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
        console.say("Nothing was removed.")
        return NO
    outcome = leave(command.folders, planned, (lambda _: None) if command.as_json else console.say)
    return _done(command, planned, outcome)


def _asked(planned: UninstallPlan, yes: bool) -> bool:
    if not yes and not _typed("Remove Tavernkeep? Type yes:", "yes"):
        return False
    return not planned.with_data or _typed(f"Chats cannot be brought back. Type {DELETE_WORDS}:", DELETE_WORDS)


def _typed(question: str, wanted: str) -> bool:
    console.say(question)
    return " ".join(sys.stdin.readline().lower().split()) == wanted


def _refused(command: Command, planned: UninstallPlan) -> int:
    problem = CHATS_NOT_ASKED if planned.with_data else NOT_ASKED
    if command.as_json:
        console.complain(f"{problem.title} {problem.advice}")
        console.say_json(_document(planned, None) | {"error": console.problem_document(problem)})
    else:
        console.show_problem(problem, as_json=False)
    return NO


def _done(command: Command, planned: UninstallPlan, outcome: UninstallResult) -> int:
    problem = problem_of(outcome)
    if command.as_json:
        wrong = {"error": console.problem_document(problem)} if problem else {}
        console.say_json(_document(planned, outcome) | wrong)
    if problem:
        console.show_problem(problem, as_json=False)
        return COULD_NOT
    if not command.as_json:
        console.say(f"Tavernkeep is removed. {planned.by_hand}".strip())
    return DONE


def _show(planned: UninstallPlan) -> None:
    for title, lines in (
        ("This will be removed:", [_line(thing) for thing in planned.removes]),
        ("Besides:", [f"  {sentence}" for sentence in planned.besides]),
        ("This stays:", [_line(thing) for thing in planned.keeps]),
    ):
        if lines:
            console.say("\n".join((title, *lines)))
    console.say(planned.by_hand)


def _line(thing: Thing) -> str:
    return f"  {size_in_words(thing.bytes):>7}  {thing.what}\n           {where(thing)}"


def _document(planned: UninstallPlan, outcome: UninstallResult | None) -> dict[str, object]:
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
