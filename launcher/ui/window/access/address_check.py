"""Would this address get in?"""

import tkinter as tk
from collections.abc import Sequence
from tkinter import ttk

from launcher.ui.window.access.entry_check import check_address
from launcher.ui.window.widgets.field import Field, field_label
from launcher.ui.window.widgets.texts import label, paragraph
from launcher.ui.window.widgets.theme import Theme


class AddressCheck(ttk.Frame):
    """A field for an address, and the answer beside it with its reason."""

    def __init__(self, parent: tk.Misc, theme: Theme) -> None:
        super().__init__(parent)
        self._entries: Sequence[str] = ()
        self._left_out = 0
        self._version = self._open = ""
        self.columnconfigure(3, weight=1)
        field = Field(self, self._check, width=16)
        self._field = field
        field_label(self, "&Would", field, "Quiet").grid(row=0, column=0)
        field.grid(row=0, column=1, padx=theme.px(2))
        # Return here asks nothing more: the answer stands there already.
        field.bind("<Return>", lambda _event: "break")
        label(self, "Quiet", "get in?").grid(row=0, column=2)
        self._answer = paragraph(self, "QuietSaid")
        self._answer.grid(row=0, column=3, sticky="ew", padx=theme.pair(8, 0))

    def show(self, entries: Sequence[str], left_out: int, version: str, enforced: bool | None) -> None:
        """`entries` as they are in the window, saved or not."""
        self._entries, self._left_out, self._version = entries, left_out, version
        self._open = " (The whitelist is off now.)" if enforced is False else ""
        self._check()

    def _check(self) -> None:
        said = check_address(self._field.text, self._entries, self._left_out, self._version)
        text = f"{said.text}{self._open}" if said.text else ""
        self._answer.configure(text=text, style=f"{said.tone}Said.TLabel")
