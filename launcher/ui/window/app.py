"""The process of the window: opens it at once, connects beside it, and carries views in and requests out."""

import time
import tkinter as tk
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING

from launcher.ui.window.background import Inbox
from launcher.ui.window.conversation import Conversation, KeeperLink
from launcher.ui.window.main.main_window import MainWindow
from launcher.ui.window.root import open_root
from launcher.ui.window.widgets.appearance import Appearance
from launcher.ui.window.widgets.theme import Theme

if TYPE_CHECKING:
    from pathlib import Path

    from launcher.keeper.messages import Reply, Request, UIMessage
    from launcher.keeper.view import View
    from launcher.problem import Problem
    from launcher.ui.window.main.closing import Goodbye
    from launcher.ui.window.other_windows import OtherWindows
    from launcher.ui.window.questions import Questions

# The window counts as seen after this long, also where the window manager shows it somewhere else.
SEEN_AT_LATEST_MS = 400


def _our_server_log() -> "Path":
    from launcher.system.folders import our_folders

    return our_folders().server_log


def run_window(
    connect: Callable[[], KeeperLink],
    what: str = "window",
    server_log: "Callable[[], Path]" = _our_server_log,
    join: Callable[[], KeeperLink] | None = None,
) -> int:
    """Show the window until it is closed, and return 0. Call it in the main thread.

    `connect` finds the keeper or starts one, and may raise TavernkeepError. It is called in another thread when the
    window is visible, and again when the user reconnects. `join` is called instead the first time, where given: when
    it raises, the window closes without a word. `what` is `window`, `qr`, or a name of other_windows.py.

    Raises NoDisplayError where there is no display, TavernkeepError where there are no fonts.
    """
    root, theme, appearance = open_root()
    App(root, theme, appearance, connect, what, server_log, join).run()
    return 0


