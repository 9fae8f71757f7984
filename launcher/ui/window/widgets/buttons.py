"""Buttons with an access key each, and how keys reach them."""

import tkinter as tk
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from tkinter import ttk

from launcher.ui.window.widgets.texts import key_to, on_card, split_key
from launcher.ui.window.widgets.theme import Theme

MenuLine = tuple[str, Callable[[], None]]
COPIED, COPIED_MS = "&Copied ✓", 3000
# How much of the room that is left stands before the buttons.
SHARE_BEFORE = {"left": 0.0, "center": 0.5, "right": 1.0}


def button(parent: tk.Misc, words: str, command: Callable[[], object], main: bool = False) -> ttk.Button:
    """A button. `&` stands before the letter that presses it together with Alt."""
    text, underline = split_key(words)
    style = f"{on_card(parent)}{'Main.' if main else ''}TButton"
    return ttk.Button(parent, text=text, underline=underline, command=command, style=style)


def rename(widget: ttk.Button, words: str) -> None:
    """Give `widget` other words, with their own key."""
    text, underline = split_key(words)
    widget.configure(text=text, underline=underline)


def say_copied(widget: ttk.Button, words: str) -> None:
    """Let the button say that it copied, then again `words`."""

    def rename_back() -> None:
        if widget.winfo_exists():
            rename(widget, words)

    rename(widget, COPIED)
    # After the main window's clock: that of a closed window would complain.
    widget.nametowidget(".").after(COPIED_MS, rename_back)


def make_main(widget: ttk.Button, main: bool) -> None:
    """Let it be the main button, or no longer: then it gives up the focus to the one that is."""
    style = f"{on_card(widget.master)}{'Main.' if main else ''}TButton"
    if str(widget.cget("style")) == style:
        return
    widget.configure(style=style)
    if not main and widget.focus_lastfor() is widget and not in_another_window(widget.winfo_toplevel()):
        widget.winfo_toplevel().focus_set()


def bind_keys(window: tk.Tk | tk.Toplevel) -> None:
    """Alt+letter presses the button with that letter in `window`, Return the focused or else the main one."""
    window.bind("<Alt-Key>", lambda event: press_key(window, event.keysym))
    window.bind("<Return>", lambda _event: press_main(window))
    window.bind("<KP_Enter>", lambda _event: press_main(window))


def press_key(window: tk.Misc, key: str) -> str | None:
    for widget in shown_buttons(window):
        text, at = str(widget.cget("text")), int(str(widget.cget("underline")))
        if 0 <= at < len(text) and text[at].lower() == key.lower():
            widget.focus_set()
            press(widget)
            return "break"
    return None


def press_main(window: tk.Tk | tk.Toplevel) -> None:
    focused = window.focus_get()
    if isinstance(focused, ttk.Button | ttk.Menubutton):
        press(focused)
        return
    main = main_button(window)
    if main:
        press(main)


def main_button(window: tk.Misc) -> ttk.Button | ttk.Menubutton | None:
    """The first main button that can be pressed now."""
    return next((widget for widget in shown_buttons(window) if "Main." in str(widget.cget("style"))), None)


def focus_main(window: tk.Tk | tk.Toplevel) -> None:
    """Give the main button the focus unless something else that can be seen has it, here or in another window."""
    window.update_idletasks()
    if in_another_window(window):
        return
    focused = window.focus_lastfor()
    main = main_button(window)
    if main and (focused is None or focused is window or not focused.winfo_viewable()):
        main.focus_set()


def in_another_window(window: tk.Misc) -> bool:
    """The user is at another window of ours, and must not be taken away from there."""
    # Not focus_get: it knows nothing of the windows that Tk makes itself, such as the one to choose a folder.
    now = str(window.tk.call("focus"))
    return bool(now) and str(window.tk.call("winfo", "toplevel", now)) != str(window)


def press(widget: ttk.Button | ttk.Menubutton) -> None:
    if isinstance(widget, ttk.Button):
        widget.invoke()
    else:
        widget.event_generate("<space>")


