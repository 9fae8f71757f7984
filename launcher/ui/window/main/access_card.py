"""Who can get in, and why."""

import tkinter as tk
from tkinter import ttk

from launcher.keeper.view import View
from launcher.ui.window.actions import Actions
from launcher.ui.window.main.devices_card import DevicesCard
from launcher.ui.window.main.sentences import badge
from launcher.ui.window.other_windows import ACCESS
from launcher.ui.window.widgets.buttons import button
from launcher.ui.window.widgets.layout import CARD_PADDING
from launcher.ui.window.widgets.texts import label, paragraph, tell
from launcher.ui.window.widgets.theme import Theme


class AccessCard(ttk.Frame):
    """Shows `view.access`: two words, one sentence, what to be careful about, and which settings decide."""

    def __init__(self, parent: tk.Misc, theme: Theme, actions: Actions) -> None:
        super().__init__(parent, style="CardBorder.TFrame", padding=theme.px(CARD_PADDING))
        self.columnconfigure(1, weight=1)
        label(self, "Strong", "Who can get in").grid(row=0, column=0, sticky="w")
        self._badge = label(self, "GoodBadge")
        self._badge.grid(row=0, column=1, columnspan=2, sticky="w", padx=(theme.px(8), 0))
        change = button(self, "C&hange…", lambda: actions.show_window(ACCESS))
        # Beside what wraps: in a narrow window the two words above need all the width.
        change.grid(row=1, column=2, sticky="ne", padx=theme.pair(8, 0), pady=theme.pair(4, 0))
        self._who = paragraph(self)
        self._who.grid(row=1, column=0, columnspan=2, sticky="ew", pady=(theme.px(8), 0))
        self._warnings = paragraph(self, "Careful")
        self._warnings.grid(row=2, column=0, columnspan=3, sticky="ew", pady=(theme.px(4), 0))
        self._reasons = paragraph(self, "Small")
        self._reasons.grid(row=3, column=0, columnspan=3, sticky="ew", pady=(theme.px(4), 0))
        self._devices = DevicesCard(self, theme, actions)
        self._devices.grid(row=4, column=0, columnspan=3, sticky="ew", pady=(theme.px(4), 0))

    def show(self, view: View) -> None:
        if view.access is None:
            return
        words, tone = badge(view.access)
        self._badge.configure(text=words, style=f"Card.{tone}Badge.TLabel")
        self._who.configure(text=view.access.who)
        tell(self._warnings, "\n".join(f"! {warning}" for warning in view.access.warnings))
        tell(self._reasons, "\n".join(view.access.reasons))
        self._devices.show(view)
