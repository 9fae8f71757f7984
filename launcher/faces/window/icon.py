"""The icon of our windows in the panel."""

import tkinter as tk
from pathlib import Path


def give_icon(root: tk.Tk) -> None:
    """Use assets/tavernkeep.png: inside the package when installed, beside it in a checkout. Without it: none."""
    package = Path(__file__).parents[2]
    for folder in (package / "assets", package.parent / "assets"):
        file = folder / "tavernkeep.png"
        if file.exists():
            root.iconphoto(True, tk.PhotoImage(file=str(file)))
            return
