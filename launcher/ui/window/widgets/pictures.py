"""Pictures: the mug, as the icon of our windows and inside them, and QR codes."""

import tkinter as tk
from collections.abc import Sequence
from pathlib import Path
from tkinter import ttk

import launcher
from launcher.ui.window.widgets.texts import on_card
from launcher.ui.window.widgets.theme import Theme

MUG_PX = 72
DRAWN_SIZES = (64, 96, 128, 192, 256)
LEAST_CODE_PX, MOST_CODE_PX = 230, 520

# The modules of a QR code with its border, row by row; True is dark.
Modules = Sequence[Sequence[bool]]


def give_icon(root: tk.Tk) -> None:
    """Give all windows our icon, as the desktop's panel shows it."""
    picture = _picture(256)
    if picture:
        root.iconphoto(True, picture)


class Mug(ttk.Label):
    """The mug, for a page that says little. Takes no room when its file is missing."""

    def __init__(self, parent: tk.Misc, theme: Theme) -> None:
        super().__init__(parent, style=f"{on_card(parent)}TLabel")
        wanted = theme.px(MUG_PX)
        # Kept here: Tk stops showing an image when Python forgets it.
        self._picture = _picture(max((size for size in DRAWN_SIZES if size <= wanted), default=DRAWN_SIZES[0]))
        if self._picture:
            self.configure(image=self._picture)


def _picture(size: int) -> tk.PhotoImage | None:
    """Return assets/tavernkeep-SIZE.png, which is in the package when installed and beside it in a checkout."""
    package = Path(launcher.__file__).parent
    name = "tavernkeep.png" if size == 256 else f"tavernkeep-{size}.png"
    for folder in (package / "assets", package.parent / "assets"):
        if (folder / name).exists():
            return tk.PhotoImage(file=str(folder / name))
    return None


class QrImage(ttk.Frame):
    """A QR code, crisp and as large as its room allows, at least LEAST_CODE_PX at 96 dpi.

    It is black on white in both themes: many phones read no other code.
    """

    def __init__(self, parent: tk.Misc, theme: Theme) -> None:
        least = theme.px(LEAST_CODE_PX)
        super().__init__(parent, style="Card.TFrame", width=least, height=least)
        self._least, self._most = least, theme.px(MOST_CODE_PX)
        self._code: Modules = ()
        self._zoom = 0
        self._image: tk.PhotoImage | None = None
        self._label = tk.Label(self, borderwidth=0, highlightthickness=0, background="#ffffff", padx=0, pady=0)
        self._label.place(relx=0.5, rely=0.5, anchor="center")
        self.bind("<Configure>", lambda _event: self._draw())

    def show(self, code: Modules) -> None:
        """Show `code`."""
        if code == self._code:
            return
        self._code, self._zoom = code, 0
        least = self._least_zoom() * len(code)
        self.configure(width=least, height=least)
        self._draw()

    def _least_zoom(self) -> int:
        return -(-self._least // len(self._code))

    def _draw(self) -> None:
        if not self._code:
            return
        room = min(self.winfo_width(), self.winfo_height(), self._most)
        zoom = max(room // len(self._code), self._least_zoom())
        if zoom != self._zoom:
            self._zoom = zoom
            self._image = code_image(self._code, zoom)
            self._label.configure(image=self._image)


def code_image(code: Modules, zoom: int) -> tk.PhotoImage:
    """Return `code` as a picture, `zoom` pixels for each module."""
    small = tk.PhotoImage(width=len(code), height=len(code))
    small.put(" ".join("{" + " ".join("#000000" if dark else "#ffffff" for dark in row) + "}" for row in code))
    return small.zoom(zoom)
