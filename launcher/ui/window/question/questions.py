"""The question whether a device may come in, as it comes and goes. The window for it is imported when there is one."""

import tkinter as tk
from collections.abc import Callable
from typing import TYPE_CHECKING

from launcher.ui.window.widgets.theme import Theme

if TYPE_CHECKING:
    from launcher.keeper.messages import AnswerQuestion, Reply
    from launcher.keeper.view import View
    from launcher.problem import Problem
    from launcher.ui.window.question.question_window import QuestionWindow
    from launcher.ui.window.widgets.outcome import Send


class Questions:
    """Asks what the view asks, one question at a time. `settled` is called after every reply to an answer."""

    def __init__(self, root: tk.Tk, theme: Theme, send: "Send", settled: Callable[[], None] = lambda: None) -> None:
        self._root, self._theme, self._send, self._settled = root, theme, send, settled
        self._view: View | None = None
        self._open: QuestionWindow | None = None
        self._unanswered: set[str] = set()
        self._refused: tuple[str, Problem] | None = None

    @property
    def pending(self) -> bool:
        """Whether the keeper has yet to reply to an answer."""
        return bool(self._unanswered)

    def show(self, view: "View") -> None:
        """Ask what `view` asks; what was answered elsewhere disappears."""
        self._view = view
        question = view.question
        if self._open and (question is None or question.address != self._open.address):
            self._open.close()
            self._open = None
        if self._refused and (question is None or question.address != self._refused[0]):
            self._refused = None
        if question is None or question.address in self._unanswered:
            return
        problem = self._refused[1] if self._refused else None
        if self._open is None:
            from launcher.ui.window.question.question_window import QuestionWindow

            self._open = QuestionWindow(self._root, self._theme, question, self._answer)
        self._open.show(question, problem)

    def to_front(self) -> None:
        """The user asked for it."""
        if self._open:
            self._open.to_front()

    def lost(self) -> None:
        """There is no keeper any more, and nothing to answer."""
        if self._open:
            self._open.close()
        self._open = self._view = self._refused = None
        self._unanswered.clear()

    def _answer(self, answer: "AnswerQuestion") -> None:
        self._open = self._refused = None
        self._unanswered.add(answer.address)

        def answered(reply: "Reply") -> None:
            self._unanswered.discard(answer.address)
            if reply.problem and self._view:
                self._refused = (answer.address, reply.problem)
                self.show(self._view)
            self._settled()

        self._send(answer, answered)
