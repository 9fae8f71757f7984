"""The process that asks while no window is open: it shows the question and nothing else, and ends with it."""

import tkinter as tk
from collections.abc import Callable
from typing import TYPE_CHECKING

from launcher.system import bundle
from launcher.ui.window.conversation import Conversation, KeeperLink
from launcher.ui.window.inbox import Inbox
from launcher.ui.window.question.questions import Questions
from launcher.ui.window.widgets import screen
from launcher.ui.window.widgets.icon import give_icon
from launcher.ui.window.widgets.look import Look
from launcher.ui.window.widgets.theme import Theme

if TYPE_CHECKING:
    from launcher.keeper.messages import Reply, UIMessage
    from launcher.problem import Problem


def run_question(connect: Callable[[], KeeperLink]) -> int:
    """Ask until nothing is asked any more; 0. Call it in the main thread.

    `connect` is called in another thread and may raise TavernkeepError. Where there is no display it ends at once: 0.
    """
    screen.prepare_process()
    look = Look()
    try:
        root = tk.Tk(className="Tavernkeep")
    except tk.TclError:
        return 0
    bundle.forget_tk()
    root.withdraw()
    give_icon(root)
    theme = Theme(root, look.dark)
    look.follow(root, theme)
    Asker(root, theme, connect, look)
    root.mainloop()
    return 0


class Asker:
    """Connects, asks, and ends: refused by the keeper when a window asks already, or when the question is gone."""

    def __init__(self, root: tk.Tk, theme: Theme, connect: Callable[[], KeeperLink], look: Look) -> None:
        self._root, self._look = root, look
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
                self._look.choose(view.settings.theme)
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
