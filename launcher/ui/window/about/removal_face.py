"""The process that asks whether to remove Tavernkeep, and removes it: no UI of the keeper, which ends on the way."""

import tkinter as tk
from collections.abc import Callable

from launcher.server.uninstall import UninstallPlan, UninstallResult, plan
from launcher.system import bundle
from launcher.system.folders import Folders
from launcher.ui.uninstall import leave
from launcher.ui.window.about.removal_window import RemovalWindow
from launcher.ui.window.inbox import Inbox
from launcher.ui.window.widgets import screen
from launcher.ui.window.widgets.icon import give_icon
from launcher.ui.window.widgets.look import Look
from launcher.ui.window.widgets.theme import Theme


class OwnRemover:
    """Is a `removal_window.Remover`."""

    def __init__(self, folders: Folders) -> None:
        self._folders = folders

    def plans(self) -> tuple[UninstallPlan, UninstallPlan]:
        return plan(self._folders, with_data=False), plan(self._folders, with_data=True)

    def leave(self, planned: UninstallPlan, tell: Callable[[str], None]) -> UninstallResult:
        return leave(self._folders, planned, tell)


def run_removal(folders: Folders) -> int:
    """Ask, and do what is said; 0. Call it in the main thread. Where there is no display it ends at once: 0."""
    screen.prepare_process()
    look = Look()
    try:
        root = tk.Tk(className="Tavernkeep")
    except tk.TclError:
        return 0
    bundle.forget_tk()
    give_icon(root)
    theme = Theme(root, look.dark)
    theme.finish()
    look.follow(root, theme)

    def end() -> None:
        inbox.close()
        root.destroy()

    window: RemovalWindow | None = None
    inbox = Inbox(root, on_signal=lambda: window.close() if window else end())
    window = RemovalWindow(root, theme, OwnRemover(folders), inbox.put, end)
    root.mainloop()
    return 0