def shown_buttons(window: tk.Misc) -> Iterator[ttk.Button | ttk.Menubutton]:
    """The buttons of `window` that can be seen and pressed, without those of windows above it."""
    for child in window.winfo_children():
        if isinstance(child, tk.Toplevel):
            continue
        if isinstance(child, ttk.Button | ttk.Menubutton):
            if child.winfo_viewable() and not child.instate(["disabled"]):
                yield child
        else:
            yield from shown_buttons(child)


def radio_button(
    parent: tk.Misc, words: str, value: str, chosen: tk.StringVar, command: Callable[[], None], style: str = ""
) -> ttk.Radiobutton:
    """A radio button on a card. `&` stands before the letter that takes it together with Alt."""
    text, underline = split_key(words)
    made = ttk.Radiobutton(
        parent,
        text=text,
        underline=underline,
        value=value,
        variable=chosen,
        command=command,
        style=f"Card.{style}TRadiobutton",
    )
    key_to(parent, words, partial(take, made))
    return made


def bind_arrows(radios: Sequence[ttk.Radiobutton]) -> None:
    """Let Up and Down go through `radios`, in a circle."""
    for at, radio in enumerate(radios):
        for key, step in (("<Up>", -1), ("<Down>", 1)):
            radio.bind(key, partial(take, radios[(at + step) % len(radios)]))


def take(radio: ttk.Radiobutton, _event: object = None) -> str:
    """Focus and choose `radio` when it can be seen and pressed."""
    if radio.winfo_viewable() and not radio.instate(["disabled"]):
        radio.focus_set()
        radio.invoke()
    return "break"


def menu_button(parent: tk.Misc, theme: Theme, words: str, lines: Callable[[], Iterable[MenuLine]]) -> ttk.Menubutton:
    """`words` and those of the `lines` (words, what then) may mark their key with `&`."""
    text, underline = split_key(words)
    made = ttk.Menubutton(parent, text=text, underline=underline, style=f"{on_card(parent)}TMenubutton")
    menu = tk.Menu(made, tearoff=False, font="TavernText", borderwidth=1, relief="raised")

    def open_menu() -> None:
        colours = theme.palette
        menu.configure(
            background=colours.card,
            foreground=colours.text,
            activebackground=colours.button_hover,
            activeforeground=colours.text,
        )
        menu.delete(0, "end")
        for line, then in lines():
            shown, key = split_key(line)
            # Spaces, because menus of Tk have no room at their sides.
            menu.add_command(label=f"  {shown}  ", underline=key + 2 if key >= 0 else -1, command=then)

    menu.configure(postcommand=open_menu)
    made.configure(menu=menu)
    return made


class ButtonRow(ttk.Frame):
    """Buttons side by side, in further rows when they do not fit. `arrange` them when one comes, goes or is renamed.

    Each button has its RING around it: what stands flush with their edges needs that much room as well.
    """

    def __init__(self, parent: tk.Misc, theme: Theme, align: str = "left") -> None:
        super().__init__(parent, style=f"{on_card(parent)}TFrame", height=1)
        self._theme = theme
        self._align = align
        self._buttons: list[ttk.Widget] = []
        self.bind("<Configure>", lambda _event: self._place())

    def arrange(self, *buttons: ttk.Widget) -> None:
        """Show these and no others, in this order."""
        for gone in self._buttons:
            if gone not in buttons:
                gone.place_forget()
        self._buttons = list(buttons)
        for button in buttons:
            button.lift()  # Tab follows the stacking order.
        self._place()

    def _place(self) -> None:
        gap = self._theme.px(2)
        y = 0
        for row in self._rows(gap):
            width = sum(button.winfo_reqwidth() for button in row) + gap * (len(row) - 1)
            x = round((self.winfo_width() - width) * SHARE_BEFORE[self._align])
            for button in row:
                button.place(x=x, y=y)
                x += button.winfo_reqwidth() + gap
            y += max(button.winfo_reqheight() for button in row)
        if self.winfo_reqheight() != max(y, 1):
            self.configure(height=max(y, 1))

    def _rows(self, gap: int) -> list[list[ttk.Widget]]:
        rows: list[list[ttk.Widget]] = []
        room = 0
        for button in self._buttons:
            needed = button.winfo_reqwidth() + gap
            if not rows or needed > room:
                rows.append([])
                room = max(self.winfo_width(), 1)
            rows[-1].append(button)
            room -= needed
        return rows
