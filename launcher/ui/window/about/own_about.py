"""What the window About asks: this Tavernkeep and this computer."""

import os
from pathlib import Path

from launcher.keeper.view import View
from launcher.system import open_folder
from launcher.system.folders import our_folders
from launcher.system.ourselves import start_detached
from launcher.ui.about import About, about
from launcher.ui.report import help_report


class OwnAbout:
    """Is an `about_window.Informer`."""

    def about(self, view: View) -> About:
        return about(our_folders(), view)

    def report(self, view: View) -> str:
        return help_report(our_folders(), view)

    def open_folder(self, folder: Path) -> None:
        open_folder.open_folder(folder)

    def uninstall(self) -> None:
        # A process of its own, since this one ends when Tavernkeep is removed; and no log of ours, which goes too.
        start_detached("window", "remove", log=Path(os.devnull))
