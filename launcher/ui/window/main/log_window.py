"""SillyTavern's log: its last 2,000 lines and what is added to them, to copy or save."""

import tkinter as tk
from collections.abc import Callable
from pathlib import Path
from tkinter import filedialog, ttk

from launcher.system.logs import Follower, tail
from launcher.ui.window.child_window import ChildWindow
from launcher.ui.window.widgets.buttons import button
from launcher.ui.window.widgets.dialog import never_as_a_whole
from launcher.ui.window.widgets.theme import RING, Theme

MOST_LINES = 2000
FOLLOW_MS = 250
MARGIN = 16


class LogWindow(ChildWindow):
    """Reads the file itself. Follows the end of the log only while the reader is there."""

    def __init__(self, parent: tk.Tk, theme: Theme, path: Path, copy: Callable[[str], None]) -> None:
        super().__init__(parent, theme, "Log of SillyTavern")
        self._copy = copy
        self.window.geometry(f"{theme.px(760)}x{theme.px(520)}")
        self.window.minsize(theme.px(360), theme.px(240))
        self.window.columnconfigure(0, weight=1)
        self.window.rowconfigure(0, weight=1)
        self._make_text()
        self._make_buttons()
        self._colour()
        self.window.bind("<<ThemeChanged>>", lambda _event: self._colour(), add=True)
        self._follower = Follower(path)
        self._append(tail(path, MOST_LINES))
        # The end is known only when the text has its size.
        self._text.bind("<Map>", lambda _event: self._text.after_idle(self._to_end))
        self._text.focus_set()
        never_as_a_whole(self.window, self._text.focus_force)
        self._next = self.window.after(FOLLOW_MS, self._follow)
        # Otherwise Tk complains about a call for a window that is gone.
        self._text.bind("<Destroy>", lambda _event: self.window.after_cancel(self._next))

    def _make_text(self) -> None:
        frame = ttk.Frame(self.window, padding=self._theme.edges(MARGIN, MARGIN, MARGIN, 0))
        frame.grid(row=0, column=0, sticky="nsew")
        frame.columnconfigure(0, weight=1)
        frame.rowconfigure(0, weight=1)
        self._text = tk.Text(
            frame, font="TavernFixed", wrap="char", relief="flat", state="disabled", height=5, width=20
        )
        self._text.configure(padx=self._theme.px(8), pady=self._theme.px(8), highlightthickness=self._theme.px(1))
        bar = ttk.Scrollbar(frame, orient="vertical", command=self._text.yview)
        self._text.configure(yscrollcommand=bar.set)
        self._text.grid(row=0, column=0, sticky="nsew")
        bar.grid(row=0, column=1, sticky="ns")
        # A disabled text takes no focus by itself, and then no key scrolls it.
        self._text.configure(takefocus=True)
        self._text.bind("<Button-1>", lambda _event: self._text.focus_set())
        self._text.bind("<Tab>", self._leave)

    def _leave(self, event: "tk.Event[tk.Misc]") -> str:
        event.widget.tk_focusNext().focus_set()  # type: ignore[union-attr]
        return "break"

    def _make_buttons(self) -> None:
        row = ttk.Frame(self.window, padding=self._theme.edges(MARGIN - RING, 8, MARGIN - RING, 12))
        row.grid(row=1, column=0, sticky="ew")
        button(row, "&Copy all", lambda: self._copy(self._all())).pack(side="left")
        button(row, "&Save…", self._save).pack(side="left")
        button(row, "&Newest", self._to_end).pack(side="left")
        button(row, "Clos&e", self.close).pack(side="right")

    def _colour(self) -> None:
        colours = self._theme.palette
        self._text.configure(
            background=colours.card,
            foreground=colours.text,
            insertbackground=colours.text,
            selectbackground=colours.accent,
            selectforeground=colours.on_accent,
            highlightbackground=colours.border,
            highlightcolor=colours.accent,
        )

    def _follow(self) -> None:
        lines = self._follower.read_new()
        if lines:
            self._append(lines)
        self._next = self.window.after(FOLLOW_MS, self._follow)

    def _append(self, lines: list[str]) -> None:
        at_end = self._text.yview()[1] >= 1.0
        self._text.configure(state="normal")
        self._text.insert("end", "".join(f"{line}\n" for line in lines[-MOST_LINES:]))
        surplus = int(str(self._text.index("end-1c")).partition(".")[0]) - 1 - MOST_LINES
        if surplus > 0:
            self._text.delete("1.0", f"{surplus + 1}.0")
        self._text.configure(state="disabled")
        if at_end:
            self._to_end()

    def _to_end(self) -> None:
        self._text.see("end")

    def _all(self) -> str:
        return self._text.get("1.0", "end-1c")

    def _save(self) -> None:
        chosen = filedialog.asksaveasfilename(
            parent=self.window, title="Save the log", initialfile="sillytavern-log.txt", defaultextension=".txt"
        )
        if chosen:
            Path(chosen).write_text(self._all(), "utf-8")
