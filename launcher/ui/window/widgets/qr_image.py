"""The QR code as a picture in a window: black on white in both themes, crisp, as large as its room allows."""

import tkinter as tk
from tkinter import ttk

from launcher.ui.qr_code import Matrix, matrix
from launcher.ui.window.widgets.theme import Theme

LEAST_PX, MOST_PX = 230, 520


class QrImage(ttk.Frame):
    """Shows the code of one URL at a time, never smaller than LEAST_PX at 96 dpi."""

    def __init__(self, parent: tk.Misc, theme: Theme) -> None:
        least = theme.px(LEAST_PX)
        super().__init__(parent, style="Card.TFrame", width=least, height=least)
        self._least, self._most = least, theme.px(MOST_PX)
        self._url = ""
        self._matrix: Matrix = ()
        self._shown: tuple[str, int] = ("", 0)
        self._image: tk.PhotoImage | None = None
        self._label = tk.Label(self, borderwidth=0, highlightthickness=0, background="#ffffff", padx=0, pady=0)
        self._label.place(relx=0.5, rely=0.5, anchor="center")
        self.bind("<Configure>", lambda _event: self._draw())

    def show(self, url: str) -> None:
        """Show the code of `url`."""
        if url != self._url:
            self._url, self._matrix = url, matrix(url)
            least = self._pixels_for(self._least) * len(self._matrix)
            self.configure(width=least, height=least)
            self._draw()

    def _pixels_for(self, side: int) -> int:
        """Pixels of one module when the code shall be at least `side` wide."""
        return -(-side // len(self._matrix))

    def _draw(self) -> None:
        if not self._matrix:
            return
        room = min(self.winfo_width(), self.winfo_height(), self._most)
        zoom = max(room // len(self._matrix), self._pixels_for(self._least))
        if (self._url, zoom) != self._shown:
            self._shown = self._url, zoom
            self._image = code_image(self._matrix, zoom)
            self._label.configure(image=self._image)


def code_image(code: Matrix, zoom: int) -> tk.PhotoImage:
    """`code` with `zoom` pixels for each module."""
    small = tk.PhotoImage(width=len(code), height=len(code))
    small.put(" ".join("{" + " ".join("#000000" if dark else "#ffffff" for dark in row) + "}" for row in code))
    return small.zoom(zoom)
