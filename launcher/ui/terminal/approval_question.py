"""The question “may this device come in?” in a terminal: asked and answered where someone types, else told."""

import sys
import time
from collections.abc import Callable

from launcher.keeper.channel import Link
from launcher.keeper.messages import AnswerQuestion, ApprovalChoice
from launcher.keeper.view import Question
from launcher.system import safety_net
from launcher.ui.terminal import console

READ_TIME_S = 1.0
WORDS = {
    "y": ApprovalChoice.DEVICE,
    "yes": ApprovalChoice.DEVICE,
    "now": ApprovalChoice.DEVICE,
    "n": ApprovalChoice.NOT_NOW,
    "no": ApprovalChoice.NOT_NOW,
    "network": ApprovalChoice.NETWORK,
    "never": ApprovalChoice.NEVER,
}


def is_interactive() -> bool:
    """Whether someone can read a question here and type an answer."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout))


class Asker:
    """Asks what the view asks. Lines are read in a thread of their own, so that the view goes on meanwhile."""

    def __init__(self, link: Link, interactive: bool, clock: Callable[[], float] = time.monotonic) -> None:
        self._link, self._clock = link, clock
        self._interactive = interactive
        self._asked: Question | None = None
        self._asked_at = 0.0
        if interactive:
            safety_net.start_thread(self._read, "answers")

    def show(self, question: Question | None) -> None:
        """Ask `question` when it is a new one; say so when the last one needs no answer any more."""
        before, self._asked = self._asked, question
        if before and (not question or question.address != before.address):
            console.say(f"({before.address} is not asked about any more.)")
        if not question or (before and _same(question, before)):
            return
        self._asked_at = self._clock()
        for line in words_of(question, self._interactive):
            console.say(line)

    def _read(self) -> None:
        while line := sys.stdin.readline():
            self.answer(line)

    def answer(self, line: str) -> None:
        """Send what was typed, unless it cannot have been meant for the question there is."""
        word, question = line.strip().lower(), self._asked
        if not word or not question:
            return
        verdict = WORDS.get(word)
        if verdict is None or (verdict is ApprovalChoice.NETWORK and not question.network):
            console.say(f"Type {choices(question)}.")
        elif self._clock() - self._asked_at < READ_TIME_S:
            console.say("That came before the question could be read. Answer once more.")
        else:
            self._asked = None
            try:
                self._link.send(AnswerQuestion(question.address, verdict, when_idle=word != "now"))
            except ConnectionError:
                return  # The other thread tells that the keeper is gone.


def words_of(question: Question, interactive: bool) -> list[str]:
    """The question in lines."""
    who = " · ".join(part for part in (question.name, question.kind) if part)
    lines = [f"{question.address}{f' ({who})' if who else ''} wants to come in."]
    if question.warning:
        lines.append(f"Careful: {question.warning}")
    if question.replaces:
        lines.append(f"It came as {question.replaces} before; that entry goes when it is let in.")
    if question.busy and interactive:
        lines.append("An answer is being written now; “y” waits until it is done, “now” cuts it off.")
    if question.more:
        lines.append(f"{question.more} more wait behind it.")
    if interactive:
        lines.append(f"Let it in? {choices(question)}")
    else:
        lines.append(f"To let it in: tavernkeep devices allow {question.address}")
    return lines


def choices(question: Question) -> str:
    """What may be typed."""
    network = f", network = all of {question.network}" if question.network else ""
    now = ", now = without waiting" if question.busy else ""
    return f"y = yes{now}{network}, n = not now, never = never ask about it"


def _same(question: Question, other: Question) -> bool:
    return (question.address, question.replaces, question.warning, question.busy) == (
        other.address,
        other.replaces,
        other.warning,
        other.busy,
    )
