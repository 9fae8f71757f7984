"""The process that asks while no window is open: it shows the question and nothing else, and ends with it."""

import tkinter as tk
from collections.abc import Callable
from typing import TYPE_CHECKING

from launcher.faces.window import appearance, screen
from launcher.faces.window.conversation import Conversation, KeeperLink
from launcher.faces.window.icon import give_icon
from launcher.faces.window.inbox import Inbox
from launcher.faces.window.questions import Questions
from launcher.faces.window.theme import Theme
from launcher.system import bundle

if TYPE_CHECKING:
    from launcher.keeper.messages import Event, Reply
    from launcher.problem import Problem


def run_question(connect: Callable[[], KeeperLink]) -> int:
    """Ask until nothing is asked any more; 0. Call it in the main thread.

    `connect` is called in another thread and may raise TavernkeepError. Where there is no display it ends at once: 0.
    """
    screen.prepare_process()
    told = appearance.told_by_environment()
    asked = appearance.Asked(None) if told is not None else appearance.ask()
    try:
        root = tk.Tk(className="Tavernkeep")
    except tk.TclError:
        return 0
    bundle.forget_tk()
    root.withdraw()
    give_icon(root)
    asker = Asker(root, Theme(root, bool(told if told is not None else asked.answer())), connect)
    if asked.fd is not None:
        asker.follow(asked)
    root.mainloop()
    return 0


class Asker:
    """Connects, asks, and ends: refused by the keeper when a window asks already, or when the question is gone."""

    def __init__(self, root: tk.Tk, theme: Theme, connect: Callable[[], KeeperLink]) -> None:
        self._root, self._theme = root, theme
        self._asked_for = True
        self._inbox = Inbox(root, on_signal=self.end)
        self._conversation = Conversation(self._inbox.put, self._connected, self._heard, self._lost)
        self._questions = Questions(root, theme, self._conversation.send, self._settled)
        self._conversation.begin(connect)

    def follow(self, asked: appearance.Asked) -> None:
        """Become light or dark when the system has said which."""
        descriptor = asked.fd

        def answered(*_: object) -> None:
            self._root.deletefilehandler(descriptor)  # type: ignore[arg-type]
            dark = asked.answer()
            if dark is not None and dark != (self._theme.palette.name == "dark"):
                self._theme.switch(dark)

        self._root.createfilehandler(descriptor, tk.READABLE, answered)  # type: ignore[arg-type]

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

    def _heard(self, event: "Event") -> None:
        from launcher.keeper.messages import Changed, Close, ShowYourself

        match event:
            case Changed(view):
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