class App:
    """The one thing with a life here. Knows the last view and the last answer; the widgets know nothing."""

    def __init__(
        self,
        root: tk.Tk,
        theme: Theme,
        appearance: Appearance,
        connect: Callable[[], KeeperLink],
        what: str,
        server_log: "Callable[[], Path]",
        join: Callable[[], KeeperLink] | None = None,
    ) -> None:
        self._root, self._theme, self._appearance, self._what = root, theme, appearance, what
        self.connect, self._join = connect, join
        self._server_log = server_log
        self.view: View | None = None
        self._answer: Problem | None = None
        self._told_of_error = False
        self._begun = self._finished = False
        self._goodbye: Goodbye | None = None
        self.other_windows: OtherWindows
        self._questions: Questions
        self._told_of_code = True
        self._wanted = what
        root.report_callback_exception = self._report_error
        self._window = MainWindow(root, theme)
        self._inbox = Inbox(root, on_signal=self.end)
        self._conversation = Conversation(self._inbox.put, self._connected, self._heard, self._lost)
        root.protocol("WM_DELETE_WINDOW", self._close)
        root.bind("<Control-q>", lambda _event: self._close())
        root.bind("<Control-w>", lambda _event: self._close())
        for event in ("<Map>", "<Unmap>"):
            root.bind(event, lambda event: self._tell_of_code() if event.widget is root else None, add=True)
        root.bind("<Visibility>", lambda _event: self._begin())
        root.after(SEEN_AT_LATEST_MS, self._begin)

    def run(self) -> None:
        """Until the window is closed."""
        self._root.mainloop()

    # --- what the keeper says ----------------------------------------------------------------------------------------

    def _begin(self) -> None:
        if self._begun:
            return
        self._begun = True
        self._root.unbind("<Visibility>")
        self._root.update_idletasks()
        self._conversation.begin(self._join or self.connect)
        # What was left out for a quick start. The window has been painted by now.
        self._root.after(1, self._finish_window)

    def _finish_window(self) -> None:
        if self._finished:
            return
        self._finished = True
        from launcher.ui.window.other_windows import OtherWindows
        from launcher.ui.window.questions import Questions
        from launcher.ui.window.widgets.pictures import give_icon

        send = self._conversation.send
        self.other_windows = OtherWindows(self._root, self._theme, send, self.copy, self._inbox.put, self._server_log)
        self._questions = Questions(self._root, self._theme, send)
        self._window.connect(self)
        give_icon(self._root)

    def _connected(self) -> None:
        from launcher.keeper.messages import Hello, Watch

        self._finish_window()
        self._told_of_code = True  # So the keeper takes it from the Hello.
        self._conversation.send(Hello("window", what=self._what), self._greeted)
        self._conversation.send(Watch())

    def _greeted(self, reply: "Reply") -> None:
        if reply.refused:
            self.end()  # Another window is open; the keeper has asked it to come to the front.

    def _heard(self, event: "UIMessage") -> None:
        from launcher.keeper.messages import Changed, Close, ShowYourself

        match event:
            case Changed(view):
                self._join = None
                self.view = view
                self._appearance.choose(view.settings.theme)
                self._show()
                self._open_wanted()
                self._tell_of_code()
            case ShowYourself("question"):
                self._questions.to_front()
            case ShowYourself(what):
                self._wanted = what
                # What the window manager has done comes first: Tk maps no window that it still takes for mapped.
                self._root.winfo_pointerx()
                self._root.after_idle(self._come_to_front)
            case Close():
                self.end()

    def _lost(self, problem: "Problem | None") -> None:

        from launcher.problem import Problem

        if self._join:
            self.end()
            return
        self._finish_window()
        self.view = None
        self._answer = None
        gone = Problem("Tavernkeep has ended.", "SillyTavern ends with it, so nobody can get in now.")
        self.other_windows.lost()
        self._questions.lost()
        self._window.show_lost(problem or gone, "Try a&gain" if problem else "&Start Tavernkeep again")

    def _show(self) -> None:
        if self.view is None:
            return
        self._window.show(self.view, self._answer, time.time())
        self.other_windows.show(self.view)
        self._questions.show(self.view)

    def _open_wanted(self) -> None:
        if self.view is not None:
            self.other_windows.open(self._wanted)
            self._wanted = ""

    def _tell_of_code(self) -> None:
        """The keeper asks about new devices while someone may be scanning the code."""
        from launcher.keeper.messages import ShowingCode
        from launcher.ui.window.main.sentences import shows_code

        if self.view is None:
            return
        shown = self._root.state() in ("normal", "zoomed") and shows_code(self.view)
        if shown is not self._told_of_code:
            self._told_of_code = shown
            self._conversation.send(ShowingCode(shown))

    def _come_to_front(self) -> None:
        self._root.deiconify()
        self._root.lift()
        (self._root.focus_lastfor() or self._root).focus_force()
        self._open_wanted()

    # --- what the user does (Actions) --------------------------------------------------------------------------------

    def ask(self, request: "Request", then: "Request | None" = None) -> None:
        self._answer = None
        self._show()

        def answered(reply: "Reply") -> None:
            if reply.problem is None and then is not None:
                self.ask(then)
            elif self.view is None or reply.problem != self.view.problem:
                self._answer = reply.problem
                self._show()

        self._conversation.send(request, answered)

    def open_page(self, url: str) -> None:
        import webbrowser

        from launcher.system import safety_net

        safety_net.start_thread(lambda: webbrowser.open(url), "browser")

    def copy(self, text: str) -> None:
        self._root.clipboard_clear()
        self._root.clipboard_append(text)

    def last_lines(self, most: int) -> list[str]:
        from launcher.system.logs import tail

        return tail(self._server_log(), most)

    def show_window(self, name: str) -> None:
        self.other_windows.open(name)

    def choose_folder(self) -> None:
        from tkinter import filedialog

        from launcher.keeper.messages import Start, Use

        folder = filedialog.askdirectory(parent=self._root, title="The folder of your SillyTavern", mustexist=True)
        if folder:
            self.ask(Use(folder), then=Start())

    def dismiss(self) -> None:
        self._answer = None
        self._show()

    def reconnect(self) -> None:
        self._window.show_waiting("Looking for SillyTavern…")
        self._conversation.begin(self.connect)

    # --- closing -----------------------------------------------------------------------------------------------------

    def _close(self) -> None:
        from launcher.ui.window.main.closing import Goodbye

        if self._finished and self.other_windows.ask_about_unsaved():
            return
        if self._goodbye is None:
            self._goodbye = Goodbye(self._root, self._theme, self._conversation.send, self.end)
        self._goodbye.say(self.view)

    def end(self) -> None:
        """Close the window; the keeper stays."""
        self._inbox.close()
        self._conversation.close()
        self._root.destroy()

    # --- the rest ----------------------------------------------------------------------------------------------------

    def _report_error(self, kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
        import logging

        from launcher.problem import Problem

        logging.getLogger(__name__).error("in the window", exc_info=(kind, error, traceback))
        if not self._told_of_error:
            self._told_of_error = True
            self._answer = Problem(
                "Something in this window went wrong.",
                "It does not touch SillyTavern. If something looks odd, close this window and open it again.",
            )
            self._show()
