"""The question whether a device may come in, as it comes and goes. The window for it is imported when there is one."""

import tkinter as tk
from collections.abc import Callable
from typing import TYPE_CHECKING

from launcher.ui.window.background import Inbox
from launcher.ui.window.conversation import Conversation, KeeperLink
from launcher.ui.window.root import NoDisplayError, open_root
from launcher.ui.window.widgets.appearance import Appearance
from launcher.ui.window.widgets.pictures import give_icon
from launcher.ui.window.widgets.theme import Theme

if TYPE_CHECKING:
    from launcher.keeper.messages import AnswerQuestion, Reply, UIMessage
    from launcher.keeper.view import View
    from launcher.problem import Problem
    from launcher.ui.window.outcome import Send
    from launcher.ui.window.question_window import QuestionWindow


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
            from launcher.ui.window.question_window import QuestionWindow

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


def run_question(connect: Callable[[], KeeperLink]) -> int:
    """Ask until nothing is asked any more; 0. Call it in the main thread.

    `connect` is called in another thread and may raise TavernkeepError. Where there is no display it ends at once: 0.
    """
    try:
        root, theme, appearance = open_root()
    except NoDisplayError:
        return 0
    root.withdraw()
    give_icon(root)
    Asker(root, theme, connect, appearance)
    root.mainloop()
    return 0


class Asker:
    """Connects, asks, and ends: refused by the keeper when a window asks already, or when the question is gone."""

    def __init__(self, root: tk.Tk, theme: Theme, connect: Callable[[], KeeperLink], appearance: Appearance) -> None:
        self._root, self._appearance = root, appearance
        self._asked_for = True
        self._inbox = Inbox(root, on_signal=self.end)
        self._conversation = Conversation(self._inbox.put, self._connected, self._heard, self._lost)
        self._questions = Questions(root, theme, self._conversation.send, self._settled)
        self._conversation.begin(connect)

    def end(self) -> None:
        self._inbox.close()
        self._conversation.close()
        self._root.destroy()

    def _connected(self) -> None:
        from launcher.keeper.messages import Hello, Watch

        self._conversation.send(Hello("question", what="question"), self._greeted)
        self._conversation.send(Watch())

    def _greeted(self, reply: "Reply") -> None:
        if reply.refused:
            self.end()

    def _heard(self, event: "UIMessage") -> None:
        from launcher.keeper.messages import Changed, Close, ShowYourself

        match event:
            case Changed(view):
                self._appearance.choose(view.settings.theme)
                self._asked_for = view.question is not None
                self._questions.show(view)
                self._settled()
            case ShowYourself():
                self._questions.to_front()
            case Close():
                self.end()

    def _settled(self) -> None:
        if not self._asked_for and not self._questions.pending:
            self.end()

    def _lost(self, _problem: "Problem | None") -> None:
        self.end()
