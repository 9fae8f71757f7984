"""The mug: as the icon of our windows, and as a picture in them."""

import tkinter as tk
from pathlib import Path
from tkinter import ttk

import launcher
from launcher.ui.window.widgets.texts import on_card
from launcher.ui.window.widgets.theme import Theme

MUG_PX = 72
DRAWN_SIZES = (64, 96, 128, 192, 256)


def give_icon(root: tk.Tk) -> None:
    """Let the panel show our icon for all windows."""
    picture = _picture(256)
    if picture:
        root.iconphoto(True, picture)


class Mug(ttk.Label):
    """A picture for a page that says little. Takes no room when the file is missing."""

    def __init__(self, parent: tk.Misc, theme: Theme) -> None:
        super().__init__(parent, style=f"{on_card(parent)}TLabel")
        wanted = theme.px(MUG_PX)
        # Kept, because Tk shows only what somebody keeps.
        self._picture = _picture(max((size for size in DRAWN_SIZES if size <= wanted), default=DRAWN_SIZES[0]))
        if self._picture:
            self.configure(image=self._picture)


def _picture(size: int) -> tk.PhotoImage | None:
    """assets/tavernkeep-SIZE.png: inside the package when installed, beside it in a checkout."""
    package = Path(launcher.__file__).parent
    name = "tavernkeep.png" if size == 256 else f"tavernkeep-{size}.png"
    for folder in (package / "assets", package.parent / "assets"):
        if (folder / name).exists():
            return tk.PhotoImage(file=str(folder / name))
    return None
