"""Labels that wrap at the width they get, and the surface they lie on."""

import tkinter as tk
from tkinter import ttk

# Before the first layout tells the real width.
FIRST_WRAP_PX, LEAST_WRAP_PX = 320, 80


def on_card(parent: tk.Misc) -> str:
    """`Card.` when `parent` lies on a card: the prefix of every style there."""
    style = str(parent.cget("style")) if isinstance(parent, ttk.Frame) else ""
    return "Card." if style.startswith("Card") else ""


def label(parent: tk.Misc, style: str = "", text: str = "") -> ttk.Label:
    """One line, in a style such as `Title` or `Quiet`."""
    return ttk.Label(
        parent, text=text, style=f"{on_card(parent)}{style}.TLabel" if style else f"{on_card(parent)}TLabel"
    )


def paragraph(parent: tk.Misc, style: str = "", text: str = "", centred: bool = False) -> ttk.Label:
    """A text that wraps. Give it its width with `sticky="ew"` or `fill="x"`."""
    made = label(parent, style, text)
    made.configure(wraplength=FIRST_WRAP_PX)
    if centred:
        made.configure(justify="center", anchor="center")
    made.bind("<Configure>", lambda event: made.configure(wraplength=max(event.width, LEAST_WRAP_PX)))
    return made


def tell(widget: ttk.Label, text: str) -> None:
    """Show `text`, or take no room when there is none. For widgets in a grid."""
    if text:
        widget.configure(text=text)
        widget.grid()
    else:
        widget.grid_remove()
